import Casework

extension Transaction {
    /// Keeps a sealed draft in the place of an earlier one.
    public func keepDraft(_ id: [UInt8], sealed: [UInt8], until expiresAt: Instant) throws {
        try run(
            "INSERT OR REPLACE INTO draft (id, sealed, expires_at) VALUES (?, ?, ?)", [.blob(id), .blob(sealed), .of(expiresAt)])
    }

    /// A sealed draft whose time has not passed, or nil.
    public func draft(_ id: [UInt8], at now: Instant) throws -> [UInt8]? {
        try first("SELECT sealed FROM draft WHERE id = ? AND expires_at > ?", [.blob(id), .of(now)])?.blob("sealed")
    }

    /// Forgets a draft.
    public func dropDraft(_ id: [UInt8]) throws { try run("DELETE FROM draft WHERE id = ?", [.blob(id)]) }

    /// Forgets at most this many drafts whose time has passed.
    public func forgetDrafts(expiredAt now: Instant, limit: Int) throws {
        try run("DELETE FROM draft WHERE id IN (SELECT id FROM draft WHERE expires_at <= ? LIMIT ?)", [.of(now), .of(limit)])
    }
}
