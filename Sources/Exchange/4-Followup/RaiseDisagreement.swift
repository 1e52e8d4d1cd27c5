import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// A partner disagrees about the approach of its task, and does not have to find whoever decides (R65). The desk is told; where the case's
    /// ladder leads to a meeting and two organisations are involved, it is opened in the same commit. Dutch: oneens over de aanpak.
    ///
    /// 201 `{taskId, reason, at}`; while a meeting on the case is open, once more answers as the first time. Where none is, the desk is told each
    /// time. 409 for a task that is not open.
    public func raiseDisagreement(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let reason = try reading(body) { $0.object(["reason"], required: ["reason"])?["reason"]?.oneOf(DisagreementReason.self) }
        let taskID = try TaskID(id).orRefuse(.notFound)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let found = try await read { transaction in
                (task: try transaction.task(taskID), last: try transaction.lastDisagreement(about: taskID))
            }
            guard let task = found.task, task.partner == partner else { throw .notFound }
            if let last = found.last, last.stands {
                let answer = disagreementAnswer(taskID, last.reason, at: last.at)
                return Prepared(basis: Basis()) { _ in answer }
            }
            var refs: [AuditReference: String] = [.task: id]
            let change = try await change(
                task.casefile, .disagreed(taskID), tasks: [taskID], at: now, ChangeContext(caller: caller, refs: refs))
            if let signal = try await read({ try $0.firstSignal(of: task.casefile) }) { refs[.signal] = signal.description }
            let disagreed = entry(
                .taskDisagreed, by: caller, in: try await livingCasefile(task.casefile), refs: refs,
                facts: ["because": .text(reason.rawValue)])
            let row: EntryID = world.newID()
            let answer = disagreementAnswer(taskID, reason, at: now)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.lastDisagreement(about: taskID)?.stands != true, try change.holds(transaction) else { return nil }
                try transaction.append([disagreed])
                try change.writeHeld(transaction)
                try transaction.insertDisagreement(row, about: taskID, reason, at: now)
                return answer
            }
        }
    }
}

private func disagreementAnswer(_ task: TaskID, _ reason: DisagreementReason, at: Instant) -> DeskAnswer {
    DeskAnswer(
        status: 201,
        body: ["taskId": .string(task.description), "reason": .string(reason.rawValue), "at": .string(at.rfc3339)])
}
