import GRDB

extension KeyVault {
    /// Keeps how many entries the log has: beside a database that has fewer these keys are not opened. On the disk when it returns; nothing is
    /// written when it has no more than when this was last asked.
    public func noteLog() async throws(StoreFault) {
        guard let length = logLength(), length > notedLength.withLock({ $0 }) else { return }
        try await onThread { () throws(StoreFault) in
            do { try self.file.writer.write { try Self.note(length, in: $0) } } catch { throw StoreFault(error) }
            self.notedLength.withLock { $0 = length }
        }
    }

    /// Writes that the log has so many entries; never fewer than before.
    static func note(_ length: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO log_length (id, entries) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET entries = max(entries, excluded.entries)
                """, arguments: [length])
    }
}
