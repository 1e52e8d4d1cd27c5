/// Something that happened to a case.
public enum CaseEvent: Hashable, Sendable {
    /// The desk triaged it, or thinks more of it than before.
    case triaged(Triage)
    /// A referral was decided and sealed; its message is to be delivered before `deliverBy`.
    case referred(task: TaskID, referral: ReferralID, partner: OrganisationNumber, deliverBy: Instant)
    /// Something happened to one of its tasks, which must be among the loaded ones.
    case task(TaskID, TaskEvent)
}

/// Something that happened to a task.
public enum TaskEvent: Hashable, Sendable {
    /// The partner's receipt was taken; a late or repeated one changes nothing.
    case receiptTaken
    /// Someone moves it. `reason` counts for `rejected` and `failed`, `expectedOn` for `onHold`; elsewhere both are left aside.
    case moved(to: TaskState, reason: TaskReason?, expectedOn: CalendarDate?, by: Mover)
    /// The ground ended: consent withdrawn, objection upheld, covenant ended, person erased.
    case groundEnded
    /// The retry window ended without a receipt. Once a receipt was taken this changes nothing: it had arrived.
    case deliveryFailed
}
