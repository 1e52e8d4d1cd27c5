import Casework
import Disclosure

/// What became of an objection (GDPR 21(1)); the raw value stands in the row, on the wire and in the log.
public enum ObjectionOutcome: String, CaseIterable, Hashable, Sendable {
    /// The resident is right: what it is about is not shared on a public task or on compulsion.
    case upheld
    /// Compelling grounds prevail: it may be shared again.
    case overruled
    /// The resident took it back.
    case withdrawn
}

/// An objection as it is kept.
public struct ObjectionRow: Sendable {
    public let id: ObjectionID
    public let person: PersonID
    /// The person's casefile, and its vault key.
    public let casefile: CasefileID
    public let casefileKey: Int64
    public let recipients: [OrganisationNumber]
    public let purposes: [Purpose]
    public let madeAt: Instant
    /// What became of it, when, and the name of the account that weighed it; nil while nobody has.
    public let weighed: (outcome: ObjectionOutcome, at: Instant, by: String)?
    /// Why, sealed; nil where nobody said.
    public let sealed: [UInt8]?
}

extension Transaction {
    /// Appends an objection and makes decisions about the person stale.
    public func insertObjection(_ objection: Objection, of person: PersonID, by handle: String, at now: Instant) throws {
        try run(
            "INSERT INTO objection (id, person, recipients, purposes, made_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .of(objection.id), .of(person), .text(objection.recipients.map(\.description).joined(separator: " ")),
                .text(objection.purposes.map(\.rawValue).joined(separator: " ")), .of(now), .text(handle),
            ])
        try raiseDisclosureRevision(of: person)
    }

    /// Keeps what became of an objection that nobody had weighed, and makes decisions about the person stale.
    public func weigh(
        _ objection: ObjectionRow, as outcome: ObjectionOutcome, sealed: [UInt8]?, by account: AccountID, at now: Instant
    ) throws {
        try run(
            "UPDATE objection SET outcome = ?, weighed_at = ?, weighed_by = ?, sealed = ? WHERE id = ? AND weighed_at IS NULL",
            [.text(outcome.rawValue), .of(now), .of(account), .of(sealed), .of(objection.id)])
        try raiseDisclosureRevision(of: objection.person)
    }

    /// The objections that the gate heeds: those that nobody has weighed, and those that were upheld.
    func objections(of person: PersonID) throws -> [Objection] {
        try all(
            "SELECT id, recipients, purposes, outcome FROM objection WHERE person = ? AND (weighed_at IS NULL OR outcome = 'upheld')",
            [.of(person)]
        ).map { row in
            Objection(
                id: try row.identifier("id"), recipients: try row.organisations("recipients"), purposes: try row.purposes("purposes"),
                isUpheld: try row.textOrNil("outcome") != nil)
        }
    }

    /// One objection.
    public func objection(_ id: ObjectionID) throws -> ObjectionRow? {
        try first(Self.wholeObjection + " WHERE objection.id = ?", [.of(id)]).map(objection)
    }

    /// Every objection of a person, the oldest first.
    public func allObjections(of person: PersonID) throws -> [ObjectionRow] {
        try all(Self.wholeObjection + " WHERE objection.person = ? ORDER BY objection.id", [.of(person)]).map(objection)
    }

    /// All of them, newest first.
    public func allObjections(before: ObjectionID?, limit: Int) throws -> [ObjectionRow] {
        try all(
            Self.wholeObjection + " WHERE ?1 IS NULL OR objection.id < ?1 ORDER BY objection.id DESC LIMIT ?2", [.of(before), .of(limit)]
        ).map(objection)
    }

    private static let wholeObjection = """
        SELECT objection.*, account.name, casefile.id AS casefile, casefile.key FROM objection JOIN person ON person.id = objection.person
        JOIN casefile ON casefile.id = person.casefile LEFT JOIN account ON account.id = objection.weighed_by
        """

    private func objection(_ row: SQLRow) throws -> ObjectionRow {
        let outcome = try row.textOrNil("outcome")
        let weighed = try outcome.map { _ in
            (outcome: try row.member("outcome") as ObjectionOutcome, at: try row.instant("weighed_at"), by: try row.text("name"))
        }
        return ObjectionRow(
            id: try row.identifier("id"), person: try row.identifier("person"), casefile: try row.identifier("casefile"),
            casefileKey: try row.integer("key"), recipients: try row.organisations("recipients"), purposes: try row.purposes("purposes"),
            madeAt: try row.instant("made_at"), weighed: weighed, sealed: try row.blobOrNil("sealed"))
    }
}

extension SQLRow {
    fileprivate func organisations(_ column: String) throws -> [OrganisationNumber] {
        try words(column).compactMap { OrganisationNumber($0) }
    }
    fileprivate func purposes(_ column: String) throws -> [Purpose] { try words(column).map(Purpose.init(rawValue:)) }
}
