import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// What was written down about sharing without consent in one case, newest first, with what its persons refused, so that whoever is to agree
    /// sees it. For those who may agree; every look is an entry.
    ///
    /// 200 `{items: [{justificationId, state, to, purpose, …, decider, second?, partnerName?, sentences?, refusals}]}`; `sentences` is absent once erased.
    public func showJustifications(of id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let role = try demand(Self.justifyingRoles.union([.privacyOfficer]), of: caller)
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let access = try await role == .privacyOfficer ? nil : demandAccess(to: casefileID, by: caller)
        let found = try await read { transaction in
            try transaction.casefile(casefileID).map { row in
                let rows = try transaction.justifications(of: casefileID)
                let persons = try transaction.living(Array(Set(rows.flatMap(\.row.subjects))))
                return (row, rows, persons, try transaction.surroundings(of: rows))
            }
        }
        let (row, rows, persons, surroundings) = try found.orRefuse(.notFound)
        let look = entry(
            .casefileRead, by: caller, about: try subjectKeys(persons), in: try casefileKey(row),
            facts: (access?.facts ?? [:]).merging(["what": .text("justifications")]) { $1 })
        try await commit { try $0.append([look]) }
        return DeskAnswer(status: 200, body: ["items": .array(rows.map { shown($0, surroundings) })])
    }

    /// The same of all cases, page by page: for the privacy officer and the data protection officer. Every look is itself an entry.
    public func listJustifications(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let cursor = try after.map { text throws(DeskRefusal) in try JustificationID(text).orRefuse(.invalidInput([.badCursor])) }
        let (rows, surroundings) = try await read { transaction in
            let rows = try transaction.justifications(before: cursor, limit: limit + 1)
            return (rows, try transaction.surroundings(of: Array(rows.prefix(limit))))
        }
        try await noteLook("justifications", by: caller)
        var body: JSONObject = ["items": .array(rows.prefix(limit).map { shown($0, surroundings) })]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].row.id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    private func shown(_ shown: ShownJustification, _ around: Surroundings) -> JSONValue {
        let row = shown.row
        var json = row.json(at: world.calendar())
        if let name = around.partners[row.recipient] { json["partnerName"] = .string(name) }
        json["decider"] = .string(shown.decider)
        if let second = shown.second { json["second"] = .string(second) }
        if let sealed = row.sealed, let written = opened(sealed, id: row.id.bytes, use: sentencesUse, under: shown.casefileKey),
            let sentences = try? parseJSON(written)
        {
            json["sentences"] = sentences
        }
        json["refusals"] = .array(
            row.subjects.flatMap { person in
                (around.refusals[person] ?? []).map {
                    [
                        "personId": .string(person.description), "answer": .string($0.withdrawnAt == nil ? "refused" : "withdrawn"),
                        "at": .string(($0.withdrawnAt ?? $0.recordedAt).rfc3339),
                    ]
                }
            })
        return .object(json)
    }
}

/// What stands beside justifications when they are shown.
private struct Surroundings: Sendable {
    /// What their persons refused or withdrew.
    var refusals: [PersonID: [ConsentRecord]] = [:]
    let partners: [OrganisationNumber: String]
}

extension Transaction {
    fileprivate func surroundings(of rows: [ShownJustification]) throws -> Surroundings {
        var found = Surroundings(partners: try partnerNames())
        for person in Set(rows.flatMap(\.row.subjects)) {
            found.refusals[person] = try consents(of: person, heeding: twins(of: person)).filter {
                $0.answer == .refused || $0.withdrawnAt != nil
            }
        }
        return found
    }
}
