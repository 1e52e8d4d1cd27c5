import Casework

/// A row of encrypted content.
public struct ContentRow: Sendable {
    public let id: ContentID
    /// The person whose key opens it; nil when the casefile's key does.
    public let person: PersonID?
    public let sealed: SealedContent

    public init(id: ContentID, person: PersonID?, sealed: SealedContent) {
        self.id = id
        self.person = person
        self.sealed = sealed
    }
}

/// A row of encrypted content as a casefile shows it.
public struct ShownContent: Sendable {
    public let row: ContentRow
    /// The casefile that it was filed in: this one, or a part of it.
    public let casefile: CasefileID
    /// The vault key of that casefile, which opens what concerns its household as a whole.
    public let casefileKey: Int64
}

extension Transaction {
    /// Stores encrypted content.
    public func insertContent(_ row: ContentRow, casefile: CasefileID, at now: Instant) throws {
        try run(
            "INSERT INTO content (id, casefile, person, wrapped_key, sealed, stored_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.of(row.id), .of(casefile), .of(row.person), .blob(row.sealed.wrappedKey), .blob(row.sealed.sealed), .of(now)])
    }

    /// The encrypted content that a casefile shows, that of its parts too, oldest first.
    public func content(of casefile: CasefileID) throws -> [ShownContent] {
        // Sorted here: SQLite would copy all of the content once more.
        try ([casefile] + parts(of: casefile)).flatMap { shown in
            try all(
                """
                SELECT content.id, person, wrapped_key, sealed, casefile.key AS casefile_key
                FROM content JOIN casefile ON casefile.id = content.casefile WHERE content.casefile = ?
                """, [.of(shown)]
            ).map { row in
                ShownContent(
                    row: ContentRow(
                        id: try row.identifier("id"), person: try row.identifierOrNil("person"),
                        sealed: SealedContent(wrappedKey: try row.blob("wrapped_key"), sealed: try row.blob("sealed"))),
                    casefile: shown, casefileKey: try row.integer("casefile_key"))
            }
        }.sorted { $0.row.id < $1.row.id }
    }

    /// Deletes what concerns the household as a whole, why glass was broken, what its justifications say, and what leads from the casefile to
    /// the log.
    public func deleteHouseholdContent(of casefile: CasefileID) throws {
        try run("DELETE FROM content WHERE casefile = ? AND person IS NULL", [.of(casefile)])
        try run("UPDATE break_glass SET sealed = NULL WHERE casefile = ?", [.of(casefile)])
        try run("UPDATE justification SET sealed = NULL WHERE casefile = ?", [.of(casefile)])
        try run("DELETE FROM audit_index WHERE kind = 'casefile' AND subject = ?", [.of(casefile)])
    }
}
