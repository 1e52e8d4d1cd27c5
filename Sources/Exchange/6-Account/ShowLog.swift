import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// The newest signed checkpoint: whoever keeps one can prove later that the log was rewritten or cut.
    public func showCheckpoint(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .staff = caller else { throw .roleMayNot }
        guard let note = try await read({ try $0.newestCheckpoint() }) else { throw .notFound }
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 2, let size = Int64(lines[1]) else { throw .notDurable }
        return DeskAnswer(status: 200, body: ["origin": .string(String(lines[0])), "size": .integer(size), "note": .string(note)])
    }

    /// Entries of the log in order, for the privacy officer and the data protection officer. Every look is itself an entry.
    public func listLogEntries(after: Int64?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let rows = try await read { try $0.logEntries(after: after ?? 0, limit: limit + 1) }
        let read = entry(.logRead, by: caller, facts: ["after": .integer(after ?? 0), "limit": .integer(Int64(limit))])
        try await commit { try $0.append([read]) }
        var items: [JSONValue] = []
        for row in rows.prefix(limit) {
            guard let json = try? parseJSON(row.entry) else { throw .notDurable }
            items.append(["seq": .integer(row.seq), "entry": json])
        }
        var body: JSONObject = ["items": .array(items)]
        if rows.count > limit { body["next"] = .string(String(rows[limit - 1].seq)) }
        return DeskAnswer(status: 200, body: .object(body))
    }
}
