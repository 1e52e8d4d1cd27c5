import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Puts a signal under another case, since it is about the same household. Nothing does this but a person at the desk: the desk's list
    /// only proposes. The case then shows the signal's persons and their content too, each still under its own key.
    ///
    /// Only a signal that waits is joined, one on whose own case nothing was done, so that nothing needs to be merged and parting restores
    /// what was. 200 `{signalId, casefileId}`, also when it stands there already; 409 `illegal-transition` with what stands in the way.
    public func joinSignal(_ id: String, _ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let target = try reading(body) { reader in
            reader.object(["casefileId"], required: ["casefileId"])?["casefileId"]?.identifier(CasefileID.self)
        }
        let signal = try SignalID(id).orRefuse(.notFound)
        return try await perform(nil, by: caller) { () async throws(DeskRefusal) in
            let found = try await read { try JoinView(signal, to: target, $0) }
            let answer = DeskAnswer(
                status: 200, body: ["signalId": .string(signal.description), "casefileId": .string(target.description)])
            guard let found else { throw .notFound }
            guard let joined = try found.joining() else { return Prepared(basis: Basis()) { _ in answer } }
            let now = world.calendar()
            var facts: [String: AuditFact] = [:]
            if let first = found.firstOfTarget { facts["with"] = .text(first.description) }
            let entry = entry(
                .signalJoined, by: caller, about: try subjectKeys(found.living), in: try await livingCasefile(target),
                refs: [.signal: signal.description], facts: facts)
            return Prepared(basis: Basis()) { transaction in
                guard try JoinView(signal, to: target, transaction) == found else { return nil }
                try transaction.join(joined, at: now)
                try transaction.append([entry])
                return answer
            }
        }
    }

    /// Takes a joined signal off its case again: it waits for triage under the case that it opened, as before.
    ///
    /// Also when persons of it were shared meanwhile. What was shared was decided about each person for itself, and stays what it was: the
    /// task goes on where it is, and log and access request answer by person. Refusing would hold a wrong joining together for ever. A
    /// question that is being decided meanwhile is looked at again, and the case can be asked about these persons no more.
    /// 200 `{signalId, casefileId}` with the signal's own case, also when it was parted before and stands there still; 409
    /// `illegal-transition` for one that was never joined.
    public func partSignal(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let signal = try SignalID(id).orRefuse(.notFound)
        return try await perform(nil, by: caller) { () async throws(DeskRefusal) in
            let found = try await read { transaction -> (row: SignalRow, joined: JoinedSignal?, living: [PersonRow])? in
                guard let row = try transaction.signal(signal) else { return nil }
                let joined = try transaction.joining(of: signal)
                return (row, joined, try joined.map { try transaction.persons(of: $0.part).filter { $0.erasedAt == nil } } ?? [])
            }
            guard let found else { throw .notFound }
            guard let joined = found.joined else {
                guard let own = found.row.casefile, try await read({ try $0.wasParted(signal) }) else {
                    throw .illegalTransition(legal: [], because: .notJoined)
                }
                let answer = DeskAnswer(
                    status: 200, body: ["signalId": .string(signal.description), "casefileId": .string(own.description)])
                return Prepared(basis: Basis()) { _ in answer }
            }
            // Of a case whose last person was erased nothing is left that could wait for triage.
            guard !found.living.isEmpty else { throw .illegalTransition(legal: [], because: .nobodyNamed) }
            let entry = entry(
                .signalParted, by: caller, about: try subjectKeys(found.living), in: try await livingCasefile(joined.casefile),
                refs: [.signal: signal.description])
            let persons = found.living.map(\.id)
            let answer = DeskAnswer(
                status: 200, body: ["signalId": .string(signal.description), "casefileId": .string(joined.part.description)])
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.joining(of: signal) == joined,
                    try transaction.persons(of: joined.part).filter({ $0.erasedAt == nil }).map(\.id) == persons
                else { return nil }
                try transaction.part(joined)
                try transaction.append([entry])
                return answer
            }
        }
    }
}

/// What decides whether a signal can be joined, read before and again within the commit.
private struct JoinView: Equatable, Sendable {
    let signal: SignalID
    let target: CasefileID
    /// The case under which the signal stands; nil for one that names nobody.
    let standsUnder: CasefileID?
    let isJoined: Bool
    /// Whether the case it opened waits untouched.
    let isUntouched: Bool
    /// Where joining would make two cases parts of each other.
    let goesOnFromTarget: Bool
    let targetState: Casefile.State?
    let targetIsJoined: Bool
    let firstOfTarget: SignalID?
    /// The living persons whom the signal's case shows.
    let living: [PersonRow]

    init?(_ id: SignalID, to target: CasefileID, _ transaction: Transaction) throws {
        guard let signal = try transaction.signal(id) else { return nil }
        let own = try signal.casefile.flatMap { try transaction.casefile($0) }
        self.signal = id
        self.target = target
        standsUnder = signal.casefile
        isJoined = try transaction.joining(of: id) != nil
        isUntouched = try own.map { try $0.state == .open && $0.triage == nil && transaction.isAllOf($0.id, id) } ?? false
        goesOnFromTarget = try own.map { try transaction.shows($0.id, target) } ?? false
        targetState = try transaction.casefile(target)?.state
        targetIsJoined = try transaction.isJoined(target)
        firstOfTarget = try transaction.firstSignal(of: target)
        living = try own.map { own in try transaction.persons(of: own.id).filter { $0.erasedAt == nil } } ?? []
    }

    /// What is to be written; nil when it is so already.
    func joining() throws(DeskRefusal) -> JoinedSignal? {
        func obstacle(_ obstacle: Obstacle) -> DeskRefusal { .illegalTransition(legal: [], because: obstacle) }
        guard let targetState else { throw .notFound }
        guard let own = standsUnder, isJoined || !living.isEmpty else { throw obstacle(.nobodyNamed) }
        if isJoined {
            guard own == target else { throw obstacle(.alreadyJoined) }
            return nil
        }
        guard !goesOnFromTarget else { throw obstacle(.sameCase) }
        guard isUntouched else { throw obstacle(.ownCaseUnderWay) }
        guard !targetIsJoined else { throw obstacle(.alreadyJoined) }
        guard targetState == .open else { throw obstacle(.caseClosed) }
        return JoinedSignal(signal: signal, casefile: target, part: own)
    }
}
