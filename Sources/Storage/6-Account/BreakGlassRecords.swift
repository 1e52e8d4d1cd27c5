import Casework

/// One opening of a case that was not given to whoever opened it.
public struct BreakGlassRow: Sendable {
    public let id: BreakGlassID
    public let casefile: CasefileID
    public let account: AccountID
    /// A code of the closed list.
    public let reason: String
    /// What was said about it, sealed under a sub-key of the casefile's key; nil once the case's content is gone.
    public let sealed: [UInt8]?
    /// In the time of the case.
    public let at: Instant
    /// When the access ends, in the time of the machine.
    public let until: Instant

    public init(id: BreakGlassID, casefile: CasefileID, account: AccountID, reason: String, sealed: [UInt8]?, at: Instant, until: Instant) {
        self.id = id
        self.casefile = casefile
        self.account = account
        self.reason = reason
        self.sealed = sealed
        self.at = at
        self.until = until
    }
}

/// A break-glass with what the officer sees beside it.
public struct ShownBreakGlass: Sendable {
    public let row: BreakGlassRow
    /// The account's name and role, disabled or not.
    public let account: String
    public let role: StaffRole
    /// The vault key of the casefile.
    public let casefileKey: Int64
}

extension Transaction {
    /// Stores one.
    public func insertBreakGlass(_ row: BreakGlassRow) throws {
        try run(
            "INSERT INTO break_glass (id, casefile, account, reason, sealed, at, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .of(row.id), .of(row.casefile), .of(row.account), .text(row.reason), .of(row.sealed), .of(row.at), .of(row.until),
            ])
    }

    /// Until when this account has a case open that way; nil when it has not.
    public func brokenGlassEnd(by account: AccountID, on casefile: CasefileID, at now: Instant) throws -> Instant? {
        try first(
            "SELECT max(until) AS until FROM break_glass WHERE account = ? AND casefile = ? AND until > ?",
            [.of(account), .of(casefile), .of(now)])?.instantOrNil("until")
    }

    /// All of them, newest first.
    public func brokenGlass(before: BreakGlassID?, limit: Int) throws -> [ShownBreakGlass] {
        try all(
            """
            SELECT break_glass.*, account.name, account.role, casefile.key FROM break_glass
            JOIN account ON account.id = break_glass.account JOIN casefile ON casefile.id = break_glass.casefile
            WHERE ?1 IS NULL OR break_glass.id < ?1 ORDER BY break_glass.id DESC LIMIT ?2
            """, [.of(before), .of(limit)]
        ).map {
            ShownBreakGlass(
                row: BreakGlassRow(
                    id: try $0.identifier("id"), casefile: try $0.identifier("casefile"), account: try $0.identifier("account"),
                    reason: try $0.text("reason"), sealed: try $0.blobOrNil("sealed"), at: try $0.instant("at"),
                    until: try $0.instant("until")),
                account: try $0.text("name"), role: try $0.member("role"), casefileKey: try $0.integer("key"))
        }
    }
}
