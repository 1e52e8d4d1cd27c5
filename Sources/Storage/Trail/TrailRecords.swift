import Casework

extension Transaction {
    /// Whether nothing was ever recorded: the folder is new.
    public func isLogEmpty() throws(StoreFault) -> Bool { try first("SELECT 1 AS one FROM audit_entry LIMIT 1") == nil }

    /// The newest signed checkpoint, or nil before the first entry.
    public func newestCheckpoint() throws(StoreFault) -> String? {
        try first("SELECT note FROM audit_checkpoint ORDER BY shard DESC LIMIT 1")?.text("note")
    }

    /// Entries of the log that are about a person, in order, each with its number.
    public func logEntries(about person: PersonID, after seq: Int64, limit: Int) throws -> [(seq: Int64, entry: [UInt8])] {
        try all(
            """
            SELECT audit_entry.seq, audit_entry.entry FROM audit_index JOIN audit_entry ON audit_entry.seq = audit_index.seq
            WHERE audit_index.kind = 'person' AND audit_index.subject = ? AND audit_index.seq > ? ORDER BY audit_index.seq LIMIT ?
            """, [.of(person), .integer(seq), .of(limit)]
        ).map { (try $0.integer("seq"), try $0.blob("entry")) }
    }

    /// The entries about a person in which this id stands, oldest first.
    public func logEntries(about person: PersonID, naming id: String) throws -> [[UInt8]] {
        try all(
            """
            SELECT audit_entry.entry FROM audit_index JOIN audit_entry ON audit_entry.seq = audit_index.seq
            WHERE audit_index.kind = 'person' AND audit_index.subject = ? AND instr(audit_entry.entry, ?) > 0 ORDER BY audit_index.seq
            """, [.of(person), .blob(Array(id.utf8))]
        ).map { try $0.blob("entry") }
    }

    /// The number of the newest entry, or 0.
    public func lastLogEntry() throws -> Int64 {
        try first("SELECT seq FROM audit_entry ORDER BY seq DESC LIMIT 1")?.integer("seq") ?? 0
    }

    /// Entries of the log in order, each with its number.
    public func logEntries(after seq: Int64, limit: Int) throws -> [(seq: Int64, entry: [UInt8])] {
        try all("SELECT seq, entry FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?", [.integer(seq), .of(limit)]).map {
            (try $0.integer("seq"), try $0.blob("entry"))
        }
    }
}
