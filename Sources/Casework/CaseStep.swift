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
}

/// Why an event was not taken.
public enum CaseRefusal: Error, Hashable, Sendable {
    /// The task cannot go there from `from`; `legal` lists where this mover may bring it.
    case illegalTransition(from: TaskState, legal: [TaskState])
    /// A referral before triage.
    case notTriaged
    /// The case is closed.
    case caseClosed
    /// The task exists already, or a single case already has its one open task.
    case alreadyDispatched
    /// `rejected` and `failed` need a reason.
    case reasonNeeded
    /// `onHold` needs the date it waits for.
    case expectedOnNeeded
    /// The expected date lies before today.
    case expectedOnPast
    /// Triage was lower than before.
    case triageMayOnlyRise
    /// The pack leaves undecided what is needed here; keys as in the decisions file (`terms.pickUp`).
    case policyIncomplete(missing: [String])
    /// No task of this id is loaded.
    case unknownTask
}
