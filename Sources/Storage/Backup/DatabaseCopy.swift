import Foundation
import GRDB

/// Copies a database as it was at one moment, beside whoever writes to it, by SQLite's online backup.
///
/// One read transaction lasts from the first page to the last, so that commits of others neither wait nor show.
enum DatabaseCopy {
    /// - Parameters:
    ///   - inMemory: takes the copy in memory first, so that the read lasts no longer than reading: whoever empties the source's log waits for it,
    ///     and would wait for the disk of the target, too.
    ///   - read: looks at the copy before it is closed.
    ///   - progress: gets the bytes copied of those there are.
    static func write<Value>(
        _ source: String, _ schema: SchemaVersions, to target: String, inMemory: Bool = false, progress: @escaping (Int64, Int64) -> Void,
        read: (Transaction) throws(StoreFault) -> Value
    ) throws(StoreFault) -> Value {
        let from = try SQLiteFile.openReadOnly(source, schema)
        try SecretFile.create(target, [])
        do {
            let to = try DatabaseQueue(path: target)
            let held = try inMemory ? DatabaseQueue() : nil
            try held?.writeWithoutTransaction { try Self.copy(from, to: $0) { _, _ in } }
            let value = try to.writeWithoutTransaction { copy in
                try Self.copy(held ?? from, to: copy, progress)
                // One file, which can be read without making others beside it.
                try copy.execute(sql: "PRAGMA journal_mode = DELETE")
                return try copy.inSnapshot(read)
            }
            try to.close()
            try from.close()
            try SecretFile.flush(target)
            return value
        } catch {
            throw StoreFault(error)
        }
    }

    /// Copies all of a database in one read.
    private static func copy(_ source: DatabaseQueue, to target: Database, _ progress: @escaping (Int64, Int64) -> Void) throws {
        try source.read { database in
            // The backup would begin and end a transaction for each step, if none were open yet.
            let bytes = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
            _ = try Row.fetchOne(database, sql: "SELECT 1 FROM sqlite_schema LIMIT 1")
            try database.backup(to: target, pagesPerStep: 1024) { step in
                progress(Int64(step.completedPageCount) * bytes, Int64(step.totalPageCount) * bytes)
            }
        }
    }
}

extension Database {
    fileprivate func inSnapshot<Value>(_ body: (Transaction) throws(StoreFault) -> Value) throws -> Value {
        var value: Value?
        try inTransaction(.deferred) {
            let transaction = Transaction(self)
            defer { transaction.invalidate() }
            value = try body(transaction)
            return .commit
        }
        guard let value else { throw StoreFault.corrupt("a copy could not be read") }
        return value
    }
}
