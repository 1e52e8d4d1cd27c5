import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Names who coordinates an open case from now on: `{coordinator}`. Dutch: overname van de regie (R81).
    ///
    /// Whoever coordinated until now keeps the case where it was given to them in another role, and else loses it in the same commit. To name the
    /// same one again changes nothing.
    ///
    /// 200 `{casefileId, coordinator}`; 400 for somebody who cannot coordinate; 409 for a case that is closed.
    public func nameCoordinator(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        try demand([.contactPoint], of: caller)
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let name = try reading(body) { $0.object(["coordinator"], required: ["coordinator"])?["coordinator"]?.string(maxLength: 80) }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (row, signal) = try await read { transaction -> (CasefileRow, SignalID?)? in
                guard let row = try transaction.casefile(casefileID) else { return nil }
                return (row, try transaction.firstSignal(of: casefileID))
            }.orRefuse(.notFound)
            guard row.state == .open else { throw CaseRefusal.caseClosed.asRefusal }
            let next = try await coordinator(named: name).orRefuse(.notFound)
            let answer = DeskAnswer(
                status: 200, body: ["casefileId": .string(casefileID.description), "coordinator": .string(next.name)])
            let casefile = try casefileKey(row)
            let named = entry(
                .coordinatorSet, by: caller, in: casefile, refs: signal.map { [.signal: $0.description] } ?? [:],
                facts: ["coordinator": .text(handle(of: next.id))])
            let change = try await coordinatorChange(
                of: casefileID, to: next.id, as: .planCoordinator, named, in: casefile, by: caller, at: now)
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.casefile(casefileID), current.state == .open, try change.holds(transaction),
                    try transaction.account(named: next.name)?.id == next.id
                else { return nil }
                guard current.coordinator != next.id else { return answer }
                try change.write(transaction)
                return answer
            }
        }
    }

    /// What makes somebody the one who coordinates a case, with the entry `named` that says so. Whoever coordinated until now keeps the case where
    /// it was given to them in another role, and else loses it.
    func coordinatorChange(
        of id: CasefileID, to next: AccountID, as role: StaffRole, _ named: JournalEntry, in casefile: JournalCasefile, by caller: Caller,
        at now: Instant
    ) async throws(DeskRefusal) -> CoordinatorChange {
        let (former, formerRole) = try await read { transaction -> (AccountID?, StaffRole?) in
            let former = try transaction.casefile(id)?.coordinator
            return (former, try former.flatMap { try transaction.assignedRole(of: $0, on: id) })
        }
        let leaving = former != next && formerRole == .planCoordinator ? former : nil
        let left = leaving.map {
            entry(
                .caseUnassigned, by: caller, in: casefile,
                facts: ["handle": .text(handle(of: $0)), "role": .text(StaffRole.planCoordinator.rawValue)])
        }
        return CoordinatorChange(holds: { try $0.casefile(id)?.coordinator == former }) { transaction in
            try transaction.setCoordinator(next, of: id)
            try transaction.assign(next, role: role, to: id, at: now)
            try transaction.append([named])
            if let leaving, let left, try transaction.unassign(leaving, from: id) { try transaction.append([left]) }
        }
    }
}

/// One coordinator in the place of another, ready to be written.
struct CoordinatorChange: Sendable {
    /// Whether the case is still coordinated by whom it was when this was prepared.
    let holds: @Sendable (Transaction) throws -> Bool
    let write: @Sendable (Transaction) throws -> Void
}
