import CSQLite

/// A database of the bench's own, or a look into the daemon's.
final class Database {
    private var handle: OpaquePointer?

    init(_ path: String, readOnly: Bool = false) throws {
        let flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else { throw BenchFault(description: "`\(path)` cannot be opened") }
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { sqlite3_close(handle) }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw BenchFault(description: String(cString: sqlite3_errmsg(handle)))
        }
    }

    /// The number in the first row.
    func number(_ sql: String) throws -> Int {
        let statement = try Statement(handle, sql)
        guard try statement.step() else { return 0 }
        return Int(sqlite3_column_int64(statement.handle, 0))
    }

    /// The text in the first column of every row.
    func texts(_ sql: String) throws -> [String] {
        let statement = try Statement(handle, sql)
        var texts: [String] = []
        while try statement.step() { texts.append(sqlite3_column_text(statement.handle, 0).map { String(cString: $0) } ?? "") }
        return texts
    }

    func prepare(_ sql: String) throws -> Statement { try Statement(handle, sql) }

    /// A statement that is run again and again.
    final class Statement {
        fileprivate var handle: OpaquePointer?

        fileprivate init(_ database: OpaquePointer?, _ sql: String) throws {
            guard sqlite3_prepare_v2(database, sql, -1, &handle, nil) == SQLITE_OK else {
                throw BenchFault(description: String(cString: sqlite3_errmsg(database)))
            }
        }

        deinit { sqlite3_finalize(handle) }

        func bind(_ blob: [UInt8], at place: Int32) {
            // -1: SQLite copies what it is given.
            sqlite3_bind_blob(handle, place, blob, Int32(blob.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }

        /// Whether there is a row.
        func step() throws -> Bool {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: return true
            case SQLITE_DONE:
                sqlite3_reset(handle)
                return false
            default: throw BenchFault(description: "a statement failed")
            }
        }
    }
}
