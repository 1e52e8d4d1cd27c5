import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Triages a signal: one problem, or several, related or not. May only rise. `caseManager` names the account that takes the case on.
    ///
    /// 200 `{signalId, casefileId, outcome}`.
    public func triageSignal(_ id: String, _ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard caller.role == .contactPoint, caller.organisation == municipality.oin else { throw .roleMayNot }
        let (triage, managerName) = try reading(body) { reader -> (Triage, String?)? in
            guard let object = reader.object(["outcome", "caseManager"], required: ["outcome"]) else { return nil }
            let manager = object["caseManager"]?.string(maxLength: 80)
            guard let outcome = object["outcome"]?.oneOf(Triage.self) else { return nil }
            return (outcome, manager)
        }
        let signalID = try SignalID(id).orRefuse(.notFound)
        return try await perform(nil, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let found = try await read { transaction -> (signal: SignalRow, casefile: CasefileRow?, manager: AccountRow?)? in
                guard let signal = try transaction.signal(signalID) else { return nil }
                return (
                    signal, try signal.casefile.flatMap { try transaction.casefile($0) },
                    try managerName.flatMap { try transaction.account(named: $0) }
                )
            }
            guard let found else { throw .notFound }
            if managerName != nil, found.manager?.role != .socialCaseManager || found.manager?.organisation != municipality.oin {
                throw .invalidInput([
                    InputFault(
                        pointer: "/caseManager", code: "not-a-case-manager", detail: "this account is not a case manager's",
                        hint: "`staff list` shows them")
                ])
            }
            // A signal without identity has no case: the desk has seen it, and there is nobody to refer.
            guard let row = found.casefile else { throw .illegalTransition(legal: []) }
            let casefile = try casefileKey(row)
            guard
                case .taken(_, let actions) = step(
                    try await read { try $0.casework(row, tasks: []) }, .triaged(triage), at: now, calendar: calendar)
            else {
                throw .illegalTransition(legal: Triage.allCases.filter { $0 >= (row.triage ?? .single) }.map(\.rawValue))
            }
            let manager = found.manager
            var facts: [String: AuditFact] = ["outcome": .text(triage.rawValue)]
            if let manager { facts["caseManager"] = .text(staffHandle(key: staffHandleKey, accountID: manager.id.description)) }
            let entry = entry(.triageMade, by: caller, in: casefile, refs: [.signal: signalID.description], facts: facts)
            let answer = DeskAnswer(
                status: 200,
                body: [
                    "signalId": .string(signalID.description), "casefileId": .string(row.id.description),
                    "outcome": .string(triage.rawValue),
                ])
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.casefile(row.id)?.triage == row.triage else { return DeskRefusal.alreadyDecided.answer }
                if let manager { try transaction.assign(manager.id, role: .socialCaseManager, to: row.id, at: now) }
                // Giving somebody the case is an entry, too, also when the triage stays as it was.
                guard !actions.isEmpty || manager != nil else { return answer }
                if !actions.isEmpty {
                    try transaction.setTriage(triage, of: row.id)
                    try transaction.setStatus(.pickedUp, of: signalID)
                }
                try transaction.append([entry])
                return answer
            }
        }
    }
}
