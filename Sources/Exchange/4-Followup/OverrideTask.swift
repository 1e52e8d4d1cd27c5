import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// Why a partner's no or silence is overridden; the raw value stands on the wire and in the log.
enum OverrideReason: String, CaseIterable, Hashable, Sendable {
    /// It did not answer.
    case partnerSilent
    /// It was agreed at a meeting.
    case agreedAtMeeting
    /// Nobody else offers this help.
    case noOtherOffer
    /// Somebody is in danger.
    case danger
    case other
}

extension ReferralDesk {
    /// The override mandate (doorzettingsmacht): the process manager decides that a partner takes a task on that it rejected, or that stays open past
    /// its deadline. The partner's mandated contact is told that it stays open; the term begins anew. Every use is an entry, and stands in the
    /// officers' monthly list.
    ///
    /// It works against inaction and never against the gate: what the referral rests on is decided again first, and a resident's own no stays one.
    ///
    /// Body: `{reason}`. 200 the task; 409 for a task that is neither rejected nor late, or that the resident declined; 422 when it may no longer
    /// be shared.
    public func overrideTask(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let role = try demand([.processManager], of: caller)
        let reason = try reading(body) { $0.object(["reason"], required: ["reason"])?["reason"]?.oneOf(OverrideReason.self) }
        let taskID = try TaskID(id).orRefuse(.notFound)
        let row = try await read({ try $0.taskRow(taskID) }).orRefuse(.notFound)
        try await demandAccess(to: row.task.casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let found = try await read { (task: try $0.taskRow(taskID), message: try $0.receivedMessage(of: taskID)) }
            guard let task = found.task, task.reason != .clientDeclined, let message = found.message else {
                throw .illegalTransition(legal: [], because: .cannotBeOverridden)
            }
            let policy = policyInForce
            let review = try await review(message, policy: policy)
            if case .refused(let reasons) = review.decision {
                throw .disclosureRefused(
                    decision: nil, reasons: reasons,
                    explanation: explain(review.decision, question: review.question, policy: policy.snapshot, at: review.at))
            }
            let change = try await change(
                task.task.casefile, .task(taskID, .overridden), tasks: [taskID], at: world.calendar(),
                ChangeContext(caller: caller, refs: [.task: id]))
            let used = entry(
                .overrideUsed, by: caller, about: try await livingSubjects(review.question.subjects),
                in: try await livingCasefile(task.task.casefile), refs: [.task: id, .message: message.id.description],
                facts: ["reason": .text(reason.rawValue), "role": .text(role.rawValue), "was": .text(task.task.state.rawValue)])
            let answer = DeskAnswer(status: 200, body: taskJSON(change.after.tasks[taskID] ?? task.task))
            return Prepared(basis: review.basis) { transaction in
                guard try change.write(transaction) else { return nil }
                try transaction.append([used])
                return answer
            }
        }
    }
}
