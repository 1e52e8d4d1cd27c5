import AuditTrail
import Casework
import Storage
import StrictJSON

/// A household's plan with its one coordinator, ready to be written.
struct PreparedPlan: Sendable {
    let id: PlanID
    let change: CaseChange
    let coordinator: CoordinatorChange
    let write: @Sendable (Transaction) throws -> Void
}

extension ReferralDesk {
    /// Makes the household's plan and names its coordinator: exactly one of each (R72). Whoever only coordinated until now loses the case.
    ///
    /// 201 `{planId}`; 409 while a plan is open.
    public func makePlan(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let name = try reading(body) { $0.object(["coordinator"], required: ["coordinator"])?["coordinator"]?.string(maxLength: 80) }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            // Whoever names another coordinator may lose the case by it, and still gets the same answer again.
            let member = try await member(caller, as: Self.referringRoles, on: casefileID)
            guard let coordinator = try await coordinator(named: name), let row = try await read({ try $0.casefile(casefileID) }) else {
                throw .notFound
            }
            let plan = try await preparePlan(of: row, coordinator: coordinator.id, meeting: nil, by: member)
            let answer = DeskAnswer(status: 201, body: ["planId": .string(plan.id.description)])
            return Prepared(basis: Basis()) { transaction in
                guard try plan.change.holds(transaction), try plan.coordinator.holds(transaction) else { return nil }
                try plan.write(transaction)
                return answer
            }
        }
    }

    /// The plan of a case, after these events of the same commit.
    func preparePlan(
        of row: CasefileRow, coordinator: AccountID, meeting: MeetingID?, by member: StaffMember, tasks: [TaskID] = [],
        after earlier: [CaseEvent] = []
    ) async throws(DeskRefusal) -> PreparedPlan {
        let now = world.calendar()
        let caller = Caller.staff(member)
        let change = try await change(row.id, .planMade, tasks: tasks, at: now, ChangeContext(caller: caller), after: earlier)
        var refs: [AuditReference: String] = [:]
        if let signal = try await read({ try $0.firstSignal(of: row.id) }) { refs[.signal] = signal.description }
        if let meeting { refs[.meeting] = meeting.description }
        let casefile = try casefileKey(row)
        let handle = handle(of: coordinator)
        let named = entry(.coordinatorSet, by: caller, in: casefile, refs: refs, facts: ["coordinator": .text(handle)])
        let coordination = try await coordinatorChange(
            of: row.id, to: coordinator, as: .planCoordinator, named, in: casefile, by: caller, at: now)
        let made = entry(.planMade, by: caller, in: casefile, refs: refs)
        let id: PlanID = world.newID()
        return PreparedPlan(id: id, change: change, coordinator: coordination) { transaction in
            try coordination.write(transaction)
            try change.writeHeld(transaction)
            try transaction.insertPlan(id, casefile: row.id, meeting: meeting, at: now)
            try transaction.append([made])
        }
    }
}
