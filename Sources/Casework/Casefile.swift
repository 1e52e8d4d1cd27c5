/// What the desk knows of one household's case: ids, states and instants, no content. Dutch: dossier.
public struct Casefile: Hashable, Sendable {
    /// Whether the case is being worked on.
    public enum State: String, CaseIterable, Hashable, Sendable {
        case open, closed
    }

    public let id: CasefileID
    public internal(set) var state: State
    /// Nil until the desk has triaged it.
    public internal(set) var triage: Triage?
    /// The terms frozen into the case when it started.
    public let terms: CaseTerms
    /// The rungs for a task that stays open, frozen with the terms.
    public let ladder: [Rung]
    /// Tasks by id. Only those the event is about need be loaded: `step` looks at no other.
    public internal(set) var tasks: [TaskID: ReferralTask]
    /// How many tasks of the whole case are open, loaded or not; beyond the first two they need not be counted.
    public internal(set) var openTasks: Int
    /// How many organisations have an open task, loaded or not; beyond the first two they need not be counted.
    public let parties: Int
    /// Whether somebody was at the door since it was triaged multiple.
    public internal(set) var hasVisit: Bool
    /// Whether the household has a plan, with its coordinator.
    public internal(set) var hasPlan: Bool
    /// Whether a member of staff is still to do what a meeting decided.
    public internal(set) var hasUndoneAction: Bool
    /// Whether a meeting is being prepared.
    public internal(set) var hasOpenMeeting: Bool
    /// Whether a meeting was held.
    public let hasHeldMeeting: Bool
    /// Whether the contact after closing is still to be made.
    public internal(set) var awaitsAftercare: Bool

    public init(
        id: CasefileID, state: State, triage: Triage?, terms: CaseTerms, ladder: [Rung] = [], tasks: [TaskID: ReferralTask] = [:],
        openTasks: Int, parties: Int = 0, hasVisit: Bool = false, hasPlan: Bool = false, hasUndoneAction: Bool = false,
        hasOpenMeeting: Bool = false, hasHeldMeeting: Bool = false, awaitsAftercare: Bool = false
    ) {
        self.id = id
        self.state = state
        self.triage = triage
        self.terms = terms
        self.ladder = ladder
        self.tasks = tasks
        self.openTasks = openTasks
        self.parties = parties
        self.hasVisit = hasVisit
        self.hasPlan = hasPlan
        self.hasUndoneAction = hasUndoneAction
        self.hasOpenMeeting = hasOpenMeeting
        self.hasHeldMeeting = hasHeldMeeting
        self.awaitsAftercare = awaitsAftercare
    }

    /// What a meeting of it is next: the first one makes the plan, each later one looks how it goes.
    var nextMeeting: MeetingKind { hasHeldMeeting ? .followUp : .mda }

    /// The term within which a meeting is planned that opens by itself; nil where none does.
    var planningTerm: Term? {
        guard state == .open, case .multiple = triage, parties >= 2 else { return nil }
        return terms.meeting
    }

    /// The file after a change.
    func with(_ change: (inout Casefile) -> Void) -> Casefile {
        var file = self
        change(&file)
        return file
    }

    /// The file with this task put in, and the count of open tasks moved along.
    func with(_ task: ReferralTask, insteadOf old: ReferralTask?) -> Casefile {
        with {
            $0.tasks[task.id] = task
            $0.openTasks += (task.state.isOpen ? 1 : 0) - (old?.state.isOpen == true ? 1 : 0)
        }
    }
}
