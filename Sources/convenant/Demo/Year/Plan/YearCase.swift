import Casework

/// What became of a signal.
enum YearRoute: Hashable, Sendable {
    /// One problem: the desk brings in one helper and is done when that helper has accepted.
    case single
    /// Several, each for itself; something special may happen.
    case unrelated(YearTrait?)
    /// Several that hang together: an MDA, this many follow-up meetings, and perhaps another platform at the end.
    case interrelated(followUps: Int, platform: Platform?)
    /// The multiple case in which a helper never takes its task up: somebody of the desk calls, and then the MDA opens by itself.
    case silentHelper
    /// Triaged single and closed, and triaged up when there turned out to be more. It is triaged single once and multiple once; the partition
    /// into 42 and 456 goes by what a signal was found to be in the end, so it counts once, among the 456.
    case retriaged
    /// Closed on 27 February, so that its aftercare falls on 27 August.
    case aftercareCall
    /// A second signal about the household of another case, joined to it; it counts under that case's route.
    case joined(to: Int)

    /// How the desk finds the signal in the end; nil for a joined one, which has no triage of its own.
    var triage: Triage? {
        switch self {
        case .single: .single
        case .interrelated: .multiple(.interrelated)
        case .unrelated, .silentHelper, .retriaged, .aftercareCall: .multiple(.unrelated)
        case .joined: nil
        }
    }
}

/// One signal of the year and what it leads to.
struct YearCase: Hashable, Sendable {
    /// 1 for the first signal of the year.
    let number: Int
    let filedOn: CalendarDate
    var channel: IntakeChannel
    var route: YearRoute
}
