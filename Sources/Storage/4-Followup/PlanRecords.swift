import Casework

/// Who does what a meeting decided.
public enum PlanActionOwner: Hashable, Sendable {
    /// A member of the municipality's staff.
    case account(AccountID)
    /// A partner, by the task that it was given.
    case task(TaskID)
}

/// What a meeting decided: an action, an owner, a date (R61, R77).
public struct PlanActionRow: Sendable {
    public let id: PlanActionID
    public let casefile: CasefileID
    public let meeting: MeetingID
    public let action: PlanActionKind
    public let domain: LifeDomain
    public let dueOn: CalendarDate
    public let owner: PlanActionOwner
    /// When its owner did it; for a partner the task tells.
    public let doneAt: Instant?

    public init(
        id: PlanActionID, casefile: CasefileID, meeting: MeetingID, action: PlanActionKind, domain: LifeDomain, dueOn: CalendarDate,
        owner: PlanActionOwner, doneAt: Instant? = nil
    ) {
        self.id = id
        self.casefile = casefile
        self.meeting = meeting
        self.action = action
        self.domain = domain
        self.dueOn = dueOn
        self.owner = owner
        self.doneAt = doneAt
    }
}

/// A case that a meeting passed on to a platform (R66).
public struct TransferRow: Sendable {
    public let task: TaskID
    public let platform: Platform
    public let partner: OrganisationNumber
    public let at: Instant
}

extension Transaction {
    /// Makes a household's plan. The schema refuses a second open one, and one for a case without a coordinator (R72).
    public func insertPlan(_ id: PlanID, casefile: CasefileID, meeting: MeetingID?, at now: Instant) throws {
        try run(
            "INSERT INTO plan (id, casefile, meeting, made_at) VALUES (?, ?, ?, ?)", [.of(id), .of(casefile), .of(meeting), .of(now)])
    }

    /// The household's plan that is open, or nil.
    public func openPlan(of casefile: CasefileID) throws -> PlanID? {
        try first("SELECT id FROM plan WHERE casefile = ? AND ended_at IS NULL", [.of(casefile)])?.identifier("id")
    }

    /// Stores what a meeting decided; what a member of staff is to do has a deadline, what a partner is to do has its task's.
    public func insert(_ action: PlanActionRow, calendar: WorkingCalendar) throws {
        var (account, task): (AccountID?, TaskID?)
        switch action.owner {
        case .account(let id): account = id
        case .task(let id): task = id
        }
        try run(
            "INSERT INTO plan_action (id, casefile, meeting, action, domain, due_on, account, task) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .of(action.id), .of(action.casefile), .of(action.meeting), .of(action.action), .of(action.domain),
                .text(action.dueOn.description), .of(account), .of(task),
            ])
        guard account != nil else { return }
        // The whole day may be used: it is missed when the next one begins.
        try expect(
            .action, of: .planAction(action.id), casefile: action.casefile, by: calendar.startOfDay(action.dueOn.adding(days: 1)),
            calendar: calendar)
    }

    /// What a meeting decided that one owner does, or nil.
    public func planAction(_ id: PlanActionID) throws -> PlanActionRow? {
        try first("SELECT * FROM plan_action WHERE id = ?", [.of(id)]).map(planAction)
    }

    /// What a meeting decided.
    public func planActions(of meeting: MeetingID, in casefile: CasefileID) throws -> [PlanActionRow] {
        try all("SELECT * FROM plan_action WHERE casefile = ? AND meeting = ? ORDER BY id", [.of(casefile), .of(meeting)]).map(planAction)
    }

    /// What staff is still to do of what meetings decided, soonest first.
    public func undoneActions(of casefile: CasefileID) throws -> [PlanActionID] {
        try deadlines(.action, of: casefile).compactMap { if case .planAction(let id) = $0.subject { id } else { nil } }
    }

    /// The owner has done it: nothing is due for it any more.
    public func setDone(_ id: PlanActionID, at now: Instant) throws {
        try run("UPDATE plan_action SET done_at = ? WHERE id = ?", [.of(now), .of(id)])
        try settle(.action, of: .planAction(id))
    }

    /// Writes that a meeting passed the case on to a platform, by a task.
    public func insertTransfer(_ task: TaskID, casefile: CasefileID, meeting: MeetingID, to platform: Platform, at now: Instant) throws {
        try run(
            "INSERT INTO transfer (task, casefile, meeting, platform, at) VALUES (?, ?, ?, ?, ?)",
            [.of(task), .of(casefile), .of(meeting), .of(platform), .of(now)])
    }

    /// The platforms to which a meeting passed its case on.
    public func transfers(of meeting: MeetingID, in casefile: CasefileID) throws -> [TransferRow] {
        try all(
            """
            SELECT transfer.task, transfer.platform, transfer.at, task.partner FROM transfer JOIN task ON task.id = transfer.task
            WHERE transfer.casefile = ? AND transfer.meeting = ? ORDER BY transfer.task
            """, [.of(casefile), .of(meeting)]
        ).map {
            TransferRow(
                task: try $0.identifier("task"), platform: try $0.member("platform"), partner: try $0.organisation("partner"),
                at: try $0.instant("at"))
        }
    }

    /// The tasks of a case whose deadline was found passed, and which wait for people.
    public func fallenTasks(of casefile: CasefileID) throws -> [TaskID] {
        try all("SELECT task FROM open_task WHERE casefile = ? AND fell_due_at IS NOT NULL ORDER BY task", [.of(casefile)]).map {
            try $0.identifier("task")
        }
    }

    /// Of the tasks of a case whose deadline passed, those whose ladder has led to a meeting.
    public func tasksLeftToMeeting(of casefile: CasefileID) throws -> [TaskID] {
        try all(
            """
            SELECT open_task.task, task.rung, casefile.ladder FROM open_task JOIN task ON task.id = open_task.task
                JOIN casefile ON casefile.id = open_task.casefile
            WHERE open_task.casefile = ? AND open_task.fell_due_at IS NOT NULL ORDER BY open_task.task
            """, [.of(casefile)]
        ).filter { row in
            try [Rung](rowWords: row.words("ladder")).last(of: Int(row.integer("rung"))) == .conveneMDA
        }.map { try $0.identifier("task") }
    }

    private func planAction(_ row: SQLRow) throws -> PlanActionRow {
        let owner: PlanActionOwner =
            if let account: AccountID = try row.identifierOrNil("account") { .account(account) } else { .task(try row.identifier("task")) }
        guard let dueOn = CalendarDate(try row.text("due_on")) else { throw StoreFault.corrupt("column `due_on` does not hold a date") }
        return PlanActionRow(
            id: try row.identifier("id"), casefile: try row.identifier("casefile"), meeting: try row.identifier("meeting"),
            action: try row.member("action"), domain: try row.member("domain"), dueOn: dueOn, owner: owner,
            doneAt: try row.instantOrNil("done_at"))
    }
}
