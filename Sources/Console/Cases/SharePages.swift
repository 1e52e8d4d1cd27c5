import Casework
import Disclosure
import Exchange
import StrictJSON

/// Sharing in two steps: say what with whom, see what the gate lets through, then send exactly that question. What was told already is
/// recorded in one.
let sharePages: [PageRoute] =
    sendingPages(.share, at: "/cases/:casefile/share") { request, asked in
        let body = asked.body(of: request["casefile"])
        return try await request.desk.dispatchReferral(
            body, by: request.caller(), idempotency: request.idempotency("POST /v1/referrals", body))
    }
    + sendingPages(.transfer, at: "/cases/:casefile/transfers/:meeting") { request, asked in
        let body = asked.transfer(to: request.form["platform"])
        return try await request.desk.transferCase(
            request["meeting"], body, by: request.caller(),
            idempotency: request.idempotency("POST /v1/meetings/{meetingId}/transfers", body))
    } + [
        .get("/cases/:casefile/spoken") { .page(try await choosePage($0, .spoken)) },
        .post("/cases/:casefile/spoken") { request in
            try await asking(request, .spoken) { asked in
                let body = asked.spoken(at: request.form["meeting"])
                let answer = try await request.desk.recordSpoken(
                    request["casefile"], body, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/spoken-disclosures", body))
                guard answer.status < 400 else { throw RefusedAnswer(answer: answer) }
                let told = answer.body.list("items").first ?? .null
                let allowed = told.texts("allowed")
                let beyond = request.form.all("field").filter { !allowed.contains($0) }
                guard !beyond.isEmpty else { return .redirect("/cases/\(request["casefile"])?said=spoken") }
                // It was told, and the log says so; who told it learns that it should not have been.
                return .page(
                    Page(
                        "case-spoken", title: "spoken-refused-title",
                        [
                            "fields": beyond.map { ["name": Words.field($0, in: request.language)] as PageData },
                            "hasReasons": !told.texts("reasons").isEmpty,
                            "reasons": told.texts("reasons").map { ["why": Words.reason($0, in: request.language)] as PageData },
                            "path": "/cases/\(request["casefile"])",
                        ]))
            }
        },
    ]

/// The four routes of a door through which something is sent.
private func sendingPages(
    _ door: ShareDoor, at path: String, _ send: @escaping @Sendable (PageRequest, AskedShare) async throws -> DeskAnswer
) -> [PageRoute] {
    [
        .get(path) { .page(try await choosePage($0, door)) },
        // Back from the second step, with what was chosen.
        .post("\(path)/change") { .page(try await choosePage($0, door)) },
        .post("\(path)/check") { request in
            try await asking(request, door) { asked in
                let answer = try await request.desk.askDecision(asked.body(of: request["casefile"]), by: request.caller()).body
                return .page(try await checkPage(asked, answer, door, request))
            }
        },
        .post(path) { request in
            try await asking(request, door) { asked in
                let answer: DeskAnswer
                do { answer = try await send(request, asked) } catch let refusal as DeskRefusal {
                    guard case .disclosureRefused = refusal else { throw refusal }
                    answer = refusal.answer
                }
                guard answer.status == 201 else {
                    // It was decided otherwise since it was asked: nothing was sent, and the page says why.
                    guard answer.body.text("code") == "disclosure-refused" else { throw RefusedAnswer(answer: answer) }
                    return .page(try await checkPage(asked, answer.body, door, request, isSent: true))
                }
                return .redirect(
                    door == .transfer ? "/meetings/\(request["meeting"])?said=transferred" : "/cases/\(request["casefile"])?said=shared")
            }
        },
    ]
}

/// Reads the form and acts on it; what is wrong is said on the first page.
func asking(
    _ request: PageRequest, _ door: ShareDoor, _ act: (AskedShare) async throws -> PageAnswer
) async throws -> PageAnswer {
    let fields = ["to": "article", "purpose": "article", "fields": "field", "subjects": "subject", "platform": "platform"]
    let asked: AskedShare
    do { asked = try await AskedShare(request, through: door) } catch let wrong as WrongForm {
        return .page(try await choosePage(request, door, wrong.faults))
    }
    return try await orSay(at: fields, on: { try await choosePage(request, door, $0) }) { try await act(asked) }
}

/// The first page: with whom and what for, about whom, which fields, on which ground.
func choosePage(_ request: PageRequest, _ door: ShareDoor, _ faults: [FormFault] = []) async throws -> Page {
    let choices = try await sharingChoices(request, for: door.act)
    let view = try await CaseView(request)
    let form = request.form
    let articles = articleOptions(
        choices.filter { door != .withoutConsent || $0.texts("grounds").contains { $0 != "consent" } }, request)
    let stored = (view.json.list("persons").flatMap { $0.list("fields") } + view.json.list("household")).map { $0.text("field") }
    let fields = FieldName.all.map(\.path).filter(stored.contains)
    let grounds = choices.flatMap { $0.texts("grounds") }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        .filter { door != .withoutConsent || $0 != "consent" }
    let persons = view.json.list("persons").map { $0.text("personId") }
    var questions = [
        Choices(
            name: "article", legend: request.word("share-article"), options: articles, chosen: [form["article"]],
            fault: faults.word(of: "article")),
        Choices(
            name: "subject", legend: request.word("share-subject"),
            options: persons.map { .init(value: $0, text: view.names[$0] ?? "") },
            chosen: form.all("subject").isEmpty && persons.count == 1 ? persons : form.all("subject"), isMany: true, isTwo: true,
            fault: faults.word(of: "subject")),
        Choices(
            name: "field", legend: request.word(door == .spoken ? "spoken-field" : "share-field"),
            hint: door == .spoken ? "" : request.word("share-field-hint"),
            options: fields.map { .init(value: $0, text: Words.field($0, in: request.language)) }, chosen: form.all("field"), isMany: true,
            isTwo: true, fault: faults.word(of: "field")),
    ]
    if door == .transfer {
        let platforms = Platform.allCases.map { Choices.Option(value: $0.rawValue, text: request.name("platform", $0.rawValue)) }
        questions.insert(
            Choices(
                name: "platform", legend: request.word("transfer-platform"), options: platforms, chosen: [form["platform"]], isTwo: true,
                fault: faults.word(of: "platform")), at: 0)
    }
    let meeting = form["meeting"].isEmpty ? request.query["meeting"] : form["meeting"]
    return Page(
        "case-share", title: door.words.title,
        [
            "questions": questions.map { $0.shown(request.language) }, "path": "/cases/\(request["casefile"])",
            "action": door.firstStep(request), "button": request.word(door.words.button),
            "isSpoken": door == .spoken, "isShare": [.share, .transfer].contains(door), "isWithoutConsent": door == .withoutConsent,
            "meeting": meeting, "once": request.once, "hasChoices": !articles.isEmpty,
            "grounds": grounds.map {
                ["value": $0, "text": request.ground($0), "isChosen": $0 == form["ground"]] as PageData
            },
            "hasGrounds": grounds.contains { $0 != "consent" },
        ], faults: faults)
}

/// The second page: what would go, person by person, what stays behind and why.
private func checkPage(
    _ asked: AskedShare, _ answer: JSONValue, _ door: ShareDoor, _ request: PageRequest, isSent: Bool = false
) async throws -> Page {
    let view = try await CaseView(request)
    let isPermitted = answer.text("outcome") == "permitted"
    let allowed = Set(answer.texts("allowed"))
    let leftOut = answer.list("leftOut")
    var groups: [PageData] = []
    for person in view.json.list("persons") where asked.subjects.contains(person.text("personId")) {
        let id = person.text("personId")
        // A field that was left out names its person where there are several; without a name it is left out for all.
        let kept = Set(leftOut.filter { $0["personId"] == nil || $0.text("personId") == id }.map { $0.text("field") })
        groups.append(group(view.names[id] ?? "", person.list("fields"), allowed.subtracting(kept), view, request))
    }
    let whole = view.json.list("household").filter { allowed.contains($0.text("field")) }
    if !whole.isEmpty { groups.append(group(request.word("case-whole-household"), whole, allowed, view, request)) }
    return Page(
        "case-share-check", title: isPermitted ? "share-check-title" : "share-refused-title",
        [
            "isPermitted": isPermitted, "isSent": isSent, "partner": asked.partner, "purpose": request.name("purpose", asked.purpose),
            "groups": isPermitted ? groups : [], "once": request.once, "path": "/cases/\(request["casefile"])",
            "action": door.path(request), "explanation": answer["explanation"]?.text(request.language.rawValue) ?? "",
            "leftOut": leftOut.map { left in
                let name = view.names[left.text("personId")]
                return [
                    "field": Words.field(left.text("field"), in: request.language), "who": name ?? "", "hasWho": name != nil,
                    "why": Words.reason(left.text("reason"), in: request.language),
                ] as PageData
            }, "reasons": answer.texts("reasons").map { ["why": Words.reason($0, in: request.language)] as PageData },
            "mayJustify": door == .share && answer.texts("reasons").contains(RefusalReason.justificationMissing.rawValue),
            "justify": ShareDoor.withoutConsent.firstStep(request),
            "form": asked.form.map { ["name": $0.name, "value": $0.value] as PageData },
        ], status: isSent ? .unprocessableContent : .ok)
}

private func group(_ name: String, _ fields: [JSONValue], _ allowed: Set<String>, _ view: CaseView, _ request: PageRequest) -> PageData {
    let lines = fields.filter { allowed.contains($0.text("field")) }.map { field -> PageData in
        ["label": Words.field(field.text("field"), in: request.language), "value": view.shown(field)]
    }
    return ["name": name, "lines": lines, "isEmpty": lines.isEmpty]
}
