import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Triages a signal: one problem, or several, related or not. May only rise. `caseManager` names the account that takes the case on.
    ///
    /// 200 `{signalId, casefileId, outcome}`.
    public func triageSignal(
        _ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?
    ) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let (triage, managerName) = try reading(body) { reader -> (Triage, String?)? in
            guard let object = reader.object(["outcome", "caseManager"], required: ["outcome"]) else { return nil }
            let manager = object["caseManager"]?.string(maxLength: 80)
            guard let outcome = object["outcome"]?.oneOf(Triage.self) else { return nil }
            return (outcome, manager)
        }
        let signalID = try SignalID(id).orRefuse(.notFound)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
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
            // A signal without identity has no case and nobody to refer: the desk only sees it (`seeSignal`).
            guard let row = found.casefile else { throw .illegalTransition(legal: []) }
            let manager = found.manager
            var context = ChangeContext(caller: caller)
            if let manager {
                context.facts["caseManager"] = .text(handle(of: manager.id))
            }
            let change = try await change(row.id, .triaged(triage), at: now, context)
            // Giving somebody the case is an entry, too, also when the triage stays as it was.
            let named =
                manager == nil
                ? nil
                : entry(
                    .coordinatorSet, by: caller, in: try casefileKey(row), refs: [.signal: signalID.description], facts: context.facts)
            var coordination: CoordinatorChange?
            if let manager, let named {
                coordination = try await coordinatorChange(
                    of: row.id, to: manager.id, as: .socialCaseManager, named, in: try casefileKey(row), by: caller, at: now)
            }
            let answer = DeskAnswer(
                status: 200,
                body: [
                    "signalId": .string(signalID.description), "casefileId": .string(row.id.description),
                    "outcome": .string(triage.rawValue),
                ])
            return Prepared(basis: Basis()) { [coordination] transaction in
                guard try coordination?.holds(transaction) ?? true, try change.write(transaction) else { return nil }
                if !change.actions.isEmpty { try transaction.setStatus(.pickedUp, of: signalID) }
                try coordination?.write(transaction)
                return answer
            }
        }
    }
}
