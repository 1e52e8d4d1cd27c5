import AuditTrail
import Casework
import Foundation
import GRDB

/// What a body sees of the database: SQL over a closed set of values, and the log.
///
/// Valid only inside the body it was given to; afterwards every call throws. Records are extensions on this type and use nothing but
/// ``run(_:_:)``, ``first(_:_:)``, ``all(_:_:)`` and ``append(_:index:)``. Statements are prepared once a connection.
public final class Transaction {
    private var database: Database?
    /// Nil in a snapshot: only a commit writes to the log.
    var trail: TrailState?

    init(_ database: Database, trail: TrailState? = nil) {
        self.database = database
        self.trail = trail
    }

    /// Ends the transaction's validity, so that a copy that escaped from its body cannot reach the connection.
    func invalidate() { database = nil }

    /// True while SQLite has not ended the transaction by itself.
    var isAlive: Bool { database?.isInsideTransaction ?? false }

    /// Whether something was queued that the courier is to push: it is told after the commit.
    public internal(set) var hasWorkForCourier = false

    /// The partners for which something was queued: whoever waits for it is woken after the commit.
    public internal(set) var queuedFor: Set<OrganisationNumber> = []
    /// Messages that left the queue without a receipt: a send of one of them that is under way is to end.
    var ended: [MessageID] = []

    /// Hands over, and forgets, which messages this body took out of the queue without a receipt.
    public func takeEnded() -> [MessageID] {
        defer { ended = [] }
        return ended
    }

    /// The number of rows that the last ``run(_:_:)`` changed.
    public private(set) var changes = 0

    /// Executes one statement that returns no rows.
    /// - Throws: ``StoreFault/constraint(code:name:)`` when the schema refuses the row.
    public func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreFault) {
        let database = try living()
        do {
            try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values.map(\.databaseValue)))
            changes = database.changesCount
        } catch {
            throw StoreFault(error)
        }
    }

    /// The first row of a result, or nil.
    public func first(_ sql: String, _ values: [SQLValue] = []) throws(StoreFault) -> SQLRow? {
        try rows(sql, values, atMost: 1).first
    }

    /// Every row of a result; ask for a bounded number.
    public func all(_ sql: String, _ values: [SQLValue] = []) throws(StoreFault) -> [SQLRow] {
        try rows(sql, values, atMost: .max)
    }

    private func rows(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StoreFault) -> [SQLRow] {
        let database = try living()
        do {
            let statement = try database.cachedStatement(sql: sql)
            let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values.map(\.databaseValue)))
            let columns = statement.columnNames
            var rows: [SQLRow] = []
            while rows.count < limit, let row = try cursor.next() {
                var values: [SQLValue] = []
                values.reserveCapacity(columns.count)
                for index in 0..<columns.count { values.append(try SQLValue(row[index] as DatabaseValue)) }
                rows.append(SQLRow(columns: columns, values: values))
            }
            return rows
        } catch {
            throw StoreFault(error)
        }
    }

    /// A body that swallows an error after which SQLite ended the transaction would go on in autocommit mode, outside every
    /// promise; so each statement asks first.
    private func living() throws(StoreFault) -> Database {
        guard let database else { throw .body("a transaction was used after its body") }
        guard database.isInsideTransaction else { throw .notDurable(code: ResultCode.SQLITE_ABORT.rawValue) }
        return database
    }
}

extension SQLValue {
    /// The form GRDB binds.
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) throws(StoreFault) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        case .double: throw .corrupt("a column holds a floating-point number")
        }
    }
}
