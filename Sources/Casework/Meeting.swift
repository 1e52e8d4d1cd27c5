/// Whether a meeting is the first on its case or comes after one that was held; they are counted apart.
public enum MeetingKind: String, CaseIterable, Hashable, Sendable {
    /// All involved helpers together. Dutch: MDA-bijeenkomst.
    case mda
    /// Dutch: vervolgbijeenkomst.
    case followUp
}

/// Why a meeting was opened (R70); every meeting names one.
public enum MeetingTrigger: String, CaseIterable, Hashable, Sendable {
    /// The household's problems hang together.
    case interrelated
    /// Two life domains, or two persons.
    case twoDomainsOrPersons
    /// Helpers disagree about the approach.
    case disagreement
    /// A task stayed open to the end of the ladder.
    case tasksLeftOpen
    /// It came out of a screening.
    case screening
}

/// Where a meeting stands.
public enum MeetingState: String, CaseIterable, Hashable, Sendable {
    /// It is to be held, and its chair has not dated it.
    case toBePlanned
    case dated, held, cancelled

    /// Whether it is still to be held.
    public var isOpen: Bool { self == .toBePlanned || self == .dated }
}

/// A platform outside the chain to which a case is passed on (R66). Dutch: doorzetten naar een ander platform.
public enum Platform: String, CaseIterable, Hashable, Sendable {
    /// Dutch: Centrum voor Jeugd en Gezin.
    case cjg
    /// Dutch: Centraal Coördinatiepunt.
    case ccp
    /// Dutch: signaleringsoverleg.
    case signallingMeeting
    /// Dutch: Topteam.
    case topTeam
    case other
}

/// What is to be done by one owner before one date, as a meeting decided it: a closed list, so that no words about a person travel.
public enum PlanActionKind: String, CaseIterable, Hashable, Sendable {
    case takeOn, contactResident, homeVisit, assess, arrangeHelp, arrangeFinances, arrangeHousing, arrangeCare, inform, coordinate, other
}

/// What an invited partner answers.
public enum MeetingAnswer: String, CaseIterable, Hashable, Sendable {
    case accepted, declined
}

/// Why the resident does not come to the table: a closed list. Without one of these, the resident comes.
public enum ResidentAbsence: String, CaseIterable, Hashable, Sendable {
    /// It would put somebody in danger.
    case unsafe
    /// The resident was asked and does not want to.
    case declined
    case notAble, notReached
    /// Somebody else's interest weighs more, such as a child's.
    case interestOfAnother
}
