import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// What became of messages that were recalled: those whose recipients have not answered, soonest due first, and the answers that the desk
    /// has not seen, newest first.
    ///
    /// `{open: [{noticeId, about, casefileId?, partner, partnerName, askedAt, dueAt, overdue, receipted}],
    /// answered: [{newsId, noticeId, about, partner, partnerName, answer, article?, at}]}`
    static let recalls = DeskSection(name: "recalls") { transaction, page in
        func json(_ notice: MessageID, _ partner: OrganisationNumber, _ name: String) throws -> JSONObject {
            [
                "noticeId": .string(notice.description),
                "about": .array(try transaction.messages(about: notice).map { .string($0.description) }),
                "partner": .string(partner.description), "partnerName": .string(name),
            ]
        }
        let open = try transaction.readable(transaction.openRecalls(limit: page.limit)) { row in
            var json = try json(row.notice, row.partner, row.partnerName)
            if let casefile = row.casefile { json["casefileId"] = .string(casefile.description) }
            json["askedAt"] = .string(row.askedAt.rfc3339)
            json["dueAt"] = .string(row.dueAt.rfc3339)
            json["overdue"] = .bool(row.isOverdue)
            json["receipted"] = .bool(row.isReceipted)
            return JSONValue.object(json)
        }
        let openList = page.list(open) { $0 }
        let answered = try transaction.readable(transaction.unseenRecallAnswers(limit: page.limit)) { row in
            var json = try json(row.notice, row.partner, row.partnerName)
            json["newsId"] = .string(row.id.description)
            json["answer"] = .string(row.answer)
            if let article = row.article { json["article"] = .string(article) }
            json["at"] = .string(row.at.rfc3339)
            return JSONValue.object(json)
        }
        return ["open": openList, "answered": page.list(answered) { $0 }]
    }
}
