import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// What partners did with their tasks, and what else became of these, newest first.
    static let taskNews = DeskSection(name: "tasks") {
        try told([.pickedUp, .rejected, .failed, .completed, .onHold, .stalled, .disagreed, .groundEnded], $0, $1)
    }

    private static func told(_ kinds: [DeskNews], _ transaction: Transaction, _ page: DeskPage) throws -> JSONValue {
        let listed = try transaction.readable(transaction.unseenNews(kinds, limit: page.limit)) { row in
            var json: JSONObject = [
                "newsId": .string(row.id.description), "taskId": .string(row.task.description), "news": .string(row.kind.rawValue),
                "at": .string(row.at.rfc3339),
            ]
            if row.kind == .disagreed, let reason = try transaction.disagreementReason(about: row.task, at: row.at) {
                json["because"] = .string(reason.rawValue)
            }
            if let task = try transaction.task(row.task) {
                json["casefileId"] = .string(task.casefile.description)
                json["partner"] = .string(task.partner.description)
                json["partnerName"] = .string(try transaction.partnerName(task.partner) ?? "")
            }
            return JSONValue.object(json)
        }
        return page.list(listed) { $0 }
    }
}
