import Casework
import Disclosure

/// A task as its row says, with the referral it came from.
public struct TaskRow: Sendable {
    public let task: ReferralTask
    public let purpose: Purpose
    public let reason: TaskReason?
    public let createdAt: Instant
    public let movedAt: Instant
}

/// The statements of tasks; a test looks at how SQLite goes about them.
enum TaskQuery {
    static let select = """
        SELECT task.*, referral.purpose, open_task.due_at, open_task.due_kind, open_task.fell_due_at FROM task JOIN referral ON referral.id = task.referral
        LEFT JOIN open_task ON open_task.task = task.id\u{20}
        """
    /// The words of the partial index of open tasks.
    static let isOpen = "task.state IN ('requested', 'received', 'accepted', 'onHold', 'inProgress')"

    /// Tasks after ?1, of the partner ?2 and in the state ?3 where these are asked for, at most ?4.
    static func page(ofPartner isMine: Bool, state: TaskState?) -> String {
        // A condition per case, so that each finds its rows through an index; everybody's open ones are those of the narrow table.
        if !isMine, state?.isOpen == true {
            return select + "WHERE open_task.task > ?1 AND ?2 IS NULL AND open_task.state = ?3 ORDER BY open_task.task LIMIT ?4"
        }
        let mine = isMine ? "task.partner = ?2" : "?2 IS NULL"
        let inState = state.map { $0.isOpen ? "task.state = ?3 AND \(isOpen)" : "task.state = ?3" } ?? "?3 IS NULL"
        return select + "WHERE task.id > ?1 AND \(mine) AND \(inState) ORDER BY task.id LIMIT ?4"
    }
}

extension Transaction {
    /// Stores a referral.
    public func insertReferral(
        _ id: ReferralID, casefile: CasefileID, partner: OrganisationNumber, purpose: Purpose, by account: AccountID, at now: Instant
    )
        throws
    {
        try run(
            "INSERT INTO referral (id, casefile, partner, purpose, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.of(id), .of(casefile), .of(partner), .text(purpose.rawValue), .of(account), .of(now)])
    }

    /// Writes a task's state and its deadline together: an open task has one, a closed one has none.
    ///
    /// What a deadline does to people waits for office hours; a delivery is about a message and does not wait.
    public func store(_ task: ReferralTask, reason: TaskReason?, calendar: WorkingCalendar, at now: Instant) throws {
        if task.due == nil { try run("DELETE FROM open_task WHERE task = ?", [.of(task.id)]) }
        try run(
            """
            INSERT INTO task (id, referral, casefile, partner, state, reason, rung, promised_on, created_at, moved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, rung = excluded.rung,
                moved_at = CASE WHEN task.state = excluded.state THEN task.moved_at ELSE excluded.moved_at END
            """,
            [
                .of(task.id), .of(task.referral), .of(task.casefile), .of(task.partner), .of(task.state), .of(reason), .of(task.rung),
                .of(task.promisedOn?.description), .of(now), .of(now),
            ])
        guard let due = task.due else { return }
        let acts = due.kind == .delivery ? due.at : calendar.nextOfficeHour(onOrAfter: due.at)
        try run(
            """
            INSERT INTO open_task (task, casefile, partner, state, due_at, due_kind, act_at, fell_due_at, counts_from, moved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (task) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, due_kind = excluded.due_kind,
                act_at = excluded.act_at, fell_due_at = excluded.fell_due_at, counts_from = excluded.counts_from,
                moved_at = CASE WHEN open_task.state = excluded.state THEN open_task.moved_at ELSE excluded.moved_at END
            """,
            [
                .of(task.id), .of(task.casefile), .of(task.partner), .of(task.state), .of(due.at), .of(due.kind), .of(acts),
                .of(task.fellDueAt), .of(now), .of(now),
            ])
    }

    /// The task, or nil.
    public func task(_ id: TaskID) throws -> ReferralTask? { try taskRow(id)?.task }

    /// The task with its referral's purpose, or nil.
    public func taskRow(_ id: TaskID) throws -> TaskRow? { try first(TaskQuery.select + "WHERE task.id = ?", [.of(id)]).map(taskRow) }

    /// A partner's tasks, or (nil) everybody's, in one state or in any.
    public func tasks(of partner: OrganisationNumber?, state: TaskState?, after: TaskID?, limit: Int) throws -> [TaskRow] {
        try all(
            TaskQuery.page(ofPartner: partner != nil, state: state), [.blob(after?.bytes ?? []), .of(partner), .of(state), .of(limit)]
        ).map(taskRow)
    }

    /// The tasks of a casefile.
    public func tasks(of casefile: CasefileID) throws -> [TaskRow] {
        try all(TaskQuery.select + "WHERE task.casefile = ? ORDER BY task.id", [.of(casefile)]).map(taskRow)
    }

    private func taskRow(_ row: SQLRow) throws -> TaskRow {
        var due: Deadline?
        if let at = try row.instantOrNil("due_at") { due = Deadline(kind: try row.member("due_kind"), at: at) }
        guard
            let task = ReferralTask(
                id: try row.identifier("id"), referral: try row.identifier("referral"), casefile: try row.identifier("casefile"),
                partner: try row.organisation("partner"), state: try row.member("state"), due: due,
                promisedOn: try row.textOrNil("promised_on").flatMap { CalendarDate($0) }, rung: Int(try row.integer("rung")),
                fellDueAt: try row.instantOrNil("fell_due_at"))
        else { throw StoreFault.corrupt("an open task has no deadline, or a closed one has one") }
        return TaskRow(
            task: task, purpose: Purpose(rawValue: try row.text("purpose")), reason: try row.memberOrNil("reason"),
            createdAt: try row.instant("created_at"), movedAt: try row.instant("moved_at"))
    }
}
