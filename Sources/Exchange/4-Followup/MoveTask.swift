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
        let (to, reason, expectedOn) = try reading(body) { reader -> (TaskState, TaskReason?, CalendarDate?)? in
            guard let object = reader.object(["to", "reason", "expectedOn", "outcome"], required: ["to"]) else { return nil }
            let reason = object["reason"]?.oneOf(TaskReason.self)
            var expectedOn: CalendarDate?
            if let reader = object["expectedOn"], let text = reader.string(maxLength: 10) {
                expectedOn = CalendarDate(text)
                if expectedOn == nil { reader.fault("invalid-date", "this is not a date", hint: "write YYYY-MM-DD") }
            }
            _ = object["outcome"]?.oneOf(TaskOutcome.self)
            return object["to"]?.oneOf(TaskState.self).map { ($0, reason, expectedOn) }
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
        let calendar = calendar
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let casefile = try await livingCasefile(row.task.casefile)
            var facts: [String: AuditFact] = ["to": .text(to.rawValue)]
            if let reason { facts["reason"] = .text(reason.rawValue) }
            let moved = entry(.taskMoved, by: caller, in: casefile, refs: [.task: id], facts: facts)
            let news: EntryID = world.newID()
            return Prepared(basis: Basis()) { transaction in
                guard let file = try transaction.casefile(row.task.casefile) else { return DeskRefusal.notFound.answer }
                switch step(try transaction.casework(file, tasks: [taskID]), event, at: now, calendar: calendar) {
                case .refused(let refusal): return taskRefusal(refusal).answer
                case .taken(let after, let actions):
                    for action in actions {
                        switch action {
                        case .store(let task):
                            try transaction.store(task, reason: reason, at: now)
                            try transaction.append([moved])
                        case .tellDesk(let kind, let task): try transaction.tellDesk(kind, about: task, id: news, at: now)
                        case .triage: break
                        }
                    }
                    return DeskAnswer(status: 200, body: taskJSON(after.tasks[taskID] ?? row.task))
                }
            }
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
        let rows = try await read { try $0.tasks(of: partner, state: wanted, after: cursor, limit: limit + 1) }
        var body: JSONObject = [
            "items": .array(
                rows.prefix(limit).map { row in
                    var json = taskJSON(row.task).objectValue ?? [:]
                    json["purpose"] = .string(row.purpose.rawValue)
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

/// What a task's refusal is on the wire.
private func taskRefusal(_ refusal: CaseRefusal) -> DeskRefusal {
    func fault(_ pointer: String, _ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
        .invalidInput([InputFault(pointer: pointer, code: code, detail: detail, hint: hint)])
    }
    return switch refusal {
    case .illegalTransition(_, let legal): .illegalTransition(legal: legal.map(\.rawValue))
    case .reasonNeeded:
        fault("/reason", "missing-member", "this move needs a reason", TaskReason.allCases.map(\.rawValue).joined(separator: ", "))
    case .expectedOnNeeded: fault("/expectedOn", "missing-member", "on hold until when", "say the date in `expectedOn`")
    case .expectedOnPast: fault("/expectedOn", "in-the-past", "the expected date has passed", "name a date from today on")
    case .policyIncomplete(let missing): .policyIncomplete(missing: missing)
    case .unknownTask: .notFound
    case .notTriaged, .caseClosed, .triageMayOnlyRise: .illegalTransition(legal: [])
    case .alreadyDispatched: .alreadyDecided
    }
}

/// How a completed task ended.
private enum TaskOutcome: String, CaseIterable { case helped, partlyHelped, notHelped, referredOn, other }
