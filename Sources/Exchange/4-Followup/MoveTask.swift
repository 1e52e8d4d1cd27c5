import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Moves a task: the partner its own, the desk any it may work on. The desk is told when a partner picks one up, refuses it or ends it.
    ///
    /// 200 `{taskId, state, dueAt?, dueKind?}`; 409 `illegal-transition` with what is legal.
    public func moveTask(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let (to, reason, expectedOn, outcome) = try reading(body) { reader -> (TaskState, TaskReason?, CalendarDate?, TaskOutcome?)? in
            guard let object = reader.object(["to", "reason", "expectedOn", "outcome"], required: ["to"]) else { return nil }
            let reason = object["reason"]?.oneOf(TaskReason.self)
            let expectedOn = object["expectedOn"]?.date()
            let outcome = object["outcome"]?.oneOf(TaskOutcome.self)
            return object["to"]?.oneOf(TaskState.self).map { ($0, reason, expectedOn, outcome) }
        }
        let taskID = try TaskID(id).orRefuse(.notFound)
        guard let row = try await read({ try $0.taskRow(taskID) }) else { throw .notFound }
        let mover: Mover
        if case .partner(let partner) = caller {
            guard row.task.partner == partner else { throw .notFound }
            mover = .partner
        } else {
            try await demandAccess(to: row.task.casefile, by: caller)
            mover = .desk
        }
        let event = CaseEvent.task(taskID, .moved(to: to, reason: reason, expectedOn: expectedOn, by: mover))
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            var context = ChangeContext(caller: caller, refs: [.task: id])
            if to == .completed, let outcome { context.facts["outcome"] = .text(outcome.rawValue) }
            let change = try await change(row.task.casefile, event, tasks: [taskID], at: world.calendar(), context)
            let answer = DeskAnswer(status: 200, body: taskJSON(change.after.tasks[taskID] ?? row.task))
            return Prepared(basis: Basis()) { try change.write($0) ? answer : nil }
        }
    }

    /// Tasks: a partner's own, or for the desk everybody's.
    public func listTasks(state: String?, after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let wanted = try state.map { text throws(DeskRefusal) in
            try TaskState(rawValue: text).orRefuse(
                .invalidInput([
                    InputFault(
                        pointer: "", code: "not-in-list", detail: "`state` is not a task's state",
                        hint: TaskState.allCases.map(\.rawValue).joined(separator: ", "))
                ]))
        }
        let cursor = try after.map { text throws(DeskRefusal) in try TaskID(text).orRefuse(.invalidInput([.badCursor])) }
        let partner: OrganisationNumber?
        switch caller {
        case .partner(let oin): partner = oin
        case .staff(let member) where member.organisation == municipality.oin && member.role == .contactPoint: partner = nil
        default: throw .roleMayNot
        }
        let today = calendar.localDate(of: world.calendar())
        let (rows, visits) = try await read { transaction in
            let rows = try transaction.tasks(of: partner, state: wanted, after: cursor, limit: limit + 1)
            return (rows, try rows.map { try transaction.nextVisit(for: $0.task.id, from: today) })
        }
        var body: JSONObject = [
            "items": .array(
                zip(rows, visits).prefix(limit).map { row, visit in
                    var json = taskJSON(row.task).objectValue ?? [:]
                    json["purpose"] = .string(row.purpose.rawValue)
                    if let visit { json["visitOn"] = .string(visit.on.description) }
                    if partner == nil { json["partner"] = .string(row.task.partner.description) }
                    return .object(json)
                })
        ]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].task.id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }
}

/// `{taskId, state, dueAt?, dueKind?}`.
func taskJSON(_ task: ReferralTask) -> JSONValue {
    var json: JSONObject = ["taskId": .string(task.id.description), "state": .string(task.state.rawValue)]
    if let due = task.due {
        json["dueAt"] = .string(due.at.rfc3339)
        json["dueKind"] = .string(due.kind.rawValue)
    }
    return .object(json)
}

/// How a completed task ended.
private enum TaskOutcome: String, CaseIterable { case helped, partlyHelped, notHelped, referredOn, other }
