import Casework
import Disclosure
import Exchange
import StrictJSON

/// By what somebody of a case may be compelled: recording it, and reviewing or ending it. Dutch: dwangmiddel.
let leverPages: [PageRoute] = [
    // The person stands in the form, never in an address.
    .post("/cases/:casefile/levers/ask") { .page(try await newLeverPage($0)) },
    .post("/cases/:casefile/levers") { request in
        let form = request.form
        let needed = ["kind", "article", "signers", "from", "until", "reviewBy", "voluntaryOn", "because"]
        let missing = needed.filter { form[$0].isEmpty }.map { FormFault($0, "lever-missing-\($0)") }
        guard missing.isEmpty else { return .page(try await newLeverPage(request, missing)) }
        var body: JSONObject = ["personId": .string(form["person"]), "signers": .array(form.all("signers").map(JSONValue.string))]
        for name in ["kind", "article", "from", "until", "reviewBy", "voluntaryOn", "because"] { body[name] = .string(form[name]) }
        for name in ["ultimatumOn", "ultimatumUntil"] where !form[name].isEmpty { body[name] = .string(form[name]) }
        let sent = JSONValue.object(body)
        return try await orSay(at: leverFields, on: { try await newLeverPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=lever") { () async throws(DeskRefusal) in
                try await request.desk.recordLever(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/levers", sent))
            }
        }
    },
    .get("/cases/:casefile/levers/:lever") { .page(try await leverPage($0)) },
    .post("/cases/:casefile/levers/:lever") { request in
        let (form, isReview) = (request.form, request.form["act"] == "reviewed")
        var missing: [FormFault] = []
        if !["reviewed", "ended"].contains(form["act"]) { missing.append(FormFault("act", "lever-missing-act")) }
        if isReview, form["reviewBy"].isEmpty { missing.append(FormFault("reviewBy", "lever-missing-reviewBy")) }
        if form["because"].isEmpty { missing.append(FormFault("because", "lever-missing-because")) }
        guard missing.isEmpty else { return .page(try await leverPage(request, missing)) }
        return try await orSay(at: leverFields, on: { try await leverPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=lever-\(form["act"])") { () async throws(DeskRefusal) in
                let why = JSONValue.string(form["because"])
                guard isReview else {
                    let body: JSONValue = ["because": why]
                    return try await request.desk.endLever(
                        request["lever"], body, by: request.caller(),
                        idempotency: request.idempotency("POST /v1/levers/{leverId}/end", body))
                }
                let body: JSONValue = ["reviewBy": .string(form["reviewBy"]), "because": why]
                return try await request.desk.reviewLever(
                    request["lever"], body, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/levers/{leverId}/review", body))
            }
        }
    },
]

/// The form's field by the member in which a fault lies: each has its own.
private let leverFields = Dictionary(
    uniqueKeysWithValues: [
        "kind", "article", "signers", "from", "until", "reviewBy", "voluntaryOn", "ultimatumOn", "ultimatumUntil", "because",
    ].map { ($0, $0) })

/// What is asked of whoever records by what a person may be compelled: first the steps before it.
private func newLeverPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (person, path, form) = (request.form["person"], "/cases/\(request["casefile"])", request.form)
    guard let name = try await CaseView(request).names[person] else { throw PageFault.notFound }
    let choices = try await sharingChoices(request)
    let articles = Set(choices.flatMap { $0.texts("grounds") }.compactMap { LawfulGround($0) }.filter(\.isCompulsory).compactMap(\.article))
    // Without an article there is nothing to fill in: the form could never be sent.
    guard !articles.isEmpty else {
        return OneForm(
            title: "lever-title", action: "\(path)/levers", back: (path, "desk-to-case"), obstacle: "lever-none", button: "lever-save"
        ).page(request, [])
    }
    // The municipality itself, and every partner of a covenant.
    var parties = request.member.map { [($0.organisation.description, request.word("the-municipality"))] } ?? []
    for choice in choices where !parties.contains(where: { $0.0 == choice.text("oin") }) {
        parties.append((choice.text("oin"), choice.text("name")))
    }
    func day(_ name: String, hint: String = "") -> Field {
        Field(name: name, label: "lever-\(name)", hint: hint, value: form[name], type: "date", fault: faults.word(of: name))
    }
    return OneForm(
        title: "lever-title", action: "\(path)/levers", back: (path, "desk-to-case"), lead: "lever-lead",
        notes: [(request.word("lever-about"), name)], hidden: [("person", person)],
        questions: [
            Choices(
                name: "kind", legend: request.word("lever-kind"),
                options: LeverKind.allCases.map { .init(value: $0.rawValue, text: request.name("lever-kind", $0.rawValue)) },
                chosen: [form["kind"]], fault: faults.word(of: "kind")),
            Choices(
                name: "article", legend: request.word("lever-article"),
                options: articles.sorted().map { .init(value: $0.text, text: request.article($0.text)) }, chosen: [form["article"]],
                fault: faults.word(of: "article")),
            Choices(
                name: "signers", legend: request.word("lever-signers"), options: parties.map { .init(value: $0.0, text: $0.1) },
                chosen: form.all("signers"), isMany: true, fault: faults.word(of: "signers")),
        ],
        fields: [
            day("voluntaryOn", hint: "lever-voluntaryOn-hint"), day("ultimatumOn", hint: "lever-ultimatumOn-hint"),
            day("ultimatumUntil", hint: "lever-ultimatumUntil-hint"), day("from"), day("until"),
            day("reviewBy", hint: "lever-reviewBy-hint"), becauseField(request, faults),
        ], button: "lever-save"
    ).page(request, faults)
}

/// Looking whether it must still be, or ending it.
private func leverPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (view, path, form) = (try await CaseView(request), "/cases/\(request["casefile"])", request.form)
    let all = view.json.list("persons").flatMap { $0.list("levers") }
    guard let lever = all.first(where: { $0.text("leverId") == request["lever"] }) else { throw PageFault.notFound }
    let words = lever.list("words").map { word -> (name: String, text: String) in
        let who = [request.name("lever-act", word.text("act")), word.text("by"), PageTime.day(word.text("at"), request.language)]
        return (name: who.joined(separator: ", "), text: word["because"]?.stringValue ?? request.word("lever-erased"))
    }
    // Who asks after it knows no other id of it.
    let known = lever.list("references").map {
        (name: "\(request.word("lever-known")) \($0.text("partnerName"))", text: $0.text("reference"))
    }
    return OneForm(
        title: "lever-change", action: "\(path)/levers/\(request["lever"])", back: (path, "desk-to-case"),
        notes: [(view.names[lever.text("personId")] ?? "", request.name("lever-kind", lever.text("kind")))] + words + known,
        questions: [
            Choices(
                name: "act", legend: request.word("lever-act"),
                options: ["reviewed", "ended"].map { .init(value: $0, text: request.name("lever-do", $0)) }, chosen: [form["act"]],
                isTwo: true, fault: faults.word(of: "act"))
        ],
        fields: [
            Field(
                name: "reviewBy", label: "lever-reviewBy", hint: "lever-reviewBy-again", value: form["reviewBy"], type: "date",
                fault: faults.word(of: "reviewBy")), becauseField(request, faults),
        ], button: "lever-save"
    ).page(request, faults)
}

private func becauseField(_ request: PageRequest, _ faults: [FormFault]) -> Field {
    Field(
        name: "because", label: "lever-because", hint: "lever-because-hint", value: request.form["because"], maxLength: 500, isLong: true,
        fault: faults.word(of: "because"))
}

/// A lever as the page of its case shows it.
func leverData(_ lever: JSONValue, _ request: PageRequest) -> PageData {
    let state = lever.text("state")
    return [
        "lever": lever.text("leverId"), "kind": request.name("lever-kind", lever.text("kind")),
        "article": request.article(lever.text("article")),
        "state": request.name("lever-state", state), "isHolding": state == "holding",
        "isOpen": ["upcoming", "holding", "unreviewed"].contains(state), "from": PageTime.day(lever.text("from"), request.language),
        "until": PageTime.lastDay(before: lever.text("until"), request.language),
        "reviewBy": PageTime.lastDay(before: lever.text("reviewBy"), request.language),
    ]
}
