import GRDB

/// The versions a database file can have: version n is what the first n scripts make, and stands in `PRAGMA user_version`.
///
/// A plain number, not names: a file from a newer program is then told from an unknown one by comparing.
struct SchemaVersions: Sendable {
    /// The scripts in order; they only grow at the end.
    let scripts: [String]

    /// `convenant.sqlite`.
    static let main = SchemaVersions(scripts: [
        schema1, schema2, schema3, schemaQueue, schemaWire, schemaRecall, schemaLookups, schemaRotation, schemaBodies, schemaHoldings,
        schemaReplay, schemaFactor, schemaPages, schemaOfficer, schemaJustification, schemaProvider, schemaObjection, schemaCard,
        schemaLever, schemaRepresentative, schemaAcknowledgement, schemaGroundEnd, schemaMeetingDay, schemaOpenRows, schemaNotice,
        schemaSchool, schemaUntoldNotice, schemaCoordinator, schemaHeld, schemaDisagreement, schemaStateSince,
    ])
    /// `keys.sqlite`.
    static let keys = SchemaVersions(scripts: [keySchema1, keySchema2, keySchema3, keySchema4])

    /// Runs the scripts the file has not seen, all in one transaction: whoever dies in the middle leaves no version that no program knows.
    func migrate(_ database: Database, file: String) throws {
        let found = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try refuseNewer(found, file: file)
        guard found < scripts.count else { return }
        try database.inTransaction(.immediate) {
            for script in scripts[Int(found)...] { try database.execute(sql: script) }
            try database.execute(sql: "PRAGMA user_version = \(scripts.count)")
            return .commit
        }
    }

    /// Throws ``StoreFault/newerSchema(file:found:known:)`` for a file this program cannot understand.
    func refuseNewer(_ found: Int64, file: String) throws(StoreFault) {
        let known = Int64(scripts.count)
        guard found <= known else { throw .newerSchema(file: file, found: found, known: known) }
        guard found >= 0 else { throw .corrupt("`\(file)` has a schema number below 0") }
    }
}
