import Casework
import Disclosure
import Exchange
import StrictJSON

/// Sharing in two steps: say what with whom, see what the gate lets through, then send exactly that question.
let sharePages: [PageRoute] = [
    .get("/cases/:casefile/share") { .page(try await choosePage($0)) },
    // Back from the second step, with what was chosen.
    .post("/cases/:casefile/share/change") { .page(try await choosePage($0)) },
    .post("/cases/:casefile/share/check") { request in
        let question = try await readQuestion(request)
        guard case .asked(let asked) = question else { return try await again(request, question) }
        return try await orSay(
            at: ["to": "article", "purpose": "article", "fields": "field", "subjects": "subject"],
            on: { try await choosePage(request, $0) }
        ) {
            let answer = try await request.desk.askDecision(asked.body, by: request.caller()).body
            return .page(try await checkPage(asked, answer, request))
        }
    },
    .post("/cases/:casefile/share") { request in
        let question = try await readQuestion(request)
        guard case .asked(let asked) = question else { return try await again(request, question) }
        return try await orSay(on: { try await choosePage(request, $0) }) {
            let answer: DeskAnswer
            do throws(DeskRefusal) {
                answer = try await request.desk.dispatchReferral(
                    asked.body, by: request.caller(), idempotency: request.idempotency("POST /v1/referrals", asked.body))
            } catch {
                guard case .disclosureRefused = error else { throw error }
                answer = error.answer
            }
            guard answer.status == 201 else {
                // It was decided otherwise since it was asked: nothing was sent, and the page says why.
                guard answer.body.text("code") == "disclosure-refused" else { throw PageFault.internalFault }
                return .page(try await checkPage(asked, answer.body, request, isSent: true))
            }
            return .redirect("/cases/\(request["casefile"])?said=shared")
        }
    },
]

/// What was asked to be shared.
private struct AskedShare {
    let body: JSONValue
    let partner: String
    let purpose: String
    /// What goes into the form of the second step, so that it asks the same.
    let form: [(String, String)]
}

private enum ReadQuestion {
    case asked(AskedShare)
    case faults([FormFault])
}

private func readQuestion(_ request: PageRequest) async throws -> ReadQuestion {
    let form = request.form
    let choices = try await request.desk.showSharingChoices(of: request["casefile"], by: request.caller()).body.list("items")
    var faults: [FormFault] = []
    let place = Int(form["article"]) ?? -1
    if !choices.indices.contains(place) { faults.append(("article", "share-article-missing")) }
    if form.all("field").isEmpty { faults.append(("field", "share-field-missing")) }
    if form.all("subject").isEmpty { faults.append(("subject", "share-subject-missing")) }
    guard faults.isEmpty else { return .faults(faults) }
    let choice = choices[place]
    var body: JSONObject = [
        "casefileId": .string(request["casefile"]), "to": .string(choice.text("oin")), "purpose": .string(choice.text("purpose")),
        "fields": .array(form.all("field").map(JSONValue.string)), "subjects": .array(form.all("subject").map(JSONValue.string)),
    ]
    let ground = form["ground"].split(separator: ":", maxSplits: 1).map(String.init)
    if let kind = ground.first, kind != "consent" {
        body["ground"] = ground.count == 2 ? ["kind": .string(kind), "article": .string(ground[1])] : ["kind": .string(kind)]
    }
    return .asked(
        AskedShare(
            body: .object(body), partner: choice.text("name"), purpose: choice.text("purpose"),
            form: [("article", form["article"]), ("ground", form["ground"])] + form.all("field").map { ("field", $0) }
                + form.all("subject").map { ("subject", $0) }))
}

private func again(_ request: PageRequest, _ question: ReadQuestion) async throws -> PageAnswer {
    guard case .faults(let faults) = question else { throw PageFault.internalFault }
    var page = try await choosePage(request, faults)
    page.status = .badRequest
    return .page(page)
}

/// Step one: with whom and what for, which fields, about whom, on which ground.
private func choosePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let caller = try request.caller()
    let choices = try await request.desk.showSharingChoices(of: request["casefile"], by: caller).body.list("items")
    let view = CaseView(try await request.desk.showCasefile(request["casefile"], by: caller).body, request)
    let form = request.form
    let stored = (view.json.list("persons").flatMap { $0.list("fields") } + view.json.list("household")).map { $0.text("field") }
    let fields = FieldName.all.map(\.path).filter(stored.contains)
    let grounds = choices.flatMap { $0.texts("grounds") }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    func fault(_ field: String) -> String? { faults.first { $0.field == field }?.word }
    let persons = view.json.list("persons").map { $0.text("personId") }
    let questions = [
        Choices(
            name: "article", legend: request.word("share-article"), options: articleOptions(choices, request), chosen: [form["article"]],
            fault: fault("article")),
        Choices(
            name: "subject", legend: request.word("share-subject"),
            options: persons.map { .init(value: $0, text: view.names[$0] ?? "") },
            chosen: form.all("subject").isEmpty && persons.count == 1 ? persons : form.all("subject"), isMany: true, isTwo: true,
            fault: fault("subject")),
        Choices(
            name: "field", legend: request.word("share-field"), hint: request.word("share-field-hint"),
            options: fields.map { .init(value: $0, text: fieldName($0, request)) }, chosen: form.all("field"), isMany: true, isTwo: true,
            fault: fault("field")),
    ]
    var data: PageData = [
        "isWide": false, "questions": questions.map { $0.shown(request.language) }, "path": "/cases/\(request["casefile"])",
        "hasChoices": !choices.isEmpty, "grounds": grounds.map { groundOption($0, form["ground"], request) },
        "hasGrounds": grounds.contains { $0 != "consent" },
    ]
    data.merge(shownFaults(faults, request.language)) { _, new in new }
    return Page("case-share", title: "share-title", data)
}

private func groundOption(_ ground: String, _ chosen: String, _ request: PageRequest) -> PageData {
    let parts = ground.split(separator: ":", maxSplits: 1).map(String.init)
    let name = request.name("ground", parts.first ?? ground)
    return ["value": ground, "text": parts.count == 2 ? "\(name) (\(parts[1]))" : name, "isChosen": ground == chosen]
}

/// Step two: what would go, person by person, what stays behind and why.
private func checkPage(_ asked: AskedShare, _ answer: JSONValue, _ request: PageRequest, isSent: Bool = false) async throws -> Page {
    let view = CaseView(try await request.desk.showCasefile(request["casefile"], by: request.caller()).body, request)
    let isPermitted = answer.text("outcome") == "permitted"
    let allowed = Set(answer.texts("allowed"))
    let leftOut = answer.list("leftOut")
    let asks = Set(asked.body.texts("subjects"))
    var groups: [PageData] = []
    for person in view.json.list("persons") where asks.contains(person.text("personId")) {
        let id = person.text("personId")
        // A field that was left out names its person where there are several; without a name it is left out for all.
        let kept = Set(leftOut.filter { $0["personId"] == nil || $0.text("personId") == id }.map { $0.text("field") })
        groups.append(group(view.names[id] ?? "", person.list("fields"), allowed.subtracting(kept), view, request))
    }
    let whole = view.json.list("household").filter { allowed.contains($0.text("field")) }
    if !whole.isEmpty { groups.append(group(request.word("case-whole-household"), whole, allowed, view, request)) }
    let names = view.names
    return Page(
        "case-share-check", title: isPermitted ? "share-check-title" : "share-refused-title",
        [
            "isPermitted": isPermitted, "isSent": isSent, "partner": asked.partner, "purpose": request.name("purpose", asked.purpose),
            "groups": isPermitted ? groups : [], "once": request.once, "path": "/cases/\(request["casefile"])",
            "explanation": answer["explanation"]?.text(request.language.rawValue) ?? "",
            "leftOut": leftOut.map { left in
                [
                    "field": fieldName(left.text("field"), request), "who": names[left.text("personId")] ?? "",
                    "hasWho": names[left.text("personId")] != nil, "why": sentence(left.text("reason"), request),
                ] as PageData
            }, "reasons": answer.texts("reasons").map { ["why": sentence($0, request)] as PageData },
            "form": asked.form.map { ["name": $0.0, "value": $0.1] as PageData },
        ], status: isSent ? .unprocessableContent : .ok)
}

private func group(_ name: String, _ fields: [JSONValue], _ allowed: Set<String>, _ view: CaseView, _ request: PageRequest) -> PageData {
    let lines = fields.filter { allowed.contains($0.text("field")) }.map { field -> PageData in
        ["label": fieldName(field.text("field"), request), "value": view.shown(field)]
    }
    return ["name": name, "lines": lines, "isEmpty": lines.isEmpty]
}

/// The gate’s own sentence for a reason.
func sentence(_ code: String, _ request: PageRequest) -> String {
    guard let reason = RefusalReason(rawValue: code) else { return code }
    return request.language == .nl ? reason.sentence.nl : reason.sentence.en
}
