import Casework
import Disclosure

/// What waits for one partner.
public struct QueueDepthRow: Sendable {
    public let partner: OrganisationNumber
    public let name: String
    /// Whether messages are pushed to it; else it fetches them.
    public let isPushed: Bool
    /// Whether it is out of the register: what waits for it arrives nowhere.
    public let isRemoved: Bool
    /// Messages that can leave and have no receipt.
    public let waiting: Int
    public let oldestQueuedAt: Instant?
    /// The earliest instant at which one of them is pushed.
    public let firstDueAt: Instant?
    /// Messages that were never delivered, which the desk has not settled.
    public let faults: Int
    public let trouble: LaneTrouble?
}

/// One attempt to hand a message over.
public struct AttemptRow: Sendable {
    public let id: AttemptID
    public let startedAt: Instant
    /// Nil while it is under way; a fetch has none, as only its receipt ends it.
    public let endedAt: Instant?
    public let result: AttemptResult?
    public let status: Int?
    public let code: String?
}

/// What became of a message besides what stands in its queue row.
public struct MessageLife: Sendable {
    public let leftAt: Instant?
    public let endedAt: Instant?
    public let replacedBy: MessageID?
    public let attempts: [AttemptRow]
    public let receipt: (opened: Bool, takenAt: Instant)?
    public let fault: DeliveryFaultRow?
}

/// The statement of the queue's depths; a test looks at how SQLite goes about it.
enum QueueQuery {
    // CROSS JOIN: from the open faults on, of which there are few, and not through every message there was.
    static let depths = """
        SELECT partner.oin, partner.name, partner.endpoint IS NOT NULL AS is_pushed, partner.removed_at IS NOT NULL AS is_removed,
            \(MessageQuery.waiting) AS waiting, \(MessageQuery.oldestQueued) AS oldest_queued_at, \(MessageQuery.firstDue) AS first_due_at,
            (SELECT count(*) FROM delivery_fault CROSS JOIN message ON message.id = delivery_fault.message
                WHERE settled_at IS NULL AND message.partner = partner.oin) AS faults
        FROM partner WHERE partner.removed_at IS NULL OR waiting > 0 OR faults > 0 ORDER BY partner.oin
        """
}

extension Transaction {
    /// What waits for each partner, by its number; partners for whom nothing waits too. Of those that were removed only the ones for whom something
    /// waits, or was never delivered.
    public func queueDepths() throws -> [QueueDepthRow] {
        try all(QueueQuery.depths).map {
            let partner = try $0.organisation("oin")
            return QueueDepthRow(
                partner: partner, name: try $0.text("name"), isPushed: try $0.flag("is_pushed"),
                isRemoved: try $0.flag("is_removed"), waiting: Int(try $0.integer("waiting")),
                oldestQueuedAt: try $0.instantOrNil("oldest_queued_at"), firstDueAt: try $0.instantOrNil("first_due_at"),
                faults: Int(try $0.integer("faults")), trouble: try laneTrouble(of: partner))
        }
    }

    /// What became of a message.
    public func life(of message: MessageRow) throws -> MessageLife {
        let row = try first("SELECT left_at, ended_at, replaced_by FROM message WHERE id = ?", [.of(message.id)])
        return MessageLife(
            leftAt: try row?.instantOrNil("left_at"), endedAt: try row?.instantOrNil("ended_at"),
            replacedBy: try row?.identifierOrNil("replaced_by"),
            attempts: try all("SELECT * FROM attempt WHERE message = ? ORDER BY id", [.of(message.id)]).map {
                AttemptRow(
                    id: try $0.identifier("id"), startedAt: try $0.instant("started_at"), endedAt: try $0.instantOrNil("ended_at"),
                    result: try $0.memberOrNil("result"), status: try $0.integerOrNil("status").map { Int($0) },
                    code: try $0.textOrNil("code"))
            }, receipt: try receipt(of: message.id).map { ($0.opened, $0.takenAt) }, fault: try fault(of: message.id))
    }

    /// Referrals to a partner that were queued from one instant until before another and left: those without a receipt can leave still, the
    /// others were received. Found by their ids, which are made of the time.
    public func referralsLeft(to partner: OrganisationNumber, from: Instant, until: Instant) throws -> [MessageID] {
        try all(
            """
            SELECT id FROM message WHERE id >= ? AND id < ? AND partner = ? AND kind = 'referral' AND left_at IS NOT NULL
                AND (state = 'receipted' OR (state = 'left' AND dead_at IS NULL)) ORDER BY id
            """, [.of(MessageID(earliestAt: from)), .of(MessageID(earliestAt: until)), .of(partner)]
        ).map { try $0.identifier("id") }
    }

    /// Lets everything that waits for a partner, or one message of it, be pushed at once; how many messages that are.
    public func hurry(_ partner: OrganisationNumber, only message: MessageID? = nil, at now: Instant) throws -> Int {
        try clearTrouble(of: partner)
        try run(
            """
            UPDATE message SET next_try_at = ?1 WHERE partner = ?2 AND next_try_at IS NOT NULL AND lease IS NULL AND (?3 IS NULL OR id = ?3)
            """, [.of(now), .of(partner), .of(message)])
        hasWorkForCourier = true
        return changes
    }
}
