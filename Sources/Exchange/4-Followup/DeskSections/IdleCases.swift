import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Open cases for which nothing is under way, oldest first: no other list would bring them up again, so somebody says what comes next, or
    /// closes them.
    static let idleCases = DeskSection(name: "idleCases") { transaction, page in
        let listed = try transaction.readable(transaction.idleCasefiles(limit: page.limit)) { row in
            var json: JSONObject = [
                "casefileId": .string(row.id.description), "state": .string(Casefile.State.open.rawValue),
                "openedAt": .string(row.openedAt.rfc3339), "domains": try transaction.domainsJSON(of: row.id),
            ]
            if let triage = row.triage { json["triage"] = .string(triage.rawValue) }
            return JSONValue.object(json)
        }
        return page.list(listed) { $0 }
    }
}
