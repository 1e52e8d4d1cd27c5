import Casework

/// The lane to one partner's endpoint: what waits on it, and whether the partner can be reached.
public struct LaneRow: Sendable {
    public let partner: OrganisationNumber
    public let endpoint: String
    /// SHA-256 of the certificates that are accepted now: the registered one, and in an overlap the one before.
    public let certificates: [[UInt8]]
    /// How often in a row the lane as a whole failed; 0 when it works.
    public let failures: Int
    /// Since when the partner cannot be reached; nil when it can, or only asked for patience.
    public let downSince: Instant?
    /// Before this nothing goes out on the lane.
    public let pausedUntil: Instant?
    /// The earliest instant at which one of its messages may go; nil when nothing waits.
    public let firstDueAt: Instant?
    /// When the oldest message that has no receipt was queued.
    public let oldestQueuedAt: Instant?
}

/// Why and how long the lane to a partner rests.
public struct LaneTrouble: Hashable, Sendable {
    /// How often in a row the lane as a whole failed.
    public let failures: Int
    /// What was answered last, as `http-<status>`, or why there was no answer.
    public let code: String
    /// When the first of those failures was.
    public let since: Instant
    /// Since when the partner cannot be reached; nil when it answers.
    public let downSince: Instant?
    /// Before this nothing goes out on the lane.
    public let pausedUntil: Instant

    public init(failures: Int, code: String, since: Instant, downSince: Instant?, pausedUntil: Instant) {
        self.failures = failures
        self.code = code
        self.since = since
        self.downSince = downSince
        self.pausedUntil = pausedUntil
    }
}

extension Transaction {
    /// The lane of every partner with an endpoint, at an instant; damaged ones are passed over and counted. Costs a few index look-ups a partner, however long the queue is.
    public func lanes(at now: Instant) throws -> [LaneRow] {
        let rows = try all(
            """
            SELECT partner.oin, partner.endpoint, partner.certificate_sha256,
                CASE WHEN certificate_until > ? THEN former_certificate END AS former_certificate,
                lane.failures, lane.down_since, lane.next_try_at AS paused_until,
                \(MessageQuery.firstDue) AS first_due_at, \(MessageQuery.oldestQueued) AS oldest_queued_at
            FROM partner LEFT JOIN lane ON lane.partner = partner.oin
            WHERE partner.endpoint IS NOT NULL AND partner.removed_at IS NULL
            """, [.of(now)])
        return try readable(rows) {
            LaneRow(
                partner: try $0.organisation("oin"), endpoint: try $0.text("endpoint"),
                certificates: [try $0.blob("certificate_sha256")] + [try $0.blobOrNil("former_certificate")].compactMap(\.self),
                failures: Int(try $0.integerOrNil("failures") ?? 0), downSince: try $0.instantOrNil("down_since"),
                pausedUntil: try $0.instantOrNil("paused_until"), firstDueAt: try $0.instantOrNil("first_due_at"),
                oldestQueuedAt: try $0.instantOrNil("oldest_queued_at"))
        }
    }

    /// Why a lane rests; nil while it works.
    public func laneTrouble(of partner: OrganisationNumber) throws -> LaneTrouble? {
        try first("SELECT * FROM lane WHERE partner = ?", [.of(partner)]).map(laneTrouble)
    }

    /// Every lane that rests, the longest first, with its partner's name.
    public func laneTroubles() throws -> [(partner: OrganisationNumber, name: String, trouble: LaneTrouble)] {
        let rows = try all("SELECT lane.*, partner.name FROM lane JOIN partner ON partner.oin = lane.partner ORDER BY since, partner")
        return try readable(rows) { row in
            (partner: try row.organisation("partner"), name: try row.text("name"), trouble: try laneTrouble(row))
        }
    }

    private func laneTrouble(_ row: SQLRow) throws -> LaneTrouble {
        LaneTrouble(
            failures: Int(try row.integer("failures")), code: try row.text("code"), since: try row.instant("since"),
            downSince: try row.instantOrNil("down_since"), pausedUntil: try row.instant("next_try_at"))
    }

    /// Records that a lane failed as a whole, and until when it rests.
    public func store(_ trouble: LaneTrouble, of partner: OrganisationNumber) throws {
        try run(
            """
            INSERT INTO lane (partner, failures, code, since, down_since, next_try_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (partner) DO UPDATE SET failures = excluded.failures, code = excluded.code, since = excluded.since,
                down_since = excluded.down_since, next_try_at = excluded.next_try_at
            """,
            [
                .of(partner), .of(trouble.failures), .text(trouble.code), .of(trouble.since), .of(trouble.downSince),
                .of(trouble.pausedUntil),
            ])
    }

    /// Forgets a lane's failures: it is set up anew, or somebody has its messages tried at once.
    public func clearTrouble(of partner: OrganisationNumber) throws { try run("DELETE FROM lane WHERE partner = ?", [.of(partner)]) }

    /// Forgets a lane's failures when an attempt that began at an instant was answered: the partner is there again. A rest that it asked for
    /// while the attempt was under way stays.
    public func clearTrouble(of partner: OrganisationNumber, answeringSince startedAt: Instant) throws {
        try run("DELETE FROM lane WHERE partner = ? AND (down_since IS NOT NULL OR next_try_at <= ?)", [.of(partner), .of(startedAt)])
    }

    /// Forgets that a partner cannot be reached: it was heard. A rest that it asked for stays.
    public func clearOutage(of partner: OrganisationNumber) throws {
        try run("DELETE FROM lane WHERE partner = ? AND down_since IS NOT NULL", [.of(partner)])
    }

    /// The partners that cannot be reached.
    public func partnersDown() throws -> [OrganisationNumber] {
        try all("SELECT partner FROM lane WHERE down_since IS NOT NULL").map { try $0.organisation("partner") }
    }
}
