/// What the desk knows of one household's case: ids, states and instants, no content. Dutch: dossier.
public struct Casefile: Hashable, Sendable {
    /// Whether the case is being worked on.
    public enum State: String, CaseIterable, Hashable, Sendable {
        case open, closed
    }

    public let id: CasefileID
    public let state: State
    /// Nil until the desk has triaged it.
    public let triage: Triage?
    /// The terms frozen into the case when it started.
    public let terms: CaseTerms
    /// Tasks by id. Only those the event is about need be loaded: `step` looks at no other.
    public let tasks: [TaskID: ReferralTask]
    /// How many tasks of the whole case are open, loaded or not.
    public let openTasks: Int

    public init(
        id: CasefileID, state: State, triage: Triage?, terms: CaseTerms, tasks: [TaskID: ReferralTask] = [:], openTasks: Int
    ) {
        self.id = id
        self.state = state
        self.triage = triage
        self.terms = terms
        self.tasks = tasks
        self.openTasks = openTasks
    }

    func with(triage: Triage) -> Casefile {
        Casefile(id: id, state: state, triage: triage, terms: terms, tasks: tasks, openTasks: openTasks)
    }

    /// The file with this task put in, and the count of open tasks moved along.
    func with(_ task: ReferralTask, insteadOf old: ReferralTask?) -> Casefile {
        var tasks = tasks
        tasks[task.id] = task
        let opened = (task.state.isOpen ? 1 : 0) - (old?.state.isOpen == true ? 1 : 0)
        return Casefile(id: id, state: state, triage: triage, terms: terms, tasks: tasks, openTasks: openTasks + opened)
    }
}
