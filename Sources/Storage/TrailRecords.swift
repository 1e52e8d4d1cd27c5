extension Transaction {
    /// The newest signed checkpoint, or nil before the first entry.
    public func newestCheckpoint() throws -> String? {
        try first("SELECT note FROM audit_checkpoint ORDER BY shard DESC LIMIT 1")?.text("note")
    }

    /// Entries of the log in order, each with its number.
    public func logEntries(after seq: Int64, limit: Int) throws -> [(seq: Int64, entry: [UInt8])] {
        try all("SELECT seq, entry FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?", [.integer(seq), .of(limit)]).map {
            (try $0.integer("seq"), try $0.blob("entry"))
        }
    }
}
