import Casework
import Exchange
import StrictJSON

/// Every objection, newest first, and for the privacy officer a form to weigh those that nobody has.
func objectionsPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    // A form that comes back stands on the page from which it was sent.
    let after = request.query["after"].nonEmpty ?? request.form["after"]
    let answer = try await request.desk.listObjections(after: after.nonEmpty, limit: 20, by: request.caller()).body
    let mayWeigh = request.member?.role == .privacyOfficer
    let rows = answer.list("items").map { item -> PageData in
        let id = item.text("objectionId")
        return objectionData(item, request).merging([
            "id": id, "casefile": item.text("casefileId"), "mayWeigh": mayWeigh && item["outcome"] == nil, "once": request.once,
            "outcomes": Choices(
                name: "outcome-\(id)", legend: request.word("objection-outcome"),
                options: objectionOutcomes.map { .init(value: $0, text: request.name("objection-weigh", $0)) },
                chosen: [request.form["outcome-\(id)"]], fault: faults.word(of: "outcome-\(id)")
            ).shown(request.language),
            "why": Field(
                name: "because-\(id)", label: "objection-because", hint: "objection-because-hint", value: request.form["because-\(id)"],
                maxLength: 500, isLong: true, fault: faults.word(of: "because-\(id)")
            ).shown(request.language),
        ]) { $1 }
    }
    var data: PageData = ["rows": rows, "isEmpty": rows.isEmpty, "after": after]
    if let next = answer["next"]?.stringValue { data["older"] = "/officer/objections?after=\(next)" }
    return Page("officer-objections", title: "officer-objections", data, faults: faults, said: request.said("objections"))
}

/// Takes what became of an objection.
func weighObjection(_ request: PageRequest) async throws -> PageAnswer {
    let id = request["id"]
    let (outcome, because) = (request.form["outcome-\(id)"], request.form["because-\(id)"])
    var faults: [FormFault] = []
    if !objectionOutcomes.contains(outcome) { faults.append(FormFault("outcome-\(id)", "objection-outcome-missing")) }
    if outcome != "withdrawn", because.isEmpty { faults.append(FormFault("because-\(id)", "objection-because-missing")) }
    guard faults.isEmpty else { return .page(try await objectionsPage(request, faults)) }
    var body: JSONObject = ["outcome": .string(outcome)]
    if outcome != "withdrawn" { body["because"] = .string(because) }
    let sent = JSONValue.object(body)
    return try await orSay(
        at: ["outcome": "outcome-\(id)", "because": "because-\(id)"], on: { try await objectionsPage(request, $0) }
    ) {
        try await done("/officer/objections?said=\(outcome)") { () async throws(DeskRefusal) in
            try await request.desk.weighObjection(
                id, sent, by: request.caller(), idempotency: request.idempotency("POST /v1/objections/{objectionId}/weighing", sent))
        }
    }
}

/// What can become of one: the answers that the use case takes.
private let objectionOutcomes = ["upheld", "overruled", "withdrawn"]

/// An objection as the officers' list and a case show it.
func objectionData(_ item: JSONValue, _ request: PageRequest) -> PageData {
    let purposes = item.texts("purposes")
    let state = item["outcome"] == nil ? "open" : item.text("outcome")
    return [
        "state": request.name("objection-state", state), "isOpen": state == "open",
        "about": purposes.isEmpty ? request.word("objection-all") : request.names("purpose", purposes),
        "made": PageTime.day(item.text("madeAt"), request.language), "by": item.text("weighedBy"), "isWeighed": state != "open",
        "weighed": PageTime.day(item.text("weighedAt"), request.language), "because": item.text("because"),
        "hasBecause": item["because"] != nil,
    ]
}
