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
            let (row, signal, formerRole) = try await read { transaction -> (CasefileRow, SignalID?, StaffRole?)? in
                guard let row = try transaction.casefile(casefileID) else { return nil }
                let formerRole = try row.coordinator.flatMap { try transaction.assignedRole(of: $0, on: casefileID) }
                return (row, try transaction.firstSignal(of: casefileID), formerRole)
            }.orRefuse(.notFound)
            guard row.state == .open else { throw CaseRefusal.caseClosed.asRefusal }
            let next = try await coordinator(named: name).orRefuse(.notFound)
            let former = row.coordinator
            let answer = DeskAnswer(
                status: 200, body: ["casefileId": .string(casefileID.description), "coordinator": .string(next.name)])
            let casefile = try casefileKey(row)
            let named = entry(
                .coordinatorSet, by: caller, in: casefile, refs: signal.map { [.signal: $0.description] } ?? [:],
                facts: ["coordinator": .text(handle(of: next.id))])
            let leaving = formerRole == .planCoordinator ? former : nil
            let left = leaving.map {
                entry(
                    .caseUnassigned, by: caller, in: casefile,
                    facts: ["handle": .text(handle(of: $0)), "role": .text(StaffRole.planCoordinator.rawValue)])
            }
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.casefile(casefileID), current.state == .open, current.coordinator == former,
                    try transaction.account(named: next.name)?.id == next.id
                else { return nil }
                guard former != next.id else { return answer }
                try transaction.setCoordinator(next.id, of: casefileID)
                try transaction.assign(next.id, role: .planCoordinator, to: casefileID, at: now)
                try transaction.append([named])
                if let leaving, let left, try transaction.unassign(leaving, from: casefileID) { try transaction.append([left]) }
                return answer
            }
        }
    }
}
