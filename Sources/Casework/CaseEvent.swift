/// Something that happened to a case.
public enum CaseEvent: Hashable, Sendable {
    /// The desk triaged it, or thinks more of it than before.
    case triaged(Triage)
    /// A referral was decided and sealed; its message is to be delivered before `deliverBy`.
    case referred(
        task: TaskID, referral: ReferralID, partner: OrganisationNumber, deliverBy: Instant, promisedOn: CalendarDate? = nil)
    /// Something happened to one of its tasks, which must be among the loaded ones.
    case task(TaskID, TaskEvent)
    /// The partner of a task disagrees about its approach.
    case disagreed(TaskID)
    /// Somebody was at the door.
    case visited(VisitOutcome)
    /// Somebody asks for a meeting of this many organisations.
    case meetingAsked(MeetingKind, MeetingTrigger, parties: Int)
    /// The meeting that was being prepared was held.
    case meetingHeld
    /// The meeting that was being prepared does not take place.
    case meetingCancelled
    /// The household's plan was made.
    case planMade
    /// Somebody closes it.
    case closed(ClosureOutcome)
    /// The contact after closing was made.
    case aftercareHeld(AftercareOutcome)
}

/// Something that happened to a task.
public enum TaskEvent: Hashable, Sendable {
    /// The partner's receipt was taken; a late or repeated one changes nothing.
    case receiptTaken
    /// Someone moves it. `reason` counts for `rejected` and `failed`, `expectedOn` for `onHold`; elsewhere both are left aside.
    case moved(to: TaskState, reason: TaskReason?, expectedOn: CalendarDate?, by: Mover)
    /// The ground ended: consent withdrawn, objection upheld, covenant ended, person erased. `tellsDesk` says whether the desk is to hear of it:
    /// not where nobody is left of the household.
    case groundEnded(tellsDesk: Bool)
    /// The retry window ended without a receipt. Once a receipt was taken this changes nothing: it had arrived.
    case deliveryFailed
    /// A message that was not received is sent once more, to be delivered before `deliverBy`. The task opens again where its failing was all that
    /// closed it; elsewhere this changes nothing.
    case sentAgain(deliverBy: Instant)
    /// Its deadline was found passed. Outside office hours, and before the deadline, this changes nothing.
    case fellDue
    /// Somebody at the desk contacted the helper.
    case contacted(ContactOutcome)
    /// Time in which the partner could not have answered is given back, milliseconds.
    case credited(milliseconds: Int64)
    /// The process manager decides that the partner takes it on all the same. What was rejected is open again; what stays open past its deadline has
    /// its term anew. Dutch: doorzettingsmacht.
    case overridden
    /// The meeting on its case was held: when it had been left open, its term and its ladder begin again.
    case meetingHeld
}
