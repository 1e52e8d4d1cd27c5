import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Refers: decides, minimises, seals; task, message, deadline and log entries in one commit.
    ///
    /// 201 `{referralId, messageId, taskId, decision: {decisionId, allowed, leftOut}}`; 422 when the gate refuses or the policy does not say.
    public func dispatchReferral(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .staff(let member) = caller, [.contactPoint, .socialCaseManager, .planCoordinator].contains(member.role) else {
            throw .roleMayNot
        }
        let request = try reading(body) { ReferralRequest($0) }
        try await demandAccess(to: request.casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareReferral(request, by: member, as: caller)
        }
    }

    private func prepareReferral(_ request: ReferralRequest, by member: StaffMember, as caller: Caller) async throws(DeskRefusal)
        -> Prepared
    {
        let now = world.calendar()
        let policy = policyInForce
        let question = request.question(from: municipality.oin, role: member.role)
        let found = try await read { transaction in
            (
                casefile: try transaction.casefile(request.casefile),
                persons: try request.subjects.compactMap { try transaction.person($0) },
                facts: try transaction.disclosureFacts(of: request.subjects),
                basis: try transaction.basis(policy: policy.number, persons: request.subjects), partner: try transaction.partner(request.to)
            )
        }
        guard let row = found.casefile else { throw .notFound }
        guard found.persons.count == request.subjects.count, found.persons.allSatisfy({ $0.casefile == row.id && $0.erasedAt == nil })
        else {
            throw .invalidInput([
                InputFault(
                    pointer: "/subjects", code: "unknown-person", detail: "not every person is in this case",
                    hint: "use the personIds of the case")
            ])
        }
        let file = try await read { try $0.casework(row, tasks: []) }
        let taskID: TaskID = world.newID()
        let referralID: ReferralID = world.newID()
        let deliverBy = now.advanced(byMilliseconds: settings.retryWindow)
        let referred = CaseEvent.referred(task: taskID, referral: referralID, partner: request.to, deliverBy: deliverBy)
        switch step(file, referred, at: now, calendar: calendar) {
        case .refused(.policyIncomplete(let missing)): throw .policyIncomplete(missing: missing)
        case .refused(.alreadyDispatched): throw .alreadyDecided
        case .refused: throw .illegalTransition(legal: [])
        case .taken: break
        }
        let decision = decideDisclosure(question, facts: found.facts, policy: policy.snapshot, at: now)
        let decisionID: DecisionID = world.newID()
        let subjects = try subjectKeys(found.persons)
        let casefile = try casefileKey(row)
        let refs: [AuditReference: String] = [.task: taskID.description]
        let decided = decisionEntry(
            decision, id: decisionID, of: question, policy: policy.snapshot, by: caller, about: subjects, in: casefile, refs: refs)
        guard case .permitted(let permission) = decision, found.partner != nil,
            let queued = try await sealReferral(
                permission, decision: decisionID, casefile: row.id, referral: referralID, task: taskID, replaces: nil, by: caller)
        else {
            return refusedReferral(decision, decisionID, question, decided, casefile: row.id, policy: policy, basis: found.basis, at: now)
        }
        let answer = DeskAnswer(
            status: 201,
            body: [
                "referralId": .string(referralID.description), "messageId": .string(queued.message.id.description),
                "taskId": .string(taskID.description),
                "decision": permission.json(id: decisionID),
            ])
        let calendar = calendar
        return Prepared(basis: found.basis) { transaction in
            guard let current = try transaction.casefile(request.casefile) else { return DeskRefusal.notFound.answer }
            guard case .taken(_, let actions) = step(try transaction.casework(current, tasks: []), referred, at: now, calendar: calendar)
            else {
                return DeskRefusal.alreadyDecided.answer
            }
            try transaction.insertDecision(
                decisionID, casefile: row.id, question: question, permitted: true, policyRevision: policy.snapshot.revision, at: now)
            try transaction.insertReferral(
                referralID, casefile: row.id, partner: request.to, purpose: request.purpose, by: member.account, at: now)
            for case .store(let task) in actions { try transaction.store(task, reason: nil, at: now) }
            try queued.enqueue(transaction)
            try transaction.append([decided] + queued.entries)
            return answer
        }
    }

    private func refusedReferral(
        _ decision: DisclosureDecision, _ id: DecisionID, _ question: DisclosureQuestion, _ decided: JournalEntry, casefile: CasefileID,
        policy: PolicyInForce, basis: Basis, at now: Instant
    ) -> Prepared {
        // Permitted, yet nothing goes: there is no registered partner system, or nothing of it is stored.
        let reasons: [RefusalReason] = if case .refused(let reasons) = decision { reasons } else { [.unknownFact] }
        let explanation = explain(decision, question: question, policy: policy.snapshot)
        let answer = DeskRefusal.disclosureRefused(decision: id.description, reasons: reasons, explanation: explanation).answer
        let permitted = if case .permitted = decision { true } else { false }
        return Prepared(basis: basis) { transaction in
            try transaction.insertDecision(
                id, casefile: casefile, question: question, permitted: permitted, policyRevision: policy.snapshot.revision, at: now)
            try transaction.append([decided])
            return answer
        }
    }
}

extension Permission {
    /// `{decisionId, allowed, leftOut}`: field names, per person where there are several.
    func json(id: DecisionID?) -> JSONValue {
        var json: JSONObject = [
            "allowed": .array(grants.reduce(into: FieldNames()) { $0.formUnion($1.fields) }.paths.map(JSONValue.string)),
            "leftOut": .array(
                leftOut.map { left in
                    var entry: JSONObject = ["field": .string(left.field.path), "reason": .string(left.reason.rawValue)]
                    if let subject = left.subject, question.subjects.count > 1 { entry["personId"] = .string(subject.description) }
                    return .object(entry)
                }), "articles": .array(articles.map(\.json)),
        ]
        if let id { json["decisionId"] = .string(id.description) }
        return .object(json)
    }
}
