/// What a referral asks of one partner, followed until it is closed. Dutch: taak.
///
/// A value of this type always keeps the rule that an open task has a deadline and a closed one has none.
public struct ReferralTask: Hashable, Sendable {
    public let id: TaskID
    public let referral: ReferralID
    /// Never leaves towards another organisation.
    public let casefile: CasefileID
    /// The partner that is asked.
    public let partner: OrganisationNumber
    public let state: TaskState
    /// Nil exactly when the task is closed.
    public let due: Deadline?

    /// The task with these members, as read from a row; nil when it is open without a deadline, or closed with one.
    public init?(
        id: TaskID, referral: ReferralID, casefile: CasefileID, partner: OrganisationNumber, state: TaskState, due: Deadline?
    ) {
        guard state.isOpen == (due != nil) else { return nil }
        self.init(checked: id, referral, casefile, partner, state, due)
    }

    private init(
        checked id: TaskID, _ referral: ReferralID, _ casefile: CasefileID, _ partner: OrganisationNumber, _ state: TaskState,
        _ due: Deadline?
    ) {
        self.id = id
        self.referral = referral
        self.casefile = casefile
        self.partner = partner
        self.state = state
        self.due = due
    }

    /// A new task, due to be delivered.
    static func requested(
        _ id: TaskID, referral: ReferralID, casefile: CasefileID, partner: OrganisationNumber, deliverBy: Instant
    ) -> ReferralTask {
        ReferralTask(checked: id, referral, casefile, partner, .requested, Deadline(kind: .delivery, at: deliverBy))
    }

    /// The same task in another state; `due` is asked for open states only.
    func moved<Failure>(to state: TaskState, due: () throws(Failure) -> Deadline) throws(Failure) -> ReferralTask {
        ReferralTask(checked: id, referral, casefile, partner, state, state.isOpen ? try due() : nil)
    }
}
