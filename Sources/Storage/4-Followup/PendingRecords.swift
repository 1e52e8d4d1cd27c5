import Casework

extension Transaction {
    /// The partners for whom a message waits that they have not received.
    public func awaitedPartners() throws -> [OrganisationNumber] {
        try all("SELECT DISTINCT partner FROM message WHERE \(MessageQuery.canLeave) ORDER BY partner").map {
            try $0.organisation("partner")
        }
    }

    /// Whether something waits for a partner that it has not been given, so far as anybody knows.
    public func hasUngiven(for partner: OrganisationNumber) throws -> Bool {
        try first(
            """
            SELECT 1 AS one FROM message WHERE partner = ? AND \(MessageQuery.canLeave)
                AND (state = 'queued' OR NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.message = message.id)) LIMIT 1
            """, [.of(partner)])
            != nil
    }

    /// When the next deadline acts that was not found yet; nil when nothing is due at all.
    public func nextActing() throws -> Instant? {
        let (people, atOnce) = try oldestUnhandled()
        return [people, atOnce].compactMap(\.self).min()
    }
}
