/// What an open task is due for; the raw value is the name in the database.
public enum DeadlineKind: String, CaseIterable, Hashable, Sendable {
    /// The message is to be delivered: the end of the retry window.
    case delivery
    /// The partner is to pick the task up, counted from our taking of the receipt.
    case pickUp
    /// What the task waits for is expected.
    case expected
    /// A sign of progress.
    case progress
}

/// By when something must have happened to an open task.
///
/// It falls due at its instant; what it does to people waits for office hours (`WorkingCalendar.nextOfficeHour`).
public struct Deadline: Hashable, Sendable {
    public let kind: DeadlineKind
    public let at: Instant

    public init(kind: DeadlineKind, at: Instant) {
        self.kind = kind
        self.at = at
    }
}
