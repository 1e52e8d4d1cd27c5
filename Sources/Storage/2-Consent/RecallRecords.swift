import Casework
import Disclosure

/// What a partner answered to a recall.
public struct RecallAnswerRow: Sendable {
    public let id: EntryID
    /// The recall that was answered.
    public let notice: MessageID
    public let answer: String
    /// The act and article of the partner's own duty, in its own words; nil unless it keeps something.
    public let article: String?
    public let partner: OrganisationNumber
    public let partnerName: String
    public let at: Instant
}

/// A recall that nobody has answered.
public struct OpenRecallRow: Sendable {
    public let notice: MessageID
    public let casefile: CasefileID?
    public let partner: OrganisationNumber
    public let partnerName: String
    public let askedAt: Instant
    public let dueAt: Instant
    /// Whether its deadline was found passed.
    public let isOverdue: Bool
    /// Whether the partner has confirmed that the recall arrived.
    public let isReceipted: Bool
}

extension Transaction {
    /// Stores what a partner answered to a recall, with its signed word.
    public func insertRecallAnswer(
        _ id: EntryID, to notice: MessageID, _ answer: String, article: String?, jws: [UInt8], at now: Instant
    ) throws {
        try run(
            "INSERT INTO recall_answer (id, notice, answer, article, jws, at) VALUES (?, ?, ?, ?, ?, ?)",
            [.of(id), .of(notice), .text(answer), .of(article), .of(jws), .of(now)])
    }

    /// The messages that a notice is about, in the order in which they were queued.
    public func messages(about notice: MessageID) throws -> [MessageID] {
        try all("SELECT message FROM notice_about WHERE notice = ? ORDER BY message", [.of(notice)]).map { try $0.identifier("message") }
    }

    /// Recalls without an answer, soonest due first.
    public func openRecalls(limit: Int) throws -> [OpenRecallRow] {
        let rows = try all(
            """
            SELECT deadline.subject AS notice, deadline.casefile, deadline.due_at, deadline.fell_due_at, message.partner, message.queued_at,
                message.state, partner.name
            FROM deadline JOIN message ON message.id = deadline.subject JOIN partner ON partner.oin = message.partner
            WHERE deadline.kind = 'recall' ORDER BY deadline.due_at LIMIT ?
            """, [.of(limit)])
        return try readable(rows) {
            OpenRecallRow(
                notice: try $0.identifier("notice"), casefile: try $0.identifierOrNil("casefile"), partner: try $0.organisation("partner"),
                partnerName: try $0.text("name"), askedAt: try $0.instant("queued_at"), dueAt: try $0.instant("due_at"),
                isOverdue: try $0.instantOrNil("fell_due_at") != nil, isReceipted: try $0.text("state") == MessageState.receipted.rawValue)
        }
    }

    /// Answers to recalls that the desk has not marked as seen, the newest first.
    public func unseenRecallAnswers(limit: Int) throws -> [RecallAnswerRow] {
        let rows = try all(
            """
            SELECT recall_answer.*, message.partner, partner.name FROM recall_answer
            JOIN message ON message.id = recall_answer.notice JOIN partner ON partner.oin = message.partner
            WHERE recall_answer.seen_at IS NULL ORDER BY recall_answer.id DESC LIMIT ?
            """, [.of(limit)])
        return try readable(rows) {
            RecallAnswerRow(
                id: try $0.identifier("id"), notice: try $0.identifier("notice"), answer: try $0.text("answer"),
                article: try $0.textOrNil("article"), partner: try $0.organisation("partner"), partnerName: try $0.text("name"),
                at: try $0.instant("at"))
        }
    }

    /// Remembers that every message about this person is still to be looked at, `since` a withdrawal or something else that ends what they rest on.
    public func expectRecall(about person: PersonID, since: Instant) throws {
        try run("INSERT INTO pending_recall (person, since) VALUES (?, ?) ON CONFLICT DO NOTHING", [.of(person), .of(since)])
    }

    /// Since when everything about this person is to be looked at; nil when it has been.
    public func recallExpected(about person: PersonID) throws -> Instant? {
        try first("SELECT since FROM pending_recall WHERE person = ?", [.of(person)])?.instant("since")
    }

    /// Everything about this person has been looked at since.
    public func settleRecall(about person: PersonID) throws { try run("DELETE FROM pending_recall WHERE person = ?", [.of(person)]) }

    /// Persons about whom everything is still to be looked at.
    public func pendingRecalls() throws -> [(person: PersonID, since: Instant)] {
        try all("SELECT person, since FROM pending_recall ORDER BY person").map { (try $0.identifier("person"), try $0.instant("since")) }
    }

    /// Remembers that the recipient of a message is still to be told what this code says, `since` the answer that said so.
    public func expectTelling(of message: MessageID, _ code: Notice.Code, since: Instant) throws {
        try run(
            "INSERT INTO untold_notice (message, code, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [.of(message), .text(code.rawValue), .of(since)])
    }

    /// Whether the recipient of a message is still to be told what this code says.
    public func isUntold(of message: MessageID, _ code: Notice.Code) throws -> Bool {
        try first("SELECT 1 AS one FROM untold_notice WHERE message = ? AND code = ?", [.of(message), .text(code.rawValue)]) != nil
    }

    /// The recipient of a message has been told what this code says.
    public func settleUntold(of message: MessageID, _ code: Notice.Code) throws {
        try run("DELETE FROM untold_notice WHERE message = ? AND code = ?", [.of(message), .text(code.rawValue)])
    }

    /// Messages whose recipients are still to be told something, and what.
    public func untoldNotices() throws -> [(message: MessageID, code: Notice.Code, since: Instant)] {
        try all("SELECT message, code, since FROM untold_notice ORDER BY message, code").map {
            (try $0.identifier("message"), try $0.member("code"), try $0.instant("since"))
        }
    }
}
