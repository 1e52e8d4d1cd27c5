import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// What waits for a partner: ids only, oldest first.
    ///
    /// 200 `{items: [{messageId, kind, queuedAt, expiresAt, traceId?}], next?}`.
    public func listInbox(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let cursor = try after.map { text throws(DeskRefusal) in try MessageID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.inbox(of: partner, after: cursor, limit: limit + 1) }
        return page(rows, limit: limit) { _ in nil }
    }

    /// The same, but where nothing waits it answers only when something is queued for the partner, the time is over, or the task is
    /// cancelled; then perhaps with an empty list.
    ///
    /// `too-many` when too many requests of the partner wait already.
    public func awaitInbox(after: String?, limit: Int, seconds: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        guard let ticket = inboxBell.enter(partner) else { throw .tooMany(retryAfterSeconds: 5) }
        defer { inboxBell.leave(ticket) }
        let answer = try await listInbox(after: after, limit: limit, by: caller)
        guard answer.body["items"]?.arrayValue?.isEmpty == true else { return answer }
        await inboxBell.wait(ticket, atMost: .seconds(seconds))
        return try await listInbox(after: after, limit: limit, by: caller)
    }

    /// What a partner was given in a span of time, receipted and ended messages too, so that it can compare with what it has: ids only.
    ///
    /// Times are those at which messages were queued; `from` is within the span and `to` is not. What never left is not listed.
    /// 200 `{items: [{messageId, kind, queuedAt, expiresAt, state: given|receipted|ended, traceId?}], next?}`. A message that is `given`
    /// can be fetched again, decided anew, and gives the same bytes; the key of any other has been destroyed: `ended`.
    public func listGiven(from: String?, to: String?, after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let cursor = try after.map { text throws(DeskRefusal) in try MessageID(text).orRefuse(.invalidInput([.badCursor])) }
        let begin = try from.map { text throws(DeskRefusal) in try Instant(rfc3339: text).orRefuse(.invalidInput([.badInstant("from")])) }
        let end = try to.map { text throws(DeskRefusal) in try Instant(rfc3339: text).orRefuse(.invalidInput([.badInstant("to")])) }
        let rows = try await read {
            try $0.given(
                to: partner, from: begin ?? Instant(millisecondsSince1970: 0), to: end ?? Instant(millisecondsSince1970: 1 << 48 - 1),
                after: cursor, limit: limit + 1)
        }
        return page(rows, limit: limit) { row in
            switch row.state {
            case .queued, .left: "given"
            case .receipted: "receipted"
            case .superseded, .ended: "ended"
            }
        }
    }

    /// A page of messages as their recipient may know them: ids and times.
    private func page(_ rows: [MessageRow], limit: Int, state: (MessageRow) -> String?) -> DeskAnswer {
        var body: JSONObject = [
            "items": .array(
                rows.prefix(limit).map { row in
                    var item: JSONObject = [
                        "messageId": .string(row.id.description), "kind": .string(row.kind.rawValue),
                        "queuedAt": .string(row.queuedAt.rfc3339), "expiresAt": .string(row.expiresAt.rfc3339),
                    ]
                    item["state"] = state(row).map { .string($0) }
                    item["traceId"] = row.trace.map { .string($0.description) }
                    return .object(item)
                })
        ]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    /// Hands a message over: decides again, commits the attempt, and only then gives the bytes.
    ///
    /// The compact JWE. `busy` while an objection holds it; `ended` when it was withdrawn, superseded, expired, or may no longer go.
    public func fetchMessage(_ id: String, by caller: Caller) async throws(DeskRefusal) -> [UInt8] {
        try await fetchMessageWithFields(id, by: caller).bytes
    }

    /// The same, with what stands beside it in the answer's header.
    public func fetchMessageWithFields(_ id: String, by caller: Caller) async throws(DeskRefusal) -> (bytes: [UInt8], fields: [HeaderField])
    {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let messageID = try MessageID(id).orRefuse(.notFound)
        switch try await beginAttempt(on: messageID, .pull(by: partner)) {
        case .begun(let attempt):
            figures.pulled(by: partner, "given")
            return (attempt.message.compact, attempt.fields)
        case .held:
            figures.pulled(by: partner, "held")
            throw .busy
        case .ended:
            figures.pulled(by: partner, "ended")
            throw .ended
        case .notYours: throw .notFound
        }
    }
}

extension InputFault {
    /// An end of a span of time that cannot be read.
    static func badInstant(_ key: String) -> InputFault {
        InputFault(
            pointer: "/query/\(key)", code: "invalid-instant", detail: "this is not a date-time",
            hint: "write it as 2026-11-21T09:00:00Z; a plus sign in a query is written %2B")
    }

    /// A cursor that is not from an earlier answer.
    static let badCursor = InputFault(
        pointer: "", code: "invalid-cursor", detail: "`after` is not a cursor of ours",
        hint: "send `next` of the answer before, or leave it out")
}
