import Exchange
import StrictJSON

/// Who opened a case that was not given to them, and why, newest first.
func showBrokenGlass(_ request: PageRequest) async throws -> PageAnswer {
    let answer = try await request.desk.listBrokenGlass(after: request.query["after"].nonEmpty, limit: 20, by: request.caller()).body
    let rows = answer.list("items").map { item -> PageData in
        [
            "at": PageTime.moment(item.text("at"), request.language), "until": PageTime.moment(item.text("until"), request.language),
            "account": item.text("account"), "role": request.name("role", item.text("role")),
            "reason": request.name("break-glass", item.text("reason")), "because": item.text("because"),
            "isErased": item["because"] == nil, "casefile": item.text("casefileId"),
        ]
    }
    var data: PageData = ["isWide": true, "rows": rows, "isEmpty": rows.isEmpty]
    if let next = answer["next"]?.stringValue { data["older"] = "/officer/break-glass?after=\(next)" }
    return .page(Page("officer-broken-glass", title: "officer-broken-glass", data))
}
