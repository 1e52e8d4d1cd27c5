import AuditTrail
import Casework
import Storage
import StrictJSON

/// Why somebody opened a case that was not given to them; the raw value stands on the wire and in the log.
public enum BreakGlassReason: String, CaseIterable, Hashable, Sendable {
    /// Somebody is in danger now.
    case immediateDanger
    /// Whoever has the case cannot be reached.
    case colleagueAbsent
    /// The resident asks, at the counter or on the telephone.
    case residentAsks
    /// Something else; the text says what.
    case other
}

extension ReferralDesk {
    /// Opens a case that was not given to the caller, for some hours: `{reason, because}`. 201 `{breakGlassId, casefileId, until}`.
    ///
    /// The reason is of a closed list and stands in the log; the text is kept as content of the case, and the privacy officer reads it. For the roles that
    /// work on cases; 409 for a case that is open to the caller anyhow.
    public func breakGlass(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        guard case .staff(let member) = caller, member.organisation == municipality.oin, Self.caseRoles.contains(member.role) else {
            throw .roleMayNot
        }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let (reason, text) = try reading(body) { reader -> (BreakGlassReason, String)? in
            guard let object = reader.object(["reason", "because"], required: ["reason", "because"]) else { return nil }
            let text = object["because"]?.string(maxLength: 500)
            return object["reason"]?.oneOf(BreakGlassReason.self).flatMap { reason in text.map { (reason, $0) } }
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.wall()
            let found = try await read { transaction in
                (
                    casefile: try transaction.casefile(casefileID),
                    isOpen: try transaction.access(of: member.account, to: casefileID, at: now),
                    persons: try transaction.persons(of: casefileID).filter { $0.erasedAt == nil }
                )
            }
            guard let row = found.casefile else { throw .notFound }
            guard found.isOpen == nil else { throw .alreadyDecided }
            let (breakGlassID, casefile): (BreakGlassID, JournalCasefile) = (world.newID(), try casefileKey(row))
            let sealed: [UInt8]
            do { sealed = try sealSecret(Array(text.utf8), id: breakGlassID.bytes, under: casefile.key.derive("break-glass")) } catch {
                throw .notDurable
            }
            let until = now.advanced(byMilliseconds: settings.breakGlassLength)
            let stored = BreakGlassRow(
                id: breakGlassID, casefile: casefileID, account: member.account, reason: reason.rawValue, sealed: sealed,
                at: world.calendar(), until: until)
            let broken = entry(
                .breakGlass, by: caller, about: try subjectKeys(found.persons), in: casefile,
                facts: ["reason": .text(reason.rawValue), "until": .text(until.rfc3339)])
            let answer = DeskAnswer(
                status: 201,
                body: [
                    "breakGlassId": .string(breakGlassID.description), "casefileId": .string(id), "until": .string(until.rfc3339),
                ])
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.access(of: member.account, to: casefileID, at: now) == nil else { return nil }
                try transaction.insertBreakGlass(stored)
                try transaction.append([broken])
                return answer
            }
        }
    }

    /// Who opened cases that were not given to them, and why, newest first: for the privacy officer and the data protection officer.
    ///
    /// 200 `{items: [{breakGlassId, casefileId, account, role, reason, because?, at, until}], next?}`; `because` is absent once the case's
    /// content is erased. Every look is itself an entry.
    public func listBrokenGlass(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let cursor = try after.map { text throws(DeskRefusal) in try BreakGlassID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.brokenGlass(before: cursor, limit: limit + 1) }
        let read = entry(.logRead, by: caller, facts: ["list": .text("breakGlass"), "limit": .integer(Int64(limit))])
        try await commit { try $0.append([read]) }
        var body: JSONObject = ["items": .array(rows.prefix(limit).map(brokenGlassJSON))]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].row.id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    private func brokenGlassJSON(_ shown: ShownBreakGlass) -> JSONValue {
        var json: JSONObject = [
            "breakGlassId": .string(shown.row.id.description), "casefileId": .string(shown.row.casefile.description),
            "account": .string(shown.account), "role": .string(shown.role.rawValue), "reason": .string(shown.row.reason),
            "at": .string(shown.row.at.rfc3339), "until": .string(shown.row.until.rfc3339),
        ]
        if let sealed = shown.row.sealed, let key = try? key(shown.casefileKey),
            let text = try? openSecret(sealed, id: shown.row.id.bytes, under: key.derive("break-glass"))
        {
            json["because"] = .string(String(decoding: text, as: UTF8.self))
        }
        return .object(json)
    }
}
