import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Households to be visited before anybody is brought in.
    static let homeVisitsDue = due("homeVisitsDue", .homeVisit)
    /// Closed cases to be looked at again. Dutch: nazorg.
    static let aftercare = due("aftercare", .aftercare)
    /// Residents who are to be told of a signal, a meeting or what is shared without consent (GDPR 14).
    static let tellings = due("tellings", .telling)

    /// Levers of which somebody is to look within a fortnight whether they must still be; one that is overdue holds no more until then (R24).
    static let leverReviews = DeskSection(name: "leverReviews") { transaction, page in
        let last = page.calendar.startOfDay(page.calendar.localDate(of: page.now).adding(days: 15))
        return try dueList(transaction.deadlines(.review, by: last, limit: page.limit), transaction, page)
    }

    /// Soonest first; `overdue` from the office hour on at which the deadline passed.
    private static func due(_ name: String, _ kind: DeskDeadline) -> DeskSection {
        DeskSection(name: name) { transaction, page in
            try dueList(transaction.deadlines(kind, limit: page.limit), transaction, page)
        }
    }
}

/// The rows with the life domains of their cases.
private func dueList(_ rows: [DeadlineRow], _ transaction: Transaction, _ page: DeskPage) throws -> JSONValue {
    let listed = try transaction.readable(rows) { row in
        var json = dueJSON(row)
        if let casefile = household(of: row) { json["domains"] = try transaction.domainsJSON(of: casefile) }
        return JSONValue.object(json)
    }
    return page.list(listed) { $0 }
}

/// The case that a row of a list leads to.
private func household(of row: DeadlineRow) -> CasefileID? {
    if case .casefile(let id) = row.subject { return id }
    return row.casefile
}

/// `{casefileId?, signalId?|meetingId?|planActionId?|justificationId?|leverId?, dueAt, overdue, postponed?}`.
func dueJSON(_ row: DeadlineRow) -> JSONObject {
    var json: JSONObject = ["dueAt": .string(row.dueAt.rfc3339), "overdue": .bool(row.fellDueAt != nil)]
    if let casefile = row.casefile { json["casefileId"] = .string(casefile.description) }
    switch row.subject {
    case .casefile(let id): json["casefileId"] = .string(id.description)
    case .signal(let id): json["signalId"] = .string(id.description)
    case .meeting(let id): json["meetingId"] = .string(id.description)
    case .planAction(let id): json["actionId"] = .string(id.description)
    case .message(let id): json["messageId"] = .string(id.description)
    case .justification(let id): json["justificationId"] = .string(id.description)
    case .lever(let id): json["leverId"] = .string(id.description)
    }
    if row.isPostponed { json["postponed"] = true }
    return json
}
