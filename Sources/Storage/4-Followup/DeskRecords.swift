import Casework

/// Something the desk is told about a task.
public struct DeskNewsRow: Sendable {
    public let id: EntryID
    public let kind: DeskNews
    public let task: TaskID
    public let at: Instant
}

/// The policy in force, as a row: the number is part of every decision's basis.
public struct PolicyState: Hashable, Sendable {
    public let number: Int64
    public let revision: String
}

extension Transaction {
    /// Tells the desk.
    public func tellDesk(_ kind: DeskNews, about task: TaskID, id: EntryID, at now: Instant) throws {
        try run("INSERT INTO desk_news (id, kind, task, at) VALUES (?, ?, ?, ?)", [.of(id), .of(kind), .of(task), .of(now)])
    }

    /// What the desk has not seen of these kinds, newest first.
    public func unseenNews(_ kinds: [DeskNews], limit: Int) throws -> [DeskNewsRow] {
        let marks = kinds.map { _ in "?" }.joined(separator: ", ")
        return try all(
            "SELECT id, kind, task, at FROM desk_news WHERE seen_at IS NULL AND kind IN (\(marks)) ORDER BY id DESC LIMIT ?",
            kinds.map { .of($0) } + [.of(limit)]
        ).map {
            DeskNewsRow(id: try $0.identifier("id"), kind: try $0.member("kind"), task: try $0.identifier("task"), at: try $0.instant("at"))
        }
    }

    /// Marks news and answers to recalls as seen up to one of them, by its id; how many that were.
    public func markSeen(upTo last: EntryID, at now: Instant) throws -> Int {
        var seen = 0
        for table in ["desk_news", "recall_answer"] {
            try run("UPDATE \(table) SET seen_at = ? WHERE seen_at IS NULL AND id <= ?", [.of(now), .of(last)])
            seen += changes
        }
        return seen
    }

    /// The policy in force, or nil before the first was loaded.
    public func policyState() throws -> PolicyState? {
        try first("SELECT number, revision FROM policy_state WHERE id = 1").map {
            PolicyState(number: try $0.integer("number"), revision: try $0.text("revision"))
        }
    }

    /// Puts a policy in force and makes every decision under way stale.
    public func setPolicy(revision: String, at now: Instant) throws -> PolicyState {
        let number = (try policyState()?.number ?? 0) + 1
        try run(
            "INSERT OR REPLACE INTO policy_state (id, number, revision, loaded_at) VALUES (1, ?, ?, ?)",
            [.integer(number), .text(revision), .of(now)])
        return PolicyState(number: number, revision: revision)
    }

    /// A setting of the data folder itself, such as `simulated`.
    public func meta(_ key: String) throws -> String? { try first("SELECT value FROM meta WHERE key = ?", [.text(key)])?.text("value") }

    /// Writes a setting of the data folder itself.
    public func setMeta(_ key: String, _ value: String) throws {
        try run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [.text(key), .text(value)])
    }
}
