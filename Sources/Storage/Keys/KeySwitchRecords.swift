import Casework

extension Transaction {
    /// Notes when a next signing key of a profile took its place.
    public func noteKeySwitch(of profile: String, at instant: Instant) throws {
        try setMeta("signing.\(profile)", "\(instant.millisecondsSince1970)")
    }

    /// When a next signing key of a profile last took its place; nil when none has.
    public func keySwitch(of profile: String) throws -> Instant? {
        try meta("signing.\(profile)").flatMap { Int64($0) }.map { Instant(millisecondsSince1970: $0) }
    }

    /// Whether a message that was queued until this instant can still go to its partner. Costs an index look-up a partner.
    public func hasLiveMessage(queuedUntil instant: Instant) throws -> Bool {
        try first(
            """
            SELECT 1 AS found FROM partner WHERE (
                SELECT queued_at FROM message WHERE message.partner = partner.oin AND \(MessageQuery.isLive) ORDER BY id LIMIT 1) <= ?
            """, [.of(instant)]) != nil
    }
}
