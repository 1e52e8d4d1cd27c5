import Casework
import Exchange
import StrictJSON

/// The desk's day, and what is done from it.
let deskPages: [PageRoute] =
    [
        .get("/desk") { .page(try await deskPage($0)) },
        .post("/desk/contact") { request in
            let form = request.form
            let (task, outcome) = (form["task"], form["outcome"])
            guard !outcome.isEmpty else { return try await wrong("outcome-\(task)", "desk-outcome-missing", request) }
            let body: JSONValue = ["taskId": .string(task), "outcome": .string(outcome)]
            return try await orSay(at: ["outcome": "outcome-\(task)"], on: { try await deskPage(request, $0) }) {
                try await done("/desk?said=contact") { () async throws(DeskRefusal) in
                    try await request.desk.recordContact(
                        form["casefile"], body, by: request.caller(),
                        idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/contacts", body))
                }
            }
        },
        .post("/desk/fault") { request in
            let form = request.form
            let (fault, reason) = (form["fault"], form["reason"])
            let isAgain = form["do"] == "again"
            guard isAgain || !reason.isEmpty else { return try await wrong("reason-\(fault)", "desk-reason-missing", request) }
            let body: JSONValue = isAgain ? [:] : ["reason": .string(reason)]
            return try await orSay(at: ["reason": "reason-\(fault)"], on: { try await deskPage(request, $0) }) {
                try await done("/desk?said=fault") { () async throws(DeskRefusal) in
                    let route = "POST /v1/delivery-faults/{faultId}/\(isAgain ? "replay" : "end")"
                    let key = request.idempotency(route, body)
                    if isAgain { return try await request.desk.replayFault(fault, body, by: request.caller(), idempotency: key) }
                    return try await request.desk.endFault(fault, body, by: request.caller(), idempotency: key)
                }
            }
        },
        .post("/desk/visits") { request in
            let form = request.form
            let casefile = form["casefile"]
            let body: JSONValue = ["on": .string(form["on"]), "join": .array(form.all("visit").map(JSONValue.string))]
            return try await orSay(at: ["on": "on-\(casefile)", "join": "on-\(casefile)"], on: { try await deskPage(request, $0) }) {
                try await done("/desk?said=visits") { () async throws(DeskRefusal) in
                    try await request.desk.recordHomeVisit(
                        casefile, body, by: request.caller(),
                        idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/home-visits", body))
                }
            }
        },
        .post("/desk/news") { request in
            _ = try await request.desk.seeNews(["upTo": .string(request.form["upTo"])], by: request.caller())
            return .redirect("/desk?said=news")
        },
        .post("/desk/action") { request in
            _ = try await request.desk.finishAction(request.form["action"], [:], by: request.caller())
            return .redirect("/desk?said=action")
        },
    ] + deskSignalPages

/// The desk's page again, with what was missing in a form of it.
private func wrong(_ field: String, _ word: String, _ request: PageRequest) async throws -> PageAnswer {
    .page(try await deskPage(request, [FormFault(field, word)]))
}

/// The desk's day: what waits for somebody, most pressing first, and the deadlines of the coming days.
private func deskPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let day = try await request.desk.showDesk(by: request.caller()).body
    let lists = DeskLists(day, request)
    let sections: [(String, [PageData])] = [
        ("newSignals", lists.newSignals), ("joins", lists.joins), ("calls", lists.calls), ("faults", lists.faults),
        ("meetingsToPlan", lists.meetingsToPlan), ("idleCases", lists.idleCases), ("tellings", lists.tellings),
        ("leverReviews", lists.leverReviews),
        ("recalls", lists.recalls), ("lanes", lists.lanes), ("offers", lists.offers), ("certificates", lists.certificates),
    ]
    let first = sections.first { !$1.isEmpty }
    var data: PageData = [
        "isWide": true,
        "summary": sections.map { name, rows in
            ["name": request.word("desk-\(name)"), "anchor": name, "count": rows.count, "isSome": !rows.isEmpty] as PageData
        },
        "news": lists.news, "hasNews": !lists.news.isEmpty, "lastNews": lists.lastNews,
        "actions": lists.actions, "visits": lists.visits, "homeVisitsDue": lists.due("homeVisitsDue"),
        "aftercare": lists.due("aftercare"), "withoutCoordinator": lists.withoutCoordinator, "meetings": lists.meetings,
        "hasIdleCases": !lists.idleCases.isEmpty, "isCut": day.flag("more"), "isHeld": day["deliveriesHeld"] != nil,
        "isDamaged": day["unreadable"] != nil, "unreadable": day.text("unreadable"),
    ]
    for (name, rows) in sections { data[name] = rows }
    data["contactOutcomes"] = request.options("contact", ContactOutcome.allCases.map(\.rawValue))
    data["endReasons"] = request.options("give-up", GivenUpBecause.allCases.map(\.rawValue))
    data["days"] = daysAhead(day, request)
    data["today"] = day.text("today")
    // One thing to do: where to begin.
    if let first { data["first"] = ["anchor": first.0, "count": first.1.count, "name": request.word("desk-\(first.0)")] as PageData }
    return Page("desk", title: "desk-title", data, faults: faults, said: request.said("desk"))
}
