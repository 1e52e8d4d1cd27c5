/// The answer to an event: the new file with what to do, or why not.
public enum CaseStep: Hashable, Sendable {
    /// Taken. No actions: it was known already and nothing changed.
    case taken(Casefile, [CaseAction])
    /// Not taken; the file stays as it was.
    case refused(CaseRefusal)
}

/// What the caller does about a taken event, within the same commit.
public enum CaseAction: Hashable, Sendable {
    /// Write this task's state and deadline.
    case store(ReferralTask)
    /// Put this on the desk's page.
    case tellDesk(DeskNews, TaskID)
    /// Write the case's triage.
    case triage(Triage)
    /// A rung of the ladder was taken, the `step`-th, because this deadline passed.
    case climbed(Rung, step: Int, TaskID, due: Deadline)
    /// Send the helper, or the partner's mandated contact, a message without content.
    case nudge(Rung, TaskID)
    /// Open a meeting, to be dated by its chair before `planBy`; it names what it was opened for.
    case openMeeting(MeetingKind, MeetingTrigger, because: TaskID?, planBy: Instant)
    /// The household is to be visited before this instant.
    case expectVisit(by: Instant)
    /// The visit was made: nothing is due for it any more.
    case settleVisit
    /// Write that the household has a plan.
    case plan
    /// Close the case; somebody looks again at this instant. `direct` when it closed by itself.
    case close(ClosureOutcome, lookAgainAt: Instant, direct: Bool)
    /// Open the closed case again: nothing is due for looking again any more.
    case reopen
    /// The contact after closing was made: nothing is due for it any more.
    case settleAftercare
    /// Open a case linked to this one.
    case openLinkedCase
}

/// What the desk is told about a task; the raw value is the name on the wire.
public enum DeskNews: String, CaseIterable, Hashable, Sendable {
    /// The partner took it on, or took it up again after waiting.
    case pickedUp
    case rejected
    case failed
    case completed
    case onHold
    /// The message could not be delivered.
    case deliveryFault
    /// It stays open, and the ladder leads no further by itself.
    case stalled
    /// Its ground ended and it was cancelled: the household is referred anew on another ground, or its case is closed.
    case groundEnded
    /// Its partner disagrees about the approach.
    case disagreed
}

/// Why an event was not taken.
public enum CaseRefusal: Error, Hashable, Sendable {
    /// The task cannot go there from `from`; `legal` lists where this mover may bring it.
    case illegalTransition(from: TaskState, legal: [TaskState])
    /// A referral before triage.
    case notTriaged
    /// The case is closed.
    case caseClosed
    /// The case is open, and this is for closed ones.
    case caseOpen
    /// The task exists already, or a single case already has its one open task.
    case alreadyDispatched
    /// `rejected` and `failed` need a reason.
    case reasonNeeded
    /// `onHold` needs the date it waits for.
    case expectedOnNeeded
    /// The expected date lies before today.
    case expectedOnPast
    /// The expected date lies more than ``ReferralTask/longestHold`` days ahead.
    case expectedOnTooFar
    /// Triage was lower than before.
    case triageMayOnlyRise
    /// A multiple case is visited before anybody else is brought in (R14).
    case visitFirst
    /// A case whose problems hang together is planned before anybody is referred (R15).
    case planFirst
    /// The case is not triaged multiple.
    case notMultiple
    /// A meeting needs two involved organisations.
    case twoPartiesNeeded
    /// A meeting is being prepared already (R74).
    case meetingOpen
    /// There is no meeting to hold or cancel.
    case noMeeting
    /// The first meeting is the MDA, every later one a follow-up.
    case otherKindOfMeeting
    /// The household has its plan (R72).
    case planExists
    /// Tasks are still open.
    case tasksOpen
    /// It is not solved while staff has not done what a meeting decided.
    case actionsUndone
    /// The contact after closing was made already.
    case aftercareHeldBefore
    /// The pack leaves undecided what is needed here; keys as in the decisions file (`terms.pickUp`).
    case policyIncomplete(missing: [String])
    /// No task of this id is loaded.
    case unknownTask
}
