import Casework

/// What a session is for.
public enum SessionUse: String, CaseIterable, Hashable, Sendable {
    /// Programs: it lasts until its end.
    case api
    /// A browser: it ends also when nobody uses it.
    case page
}

/// A session that is open.
public struct SessionRow: Sendable {
    public let account: AccountRow
    /// Whether the account signs in at the municipality's provider, and has no password here.
    public let isBound: Bool
    public let use: SessionUse
    public let expiresAt: Instant
    /// The last use that was written; nil for one that does not end by itself.
    public let usedAt: Instant?
    /// Whether it may only enrol the second factor.
    public let enrolling: Bool
    /// The sealed secret that was offered in it, not yet confirmed.
    public let offered: [UInt8]?
}

extension Transaction {
    /// Opens a session, known by the hash of its token; forgets those that have expired.
    public func insertSession(
        tokenHash: [UInt8], account: AccountID, use: SessionUse = .api, enrolling: Bool = false, expiresAt: Instant, now: Instant
    ) throws {
        try run("DELETE FROM session WHERE expires_at <= ?", [.of(now)])
        try run(
            "INSERT INTO session (token_hash, account, use, used_at, enrolling, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.blob(tokenHash), .of(account), .of(use), .of(use == .page ? now : nil), .of(enrolling), .of(expiresAt)])
    }

    /// The session of this token, if it is open, was used after `idleSince` where that matters, and its account is not disabled.
    public func session(tokenHash: [UInt8], at now: Instant, idleSince: Instant) throws -> SessionRow? {
        try first(
            """
            SELECT account.*, session.expires_at, session.use, session.used_at, session.enrolling, session.offered,
                EXISTS (SELECT 1 FROM provider_subject WHERE provider_subject.account = session.account) AS bound
            FROM session JOIN account ON account.id = session.account
            WHERE token_hash = ? AND expires_at > ? AND (used_at IS NULL OR used_at > ?) AND disabled_at IS NULL
            """, [.blob(tokenHash), .of(now), .of(idleSince)]
        ).map {
            SessionRow(
                account: try account($0), isBound: try $0.flag("bound"), use: try $0.member("use"), expiresAt: try $0.instant("expires_at"),
                usedAt: try $0.instantOrNil("used_at"), enrolling: try $0.flag("enrolling"), offered: try $0.blobOrNil("offered"))
        }
    }

    /// Notes that a page's session was used.
    public func touchSession(tokenHash: [UInt8], at now: Instant) throws {
        try run("UPDATE session SET used_at = ? WHERE token_hash = ? AND use = 'page'", [.of(now), .blob(tokenHash)])
    }

    /// Keeps the sealed secret that was offered in a session; a former one is forgotten.
    public func setOffered(_ secret: [UInt8], tokenHash: [UInt8]) throws {
        try run("UPDATE session SET offered = ? WHERE token_hash = ?", [.blob(secret), .blob(tokenHash)])
    }

    /// Ends a session.
    public func endSession(tokenHash: [UInt8]) throws { try run("DELETE FROM session WHERE token_hash = ?", [.blob(tokenHash)]) }

    /// Ends every session of an account.
    public func endSessions(of account: AccountID) throws { try run("DELETE FROM session WHERE account = ?", [.of(account)]) }
}
