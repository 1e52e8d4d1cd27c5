import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Open cases with several problems that nobody coordinates, oldest first.
    static let withoutCoordinator = DeskSection(name: "withoutCoordinator") { transaction, page in
        page.list(try transaction.casefilesWithoutCoordinator(limit: page.limit)) { row in
            var json: JSONObject = ["casefileId": .string(row.id.description), "openedAt": .string(row.openedAt.rfc3339)]
            if let triage = row.triage { json["triage"] = .string(triage.rawValue) }
            return .object(json)
        }
    }
}
