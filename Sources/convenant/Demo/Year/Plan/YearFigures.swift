import Casework

/// The numbers of The Hague's caseload from 1 January to 31 August 2009.
///
/// Published (seed 002, Factsheet Meldcode): 498 signals, 388 of them through the meldcode; 42 of those 388 handled directly by the desk and 456
/// signals taken on by case managers; 53 MDA and follow-up meetings; 19 cases passed on to another platform. Everything under "chosen" was
/// never published: the replay invented it, and whatever shows it says so.
struct YearFigures: Hashable, Sendable {
    // Published.
    var meldcode = 388
    var otherChannels = 110
    var handledDirectly = 42
    var meetings = 53
    var transfers = 19
    var signals: Int { meldcode + otherChannels }
    var takenOn: Int { signals - handledDirectly }

    // Chosen by the replay.
    /// How the 110 came; the desk wrote all of them down.
    let others: [IntakeChannel: Int] = [.consultation: 38, .email: 27, .phone: 45]
    /// Signals of 2 January, three days before the meldcode opened.
    let onSecondJanuary: [IntakeChannel] = [.phone, .phone, .email]
    /// Cases whose problems hang together; each has its MDA.
    let interrelated = 31
    /// Follow-up meetings by interrelated case, in the order in which the cases came: some have one, two have two, the others none.
    let followUps = [1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1]
    /// Which platforms took the nineteen.
    let platforms: [(Platform, Int)] = [(.cjg, 7), (.ccp, 4), (.signallingMeeting, 3), (.topTeam, 3), (.other, 2)]
    /// How many of the other cases had something special.
    let traits: [(YearTrait, Int)] = [
        (.lateHelper, 12), (.nobodyHome, 20), (.visitDeclined, 9), (.visitShared, 6), (.tellingPostponed, 3), (.helperRefuses, 8),
        (.waitingList, 10),
    ]
    /// Second signals about a household, joined by the desk to the case that it had.
    let joined = 4
    /// The nine social case managers of 2009 (published).
    let caseManagers = 9

    /// One number differently, by ``YearChange``.
    func changed(by changes: Set<YearChange>) -> YearFigures {
        var figures = self
        if changes.contains(.channel) {
            figures.meldcode -= 1
            figures.otherChannels += 1
        }
        if changes.contains(.desk) { figures.handledDirectly += 1 }
        if changes.contains(.meeting) { figures.meetings -= 1 }
        return figures
    }

    static func == (a: Self, b: Self) -> Bool {
        (a.meldcode, a.otherChannels, a.handledDirectly, a.meetings, a.transfers)
            == (b.meldcode, b.otherChannels, b.handledDirectly, b.meetings, b.transfers)
    }
    func hash(into hasher: inout Hasher) { hasher.combine([meldcode, otherChannels, handledDirectly, meetings, transfers]) }
}

/// One thing that went otherwise, to show that the report follows what happened.
enum YearChange: String, CaseIterable, Hashable, Sendable {
    /// One signal comes by e-mail instead of through the meldcode.
    case channel
    /// The desk handles one case directly that a case manager took on.
    case desk
    /// One follow-up meeting is not held.
    case meeting
}

/// What happens in some cases and not in others.
enum YearTrait: String, CaseIterable, Hashable, Sendable {
    /// A helper takes the task up only after somebody of the desk called.
    case lateHelper
    /// Nobody answers at the first home visit.
    case nobodyHome
    /// The resident does not want a talk, and the case is closed.
    case visitDeclined
    /// A helper's visit and the case manager's become one.
    case visitShared
    /// Telling the resident waits, with a ground and a review date.
    case tellingPostponed
    /// A helper has no room, and another is asked.
    case helperRefuses
    /// A helper has a waiting list.
    case waitingList
}
