import Casework
import Storage
import StrictJSON

extension DeskSection {
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
