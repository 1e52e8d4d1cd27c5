/// How a case ended. Dutch: afsluiting.
public enum ClosureOutcome: String, CaseIterable, Hashable, Sendable {
    case solved, partlySolved
    /// Another organisation has taken it on.
    case handedOver
    /// The resident does not want help.
    case residentDeclined
    case notReached, movedAway
    /// There turned out to be nothing to it.
    case unfounded
}

/// What the contact some time after closing showed; there is always one. Dutch: nazorg.
public enum AftercareOutcome: String, CaseIterable, Hashable, Sendable {
    case stable
    /// It opens a case that is linked to this one.
    case newQuestion
    case notReached
}

/// What came of a home visit. Dutch: huisbezoek.
public enum VisitOutcome: String, CaseIterable, Hashable, Sendable {
    case spoke
    /// The resident was met and does not want a talk.
    case declined
    /// Nobody answered: the visit is still to be made.
    case noResponse
}
