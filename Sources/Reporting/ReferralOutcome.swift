import Casework

/// Whether a referral was the right one (R52), told from what became of its task.
public enum ReferralOutcome: String, CaseIterable, Hashable, Sendable {
    /// The partner took it on.
    case right
    /// It went to an organisation that it was not for.
    case wrongAddress
    /// The help does not fit the question.
    case noFit
    /// The partner lets it wait. Dutch: wachtlijst.
    case waitingList
    /// The resident does not want it.
    case refusedByClient
    /// The partner does not take it.
    case refusedByAgency
    /// It ended in a way that says nothing about the choice: not delivered, the resident not reached, known there already.
    case unsaid

    /// The outcome that a move of a task tells; nil for a move that tells none: a receipt, or a task taken back by the desk.
    ///
    /// The latest move that tells one counts.
    public init?(movedTo state: TaskState, reason: TaskReason?) {
        switch state {
        case .accepted, .inProgress, .completed: self = .right
        case .onHold: self = .waitingList
        case .rejected, .failed: self = Self.of(reason, rejected: state == .rejected)
        case .requested, .received, .cancelled: return nil
        }
    }

    private static func of(_ reason: TaskReason?, rejected: Bool) -> ReferralOutcome {
        switch reason {
        case .wrongAddress, .notOurTask: .wrongAddress
        case .noFit: .noFit
        case .clientDeclined: .refusedByClient
        case .noCapacity: .refusedByAgency
        case .duplicate, .notReached: .unsaid
        case .other, nil: rejected ? .refusedByAgency : .unsaid
        }
    }
}
