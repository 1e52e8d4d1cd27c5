import Casework

/// Something the desk is told about a task.
public struct DeskNewsRow: Sendable {
    public let id: EntryID
    public let kind: DeskNews
    public let task: TaskID
    public let at: Instant
}

extension Transaction {
    /// Tells the desk.
    public func tellDesk(_ kind: DeskNews, about task: TaskID, id: EntryID, at now: Instant) throws {
        try run("INSERT INTO desk_news (id, kind, task, at) VALUES (?, ?, ?, ?)", [.of(id), .of(kind), .of(task), .of(now)])
    }

    /// What the desk has not seen of these kinds, newest first.
    public func unseenNews(_ kinds: [DeskNews], limit: Int) throws -> [DeskNewsRow] {
        let marks = kinds.map { _ in "?" }.joined(separator: ", ")
        let rows = try all(
            "SELECT id, kind, task, at FROM desk_news WHERE seen_at IS NULL AND kind IN (\(marks)) ORDER BY id DESC LIMIT ?",
            kinds.map { .of($0) } + [.of(limit)])
        return try readable(rows) {
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
}
