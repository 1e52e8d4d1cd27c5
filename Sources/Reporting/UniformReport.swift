import Casework

/// The figures of a period, each in its own unit (R89), as the log knew them when the period ended (R90).
public struct UniformReport: Hashable, Sendable {
    /// The days it is about.
    public let period: ReportPeriod
    /// Signals: channels, routes, months.
    public internal(set) var signals = SignalFigures()
    /// Meetings held, MDA and follow-up apart (R73).
    public internal(set) var meetings = Breakdown<MeetingKind, Meetings>()
    /// Meetings opened, by what made them necessary.
    public internal(set) var meetingsOpened = Breakdown<MeetingTrigger, Meetings>()
    /// Cases passed on, each once, under the first platform it went to within the period (R66).
    public internal(set) var transfers = Breakdown<Platform, Cases>()
    /// Of these, how many went to a second platform, too.
    public internal(set) var transfersAgain = Count<Cases>()
    /// Cases that closed within the period and stand closed at its end.
    public internal(set) var closed = Breakdown<ClosingOutcome, Cases>()
    /// Of these, how many closed by themselves at the desk, as their one helper had accepted (R13).
    public internal(set) var closedDirectly = Count<Cases>()
    /// Cases that were reopened within the period, whatever became of them since.
    public internal(set) var reopened = Count<Cases>()
    /// Contacts after closing, by outcome (R85).
    public internal(set) var aftercare = Breakdown<AftercareOutcome, AftercareTalks>()
    /// Visits planned, by whom.
    public internal(set) var visitsPlanned = Breakdown<VisitPlanner, Visits>()
    /// Visits held by the municipality, by outcome.
    public internal(set) var visitsHeld = Breakdown<VisitOutcome, Visits>()
    /// Planned visits that were made into joint ones (R114).
    public internal(set) var visitsJoined = Count<Visits>()
    /// The joint visits that came of them.
    public internal(set) var jointVisits = Count<Visits>()
    /// What the desk answers for: it contacted the helper of an open task (R112).
    public internal(set) var chased = Breakdown<ContactOutcome, Contacts>()
    /// What helpers answer for: tasks completed (R112).
    public internal(set) var done = Count<Tasks>()
    /// Tasks that climbed to a step of the ladder. A task counts under each step it took, so these have no sum.
    public internal(set) var escalated = Breakdown<Rung, Tasks>()
    /// Whether referrals were right, by the latest word on each task (R52).
    public internal(set) var referrals = Breakdown<ReferralOutcome, Tasks>()
    /// How long people waited for help, and what still waits.
    public internal(set) var waiting = WaitingTime()
    /// The same by the id of the purpose that the help is for.
    public internal(set) var waitingByPurpose: [String: WaitingTime] = [:]
    /// Whether tasks were done in time, by the partner's name.
    public internal(set) var onTime: [String: OnTime] = [:]
    /// Signals that were refused, each once, by what they were refused for (R22).
    public internal(set) var signalsRefused = Breakdown<FilingRefusal, Signals>()
    /// Questions to which the gate said yes.
    public internal(set) var permitted = Count<Decisions>()
    /// Questions to which it said no.
    public internal(set) var refused = Count<Decisions>()
    /// Refusals by reason code. A refusal may name several, so these have no sum.
    public internal(set) var refusedBy: [String: Count<Decisions>] = [:]
    /// Residents told, by the way it was done.
    public internal(set) var told = Breakdown<TellingWay, Tellings>()
    /// Tellings put off, by ground.
    public internal(set) var postponed = Breakdown<PostponementGround, Tellings>()
    /// Requests of residents that were answered.
    public internal(set) var accessAnswered = Count<AccessRequests>()
    /// The worker roles that had acknowledged their covenants when the period ended (R29).
    var acknowledged = AcknowledgedRoles()
    /// Where the definition of the figures changed within the period (R92).
    public internal(set) var breaks: [DefinitionBreak] = []
    /// What became known after the period and would have changed a figure (R90).
    public internal(set) var corrections: [Correction] = []

    /// The number of the rules by which a log is counted; raised where the same log gives another figure under the same name.
    ///
    /// One program counts a whole report by one set of rules; two reports compare when they bear the same number (R92).
    public static let countingRules = 1

    init(_ period: ReportPeriod) { self.period = period }
}

extension UniformReport {
    /// What is counted in signals. A signal that was joined to another's case stands under that case's route.
    public struct SignalFigures: Hashable, Sendable {
        /// Signals filed within the period, without those that name nobody.
        public internal(set) var all = Count<Signals>()
        /// By the channel they came through (R3).
        public internal(set) var channels = Breakdown<Channel, Signals>()
        /// By the triage of their case at the end of the period (R12).
        public internal(set) var routes = Breakdown<Route, Signals>()
        /// Of those handled directly, how many came through the meldcode.
        public internal(set) var directByMeldcode = Count<Signals>()
        /// Accepted without identity: there is no case, and no route.
        public internal(set) var withoutIdentity = Count<Signals>()
        /// Of all, how many stand joined to another signal's case.
        public internal(set) var joined = Count<Signals>()
        /// Of all, how many are of a case whose triage rose within the period (R16); each stands once, under its last route.
        public internal(set) var risen = Count<Signals>()
        /// Of these, how many rose from single.
        public internal(set) var risenFromSingle = Count<Signals>()
        /// The day on which the first one came through the meldcode.
        public internal(set) var firstByMeldcode: CalendarDate?
        /// Each month of the period.
        public internal(set) var months: [Month] = []

        /// Through channels other than the meldcode.
        public var otherChannels: Count<Signals> { Channel.allCases.filter { $0 != .meldcode }.map { channels[$0] }.reduce(Count(), +) }
    }

    /// How a signal came in; the last takes what a later program may write.
    public enum Channel: String, CaseIterable, Hashable, Sendable { case meldcode, consultation, email, phone, other }

    /// The signals of one month.
    public struct Month: Hashable, Sendable {
        /// The month's first day.
        public let first: CalendarDate
        /// Through the meldcode.
        public internal(set) var meldcode = Count<Signals>()
        /// Through other channels.
        public internal(set) var otherChannels = Count<Signals>()
    }

    /// A day on which other policies came into force.
    public struct DefinitionBreak: Hashable, Sendable {
        /// The day.
        public let on: CalendarDate
        /// The pack from then on.
        public let pack: String
        /// The policy's revision until then.
        public let before: String
        /// The policy's revision from then on.
        public let after: String
    }

    /// What became known after the period.
    public enum Correction: Hashable, Sendable {
        /// Signals changed their route.
        case moved(Count<Signals>, from: Route, to: Route)
        /// Signals were joined to another signal's case.
        case joined(Count<Signals>)
        /// Signals were parted again.
        case parted(Count<Signals>)
        /// Closed cases were reopened.
        case reopened(Count<Cases>)
    }
}
