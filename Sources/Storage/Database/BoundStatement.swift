import GRDB
import GRDBSQLite

/// A prepared statement with its values, from binding to reset.
///
/// Spoken to SQLite itself: GRDB's arguments, rows and watching of changes cost several times what a look-up by key does.
struct BoundStatement {
    private let prepared: Statement
    private var handle: OpaquePointer { prepared.sqliteStatement }

    /// Binds the values in order. Texts and bytes are copied by SQLite.
    init(_ prepared: Statement, _ values: [SQLValue]) throws(StoreFault) {
        self.prepared = prepared
        guard sqlite3_bind_parameter_count(prepared.sqliteStatement) == values.count else {
            throw .io(code: SQLITE_RANGE, context: "a statement has another number of values")
        }
        for index in values.indices {
            guard bind(values[index], at: Int32(index + 1)) == SQLITE_OK else {
                defer { end() }
                throw fault()
            }
        }
    }

    /// Executes a statement without values, whether or not a transaction is open.
    static func run(_ sql: String, on database: Database) throws {
        let statement = try BoundStatement(try database.cachedStatement(sql: sql), [])
        defer { statement.end() }
        while try statement.step() {}
    }

    /// Runs to the next row; false when there is none.
    func step() throws(StoreFault) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw fault()
        }
    }

    /// The row at which the statement stands.
    func row() throws(StoreFault) -> SQLRow {
        let columns = prepared.columnNames
        var values: [SQLValue] = []
        values.reserveCapacity(columns.count)
        for index in 0..<Int32(columns.count) { values.append(try value(index)) }
        return SQLRow(columns: columns, values: values)
    }

    /// How many rows the statement changed.
    var changes: Int { Int(sqlite3_changes(sqlite3_db_handle(handle))) }

    /// Makes the statement ready for its next use; a step's error was told by the step.
    func end() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, place)
        case .integer(let integer): return sqlite3_bind_int64(handle, place, integer)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), copied) }
            }
        case .blob(let bytes):
            // Without an address SQLite would take no bytes for NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, place, 0) }
            return bytes.withUnsafeBytes { sqlite3_bind_blob(handle, place, $0.baseAddress, Int32($0.count), copied) }
        }
    }

    private func value(_ column: Int32) throws(StoreFault) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, column)
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: length(of: column)), as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, column)
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: length(of: column))))
        default: throw .corrupt("a column holds a floating-point number")
        }
    }

    private func length(of column: Int32) -> Int { Int(sqlite3_column_bytes(handle, column)) }

    private func fault() -> StoreFault {
        let database = sqlite3_db_handle(handle)
        return StoreFault(
            DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database)), message: String(cString: sqlite3_errmsg(database))))
    }
}

/// SQLITE_TRANSIENT: SQLite makes a copy before it returns. It is -1 and not the address of a function, which C's macro says with a cast.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
