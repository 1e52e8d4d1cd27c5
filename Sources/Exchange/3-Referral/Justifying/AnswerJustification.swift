import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// What a second person can say.
private enum SecondAnswer: String, CaseIterable { case agreed, declined }

extension ReferralDesk {
    /// The second person agrees to sharing without consent, or declines: anybody of the municipality who may decide it too and may work on
    /// the case, or the privacy officer; never whoever decided, and never the data protection officer, who must be free to judge it afterwards
    /// (GDPR 38(6)). From then on it counts, and the resident is to be told of it in time.
    ///
    /// Body: `{answer: agreed | declined}`. 200 `{justificationId, state, tellBy?}`; 409 `already-decided`.
    public func answerJustification(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        let member = try demandMember(Self.justifyingRoles.union([.privacyOfficer]), caller)
        let answer = try reading(body) { $0.object(["answer"], required: ["answer"])?["answer"]?.oneOf(SecondAnswer.self) }
        let (row, _) = try await justification(id, for: caller)
        guard row.decider != member.account else { throw .roleMayNot }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (row, casefile) = try await justification(id, for: caller)
            guard row.state(at: now) == .waiting else { throw .alreadyDecided }
            let calendar = calendar
            let subjects = try await livingSubjects(row.subjects)
            let entry = entry(
                answer == .agreed ? .justificationAgreed : .justificationDeclined, by: caller, about: subjects, in: casefile,
                facts: ["justification": .text(id)])
            var body: JSONObject = ["justificationId": .string(id), "state": .string(answer.rawValue)]
            if answer == .agreed { body["tellBy"] = .string(row.tellBy.rfc3339) }
            return Prepared(basis: Basis()) { [body] transaction in
                guard let current = try transaction.justification(row.id), current.agreedAt == nil, current.endedAt == nil else {
                    return nil
                }
                switch answer {
                case .declined: try transaction.end(current, as: .declined, at: now)
                case .agreed:
                    try transaction.agree(to: current, by: member.account, at: now)
                    try transaction.expect(
                        .telling, of: .justification(row.id), casefile: row.casefile, by: row.tellBy, calendar: calendar,
                        postponed: row.postponedBecause != nil)
                }
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: .object(body))
            }
        }
    }

    /// Ends a justification before its time: what waits on it ends as after a withdrawal. The resident is still to be told of what went.
    ///
    /// 200 `{justificationId, state}`; 409 `already-decided` for one that holds no longer.
    public func endJustification(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        _ = try demandMember(Self.justifyingRoles.union([.privacyOfficer]), caller)
        _ = try reading(body) { $0.object([]) }
        let (found, _) = try await justification(id, for: caller)
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (row, casefile) = try await justification(id, for: caller)
            guard [.waiting, .agreed].contains(row.state(at: now)) else { throw .alreadyDecided }
            let entry = entry(
                .justificationEnded, by: caller, about: try await livingSubjects(row.subjects), in: casefile,
                facts: ["justification": .text(id)])
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.justification(row.id), current.endedAt == nil else { return nil }
                try transaction.end(current, as: .ended, at: now)
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: ["justificationId": .string(id), "state": "ended"])
            }
        }
        // From the commit on no attempt can begin on it; what waits is ended at once, and would be at its next attempt.
        try await endWhatNoLongerStands(about: found.subjects)
        return answer
    }

    /// Ends the messages under way about these persons that may no longer go, or seals anew what is left of them; whether all of it is done:
    /// not where one was found changed, or its partner cannot be told now.
    @discardableResult
    func endWhatNoLongerStands(about subjects: [PersonID]) async throws(DeskRefusal) -> Bool {
        let policy = policyInForce
        let messages = try await read { try $0.messages(aboutResidents: subjects).filter { $0.kind != .notice && $0.state.isLive } }
        var isDone = true
        for message in messages {
            let review = try await review(message, policy: policy)
            guard review.verdict == .ended || review.verdict == .shrunk else { continue }
            guard case .ended? = try await end(message, after: review) else {
                isDone = false
                continue
            }
        }
        return isDone
    }

    /// A justification that the caller may see, and its case.
    private func justification(_ id: String, for caller: Caller) async throws(DeskRefusal) -> (JustificationRow, JournalCasefile) {
        let justificationID = try JustificationID(id).orRefuse(.notFound)
        let found = try await read { transaction in
            try transaction.justification(justificationID).flatMap { row in try transaction.casefile(row.casefile).map { (row, $0) } }
        }
        let (row, casefile) = try found.orRefuse(.notFound)
        if caller.role != .privacyOfficer { try await demandAccess(to: row.casefile, by: caller) }
        return (row, try casefileKey(casefile))
    }
}
