import Casework
import Exchange
import StrictJSON

/// Answers about sharing on a case: asked anew, or withdrawn.
let consentOnCasePages: [PageRoute] = [
    // The person stands in the form, never in an address.
    .post("/cases/:casefile/consents/ask") { .page(try await askingPage($0)) },
    .post("/cases/:casefile/consents") { request in
        let form = request.form
        var missing: [FormFault] = []
        if form["answer"].isEmpty { missing.append(("answer", "consent-answer-missing")) }
        if form["recordedHow"].isEmpty { missing.append(("recordedHow", "consent-how-missing")) }
        if form["answer"] == "given", form.all("article").isEmpty { missing.append(("article", "share-article-missing")) }
        guard missing.isEmpty else {
            var page = try await askingPage(request, missing)
            page.status = .badRequest
            return .page(page)
        }
        let choices = try await request.desk.showSharingChoices(of: request["casefile"], by: request.caller()).body.list("items")
        var body: JSONObject = [
            "personId": .string(form["person"]), "answer": .string(form["answer"]), "recordedHow": .string(form["recordedHow"]),
        ]
        if form["answer"] == "given" {
            let chosen = choices.enumerated().filter { form.all("article").contains("\($0.offset)") }.map(\.element)
            body["recipients"] = .array(Set(chosen.map { $0.text("oin") }).sorted().map(JSONValue.string))
            body["purposes"] = .array(Set(chosen.map { $0.text("purpose") }).sorted().map(JSONValue.string))
            body["fields"] = .array(Set(chosen.flatMap { $0.texts("fields") }).sorted().map(JSONValue.string))
        }
        let sent = JSONValue.object(body)
        return try await orSay(at: ["recordedHow": "recordedHow", "answer": "answer"], on: { try await askingPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=consent") { () async throws(DeskRefusal) in
                try await request.desk.recordConsent(
                    sent, by: request.caller(), idempotency: request.idempotency("POST /v1/consents", sent))
            }
        }
    },
    .post("/cases/:casefile/withdrawals/:consent") { request in
        let how = request.form["how"]
        guard !how.isEmpty else {
            var page = try await casePage(request, [("how-\(request["consent"])", "withdrawn-how-missing")])
            page.status = .badRequest
            return .page(page)
        }
        let body: JSONValue = ["how": .string(how)]
        let answer = try await request.desk.withdrawConsent(
            request["consent"], body, by: request.caller(),
            idempotency: request.idempotency("POST /v1/consents/{consentId}/withdrawal", body)
        ).body
        let view = CaseView(try await request.desk.showCasefile(request["casefile"], by: request.caller()).body, request)
        let known = Dictionary(
            view.json.list("shared").map { ($0.text("messageId"), $0.text("partnerName")) }, uniquingKeysWith: { first, _ in first })
        let groups = ["ended", "left", "mayHaveLeft", "staysOnOtherGround"].map { list -> PageData in
            let messages = answer.texts(list)
            return [
                "name": request.word("withdrawn-\(list)"), "more": request.word("withdrawn-\(list)-more"), "isSome": !messages.isEmpty,
                "messages": messages.map { ["partner": known[$0] ?? request.word("withdrawn-a-message")] as PageData } as [PageData],
            ]
        }
        return .page(
            Page("case-withdrawn", title: "withdrawn-title", ["groups": groups, "path": "/cases/\(request["casefile"])"]))
    },
]

/// A person's answer about sharing.
private func askingPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let caller = try request.caller()
    let form = request.form
    let view = CaseView(try await request.desk.showCasefile(request["casefile"], by: caller).body, request)
    guard let name = view.names[form["person"]] else { throw PageFault.notFound }
    let choices = try await request.desk.showSharingChoices(of: request["casefile"], by: caller).body.list("items")
    func fault(_ field: String) -> String? { faults.first { $0.field == field }?.word }
    var data: PageData = [
        "name": name, "person": form["person"], "path": "/cases/\(request["casefile"])", "once": request.once,
    ]
    data["questions"] = [
        Choices(
            name: "answer", legend: request.word("consent-question-to") + " " + name + "?",
            options: ["given", "refused"].map { .init(value: $0, text: request.word("consent-\($0)")) }, chosen: [form["answer"]],
            isTwo: true, fault: fault("answer")),
        Choices(
            name: "article", legend: request.word("consent-what-for"), hint: request.word("consent-what-for-hint"),
            options: articleOptions(choices, request), chosen: form.all("article"), isMany: true, fault: fault("article")),
        Choices(
            name: "recordedHow", legend: request.word("consent-how"),
            options: ["spoken", "signed", "code"].map { .init(value: $0, text: request.word("consent-how-\($0)")) },
            chosen: [form["recordedHow"]], fault: fault("recordedHow")),
    ].map { $0.shown(request.language) }
    data.merge(shownFaults(faults, request.language)) { _, new in new }
    return Page("case-consent", title: "case-consent-title", data)
}

/// The articles of covenants as choices: with whom, what for, and what the covenant says of it.
func articleOptions(_ choices: [JSONValue], _ request: PageRequest) -> [Choices.Option] {
    choices.enumerated().map { place, row in
        .init(
            value: "\(place)", text: row.text("name") + ": " + request.name("purpose", row.text("purpose")),
            explanation: row["text"]?.text(request.language.rawValue) ?? "")
    }
}
