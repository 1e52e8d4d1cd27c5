import AuditTrail
import Casework
import Storage
import StrictJSON

/// What advice of the data protection officer can be about (GDPR 39(1)).
public enum AdviceSubject: String, CaseIterable, Sendable {
    case covenant, disclosure, consent, accessRequest, retention, security, reporting, other
}

extension ReferralDesk {
    /// Keeps advice of the data protection officer. What it says is sealed under a key of its own; the log holds only what it was about.
    ///
    /// Body: `{about, text}`. 201 `{adviceId}`.
    public func recordAdvice(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.dataProtectionOfficer], of: caller)
        let (about, text) = try reading(body) { reader -> (AdviceSubject, String)? in
            guard let object = reader.object(["about", "text"], required: ["about", "text"]) else { return nil }
            let about = object["about"]?.oneOf(AdviceSubject.self)
            let text = object["text"]?.string(maxLength: 4_000)
            guard let about, let text else { return nil }
            return (about, text)
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let key = try await newKey()
            let id: ContentID = world.newID()
            let row: AdviceRow
            do {
                row = AdviceRow(
                    id: id, about: about.rawValue, key: key.id, sealed: try sealContent(Array(text.utf8), id: id, under: key),
                    givenAt: world.calendar())
            } catch { throw .notDurable }
            let recorded = entry(.adviceRecorded, by: caller, facts: ["about": .text(about.rawValue)])
            return Prepared(basis: Basis()) { transaction in
                try transaction.insertAdvice(row)
                try transaction.append([recorded])
                return DeskAnswer(status: 201, body: ["adviceId": .string(id.description)])
            }
        }
    }

    /// Advice that was given, newest first, for the data protection officer and the privacy officer; the look is itself an entry.
    ///
    /// 200 `{items: [{adviceId, about, text, at}], next?}`.
    public func listAdvice(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let cursor = try after.map { text throws(DeskRefusal) in try ContentID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.advice(before: cursor, limit: limit + 1) }
        try await noteLook("advice", by: caller)
        var items: [JSONValue] = []
        for row in rows.prefix(limit) {
            let text: String
            do { text = String(decoding: try openContent(row.sealed, id: row.id, under: try key(row.key)), as: UTF8.self) } catch {
                throw .notDurable
            }
            items.append([
                "adviceId": .string(row.id.description), "about": .string(row.about), "text": .string(text),
                "at": .string(row.givenAt.rfc3339),
            ])
        }
        var body: JSONObject = ["items": .array(items)]
        if rows.count > limit, let last = rows.prefix(limit).last { body["next"] = .string(last.id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }
}
