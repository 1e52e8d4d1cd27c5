import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Helpers to call, because a task was left open: longest waiting first. Dutch: bellijst.
    static let callList = DeskSection(name: "callList") { transaction, page in
        page.list(try transaction.waitingTasks(stalled: false, limit: page.limit)) { waitingTaskJSON($0, page) }
    }

    /// Tasks that stay open and whose ladder leads no further by itself: the desk decides.
    static let stalled = DeskSection(name: "stalled") { transaction, page in
        page.list(try transaction.waitingTasks(stalled: true, limit: page.limit)) { waitingTaskJSON($0, page) }
    }
}

/// `{taskId, casefileId, partner, partnerName, telephone?, mandatedRole?, purpose, daysOpen, rung?, dueKind, dueAt, waitingSince, contacts}`.
private func waitingTaskJSON(_ waiting: WaitingTask, _ page: DeskPage) -> JSONValue {
    var json: JSONObject = [
        "taskId": .string(waiting.task.description), "casefileId": .string(waiting.casefile.description),
        "partner": .string(waiting.partner.description), "partnerName": .string(waiting.partnerName),
        "purpose": .string(waiting.purpose.rawValue), "daysOpen": .integer(page.days(since: waiting.createdAt)),
        "dueKind": .string(waiting.due.kind.rawValue), "dueAt": .string(waiting.due.at.rfc3339),
        "waitingSince": .string(waiting.fellDueAt.rfc3339), "contacts": .integer(Int64(waiting.contacts)),
    ]
    if let rung = waiting.rung { json["rung"] = .string(rung.rawValue) }
    if let telephone = waiting.telephone { json["telephone"] = .string(telephone) }
    if let role = waiting.mandatedRole { json["mandatedRole"] = .string(role) }
    return .object(json)
}

extension ReferralDesk {
    /// The call list alone, for the command line: `{items, more?, unreadable?}`.
    public func showCallList() async throws(DeskRefusal) -> DeskAnswer {
        let (now, wall, calendar, oin) = (world.calendar(), world.wall(), calendar, municipality.oin)
        return try await read { transaction in
            let page = DeskPage(transaction, now: now, wall: wall, calendar: calendar, municipality: oin)
            var body: JSONObject = ["items": try DeskSection.callList.read(transaction, page)]
            if page.isCut { body["more"] = true }
            if transaction.damaged > 0 { body["unreadable"] = .integer(Int64(transaction.damaged)) }
            return DeskAnswer(status: 200, body: .object(body))
        }
    }
}
