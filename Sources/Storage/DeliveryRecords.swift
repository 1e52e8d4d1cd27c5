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
    /// We stopped, or were stopped, before the answer.
    case interrupted
    /// Another attempt took the message over.
    case overtaken
}

/// A message that was never delivered, for the desk.
public struct DeliveryFaultRow: Sendable {
    public let id: EntryID
    public let message: MessageID
    public let kind: String
    public let task: TaskID?
    public let partner: OrganisationNumber
    public let partnerName: String
    /// `expired`, `refused-by-recipient`, or `http-<status>`.
    public let code: String
    public let at: Instant
}

extension Transaction {
    /// Messages of a partner that may go now, those that have waited longest first.
    public func dueMessages(of partner: OrganisationNumber, at now: Instant, limit: Int) throws -> [MessageID] {
        try all(
            "SELECT id FROM message WHERE partner = ? AND next_try_at IS NOT NULL AND next_try_at <= ? ORDER BY next_try_at LIMIT ?",
            [.of(partner), .of(now), .of(limit)]
        ).map { try $0.identifier("id") }
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

    /// Ends an attempt that has not ended; whether it had not.
    @discardableResult public func endAttempt(_ attempt: AttemptID, as result: AttemptResult, at now: Instant) throws -> Bool {
        try run("UPDATE attempt SET ended_at = ?, result = ? WHERE id = ? AND ended_at IS NULL", [.of(now), .of(result), .of(attempt)])
        return changes > 0
    }

    /// Lets go of a message until `nextTryAt`, if this claim still holds it; whether it did.
    public func release(_ id: MessageID, heldBy lease: AttemptID, nextTryAt: Instant) throws -> Bool {
        try run("UPDATE message SET lease = NULL, next_try_at = ? WHERE id = ? AND lease = ?", [.of(nextTryAt), .of(id), .of(lease)])
        return changes > 0
    }

    /// Postpones a message that nobody holds.
    public func postpone(_ id: MessageID, until: Instant) throws {
        try run("UPDATE message SET next_try_at = ? WHERE id = ? AND next_try_at IS NOT NULL AND lease IS NULL", [.of(until), .of(id)])
    }

    /// Puts a message back to `queued` when every attempt on it ended without a connection: then nothing of it left.
    public func takeBack(_ id: MessageID) throws {
        try run(
            """
            UPDATE message SET state = 'queued', left_at = NULL WHERE id = ?1 AND state = 'left' AND lease IS NULL
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
    public func expiredMessages(at now: Instant, limit: Int) throws -> [MessageID] {
        try all(
            "SELECT id FROM message WHERE state IN ('queued', 'left') AND expires_at <= ? ORDER BY expires_at LIMIT ?",
            [.of(now), .of(limit)]
        ).map { try $0.identifier("id") }
    }

    /// Moves the end of the window of every live message.
    public func extendWindows(byMilliseconds milliseconds: Int64) throws {
        try run("UPDATE message SET expires_at = expires_at + ? WHERE state IN ('queued', 'left')", [.integer(milliseconds)])
    }

    /// Tells the desk that a message was never delivered.
    public func insertFault(_ id: EntryID, message: MessageID, code: String, at now: Instant) throws {
        try run(
            "INSERT INTO delivery_fault (id, message, code, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [.of(id), .of(message), .text(code), .of(now)])
    }

    /// Delivery faults that the desk has not marked as seen, the newest first.
    public func unseenFaults(limit: Int) throws -> [DeliveryFaultRow] {
        try all(
            """
            SELECT delivery_fault.*, message.kind, message.task, message.partner, partner.name FROM delivery_fault
            JOIN message ON message.id = delivery_fault.message JOIN partner ON partner.oin = message.partner
            WHERE delivery_fault.seen_at IS NULL ORDER BY delivery_fault.id DESC LIMIT ?
            """, [.of(limit)]
        ).map {
            DeliveryFaultRow(
                id: try $0.identifier("id"), message: try $0.identifier("message"), kind: try $0.text("kind"),
                task: try $0.identifierOrNil("task"), partner: try $0.organisation("partner"), partnerName: try $0.text("name"),
                code: try $0.text("code"), at: try $0.instant("at"))
        }
    }
}
