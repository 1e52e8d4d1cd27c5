import Casework

/// An answer that was given under an idempotency key.
public struct RememberedAnswer: Sendable {
    /// Keyed HMAC of the request's body.
    public let bodyMac: [UInt8]
    public let status: Int
    /// Canonical JSON; ids and codes only.
    public let answer: [UInt8]
    public init(bodyMac: [UInt8], status: Int, answer: [UInt8]) {
        self.bodyMac = bodyMac
        self.status = status
        self.answer = answer
    }
}

extension Transaction {
    /// The answer given under this key, or nil.
    public func rememberedAnswer(owner: String, route: String, key: String, at now: Instant) throws -> RememberedAnswer? {
        try first(
            "SELECT body_mac, status, answer FROM idempotency WHERE owner = ? AND route = ? AND key = ? AND expires_at > ?",
            [.text(owner), .text(route), .text(key), .of(now)]
        ).map { RememberedAnswer(bodyMac: try $0.blob("body_mac"), status: Int(try $0.integer("status")), answer: try $0.blob("answer")) }
    }

    /// Remembers an answer until it expires.
    public func remember(_ answer: RememberedAnswer, owner: String, route: String, key: String, until: Instant) throws {
        try run(
            "INSERT OR REPLACE INTO idempotency (owner, route, key, body_mac, status, answer, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .text(owner), .text(route), .text(key), .blob(answer.bodyMac), .of(answer.status), .blob(answer.answer), .of(until),
            ])
    }

    /// Forgets at most this many answers whose time has passed.
    public func forgetAnswers(expiredAt now: Instant, limit: Int) throws {
        try run(
            "DELETE FROM idempotency WHERE (owner, route, key) IN (SELECT owner, route, key FROM idempotency WHERE expires_at <= ? LIMIT ?)",
            [.of(now), .of(limit)])
    }
}
