import CSQLiteSetup
import Foundation
import GRDB

/// One database file: a writer that can be opened anew, and readers that never wait for it.
///
/// Writer and readers are apart because after a failed COMMIT the writer's connection is thrown away, while readers go on.
final class SQLiteFile: Sendable {
    /// How a file is opened.
    struct Options: Sendable {
        var path: String
        var schema: SchemaVersions
        /// Pages after which SQLite reports the disk as full; nil for no limit.
        var maximumPages: Int?
    }

    let writer: DatabaseQueue
    let readers: SQLiteReaders

    /// Opens the file, makes it if it is not there, brings its schema up to date and verifies what the promises rest on.
    init(_ options: Options) throws(StoreFault) {
        do {
            writer = try Self.openWriter(options)
            readers = SQLiteReaders(path: options.path)
        } catch {
            throw StoreFault(error)
        }
    }

    private init(writer: DatabaseQueue, readers: SQLiteReaders) {
        self.writer = writer
        self.readers = readers
    }

    /// The same readers with a new writer; the old connection is closed first and never used again.
    func reopened(_ options: Options) throws(StoreFault) -> SQLiteFile {
        try? writer.close()
        do {
            return SQLiteFile(writer: try Self.openWriter(options), readers: readers)
        } catch {
            throw StoreFault(error)
        }
    }

    /// Once, before SQLite's first use, whoever comes first; SQLite refuses it later, and then works slower by a tenth.
    static let setUp: Void = { _ = csqlite_count_no_memory() }()

    private static func openWriter(_ options: Options) throws -> DatabaseQueue {
        _ = setUp
        try createPrivately(options.path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        configuration.label = "convenant.writer"
        configuration.prepareDatabase { database in
            // Before any table exists, or the pages of the first ones would be made without it.
            try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 2000")
            // 16 MB: the inner pages of two dozen indexes stay in memory while the tables grow to millions of rows.
            try database.execute(sql: "PRAGMA cache_size = -16000")
        }
        let queue = try DatabaseQueue(path: options.path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            // GRDB sets NORMAL after `prepareDatabase` when it turns WAL on: a commit would be answered before it is on the disk.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try verify(database)
            try options.schema.migrate(database, file: options.path)
            if let pages = options.maximumPages { _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)") }
        }
        return queue
    }

    /// SQLite gives `-wal` and `-shm` the mode of the database, so the mode is set before SQLite sees the file.
    private static func createPrivately(_ path: String) throws(StoreFault) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
        close(descriptor)
    }

    private static func verify(_ database: Database) throws {
        for (pragma, wanted) in [("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1"), ("journal_mode", "wal")] {
            let found = try String.fetchOne(database, sql: "PRAGMA \(pragma)")
            guard found == wanted else { throw StoreFault.corrupt("SQLite does not keep `\(pragma) = \(wanted)`") }
        }
    }
}
