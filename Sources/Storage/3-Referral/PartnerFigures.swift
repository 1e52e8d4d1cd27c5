import Casework

/// What waits for one partner, and how its lane does.
public struct PartnerFigures: Sendable {
    public let partner: OrganisationNumber
    /// Messages without a receipt.
    public let depth: Int
    /// When the oldest of them was queued.
    public let oldestQueuedAt: Instant?
    /// Whether it has an endpoint, to which messages are pushed.
    public let isPushed: Bool
    /// Whether it cannot be reached.
    public let isDown: Bool
    /// Failures in a row of the lane as a whole.
    public let failures: Int
}

extension Transaction {
    /// Figures of every partner. Counts what waits through an index: about 0.1 µs a waiting message.
    public func partnerFigures() throws -> [PartnerFigures] {
        try all(
            """
            SELECT partner.oin, partner.endpoint IS NOT NULL AS pushed, lane.failures, lane.down_since,
                \(MessageQuery.waiting) AS depth, \(MessageQuery.oldestQueued) AS oldest_queued_at
            FROM partner LEFT JOIN lane ON lane.partner = partner.oin WHERE partner.removed_at IS NULL ORDER BY partner.oin
            """
        ).map {
            PartnerFigures(
                partner: try $0.organisation("oin"), depth: Int(try $0.integer("depth")),
                oldestQueuedAt: try $0.instantOrNil("oldest_queued_at"), isPushed: try $0.flagOrNil("pushed") ?? false,
                isDown: try $0.instantOrNil("down_since") != nil, failures: Int(try $0.integerOrNil("failures") ?? 0))
        }
    }
}
