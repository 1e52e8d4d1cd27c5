import Casework

/// An open task whose deadline was found passed.
public struct PassedTask: Hashable, Sendable {
    public let task: TaskID
    public let casefile: CasefileID
    /// When it passes to people; for a delivery, when it is looked at.
    public let actAt: Instant
}

/// The statements of the sweep: each walks a partial index of exactly the rows that nobody has handled, from the oldest on.
enum SweepQuery {
    static let tasks = """
        SELECT task, casefile, act_at FROM open_task WHERE fell_due_at IS NULL AND due_kind <> 'delivery' AND act_at <= ?
            AND (act_at, task) > (?, ?) ORDER BY act_at, task LIMIT ?
        """
    static let deliveries = """
        SELECT task, casefile, act_at FROM open_task WHERE due_kind = 'delivery' AND act_at <= ? AND (act_at, task) > (?, ?)
        ORDER BY act_at, task LIMIT ?
        """
    static let deadlines = "SELECT * FROM deadline WHERE \(isOfPeople) AND act_at <= ? ORDER BY act_at LIMIT ? OFFSET ?"
    // By name: SQLite would look up each kind, and sort.
    static let deadlinesOfLaw = """
        SELECT * FROM deadline INDEXED BY deadline_law WHERE \(isOfLaw) AND act_at <= ? ORDER BY act_at, kind LIMIT ? OFFSET ?
        """
    static let oldestTask = "SELECT min(act_at) AS oldest FROM open_task WHERE fell_due_at IS NULL AND due_kind <> 'delivery'"
    static let oldestDelivery = "SELECT min(act_at) AS oldest FROM open_task WHERE due_kind = 'delivery'"
    static let oldestDeadline = "SELECT min(act_at) AS oldest FROM deadline WHERE \(isOfPeople)"
    static let oldestOfLaw = "SELECT min(act_at) AS oldest FROM deadline INDEXED BY deadline_law WHERE \(isOfLaw)"
    /// Goes through the index of open tasks.
    static let withoutDeadline = """
        SELECT count(*) AS found FROM task LEFT JOIN open_task ON open_task.task = task.id
        WHERE \(TaskQuery.isOpen) AND (open_task.task IS NULL OR open_task.state <> task.state)
        """
    // The words of the two partial indexes.
    private static let isOfPeople = "fell_due_at IS NULL AND kind NOT IN ('ending', 'review')"
    private static let isOfLaw = "fell_due_at IS NULL AND kind IN ('ending', 'review')"
}

extension Transaction {
    /// Open tasks whose deadline passes to people at or before `now` and was not found yet, oldest first, after one of them.
    public func passedTasks(at now: Instant, after last: PassedTask?, limit: Int) throws -> [PassedTask] {
        try all(SweepQuery.tasks, bounds(now, last, limit)).map(passedTask)
    }

    /// Tasks whose message should have been received at or before `now`, oldest first, after one of them.
    public func passedDeliveries(at now: Instant, after last: PassedTask?, limit: Int) throws -> [PassedTask] {
        try all(SweepQuery.deliveries, bounds(now, last, limit)).map(passedTask)
    }

    private func bounds(_ now: Instant, _ last: PassedTask?, _ limit: Int) -> [SQLValue] {
        [.of(now), .integer(last?.actAt.millisecondsSince1970 ?? .min), .blob(last?.task.bytes ?? []), .of(limit)]
    }

    private func passedTask(_ row: SQLRow) throws -> PassedTask {
        PassedTask(task: try row.identifier("task"), casefile: try row.identifier("casefile"), actAt: try row.instant("act_at"))
    }

    /// From when on the term of an open task counts; nil for a closed one.
    public func countsFrom(_ task: TaskID) throws -> Instant? {
        try first("SELECT counts_from FROM open_task WHERE task = ?", [.of(task)])?.instant("counts_from")
    }

    /// Looks again later at a delivery whose message may still be received.
    public func lookAgain(at instant: Instant, atDeliveryOf task: TaskID) throws {
        try run("UPDATE open_task SET act_at = ? WHERE task = ? AND due_kind = 'delivery'", [.of(instant), .of(task)])
    }

    /// The oldest instants at which something was, or is, to be handled, and is not: what concerns people, and what waits for no office hour,
    /// deliveries and what is about law.
    public func oldestUnhandled() throws -> (people: Instant?, atOnce: Instant?) {
        func oldest(_ queries: String...) throws -> Instant? {
            try queries.compactMap { try first($0)?.instantOrNil("oldest") }.min()
        }
        return (
            try oldest(SweepQuery.oldestTask, SweepQuery.oldestDeadline), try oldest(SweepQuery.oldestDelivery, SweepQuery.oldestOfLaw)
        )
    }

    /// How many open tasks have no deadline, or one of another state. Always 0; it reads every open task.
    public func openTasksWithoutDeadline() throws -> Int { Int(try first(SweepQuery.withoutDeadline)?.integer("found") ?? 0) }
}
