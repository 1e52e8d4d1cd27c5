import Casework
import Disclosure

/// What became of an attempt to deliver; the raw value stands in its row and in its log entry.
public enum AttemptResult: String, CaseIterable, Hashable, Sendable {
    /// The answer held the receipt.
    case receipted
    /// The partner has it; the receipt follows.
    case accepted
    /// Answered in a way after which it is tried again.
    case retry
    /// No connection was made: nothing left.
    case unreachable
    /// A connection was made and no answer came: it may have left.
    case unanswered
    /// The partner will never take it.
    case dead
    /// The partner has had a message of this id before, and had signed for it.
    case known
    /// We stopped, or were stopped, before the answer.
    case interrupted
    /// Another attempt took the message over.
    case overtaken
}

extension Transaction {
    /// Messages of a partner that may go now, those that have waited longest first.
    public func dueMessages(of partner: OrganisationNumber, at now: Instant, limit: Int) throws -> [MessageID] {
        try all(
            "SELECT id FROM message WHERE partner = ? AND next_try_at IS NOT NULL AND next_try_at <= ? ORDER BY next_try_at LIMIT ?",
            [.of(partner), .of(now), .of(limit)]
        ).map { try $0.identifier("id") }
    }

    /// The first attempt to hand a message over; nil before any.
    public func firstAttempt(of message: MessageID) throws -> AttemptID? {
        try first("SELECT id FROM attempt WHERE message = ? ORDER BY id LIMIT 1", [.of(message)])?.identifier("id")
    }

    /// Records that an attempt begins: from the commit on, the message has left or may have. Where the message is pushed, the attempt's id is
    /// the claim on it until `leaseEnds`; an earlier claim ends.
    public func beginAttempt(_ attempt: AttemptID, of id: MessageID, isPush: Bool, at now: Instant, leaseEnds: Instant) throws {
        try run("INSERT INTO attempt (id, message, started_at) VALUES (?, ?, ?)", [.of(attempt), .of(id), .of(now)])
        try run(
            """
            UPDATE message SET state = 'left', left_at = coalesce(left_at, ?1), tries = tries + ?2,
                lease = CASE WHEN next_try_at IS NULL THEN NULL ELSE ?3 END, next_try_at = CASE WHEN next_try_at IS NULL THEN NULL ELSE ?4 END
            WHERE id = ?5
            """, [.of(now), .of(isPush ? 1 : 0), .of(attempt), .of(leaseEnds), .of(id)])
    }

    /// Records that a message has left, or may have, since this instant, or since the last attempt on it that is known: by one that is not known.
    public func noteLeft(_ id: MessageID, at instant: Instant) throws {
        try run(
            """
            UPDATE message SET state = 'left',
                left_at = max(?1, coalesce((SELECT max(started_at) + 1 FROM attempt WHERE message = ?2), 0))
            WHERE id = ?2 AND state = 'queued'
            """, [.of(instant), .of(id)])
    }

    /// Ends an attempt that has not ended; whether it had not.
    /// - Parameters:
    ///   - status: the HTTP status of the answer, where there was one.
    ///   - code: why there was none.
    @discardableResult public func endAttempt(
        _ attempt: AttemptID, as result: AttemptResult, status: Int? = nil, code: String? = nil, at now: Instant
    ) throws -> Bool {
        try run(
            "UPDATE attempt SET ended_at = ?, result = ?, status = ?, code = ? WHERE id = ? AND ended_at IS NULL",
            [.of(now), .of(result), .of(status), .of(code), .of(attempt)])
        return changes > 0
    }

    /// Ends every attempt on a message that has not ended: its receipt came.
    public func endAttempts(of message: MessageID, at now: Instant) throws {
        try run("UPDATE attempt SET ended_at = ?, result = 'receipted' WHERE message = ? AND ended_at IS NULL", [.of(now), .of(message)])
    }

    /// Lets go of a message until `nextTryAt`, if this claim still holds it; whether it did.
    public func release(_ id: MessageID, heldBy lease: AttemptID, nextTryAt: Instant) throws -> Bool {
        try run("UPDATE message SET lease = NULL, next_try_at = ? WHERE id = ? AND lease = ?", [.of(nextTryAt), .of(id), .of(lease)])
        return changes > 0
    }

    /// Postpones a message that waits and is held by this claim, which has run out, or by none; lets go of it; whether it did.
    public func postpone(_ id: MessageID, heldBy lease: AttemptID?, until: Instant) throws -> Bool {
        try run(
            "UPDATE message SET next_try_at = ?, lease = NULL WHERE id = ? AND next_try_at IS NOT NULL AND lease IS ?",
            [.of(until), .of(id), .of(lease)])
        return changes > 0
    }

    /// Postpones a message that is due, whatever else its row holds; a claim on it has run out then.
    public func postpone(due id: MessageID, at now: Instant, until: Instant) throws {
        try run("UPDATE message SET next_try_at = ?, lease = NULL WHERE id = ? AND next_try_at <= ?", [.of(until), .of(id), .of(now)])
    }

    /// Lets what waits until after `latest` go at `now`, messages and lanes: pauses that a clock wrote which was set back since.
    public func shortenPauses(beyond latest: Instant, to now: Instant) throws {
        for partner in try all("SELECT oin FROM partner") {
            try run(
                "UPDATE message SET next_try_at = ? WHERE partner = ? AND next_try_at > ?",
                [.of(now), .of(try partner.organisation("oin")), .of(latest)])
            if changes > 0 { hasWorkForCourier = true }
        }
        try run("UPDATE lane SET next_try_at = ? WHERE next_try_at > ?", [.of(now), .of(latest)])
    }

    /// Moves what waits nearer by as many milliseconds as the clock was set back, messages and lanes; nothing to before `now`.
    public func moveNearer(by milliseconds: Int64, to now: Instant) throws {
        for partner in try all("SELECT oin FROM partner") {
            try run(
                "UPDATE message SET next_try_at = max(?1, next_try_at - ?2) WHERE partner = ?3 AND next_try_at > ?1",
                [.of(now), .integer(milliseconds), .of(try partner.organisation("oin"))])
            if changes > 0 { hasWorkForCourier = true }
        }
        try run("UPDATE lane SET next_try_at = max(?1, next_try_at - ?2) WHERE next_try_at > ?1", [.of(now), .integer(milliseconds)])
    }

    /// Puts a message back to `queued` when every attempt on it ended without a connection: then nothing of it left. What has left by an attempt that
    /// is not known (``noteLeft(_:at:)``) stays so.
    public func takeBack(_ id: MessageID) throws {
        try run(
            """
            UPDATE message SET state = 'queued', left_at = NULL WHERE id = ?1 AND state = 'left' AND lease IS NULL
                AND EXISTS (SELECT 1 FROM attempt WHERE message = ?1 AND started_at = left_at)
                AND NOT EXISTS (SELECT 1 FROM attempt WHERE message = ?1 AND coalesce(result, '') <> 'unreachable')
            """, [.of(id)])
    }

    /// Messages held by a claim, with the claim.
    public func leasedMessages(limit: Int) throws -> [(message: MessageID, lease: AttemptID)] {
        try all("SELECT id, lease FROM message WHERE lease IS NOT NULL LIMIT ?", [.of(limit)]).map {
            (try $0.identifier("id"), try $0.identifier("lease"))
        }
    }

    /// Live messages whose window has ended, the oldest end first.
    /// - Parameter held: whether what rests on a decision is held (``restoredGap()``): of that only dead letters are found.
    public func expiredMessages(at now: Instant, whileHeld held: Bool, limit: Int) throws -> [MessageID] {
        try all(
            """
            SELECT id FROM message WHERE \(MessageQuery.isLive) AND expires_at <= ?1 AND (?2 = 0 OR dead_at IS NOT NULL OR decision IS NULL)
            ORDER BY expires_at LIMIT ?3
            """, [.of(now), .of(held), .of(limit)]
        ).map { try $0.identifier("id") }
    }

    /// Moves the end of the window of every message that waits, no further than its recipient can open it.
    public func moveWindows(_ moved: (Instant) -> Instant) throws {
        for row in try all("SELECT id, expires_at FROM message WHERE \(MessageQuery.canLeave)") {
            let id: MessageID = try row.identifier("id")
            try run(
                "UPDATE message SET expires_at = min(?, opens_until) WHERE id = ?", [.of(moved(try row.instant("expires_at"))), .of(id)])
        }
    }
}
