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

extension Transaction {
    /// Stores encrypted content.
    public func insertContent(_ row: ContentRow, casefile: CasefileID, at now: Instant) throws {
        try run(
            "INSERT INTO content (id, casefile, person, wrapped_key, sealed, stored_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.of(row.id), .of(casefile), .of(row.person), .blob(row.sealed.wrappedKey), .blob(row.sealed.sealed), .of(now)])
    }

    /// The encrypted content of a casefile, oldest first.
    public func content(of casefile: CasefileID) throws -> [ContentRow] {
        try all("SELECT id, person, wrapped_key, sealed FROM content WHERE casefile = ? ORDER BY id", [.of(casefile)]).map { row in
            ContentRow(
                id: try row.identifier("id"), person: try row.identifierOrNil("person"),
                sealed: SealedContent(wrappedKey: try row.blob("wrapped_key"), sealed: try row.blob("sealed")))
        }
    }

    /// Deletes what concerns the household as a whole.
    public func deleteHouseholdContent(of casefile: CasefileID) throws {
        try run("DELETE FROM content WHERE casefile = ? AND person IS NULL", [.of(casefile)])
        try run("DELETE FROM audit_index WHERE kind = 'casefile' AND subject = ?", [.of(casefile)])
    }
}
