import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// What the caller has filed, newest first: when, and how far it is. Nothing else of it comes back to its filer.
    ///
    /// 200 `{items: [{signalId, filedAt, status}], next?}`.
    public func listOwnSignals(after last: String? = nil, limit: Int = 50, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard let account = caller.account, caller.mayFile else { throw .roleMayNot }
        let before = try last.map { text throws(DeskRefusal) in try SignalID(text).orRefuse(.notFound) }
        let rows = try await read { try $0.signals(filedBy: account, before: before, limit: limit + 1) }
        let items = rows.prefix(limit).map { row -> JSONValue in
            [
                "signalId": .string(row.id.description), "filedAt": .string(row.filedAt.rfc3339),
                "status": .string(row.status.rawValue),
            ]
        }
        var body: JSONObject = ["items": .array(items)]
        if rows.count > limit, let next = items.last?["signalId"] { body["next"] = next }
        return DeskAnswer(status: 200, body: .object(body))
    }
}
