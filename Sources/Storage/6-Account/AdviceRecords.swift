import Casework

/// Advice of the data protection officer as it is stored.
public struct AdviceRow: Sendable {
    public let id: ContentID
    /// What kind of thing it is about.
    public let about: String
    /// The vault key that opens it.
    public let key: Int64
    public let sealed: SealedContent
    public let givenAt: Instant

    public init(id: ContentID, about: String, key: Int64, sealed: SealedContent, givenAt: Instant) {
        self.id = id
        self.about = about
        self.key = key
        self.sealed = sealed
        self.givenAt = givenAt
    }
}

/// The statements of advice; a test looks at how SQLite goes about them.
enum AdviceQuery {
    static let page = "SELECT id, about, key, wrapped_key, sealed, given_at FROM advice WHERE id < ? ORDER BY id DESC LIMIT ?"
}

extension Transaction {
    /// Keeps advice.
    public func insertAdvice(_ row: AdviceRow) throws {
        try run(
            "INSERT INTO advice (id, about, key, wrapped_key, sealed, given_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.of(row.id), .text(row.about), .integer(row.key), .blob(row.sealed.wrappedKey), .blob(row.sealed.sealed), .of(row.givenAt)])
    }

    /// Advice, newest first, before this one.
    public func advice(before id: ContentID?, limit: Int) throws -> [AdviceRow] {
        let bound = id?.bytes ?? [UInt8](repeating: 0xFF, count: 16)
        return try all(AdviceQuery.page, [.blob(bound), .of(limit)]).map { row in
            AdviceRow(
                id: try row.identifier("id"), about: try row.text("about"), key: try row.integer("key"),
                sealed: SealedContent(wrappedKey: try row.blob("wrapped_key"), sealed: try row.blob("sealed")),
                givenAt: try row.instant("given_at"))
        }
    }
}
