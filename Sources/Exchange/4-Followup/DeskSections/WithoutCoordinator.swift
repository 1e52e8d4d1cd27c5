import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Open cases that nobody coordinates, oldest first: with several problems, or of a coordinator whose account has ended.
    static let withoutCoordinator = DeskSection(name: "withoutCoordinator") { transaction, page in
        let listed = try transaction.readable(transaction.casefilesWithoutCoordinator(limit: page.limit)) { row in
            var json: JSONObject = [
                "casefileId": .string(row.id.description), "openedAt": .string(row.openedAt.rfc3339),
                "domains": try transaction.domainsJSON(of: row.id),
            ]
            if let triage = row.triage { json["triage"] = .string(triage.rawValue) }
            return JSONValue.object(json)
        }
        return page.list(listed) { $0 }
    }
}
