import Casework

/// How old somebody may be, in whole years from the youngest to the oldest that is possible; 18 stands for every age from 18.
///
/// Ages and no date of birth: a decision needs no more, and what a decision stood on is kept.
public struct PossibleAges: Hashable, Sendable {
    /// The age from which nobody decides for somebody because of age (Civil Code 1:233).
    public static let majority = 18
    public static let adult = PossibleAges(majority...majority)
    /// Nothing is known.
    public static let unknown = PossibleAges(0...majority)

    public let youngest: Int
    public let oldest: Int

    /// - Parameter years: whole years, cut off at ``majority``.
    public init(_ years: ClosedRange<Int>) {
        youngest = min(max(years.lowerBound, 0), Self.majority)
        oldest = min(max(years.upperBound, 0), Self.majority)
    }

    /// The ages on a date that what is known of a birth date allows; ``unknown`` when it allows none.
    public init(_ born: BirthDate, on date: CalendarDate) { self = born.ages(on: date).map { PossibleAges($0) } ?? .unknown }

    /// Whether it is certain that nobody decides for the person because of age.
    public var isAdult: Bool { youngest >= Self.majority }
}

/// What is kept of how old a person is: no more than a decision needs, and of an adult nothing but that.
public enum KnownAge: Hashable, Sendable {
    case adult
    /// Somebody saw a child, and knows no date.
    case child
    /// Born then, to the month at most; what is not known of it may be anything.
    case born(BirthDate)

    /// - Parameter isAdult: what somebody saw; nil when nobody said.
    public init(_ born: BirthDate, isAdult: Bool? = nil, on date: CalendarDate) {
        if isAdult == true || PossibleAges(born, on: date).isAdult {
            self = .adult
        } else {
            self = born == .unknown && isAdult == false ? .child : .born(born.withoutDay)
        }
    }

    /// `adult`, `child`, or the birth date as ``BirthDate/text`` has it.
    public var text: String {
        switch self {
        case .adult: "adult"
        case .child: "child"
        case .born(let date): date.text
        }
    }
    /// What ``text`` wrote, or nil.
    public init?(_ text: String) {
        switch text {
        case "adult": self = .adult
        case "child": self = .child
        default:
            guard let date = BirthDate(text) else { return nil }
            self = .born(date)
        }
    }

    /// The ages that are possible on a date.
    public func ages(on date: CalendarDate) -> PossibleAges {
        switch self {
        case .adult: .adult
        case .child: PossibleAges(0...PossibleAges.majority - 1)
        case .born(let born): PossibleAges(born, on: date)
        }
    }
}

/// Somebody who decides for a person, as the gate sees it: an office, and no name.
public struct Representative: Hashable, Sendable {
    /// By what. The first is for a child; the others for an adult, and in place of the adult (UAVG 5).
    public enum Office: String, CaseIterable, Hashable, Sendable {
        /// A parent or guardian with authority over a child. Dutch: gezag.
        case parentalAuthority
        /// Dutch: curator.
        case curator
        /// For matters of care. Dutch: mentor.
        case mentor
        /// For matters of property. Dutch: bewindvoerder.
        case administrator
    }
    public let id: RepresentativeID
    public let office: Office
    /// For which purposes it is their task; nil for all.
    public let purposes: [Purpose]?
    /// Whether somebody decided that the person must be protected against this one: then what they say counts for nothing.
    public let isSetAside: Bool
    /// Whether they decide in another row of a resident who stands in a case twice. As no name is kept, they may be one of those here or one more: no
    /// yes is asked of them, and a no of theirs counts until they lift it there.
    public let isElsewhere: Bool

    public init(id: RepresentativeID, office: Office, purposes: [Purpose]? = nil, isSetAside: Bool = false, isElsewhere: Bool = false) {
        self.id = id
        self.office = office
        self.purposes = purposes
        self.isSetAside = isSetAside
        self.isElsewhere = isElsewhere
    }

    /// The same, seen from another row of the resident.
    public var fromElsewhere: Representative {
        Representative(id: id, office: office, purposes: purposes, isSetAside: isSetAside, isElsewhere: true)
    }
}

/// What is known of a person that tells who consents: the ages that are possible, and who decides for the person.
public struct Representation: Hashable, Sendable {
    /// An adult whom nobody represents.
    public static let adult = Representation(ages: .adult)

    public let ages: PossibleAges
    /// Everybody who decides for the person, those who were set aside too, by id; then those who decide in other rows of the same resident.
    public let representatives: [Representative]

    public init(ages: PossibleAges, representatives: [Representative] = []) {
        self.ages = ages
        self.representatives = representatives
    }

    /// Whether the person alone consents, whatever the acts say.
    public var isOwn: Bool { ages.isAdult && representatives.isEmpty }
}

/// Who gave an answer.
public enum Speaker: Hashable, Sendable {
    case person
    case representative(RepresentativeID)

    /// That representative, or the person where there is none.
    public init(_ representative: RepresentativeID?) { self = representative.map { .representative($0) } ?? .person }

    /// The representative, where it was one.
    public var representative: RepresentativeID? { if case .representative(let id) = self { id } else { nil } }
}
