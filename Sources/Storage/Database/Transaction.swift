import AuditTrail
import Casework
import Foundation
import GRDB

/// What a body sees of the database: SQL over a closed set of values, and the log.
///
/// Valid only inside the body it was given to; afterwards every call throws. Records are extensions on this type and use nothing but
/// ``run(_:_:)`` with ``changes``, ``first(_:_:)``, ``all(_:_:)`` and ``append(_:index:)``, and leave here whom to tell after the commit. Statements
/// are prepared once a connection.
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
        let statement = try prepared(sql, values)
        defer { statement.end() }
        while try statement.step() {}
        changes = statement.changes
    }

    /// The first row of a result, or nil.
    public func first(_ sql: String, _ values: [SQLValue] = []) throws(StoreFault) -> SQLRow? {
        let statement = try prepared(sql, values)
        defer { statement.end() }
        return try statement.step() ? try statement.row() : nil
    }

    /// Every row of a result; ask for a bounded number.
    public func all(_ sql: String, _ values: [SQLValue] = []) throws(StoreFault) -> [SQLRow] {
        let statement = try prepared(sql, values)
        defer { statement.end() }
        var rows: [SQLRow] = []
        while try statement.step() { rows.append(try statement.row()) }
        return rows
    }

    /// How many rows ``readable(_:_:)`` passed over in this transaction.
    public private(set) var damaged = 0

    /// What each of these rows says, those left out for which it is nil. A damaged one is passed over and counted in ``damaged``: it keeps nobody
    /// from the others. For lanes, and for lists that people look at and are told of the count; never for what is decided.
    public func readable<Row, Value>(_ rows: [Row], _ read: (Row) throws -> Value?) throws -> [Value] {
        try rows.compactMap { row -> Value? in
            do { return try read(row) } catch let fault as StoreFault {
                guard case .corrupt = fault else { throw fault }
                damaged += 1
                return nil
            }
        }
    }

    private func prepared(_ sql: String, _ values: [SQLValue]) throws(StoreFault) -> BoundStatement {
        let database = try living()
        do {
            return try BoundStatement(try database.cachedStatement(sql: sql), values)
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
