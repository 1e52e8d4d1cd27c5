import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records that somebody at the desk contacted the helper of a task, and what came of it. For a task on the call list the term until
    /// the next rung begins; for another one it changes nothing. It says that the desk chased, never that the helper did something (R112).
    ///
    /// 201 `{contactId, taskId, dueAt}`; 409 for a task that is closed.
    public func recordContact(
        _ casefile: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?
    ) async throws(DeskRefusal) -> DeskAnswer {
        let casefileID = try CasefileID(casefile).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        guard case .staff(let member) = caller else { throw .notFound }
        let (taskID, outcome) = try reading(body) { reader -> (TaskID, ContactOutcome)? in
            guard let object = reader.object(["taskId", "outcome"], required: ["taskId", "outcome"]) else { return nil }
            let outcome = object["outcome"]?.oneOf(ContactOutcome.self)
            guard let task = object["taskId"]?.identifier(TaskID.self), let outcome else { return nil }
            return (task, outcome)
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let found = try await read { transaction -> (created: Instant, signal: SignalID?)? in
                guard let row = try transaction.taskRow(taskID), row.task.casefile == casefileID else { return nil }
                return (row.createdAt, try transaction.firstSignal(of: casefileID))
            }
            guard let found else { throw .notFound }
            let change = try await change(
                casefileID, .task(taskID, .contacted(outcome)), tasks: [taskID], at: now,
                ChangeContext(caller: caller, refs: [.task: taskID.description]))
            let id: ContactID = world.newID()
            var refs: [AuditReference: String] = [.task: taskID.description]
            if let signal = found.signal { refs[.signal] = signal.description }
            let made = entry(
                .contactMade, by: caller, in: try await livingCasefile(casefileID), refs: refs,
                facts: [
                    "kind": .text(ContactKind.helper.rawValue), "outcome": .text(outcome.rawValue),
                    "daysOpen": .integer(daysOpen(since: found.created, until: now, calendar: calendar)),
                ])
            var answer: JSONObject = ["contactId": .string(id.description), "taskId": .string(taskID.description)]
            if let due = change.after.tasks[taskID]?.due { answer["dueAt"] = .string(due.at.rfc3339) }
            let body = JSONValue.object(answer)
            return Prepared(basis: Basis()) { transaction in
                guard try change.write(transaction) else { return nil }
                try transaction.insertContact(
                    id, casefile: casefileID, task: taskID, kind: .helper, outcome: outcome.rawValue, by: member.account, at: now)
                try transaction.append([made])
                return DeskAnswer(status: 201, body: body)
            }
        }
    }
}
