import Casework
import Foundation
import GRDB

/// The database of one data folder: snapshots to read, and commits that are on the disk when they answer.
///
/// A use case reads a snapshot, prepares everything outside, and hands over a body with the basis it stood on (see Storage.docc).
public final class Store: Sendable {
    /// The folder; its lock is held as long as the store lives.
    public let lock: RunLock
    private let readers: SQLiteReaders
    private let writer: CommitWriter
    private let commits: GroupCommit

    /// Opens the database of a locked folder, makes it if it is not there, and compares the log's tree with its checkpoint.
    /// - Parameters:
    ///   - newEntryID: the id of the entry that opens a new year's shard.
    /// - Throws: ``StoreFault/newerSchema(file:found:known:)``, ``StoreFault/corrupt(_:)``, ``StoreFault/folder(_:)`` when the log is of
    ///   another organisation, or of a simulation.
    public static func open(
        _ lock: RunLock, trail signer: TrailSigner, newEntryID: @escaping @Sendable () -> EntryID
    ) async throws(StoreFault) -> Store {
        try Store(lock, home: TrailState.Home(signer: signer, newEntryID: newEntryID), maximumPages: nil)
    }

    init(_ lock: RunLock, home: TrailState.Home, maximumPages: Int?) throws(StoreFault) {
        self.lock = lock
        let options = SQLiteFile.Options(path: lock.folder.database, schema: .main, maximumPages: maximumPages)
        let file = try SQLiteFile(options)
        let trail: TrailState
        do {
            trail = try file.writer.write { database in
                let transaction = Transaction(database)
                try transaction.bind(to: home.signer, folder: lock.folder)
                return try TrailState.load(transaction, home: home)
            }
        } catch {
            throw StoreFault(error)
        }
        readers = file.readers
        writer = CommitWriter(file: file, options: options, trail: trail)
        commits = GroupCommit(writer: writer)
    }

    /// Reads a snapshot: what was committed when it began, and nothing that comes after.
    ///
    /// The body runs at once on the caller's thread; keep it to look-ups by key and bounded lists, as it holds one of a few connections.
    public func read<Value: Sendable>(_ body: @Sendable (Transaction) throws -> Value) async throws(StoreFault) -> Value {
        try snapshot(body)
    }

    /// As ``read(_:)``, for callers that are not async.
    public func snapshot<Value>(_ body: (Transaction) throws -> Value) throws(StoreFault) -> Value {
        do {
            // Between two statements that are prepared once: GRDB's own way to a snapshot prepares them anew for each.
            return try readers.read { database in
                try BoundStatement.run("BEGIN DEFERRED", on: database)
                let transaction = Transaction(database)
                defer {
                    transaction.invalidate()
                    try? BoundStatement.run("ROLLBACK", on: database)
                }
                return try body(transaction)
            }
        } catch {
            throw StoreFault(error)
        }
    }

    /// Runs a body in the next batch and answers when it is on the disk.
    ///
    /// The body is synchronous, does no crypto but hashing, no parsing and no I/O; it returns a refusal as a value and throws only for
    /// faults, and then everything it wrote is undone, and nothing of its neighbours. A body may run only once; once handed over it
    /// runs even if the task is cancelled.
    /// - Parameters:
    ///   - basis: what the use case had read; compared with the rows in the body's own savepoint.
    ///   - background: true for work nobody waits for: it takes turns of 5 ms behind that of requests.
    /// - Returns: ``Committed/stale`` when the basis no longer holds.
    /// - Throws: ``StoreFault/notDurable(code:)`` when nothing was stored.
    public func commit<Value: Sendable>(
        _ basis: Basis = .none, background: Bool = false, _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(StoreFault) -> Committed<Value> {
        let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Committed<Value>, StoreFault>, Never>) in
            let pending = GroupCommit.Pending(
                basis: basis,
                run: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: .success(.done(value))) }
                },
                stale: { continuation.resume(returning: .success(.stale)) },
                fail: { fault in continuation.resume(returning: .failure(fault)) })
            commits.submit(pending, background: background)
        }
        return try outcome.get()
    }

    /// The vault keys with these ids that a row still uses; what else stands in the vault is unused, or was left over by a crash.
    public func referencedKeys(in ids: Range<Int64>) throws(StoreFault) -> Set<Int64> {
        try snapshot { transaction in
            let bounds = Array(repeating: [SQLValue.integer(ids.lowerBound), .integer(ids.upperBound)], count: 4).flatMap(\.self)
            return Set(try transaction.all(KeyQuery.referenced, bounds).map { try $0.integer("key") })
        }
    }

    /// The highest vault key that any row names, or 0: the vault hands out only higher ones.
    public func highestKey() throws(StoreFault) -> Int64 {
        try snapshot { try $0.highestKey() }
    }

    /// `PRAGMA synchronous` of the connection that writes: 2 (FULL), or commits are answered before they are on the disk.
    public func durability() throws(StoreFault) -> Int64? { try writerPragma("synchronous") }

    /// Moves what stands in the write-ahead log into the database's own file, so that this one is whole. Call it last; where it cannot be done the log
    /// stays, and nothing is lost.
    public func settle() { _ = try? writer.pragma("wal_checkpoint(TRUNCATE)") }

    /// What a pragma says on the connection that writes.
    func writerPragma(_ name: String) throws(StoreFault) -> Int64? { try writer.pragma(name) }

    /// Makes SQLite report a full disk at this many pages; nil for never.
    func limit(toPages pages: Int?) throws(StoreFault) { try writer.limit(toPages: pages) }
}

/// The statements about keys whose cost must not grow with the database.
enum KeyQuery {
    /// Bounds, twice for each table.
    static let referenced = ["casefile", "person", "message", "advice"].map { table in
        "SELECT key FROM \(table) WHERE key >= ? AND key < ?" + (table == "person" ? " AND erased_at IS NULL" : "")
    }.joined(separator: " UNION ALL ")
}

extension Transaction {
    /// Whether the database has this table: one of an older version may not.
    func hasTable(_ name: String) throws(StoreFault) -> Bool {
        try first("SELECT 1 AS one FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(name)]) != nil
    }

    /// The highest vault key that any row names, or 0; that of a casefile which has ended stands below 0. Also in a database of an older version,
    /// which lacks some of the tables.
    func highestKey() throws(StoreFault) -> Int64 {
        var highest: Int64 = 0
        for (table, column) in [("casefile", "key"), ("person", "key"), ("message", "key"), ("advice", "key"), ("doomed_key", "id")]
        where try hasTable(table) {
            // Each end by itself: an index gives it without a look at the rows between.
            for (end, sign) in [("max", 1), ("min", -1)] as [(String, Int64)] {
                let key = try first("SELECT \(end)(\(column)) AS key FROM \(table)")?.integerOrNil("key") ?? 0
                highest = max(highest, sign * key)
            }
        }
        return highest
    }

    /// Binds the folder to one organisation and one kind of clock the first time; refuses another one ever after.
    fileprivate func bind(to signer: TrailSigner, folder: DataFolder) throws(StoreFault) {
        let wanted = signer.organisation.description + (signer.simulated ? "/simulated" : "")
        try run("INSERT INTO meta (key, value) VALUES ('log', ?) ON CONFLICT DO NOTHING", [.text(wanted)])
        guard try first("SELECT value FROM meta WHERE key = 'log'")?.text("value") == wanted else {
            throw .folder(
                "`\(folder.path)` holds the log of another organisation, or of a simulation (hint: name another folder with --data)")
        }
    }
}
