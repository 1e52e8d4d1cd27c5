import Casework
import Disclosure
import Sealing

/// A message that was never delivered, or not read as its covenant says, for the desk.
public struct DeliveryFaultRow: Sendable {
    public let id: EntryID
    public let message: MessageID
    public let kind: MessageKind
    public let task: TaskID?
    public let partner: OrganisationNumber
    public let partnerName: String
    /// `expired`, `refused-by-recipient`, `key-replaced`, `sealing-refused`, or `http-<status>`; of a message that was received, what is wrong
    /// with what its receipt says of who read it.
    public let code: String
    public let at: Instant
    /// What became of it, as a stable word; nil while the desk has to decide.
    public let settledAs: String?
}

extension Transaction {
    /// Makes a live message a dead letter: its bytes stay as long as somebody could open them, and nobody can fetch it.
    public func letDie(_ id: MessageID, at now: Instant) throws {
        try run(
            "UPDATE message SET dead_at = ?, lease = NULL, next_try_at = NULL, expires_at = opens_until WHERE id = ?", [.of(now), .of(id)])
    }

    /// Lets a dead letter go again, as it was sealed.
    public func revive(_ id: MessageID, of partner: OrganisationNumber, expiresAt: Instant, at now: Instant) throws {
        try run(
            "UPDATE message SET dead_at = NULL, tries = 0, expires_at = min(?, opens_until), next_try_at = ? WHERE id = ?",
            [.of(expiresAt), .of(try firstTry(for: partner, at: now)), .of(id)])
    }

    /// Queues a message of before as it was sealed anew: the same id, other bytes. Under which digest it was sealed before is kept.
    ///
    /// What has left once stays `left`: its partner may have it, whatever becomes of these bytes.
    public func enqueueAgain(
        _ message: SealedMessage, stored: [UInt8], key: Int64, context: MessageContext, at now: Instant, expiresAt: Instant,
        opensUntil: Instant
    ) throws {
        let id = SQLValue.of(message.id)
        try run("INSERT INTO doomed_key (id) SELECT key FROM message WHERE id = ? AND key IS NOT NULL", [id])
        try run("INSERT INTO earlier_seal (message, digest, at) SELECT id, digest, ? FROM message WHERE id = ?", [.of(now), id])
        try run(
            """
            UPDATE message SET state = CASE WHEN left_at IS NULL THEN 'queued' ELSE 'left' END, decision = ?, scopes = ?, levers = ?, covenant = ?, key = ?,
                sealed = x'', digest = ?, queue_seal = ?, expires_at = ?, opens_until = ?, next_try_at = ?, lease = NULL, dead_at = NULL,
                ended_at = NULL, replaced_by = NULL, tries = 0 WHERE id = ?
            """,
            [
                .of(message.decision), .text(SealedScope.rowText(context.scopes)), .of(context.leversText), .of(context.covenant),
                .integer(key),
                .blob(message.digest), .blob(message.queueSeal), .of(expiresAt), .of(opensUntil),
                .of(try firstTry(for: message.recipient, at: now)), id,
            ])
        try run(
            "INSERT INTO message_body (message, sealed) VALUES (?, ?) ON CONFLICT (message) DO UPDATE SET sealed = excluded.sealed",
            [id, .blob(stored)])
        try insertSubjects(of: message.id, context)
    }

    /// Whether a message was sealed to these bytes before it was sealed anew.
    public func wasSealed(_ id: MessageID, as digest: [UInt8]) throws -> Bool {
        try first("SELECT 1 AS one FROM earlier_seal WHERE message = ? AND digest = ?", [.of(id), .blob(digest)]) != nil
    }

    /// Tells the desk that a message was never delivered, or not read as its covenant says, also when that was told of it before.
    public func insertFault(_ id: EntryID, message: MessageID, code: String, at now: Instant) throws {
        try run(
            """
            INSERT INTO delivery_fault (id, message, code, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (message) DO UPDATE SET id = excluded.id, code = excluded.code, at = excluded.at, settled_at = NULL, settled_as = NULL
            """, [.of(id), .of(message), .text(code), .of(now)])
    }

    /// Settles what the desk was told of a message, if it was and has not decided; whether it was.
    @discardableResult public func settleFault(of message: MessageID, as word: String, at now: Instant) throws -> Bool {
        try run(
            "UPDATE delivery_fault SET settled_at = ?, settled_as = ? WHERE message = ? AND settled_at IS NULL",
            [.of(now), .text(word), .of(message)])
        return changes > 0
    }

    /// Delivery faults that the desk has not settled, the newest first; of one partner, or (nil) of all.
    public func openFaults(of partner: OrganisationNumber? = nil, limit: Int) throws -> [DeliveryFaultRow] {
        try openFaultRows(of: partner, limit: limit).map(fault)
    }

    /// The same of every partner, for a list: damaged ones are passed over and counted.
    public func readableFaults(limit: Int) throws -> [DeliveryFaultRow] { try readable(openFaultRows(of: nil, limit: limit), fault) }

    private func openFaultRows(of partner: OrganisationNumber?, limit: Int) throws -> [SQLRow] {
        try all(
            Self.faultSelect + "WHERE settled_at IS NULL AND (?1 IS NULL OR message.partner = ?1) ORDER BY delivery_fault.id DESC LIMIT ?2",
            [.of(partner), .of(limit)])
    }

    /// How many messages were never delivered, or not read as their covenant says, and wait for the desk to settle them.
    public func openFaultCount() throws -> Int {
        Int(try first("SELECT count(*) AS n FROM delivery_fault WHERE settled_at IS NULL")?.integer("n") ?? 0)
    }

    /// The delivery fault, or nil.
    public func fault(_ id: EntryID) throws -> DeliveryFaultRow? {
        try first(Self.faultSelect + "WHERE delivery_fault.id = ?", [.of(id)]).map(fault)
    }

    /// What the desk was told of a message, or nil.
    public func fault(of message: MessageID) throws -> DeliveryFaultRow? {
        try first(Self.faultSelect + "WHERE delivery_fault.message = ?", [.of(message)]).map(fault)
    }

    private static let faultSelect = """
        SELECT delivery_fault.*, message.kind, message.task, message.partner, partner.name FROM delivery_fault
        JOIN message ON message.id = delivery_fault.message JOIN partner ON partner.oin = message.partner\u{20}
        """

    private func fault(_ row: SQLRow) throws -> DeliveryFaultRow {
        DeliveryFaultRow(
            id: try row.identifier("id"), message: try row.identifier("message"), kind: try row.member("kind"),
            task: try row.identifierOrNil("task"), partner: try row.organisation("partner"), partnerName: try row.text("name"),
            code: try row.text("code"), at: try row.instant("at"), settledAs: try row.textOrNil("settled_as"))
    }
}
