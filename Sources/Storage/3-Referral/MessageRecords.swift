import Casework
import Disclosure
import Sealing
import StrictJSON

/// Where a message in the queue stands.
public enum MessageState: String, CaseIterable, Hashable, Sendable {
    case queued
    /// An attempt entry was committed: it has left, or may have.
    case left
    case receipted, superseded, ended

    /// Whether it has not come to its end: it waits, has left, or is a dead letter.
    public var isLive: Bool { self == .queued || self == .left }
}

/// A row of the queue.
public struct MessageRow: Sendable {
    public let id: MessageID
    public let partner: OrganisationNumber
    public let kind: MessageKind
    public let casefile: CasefileID?
    public let referral: ReferralID?
    public let task: TaskID?
    public let decision: DecisionID?
    /// What was sealed: names only.
    public let scopes: [SealedScope]
    /// The levers that it names.
    public let levers: [LeverID]
    /// The covenant under which it went, `<id>/<version>`; nil for what has none, and for what was queued before that was kept.
    public let covenant: String?
    public let state: MessageState
    /// The message's own key in the vault; nil once it has been destroyed.
    public let key: Int64?
    public let digest: [UInt8]
    public let queueSeal: [UInt8]
    public let queuedAt: Instant
    public let expiresAt: Instant
    /// The attempt that holds it; nil when none does, or the partner fetches.
    public let lease: AttemptID?
    /// When it may be pushed next; nil where the partner fetches.
    public let nextTryAt: Instant?
    /// How often it was pushed.
    public let tries: Int
    /// Until when its recipient can open its bytes.
    public let opensUntil: Instant
    /// Since when it is a dead letter, which only the desk sends again or ends; nil while it can be delivered.
    public let deadAt: Instant?

    /// Whether it can be fetched or pushed.
    public var canLeave: Bool { state.isLive && deadAt == nil }
    /// The trace of the request that caused it; nil for what was queued before traces were kept.
    public let trace: TraceID?
}

/// The words of statements about messages.
enum MessageQuery {
    /// ``MessageState/isLive``, in the words of the partial indexes.
    static let isLive = "state IN ('queued', 'left')"
    /// ``MessageRow/canLeave``.
    static let canLeave = "\(isLive) AND dead_at IS NULL"
    /// How many messages wait for the partner of a row.
    static let waiting = "(SELECT count(*) FROM message WHERE message.partner = partner.oin AND \(canLeave))"
    /// When the oldest of them was queued.
    static let oldestQueued = "(SELECT queued_at FROM message WHERE message.partner = partner.oin AND \(canLeave) ORDER BY id LIMIT 1)"
    /// When the first of them is pushed next.
    static let firstDue = """
        (SELECT next_try_at FROM message WHERE message.partner = partner.oin AND next_try_at IS NOT NULL ORDER BY next_try_at LIMIT 1)
        """
}

/// What a message belongs to.
public struct MessageContext: Sendable {
    public let casefile: CasefileID?
    public let referral: ReferralID?
    public let task: TaskID?
    public let scopes: [SealedScope]
    /// The levers that it names.
    public let levers: [LeverID]
    /// The covenant under which it goes, `<id>/<version>`; nil for a notice.
    public let covenant: String?
    /// Everybody about whom what concerns the household tells; nobody where nothing of that is in it.
    public let household: [PersonID]
    /// The trace of the request that caused it.
    public let trace: TraceID?
    public init(
        casefile: CasefileID?, referral: ReferralID?, task: TaskID?, scopes: [SealedScope], levers: [LeverID] = [],
        covenant: String? = nil, household: [PersonID] = [], trace: TraceID? = nil
    ) {
        self.casefile = casefile
        self.referral = referral
        self.task = task
        self.scopes = scopes
        self.levers = levers
        self.covenant = covenant
        self.household = household
        self.trace = trace
    }
}

extension MessageContext {
    /// The ids with a space between each two, or nil for none.
    var leversText: String? { levers.isEmpty ? nil : levers.map(\.description).joined(separator: " ") }
}

extension Transaction {
    /// Queues a sealed message; its bytes lie encrypted under a key of their own.
    public func enqueue(
        _ message: SealedMessage, stored: [UInt8], key: Int64, context: MessageContext, queuedAt: Instant, expiresAt: Instant,
        opensUntil: Instant
    ) throws {
        try run(
            """
            INSERT INTO message (id, partner, kind, casefile, referral, task, decision, scopes, state, key, sealed, digest, queue_seal, queued_at,
                expires_at, opens_until, next_try_at, trace, levers, covenant)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, x'', ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .of(message.id), .of(message.recipient), .text(message.kind.rawValue), .of(context.casefile),
                .of(context.referral), .of(context.task), .of(message.decision), .text(SealedScope.rowText(context.scopes)), .integer(key),
                .blob(message.digest), .blob(message.queueSeal), .of(queuedAt), .of(expiresAt),
                .of(opensUntil), .of(try firstTry(for: message.recipient, at: queuedAt)), .of(context.trace?.bytes),
                .of(context.leversText), .of(context.covenant),
            ])
        try run("INSERT INTO message_body (message, sealed) VALUES (?, ?)", [.of(message.id), .blob(stored)])
        try insertSubjects(of: message.id, context)
    }

    /// When a message to a partner that can go now is pushed: nil where the partner fetches.
    func firstTry(for partner: OrganisationNumber, at now: Instant) throws -> Instant? {
        guard try first("SELECT 1 AS one FROM partner WHERE oin = ? AND endpoint IS NOT NULL", [.of(partner)]) != nil else {
            queuedFor.insert(partner)
            return nil
        }
        hasWorkForCourier = true
        return now
    }

    /// Remembers about whom a message tells.
    func insertSubjects(of id: MessageID, _ context: MessageContext) throws {
        for subject in Set(context.scopes.compactMap(\.subject) + context.household) {
            try run("INSERT INTO message_subject (message, person) VALUES (?, ?) ON CONFLICT DO NOTHING", [.of(id), .of(subject)])
        }
    }

    /// The message, or nil.
    public func message(_ id: MessageID) throws -> MessageRow? { try first("SELECT * FROM message WHERE id = ?", [.of(id)]).map(message) }

    /// The message when it is this partner's, or nil. Another's is not read, so that it takes no longer than none.
    public func message(_ id: MessageID, of partner: OrganisationNumber) throws -> MessageRow? {
        try first("SELECT * FROM message WHERE id = ? AND partner = ?", [.of(id), .of(partner)]).map(message)
    }

    /// The compact JWE under the message's own key; nil once the message is no longer live.
    public func sealedBytes(of id: MessageID) throws -> [UInt8]? {
        try first("SELECT sealed FROM message_body WHERE message = ?", [.of(id)])?.blob("sealed")
    }

    /// The newest message of a task that its partner received; nil when none was.
    public func receivedMessage(of task: TaskID) throws -> MessageRow? {
        try first("SELECT * FROM message WHERE task = ? AND state = 'receipted' ORDER BY id DESC LIMIT 1", [.of(task)]).map(message)
    }

    /// The newest message that gave a task; nil when there is none.
    public func newestMessage(of task: TaskID) throws -> MessageRow? {
        try first("SELECT * FROM message WHERE task = ? AND kind = 'referral' ORDER BY id DESC LIMIT 1", [.of(task)]).map(message)
    }

    /// What waits for a partner, oldest first.
    public func inbox(of partner: OrganisationNumber, after: MessageID?, limit: Int) throws -> [MessageRow] {
        try all(
            "SELECT * FROM message WHERE partner = ? AND id > ? AND \(MessageQuery.canLeave) ORDER BY id LIMIT ?",
            [.of(partner), .blob(after?.bytes ?? []), .of(limit)]
        ).map(message)
    }

    /// What waits for a partner and is no notice, oldest first.
    public func disclosuresUnderWay(to partner: OrganisationNumber, limit: Int) throws -> [MessageRow] {
        try all(
            "SELECT * FROM message WHERE partner = ? AND kind <> 'notice' AND \(MessageQuery.canLeave) ORDER BY id LIMIT ?",
            [.of(partner), .of(limit)]
        ).map(message)
    }

    /// What a partner was given, or may have been, in a span of time: messages whose ids were made from `from` up to `to`, oldest first.
    public func given(to partner: OrganisationNumber, from: Instant, to: Instant, after: MessageID?, limit: Int) throws -> [MessageRow] {
        let first = MessageID(earliestAt: from)
        return try all(
            "SELECT * FROM message WHERE partner = ? AND id > ? AND id >= ? AND id < ? AND left_at IS NOT NULL ORDER BY id LIMIT ?",
            [.of(partner), .blob(after?.bytes ?? []), .of(first), .of(MessageID(earliestAt: to)), .of(limit)]
        ).map(message)
    }

    /// Every message about a person that is live, was received, or may have left before it ended.
    public func messages(about person: PersonID) throws -> [MessageRow] {
        try all(
            """
            SELECT message.* FROM message_subject JOIN message ON message.id = message_subject.message
            WHERE message_subject.person = ? AND (message.state IN ('queued', 'left', 'receipted') OR message.left_at IS NOT NULL)
            ORDER BY message.id
            """, [.of(person)]
        ).map(message)
    }

    /// The same about several, and about those residents in other rows of their cases (``twins(of:)``), each message once.
    public func messages(aboutResidents persons: [PersonID]) throws -> [MessageRow] {
        var seen: Set<MessageID> = []
        let rows: [PersonID] = try persons.flatMap { person in try [person] + twins(of: person) }
        let found: [MessageRow] = try rows.flatMap { row in try messages(about: row) }
        return found.filter { seen.insert($0.id).inserted }
    }

    /// Messages about a person that were ended or replaced since then and never left, each with what took its place.
    public func closedUnsent(about person: PersonID, since: Instant) throws -> [(message: MessageID, replacement: MessageID?)] {
        try all(
            """
            SELECT message.id, message.replaced_by FROM message_subject JOIN message ON message.id = message_subject.message
            WHERE message_subject.person = ? AND message.state IN ('ended', 'superseded') AND message.left_at IS NULL AND message.ended_at >= ?
            ORDER BY message.id
            """, [.of(person), .of(since)]
        ).map { (try $0.identifier("id"), try $0.identifierOrNil("replaced_by")) }
    }

    /// Takes a live message out of the queue and dooms its key; of a dead letter the desk need not decide any more.
    public func close(_ id: MessageID, as state: MessageState, replacedBy: MessageID? = nil, at now: Instant) throws {
        try settleFault(of: id, as: state.rawValue, at: now)
        try discard(id, as: state, replacedBy: replacedBy, at: now)
    }

    /// Takes a live message out of the queue and dooms its key; what the desk was told of it stays open.
    public func discard(_ id: MessageID, as state: MessageState, replacedBy: MessageID? = nil, at now: Instant) throws {
        try run("INSERT INTO doomed_key (id) SELECT key FROM message WHERE id = ? AND key IS NOT NULL", [.of(id)])
        try run(
            """
            UPDATE message SET state = ?, key = NULL, sealed = NULL, lease = NULL, next_try_at = NULL, dead_at = NULL, ended_at = ?, replaced_by = ?
            WHERE id = ?
            """,
            [.of(state), .of(now), .of(replacedBy), .of(id)])
        try run("DELETE FROM message_body WHERE message = ?", [.of(id)])
        if state != .receipted { ended.append(id) }
    }

    /// Marks that a notice is about a message and what it tells of it, so that nobody is told the same twice.
    public func insertNotice(_ notice: MessageID, about message: MessageID, code: Notice.Code) throws {
        try run(
            "INSERT INTO notice_about (notice, message, code) VALUES (?, ?, ?)", [.of(notice), .of(message), .text(code.rawValue)])
    }

    /// Whether a notice that tells this of the message exists.
    public func isNoticed(_ message: MessageID, _ code: Notice.Code) throws -> Bool {
        try first("SELECT 1 AS one FROM notice_about WHERE message = ? AND code = ?", [.of(message), .text(code.rawValue)]) != nil
    }

    /// Stores the first receipt of a message.
    public func insertReceipt(_ jws: [UInt8], of id: MessageID, opened: Bool, at now: Instant) throws {
        try run(
            "INSERT INTO receipt (message, jws, result, taken_at) VALUES (?, ?, ?, ?)",
            [.of(id), .blob(jws), .text(opened ? "opened" : "refused"), .of(now)])
        try endAttempts(of: id, at: now)
    }

    /// The stored receipt of a message and when it was taken, or nil.
    public func receipt(of id: MessageID) throws -> (jws: [UInt8], opened: Bool, takenAt: Instant)? {
        try first("SELECT jws, result, taken_at FROM receipt WHERE message = ?", [.of(id)]).map {
            (try $0.blob("jws"), try $0.text("result") == "opened", try $0.instant("taken_at"))
        }
    }

    /// Dooms a vault key: its destruction follows the commit, and is repeated after a crash.
    public func doom(_ key: Int64) throws { try run("INSERT INTO doomed_key (id) VALUES (?) ON CONFLICT DO NOTHING", [.integer(key)]) }

    /// The keys whose destruction is due.
    public func doomedKeys(limit: Int) throws -> [Int64] {
        try all("SELECT id FROM doomed_key ORDER BY id LIMIT ?", [.of(limit)]).map { try $0.integer("id") }
    }

    /// Forgets keys that have been destroyed.
    public func forgetDoomed(_ keys: [Int64]) throws {
        for key in keys { try run("DELETE FROM doomed_key WHERE id = ?", [.integer(key)]) }
    }

    func message(_ row: SQLRow) throws -> MessageRow {
        guard let scopes = SealedScope.scopes(rowText: try row.text("scopes")) else {
            throw StoreFault.corrupt("column `scopes` holds no scopes")
        }
        return MessageRow(
            id: try row.identifier("id"), partner: try row.organisation("partner"), kind: try row.member("kind"),
            casefile: try row.identifierOrNil("casefile"), referral: try row.identifierOrNil("referral"),
            task: try row.identifierOrNil("task"),
            decision: try row.identifierOrNil("decision"), scopes: scopes,
            levers: try (row.wordsOrNil("levers") ?? []).compactMap { LeverID($0) }, covenant: try row.textOrNil("covenant"),
            state: try row.member("state"),
            key: try row.integerOrNil("key"),
            digest: try row.blob("digest"), queueSeal: try row.blob("queue_seal"),
            queuedAt: try row.instant("queued_at"), expiresAt: try row.instant("expires_at"),
            lease: try row.identifierOrNil("lease"), nextTryAt: try row.instantOrNil("next_try_at"), tries: Int(try row.integer("tries")),
            opensUntil: try row.instant("opens_until"), deadAt: try row.instantOrNil("dead_at"),
            trace: try row.blobOrNil("trace").flatMap { TraceID($0) })
    }
}

extension SealedScope {
    /// One line a scope: the person's id or `household`, then the field paths, separated by spaces.
    static func rowText(_ scopes: [SealedScope]) -> String {
        scopes.map { ([$0.subject?.description ?? "household"] + $0.fields.paths).joined(separator: " ") }.joined(separator: "\n")
    }

    static func scopes(rowText: String) -> [SealedScope]? {
        var scopes: [SealedScope] = []
        // As bytes: a row of the queue is read at every step of its message's way.
        for line in rowText.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(Substring($0)) }
            guard let who = words.first, let fields = words.count == 2 ? FieldNames(words: words[1]) : [] else { return nil }
            let subject = PersonID(who)
            guard subject != nil || who == "household" else { return nil }
            scopes.append(SealedScope(subject: subject, fields: fields))
        }
        return scopes
    }
}
