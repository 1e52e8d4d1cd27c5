import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Messages that were not received in their time, or whose partner's system took them for good as undeliverable; newest first.
    static let deliveryFaults = DeskSection(name: "deliveryFaults") { transaction, page in
        page.list(try transaction.unseenFaults(limit: page.limit)) { fault in
            var json: JSONObject = [
                "newsId": .string(fault.id.description), "news": .string(DeskNews.deliveryFault.rawValue),
                "messageId": .string(fault.message.description), "kind": .string(fault.kind),
                "partner": .string(fault.partner.description), "partnerName": .string(fault.partnerName), "code": .string(fault.code),
                "at": .string(fault.at.rfc3339),
            ]
            if let task = fault.task { json["taskId"] = .string(task.description) }
            return .object(json)
        }
    }

    /// What partners did with their tasks, newest first.
    static let taskNews = DeskSection(name: "tasks") {
        try told([.pickedUp, .rejected, .failed, .completed, .onHold, .stalled], $0, $1)
    }

    private static func told(_ kinds: [DeskNews], _ transaction: Transaction, _ page: DeskPage) throws -> JSONValue {
        page.list(try transaction.unseenNews(kinds, limit: page.limit)) {
            [
                "newsId": .string($0.id.description), "taskId": .string($0.task.description), "news": .string($0.kind.rawValue),
                "at": .string($0.at.rfc3339),
            ]
        }
    }
}
