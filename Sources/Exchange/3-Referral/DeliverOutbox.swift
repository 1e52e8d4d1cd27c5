import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// What waits for a partner: ids only, oldest first.
    ///
    /// 200 `{items: [{messageId, kind, queuedAt, expiresAt}], next?}`.
    public func listInbox(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let cursor = try after.map { text throws(DeskRefusal) in try MessageID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.inbox(of: partner, after: cursor, limit: limit + 1) }
        var body: JSONObject = [
            "items": .array(
                rows.prefix(limit).map {
                    [
                        "messageId": .string($0.id.description), "kind": .string($0.kind.rawValue),
                        "queuedAt": .string($0.queuedAt.rfc3339),
                        "expiresAt": .string($0.expiresAt.rfc3339),
                    ]
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
        case .begun(let attempt): return (attempt.message.compact, attempt.fields)
        case .held: throw .busy
        case .ended: throw .ended
        case .notYours: throw .notFound
        }
    }
}

extension InputFault {
    /// A cursor that is not from an earlier answer.
    static let badCursor = InputFault(
        pointer: "", code: "invalid-cursor", detail: "`after` is not a cursor of ours",
        hint: "send `next` of the answer before, or leave it out")
}
