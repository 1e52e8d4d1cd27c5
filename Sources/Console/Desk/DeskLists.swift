import Exchange
import StrictJSON

/// The lists of the desk's day as its page shows them.
struct DeskLists {
    private let day: JSONValue
    private let request: PageRequest

    init(_ day: JSONValue, _ request: PageRequest) {
        self.day = day
        self.request = request
    }

    private var language: Language { request.language }
    private func path(_ row: JSONValue) -> String { "/cases/\(row.text("casefileId"))" }
    /// What a case is about: no list names anybody.
    private func domains(_ row: JSONValue) -> String { request.names("domain", row.texts("domains")) }

    var newSignals: [PageData] {
        day.list("newSignals").map { row in
            [
                "path": "/desk/signals/\(row.text("signalId"))", "domains": domains(row),
                "filed": PageTime.moment(row.text("filedAt"), language), "channel": request.name("channel", row.text("channel")),
                "isNameless": row.text("outcome") == "acceptedWithoutIdentity",
            ]
        }
    }

    var joins: [PageData] {
        day.list("proposedJoins").map { row in
            [
                "path": "/desk/joins/\(row.text("signalId"))/\(row.text("casefileId"))",
                "text": request.word("desk-join-\(row.text("because"))"), "filed": filed(row.text("signalId")),
            ]
        }
    }

    /// When a signal on this page was filed.
    private func filed(_ signal: String) -> String {
        day.list("newSignals").first { $0.text("signalId") == signal }.map { PageTime.moment($0.text("filedAt"), language) } ?? ""
    }

    var calls: [PageData] {
        (day.list("callList") + day.list("stalled")).map { row in
            [
                "task": row.text("taskId"), "casefile": row.text("casefileId"), "path": path(row), "partner": row.text("partnerName"),
                "purpose": request.name("purpose", row.text("purpose")), "role": row.text("mandatedRole"),
                "hasRole": !row.text("mandatedRole").isEmpty, "telephone": row.text("telephone"),
                "hasTelephone": !row.text("telephone").isEmpty, "dial": row.text("telephone").filter { $0.isASCII && !$0.isWhitespace },
                "daysOpen": days(row.number("daysOpen")), "since": PageTime.weekday(row.text("waitingSince"), language),
                "clock": request.name("clock", row.text("dueKind")), "contacts": row.number("contacts"),
                "isCalled": row.number("contacts") > 0, "once": request.once,
            ]
        }
    }

    private func days(_ count: Int) -> String { "\(count) \(request.word(count == 1 ? "one-day" : "days"))" }

    var faults: [PageData] {
        day.list("deliveryFaults").map { row in
            [
                "fault": row.text("faultId"), "partner": row.text("partnerName"), "kind": request.name("message", row.text("kind")),
                "at": PageTime.moment(row.text("at"), language), "why": why(row.text("code")), "once": request.once,
                "isReceived": ["reader-role-not-named", "other-covenant-version"].contains(row.text("code")),
                "onceAgain": request.once,
            ]
        }
    }

    private func why(_ code: String) -> String {
        let key = "undelivered-\(code)"
        return Words.has(key) ? request.word(key) : request.word("undelivered-refused") + " (\(code))"
    }

    var meetingsToPlan: [PageData] {
        day.list("meetingsToPlan").map { row in
            [
                "path": "/meetings/\(row.text("meetingId"))", "kind": request.name("meeting-kind", row.text("kind")),
                "trigger": request.name("trigger", row.text("trigger")), "due": PageTime.weekday(row.text("dueAt"), language),
                "isOverdue": row.flag("overdue"), "parties": row.texts("parties").count,
                "isMissed": row["at"] != nil, "at": PageTime.moment(row.text("at"), language),
            ]
        }
    }

    var meetings: [PageData] {
        day.list("meetings").map { row in
            [
                "path": "/meetings/\(row.text("meetingId"))", "kind": request.name("meeting-kind", row.text("kind")),
                "at": PageTime.moment(row.text("at"), language), "invited": row.list("invited").count,
                "accepted": row.list("invited").filter { $0.text("answer") == "accepted" }.count,
            ]
        }
    }

    var offers: [PageData] {
        (day["visits"] ?? .null).list("offers").map { offer -> PageData in
            let casefile = offer.text("casefileId")
            let first = offer.list("visits").first?.text("on") ?? ""
            let typed = request.form["casefile"] == casefile ? request.form["on"] : ""
            return [
                "casefile": casefile, "path": path(offer), "on": typed.isEmpty ? first : typed,
                "once": request.once,
                "visits": offer.list("visits").map { visit in
                    [
                        "visit": visit.text("visitId"), "day": PageTime.weekday(visit.text("on"), language),
                        "by": request.name("visit-by", visit.text("by")),
                    ] as PageData
                } as [PageData],
            ]
        }
    }

    var visits: [PageData] {
        (day["visits"] ?? .null).list("planned").map { visit in
            [
                "path": path(visit), "day": PageTime.weekday(visit.text("on"), language),
                "by": request.name("visit-by", visit.text("by")), "domains": domains(visit),
            ]
        }
    }

    var certificates: [PageData] {
        day.list("certificates").map { row in
            [
                "holder": row.text("holder"), "use": request.name("certificate", row.text("use")),
                "ends": PageTime.day(row.text("endsOn"), language), "daysLeft": days(row.number("daysLeft")),
                "isRefused": row["refused"] != nil,
            ]
        }
    }

    private var recallAnswers: [JSONValue] { (day["recalls"] ?? .null).list("answered") }

    /// What partners did with their tasks, and what they answered to a recall.
    var news: [PageData] {
        func told(_ list: String, _ code: String, _ row: JSONValue) -> (at: String, shown: PageData) {
            let partner = row.text("partnerName")
            let why = row["because"]?.stringValue.map { ", \(request.name("fact", $0))" } ?? ""
            let what = request.name(list, row.text(code)) + why
            let shown: PageData = [
                "text": partner.isEmpty ? what : "\(partner): \(what)", "at": PageTime.moment(row.text("at"), language), "path": path(row),
                "hasPath": row["casefileId"] != nil,
            ]
            return (row.text("at"), shown)
        }
        let lines = day.list("tasks").map { told("news", "news", $0) } + recallAnswers.map { told("recall", "answer", $0) }
        return lines.sorted { $0.at > $1.at }.map(\.shown)
    }

    /// Up to which news all was seen; the numbers grow with time.
    var lastNews: String { (day.list("tasks") + recallAnswers).map { $0.text("newsId") }.max() ?? "" }

    /// Partners that were asked to stop and have not answered.
    var recalls: [PageData] {
        (day["recalls"] ?? .null).list("open").map { row in
            [
                "partner": row.text("partnerName"), "asked": PageTime.day(row.text("askedAt"), language),
                "due": PageTime.weekday(row.text("dueAt"), language), "isOverdue": row.flag("overdue"),
                "isReceipted": row.flag("receipted"),
                "path": path(row), "hasPath": row["casefileId"] != nil,
            ]
        }
    }

    /// Partners whose system takes nothing now.
    var lanes: [PageData] {
        day.list("restingLanes").map { row in
            [
                "partner": row.text("partnerName"), "code": row.text("code"), "since": PageTime.moment(row.text("since"), language),
                "next": PageTime.moment(row.text("nextTryAt"), language),
            ]
        }
    }

    /// Residents who are to be told of something.
    var tellings: [PageData] {
        day.list("tellings").map { row in
            let kind = TellingKind(of: row)
            return [
                "path": kind.path(of: row, in: path(row)), "what": request.word("telling-of-\(kind.rawValue)"),
                "due": PageTime.weekday(row.text("dueAt"), language), "isOverdue": row.flag("overdue"),
                "isPostponed": row.flag("postponed"), "domains": domains(row),
            ]
        }
    }

    /// Levers of which somebody is to look whether they must still be.
    var leverReviews: [PageData] {
        day.list("leverReviews").map { row in
            [
                "path": "\(path(row))/levers/\(row.text("leverId"))", "due": PageTime.weekday(row.text("dueAt"), language),
                "isOverdue": row.flag("overdue"), "domains": domains(row),
            ]
        }
    }

    var actions: [PageData] {
        day.list("planActions").map { row in
            [
                "action": row.text("actionId"), "text": request.name("action", row.text("action")), "account": row.text("account"),
                "due": PageTime.weekday(row.text("dueOn"), language), "isOverdue": row.flag("overdue"), "path": path(row),
            ]
        }
    }

    var withoutCoordinator: [PageData] {
        day.list("withoutCoordinator").map { row in
            ["path": path(row), "opened": PageTime.day(row.text("openedAt"), language), "domains": domains(row)]
        }
    }

    /// Open cases for which nothing is under way.
    var idleCases: [PageData] {
        day.list("idleCases").map { row in
            [
                "path": path(row), "opened": PageTime.day(row.text("openedAt"), language), "domains": domains(row),
                "triage": row["triage"] == nil ? request.word("triage-none") : request.name("triage", row.text("triage")),
            ]
        }
    }

    /// Cases with a deadline of one kind.
    func due(_ section: String) -> [PageData] {
        day.list(section).map { row in
            [
                "path": path(row), "due": PageTime.weekday(row.text("dueAt"), language), "isOverdue": row.flag("overdue"),
                "domains": domains(row),
            ]
        }
    }
}
