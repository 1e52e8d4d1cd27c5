import Casework

/// The codes that the log's facts hold and the report breaks its figures down by. The last member of a list that must add up takes what
/// a later program may write.
extension UniformReport {
    /// Where a signal stands by the triage of its case.
    public enum Route: String, CaseIterable, Hashable, Sendable {
        /// Triaged single: the desk finds the one helper. Dutch: enkelvoudig.
        case handledDirectly
        /// Triaged multiple: a social case manager takes it on. Dutch: meervoudig.
        case takenOn
        /// Not triaged yet.
        case toBeTriaged
    }

    /// What a signal was refused for, by the first of these that its reasons name.
    public enum FilingRefusal: String, CaseIterable, Hashable, Sendable {
        /// The controller has not decided what is to be done.
        case policyIncomplete
        /// There is no consent, or it was refused or withdrawn.
        case consent
        case other

        init(reasons: [String]) {
            if reasons.contains("policy-incomplete") {
                self = .policyIncomplete
            } else {
                self = reasons.contains(where: { $0.hasPrefix("consent-") }) ? .consent : .other
            }
        }
    }

    /// Why a meeting was opened.
    public enum MeetingTrigger: String, CaseIterable, Hashable, Sendable {
        case interrelated, twoDomainsOrPersons, disagreement, tasksLeftOpen, screening, other
    }

    /// How a case closed.
    public enum ClosingOutcome: String, CaseIterable, Hashable, Sendable {
        case solved, partlySolved, handedOver, residentDeclined, notReached, movedAway, unfounded, other
    }

    /// Who planned a visit to a home.
    public enum VisitPlanner: String, CaseIterable, Hashable, Sendable { case municipality, partner }

    /// How a resident was told.
    public enum TellingWay: String, CaseIterable, Hashable, Sendable { case phone, letter, visit, atTheTable, other }

    /// Why telling a resident was put off.
    public enum PostponementGround: String, CaseIterable, Hashable, Sendable {
        case safetyOfOthers, investigation, cannotBeReached, childsInterest, other
    }
}

/// A figure with its parts: one number for each code. Its sum is made of the parts, so the two cannot differ.
public struct Breakdown<Code: CaseIterable & Hashable & Sendable, Unit: ReportUnit>: Hashable, Sendable {
    private var parts: [Code: Count<Unit>] = [:]

    /// Nothing counted.
    public init() {}

    /// How many of this code; setting it is for the fold.
    public internal(set) subscript(code: Code) -> Count<Unit> {
        get { parts[code] ?? Count() }
        set { parts[code] = newValue }
    }

    /// All parts together. It says something only where nothing counts under two codes.
    public var sum: Count<Unit> { parts.values.reduce(Count(), +) }
}
