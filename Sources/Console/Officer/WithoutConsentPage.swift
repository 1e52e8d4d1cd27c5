import Casework
import Exchange
import StrictJSON

/// What is shared without consent: how much in each month of this year and the last, and what was written down, newest first.
func withoutConsentPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let caller = try request.caller()
    let list = try await request.desk.listWithoutConsent(from: nil, to: nil, by: caller).body
    let answer = try await request.desk.listJustifications(after: request.query["after"].nonEmpty, limit: 20, by: caller).body
    let months = list.list("months").map { month -> PageData in
        [
            "month": PageTime.month(month.text("month"), request.language), "messages": month.text("messages"),
            "spoken": month.text("spoken"), "overrides": month.text("overrides"),
        ]
    }
    let items = answer.list("items")
    var data: PageData = [
        "isOfCase": false, "lead": request.word("without-consent-lead"), "months": months, "hasMonths": !months.isEmpty,
        "isEmpty": items.isEmpty, "items": items.map { JustificationCard($0, names: [:], request).shown(at: "/officer/without-consent") },
    ]
    if let next = answer["next"]?.stringValue { data["older"] = "/officer/without-consent?after=\(next)" }
    return Page("justifications", title: "without-consent", data, faults: faults, said: request.said("justifications"))
}
