import Casework
import Disclosure
import Storage
import StrictJSON

extension Transaction {
    /// What happened to a case besides its content and tasks, as its page shows it: ids, names of accounts, codes and instants.
    ///
    /// `{coordinator?, planId?, visitedAt?, aftercareOn?, signals: [{signalId, channel, status, filedAt, isJoined}],
    /// meetings: [{meetingId, kind, state, openedAt, at?}], visits: [{visitId, on, by, partner?}],
    /// tellings: [{signalId | meetingId, dueAt, overdue, postponed?}],
    /// shared: [{messageId, partner, partnerName, kind, state, queuedAt, taskId?, about: [{personId?, fields}]}]}`
    ///
    /// `aftercareOn` is when somebody looks again, until somebody has. `shared` is what partners have, may have or are about to get, about the
    /// persons whom the case shows; field names, never values.
    func caseHistory(of row: CasefileRow, persons: [PersonRow], today: CalendarDate) throws -> JSONObject {
        var body = JSONObject()
        if let coordinator = row.coordinator, let name = try accounts().first(where: { $0.id == coordinator })?.name {
            body["coordinator"] = .string(name)
        }
        if let plan = try openPlan(of: row.id) { body["planId"] = .string(plan.description) }
        if let visited = row.visitedAt { body["visitedAt"] = .string(visited.rfc3339) }
        if let again = try deadline(.aftercare, of: .casefile(row.id)) {
            body["aftercareOn"] = .string(WorkingCalendar().localDate(of: again.dueAt).description)
        }
        body["signals"] = .array(
            try signals(of: row.id).map { signal in
                [
                    "signalId": .string(signal.id.description), "channel": .string(signal.channel.rawValue),
                    "status": .string(signal.status.rawValue), "filedAt": .string(signal.filedAt.rfc3339),
                    "isJoined": .bool(try joining(of: signal.id) != nil),
                ]
            })
        body["meetings"] = .array(
            try meetings(of: row.id).map { meeting in
                var json: JSONObject = [
                    "meetingId": .string(meeting.id.description), "kind": .string(meeting.kind.rawValue),
                    "state": .string(meeting.state.rawValue), "openedAt": .string(meeting.openedAt.rfc3339),
                ]
                if let at = meeting.at { json["at"] = .string(at.rfc3339) }
                return .object(json)
            })
        body["visits"] = .array(
            try plannedVisits(of: row.id, from: today).map { visit in
                var json: JSONObject = ["visitId": .string(visit.id.description), "on": .string(visit.on.description)]
                switch visit.visitor {
                case .staff: json["by"] = "municipality"
                case .partner(let partner, _):
                    json["by"] = "partner"
                    json["partner"] = .string(partner.description)
                }
                return .object(json)
            })
        body["tellings"] = .array(try deadlines(.telling, of: row.id).map { .object(dueJSON($0)) })
        body["shared"] = .array(try sharedMessages(about: persons.map(\.id)).map(sharedJSON))
        return body
    }

    private func sharedMessages(about persons: [PersonID]) throws -> [MessageRow] {
        var found: [MessageID: MessageRow] = [:]
        for person in persons {
            for message in try messages(about: person) where message.kind != .notice { found[message.id] = message }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    private func sharedJSON(_ message: MessageRow) throws -> JSONValue {
        var json: JSONObject = [
            "messageId": .string(message.id.description), "partner": .string(message.partner.description),
            "partnerName": .string(try partnerName(message.partner) ?? ""), "kind": .string(message.kind.rawValue),
            "state": .string(message.deadAt == nil ? message.state.rawValue : "dead"), "queuedAt": .string(message.queuedAt.rfc3339),
            "about": .array(
                message.scopes.map { scope in
                    var about: JSONObject = ["fields": .array(scope.fields.paths.map(JSONValue.string))]
                    if let subject = scope.subject { about["personId"] = .string(subject.description) }
                    return .object(about)
                }),
        ]
        if let task = message.task { json["taskId"] = .string(task.description) }
        return .object(json)
    }
}
