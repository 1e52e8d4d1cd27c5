/// What a referral asks of one partner, followed until it is closed. Dutch: taak.
///
/// A value of this type always keeps the rule that an open task has a deadline and a closed one has none.
public struct ReferralTask: Hashable, Sendable {
    /// How many days ahead a task may be put on hold at most, 26 weeks; it may be put on hold again. No pack decides it, and without it a task
    /// could wait for ever and nobody would ask after it.
    public static let longestHold = 182

    public let id: TaskID
    public let referral: ReferralID
    /// Never leaves towards another organisation.
    public let casefile: CasefileID
    /// The partner that is asked.
    public let partner: OrganisationNumber
    public private(set) var state: TaskState
    /// Nil exactly when the task is closed.
    public private(set) var due: Deadline?
    /// The date by which a meeting agreed that it is done, where one did.
    public let promisedOn: CalendarDate?
    /// How many rungs of the ladder were taken since it last moved.
    public private(set) var rung: Int
    /// When its deadline was found passed and handed to people; nil while nobody has to do anything about it.
    public private(set) var fellDueAt: Instant?

    /// The task with these members, as read from a row; nil when it is open without a deadline, or closed with one or on a ladder.
    public init?(
        id: TaskID, referral: ReferralID, casefile: CasefileID, partner: OrganisationNumber, state: TaskState, due: Deadline?,
        promisedOn: CalendarDate? = nil, rung: Int = 0, fellDueAt: Instant? = nil
    ) {
        guard state.isOpen == (due != nil), state.isOpen || (rung == 0 && fellDueAt == nil), rung >= 0 else { return nil }
        self.id = id
        self.referral = referral
        self.casefile = casefile
        self.partner = partner
        self.state = state
        self.due = due
        self.promisedOn = promisedOn
        self.rung = rung
        self.fellDueAt = fellDueAt
    }

    private init(
        requested id: TaskID, _ referral: ReferralID, _ casefile: CasefileID, _ partner: OrganisationNumber, _ deliverBy: Instant,
        _ promisedOn: CalendarDate?
    ) {
        self.id = id
        self.referral = referral
        self.casefile = casefile
        self.partner = partner
        self.promisedOn = promisedOn
        state = .requested
        due = Deadline(kind: .delivery, at: deliverBy)
        rung = 0
    }

    /// A new task, due to be delivered.
    static func requested(
        _ id: TaskID, referral: ReferralID, casefile: CasefileID, partner: OrganisationNumber, deliverBy: Instant, promisedOn: CalendarDate?
    ) -> ReferralTask {
        ReferralTask(requested: id, referral, casefile, partner, deliverBy, promisedOn)
    }

    /// The same task in another state, at the foot of the ladder; `due` is asked for open states only.
    func moved<Failure>(to state: TaskState, due: () throws(Failure) -> Deadline) throws(Failure) -> ReferralTask {
        var task = self
        task.state = state
        task.due = state.isOpen ? try due() : nil
        task.rung = 0
        task.fellDueAt = nil
        return task
    }

    /// The same open task, waiting for people since its deadline was found passed.
    func waiting(since now: Instant, rung: Int) -> ReferralTask {
        var task = self
        task.fellDueAt = now
        task.rung = rung
        return task
    }

    /// The same open task with another instant for the same kind of deadline.
    func due(again at: Instant, rung: Int) -> ReferralTask {
        guard let due else { return self }
        var task = self
        task.due = Deadline(kind: due.kind, at: at)
        task.rung = rung
        task.fellDueAt = nil
        return task
    }
}
