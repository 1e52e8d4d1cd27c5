/// Where a referral's task stands (after FHIR Task.status); the raw value is the name on the wire and in the database.
public enum TaskState: String, CaseIterable, Hashable, Sendable {
    /// Sealed for the partner, which has not yet said that it has it.
    case requested
    /// The partner's receipt was taken.
    case received
    /// The partner takes it on.
    case accepted
    /// It waits until an expected date. Dutch: wachtlijst.
    case onHold
    /// The partner is at work.
    case inProgress
    /// Done.
    case completed
    /// The partner does not take it on, with a reason.
    case rejected
    /// It came to nothing, with a reason, or could not be delivered.
    case failed
    /// Taken back by the desk, or because its ground ended.
    case cancelled

    /// Whether something must still happen; an open task always has a deadline.
    public var isOpen: Bool {
        switch self {
        case .requested, .received, .accepted, .onHold, .inProgress: true
        case .completed, .rejected, .failed, .cancelled: false
        }
    }

    /// The states this mover may bring a task to that stands here, in the order of `allCases`.
    ///
    /// Moving a task that is in progress to `inProgress` is a sign of progress, one that is on hold to `onHold` a new expected date.
    ///
    /// Nobody *moves* a task to `received`: only the receipt does. Before the receipt the partner may move nothing, and the desk only
    /// records that the partner refused it or takes it back. Only the desk cancels.
    public func legalMoves(by mover: Mover) -> [TaskState] {
        let moves: [TaskState]
        switch self {
        case .requested: moves = mover == .desk ? [.rejected, .cancelled] : []
        case .received: moves = [.accepted, .onHold, .rejected, .cancelled]
        case .accepted: moves = [.onHold, .inProgress, .completed, .rejected, .failed, .cancelled]
        case .inProgress: moves = [.onHold, .inProgress, .completed, .failed, .cancelled]
        case .onHold: moves = [.accepted, .onHold, .inProgress, .completed, .rejected, .failed, .cancelled]
        case .completed, .rejected, .failed, .cancelled: moves = []
        }
        return mover == .desk ? moves : moves.filter { $0 != .cancelled }
    }
}

/// Who moves a task.
public enum Mover: String, CaseIterable, Hashable, Sendable {
    /// The partner the task was given to.
    case partner
    /// The desk, also for what a partner says by telephone. Dutch: Intermediairen Contactpunt.
    case desk
}

/// Why a task was rejected or failed: a closed list, so that no text about a person travels with it.
public enum TaskReason: String, CaseIterable, Hashable, Sendable {
    /// No room, also not later.
    case noCapacity
    /// Sent to the wrong organisation.
    case wrongAddress
    /// The resident does not want it.
    case clientDeclined
    /// The help does not fit the question.
    case noFit
    /// Not within what this partner does.
    case notOurTask
    /// The partner has it already.
    case duplicate
    /// The resident could not be reached.
    case notReached
    /// None of these; the desk asks.
    case other
}
