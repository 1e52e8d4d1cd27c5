import Casework
import Exchange
import StrictJSON

/// What a resident says about sharing, on a case: an answer, a withdrawal, an objection.
let consentOnCasePages: [PageRoute] = [
    // The person stands in the form, never in an address.
    .post("/cases/:casefile/consents/ask") { .page(try await askingPage($0)) },
    .post("/cases/:casefile/consents") { request in
        let form = request.form
        var missing: [FormFault] = []
        if form["answer"].isEmpty { missing.append(FormFault("answer", "consent-answer-missing")) }
        if form["recordedHow"].isEmpty { missing.append(FormFault("recordedHow", "consent-how-missing")) }
        if form["answer"] == "given", form.all("article").isEmpty { missing.append(FormFault("article", "share-article-missing")) }
        if form["answer"] == "given", let fault = freelyFault(form) { missing.append(fault) }
        // Asked where somebody decides for this person.
        if form["asksWho"] == "yes", form["by"].isEmpty { missing.append(FormFault("by", "consent-who-missing")) }
        guard missing.isEmpty else { return .page(try await askingPage(request, missing)) }
        var body: JSONObject = [
            "personId": .string(form["person"]), "answer": .string(form["answer"]), "recordedHow": .string(form["recordedHow"]),
            "language": .string(spokenLanguage(form)), "textVersion": .string(askingTextVersion),
        ]
        if !["", "person"].contains(form["by"]) { body["by"] = .string(form["by"]) }
        if form["answer"] == "given" {
            body["freely"] = true
            guard let chosen = try await chosenArticles(request) else {
                return .page(try await askingPage(request, [FormFault("article", "choice-gone")]))
            }
            return try await recordYes(request, body, to: chosen)
        }
        let sent = JSONValue.object(body)
        return try await orSay(at: consentFields, on: { try await askingPage(request, $0) }) {
            let answer = try await request.desk.recordConsent(
                sent, by: request.caller(), idempotency: request.idempotency("POST /v1/consents", sent))
            // A no recalls what went: whom it concerns is shown.
            if answeredLists.contains(where: { !answer.body.texts($0).isEmpty }) {
                return .page(try await recalledPage(answer.body, "refused", request))
            }
            return try await done("/cases/\(request["casefile"])?said=consent") { answer }
        }
    },
    .get("/cases/:casefile/consents/:consent/receipt") { request in
        let receipt = try await request.desk.showConsentReceipt(request["consent"], by: request.caller()).body
        return .page(Page("consent-receipt", title: "receipt-title", receiptData(receipt, request)))
    },
    // The code on the card that was left at the door.
    .post("/cases/:casefile/confirmations") { request in
        let person = request.form["person"]
        let sent: JSONValue = ["personId": .string(person), "code": .string(request.form["code"])]
        return try await orSay(at: ["code": "code-\(person)"], on: { try await casePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=confirmed") { () async throws(DeskRefusal) in
                try await request.desk.confirmConsent(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/confirmations", sent))
            }
        }
    },
    .post("/cases/:casefile/objections/ask") { .page(try await objectionPage($0)) },
    .post("/cases/:casefile/objections") { request in
        let form = request.form
        guard ["all", "some"].contains(form["scope"]) else {
            return .page(try await objectionPage(request, [FormFault("scope", "objection-scope-missing")]))
        }
        var body: JSONObject = ["personId": .string(form["person"])]
        if form["scope"] == "some" {
            guard !form.all("article").isEmpty else {
                return .page(try await objectionPage(request, [FormFault("article", "share-article-missing")]))
            }
            guard let chosen = try await chosenArticles(request) else {
                return .page(try await objectionPage(request, [FormFault("article", "choice-gone")]))
            }
            body["recipients"] = sorted(chosen.map { $0.text("oin") })
            body["purposes"] = sorted(chosen.map { $0.text("purpose") })
        }
        let sent = JSONValue.object(body)
        return try await orSay(on: { try await objectionPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=objection") { () async throws(DeskRefusal) in
                try await request.desk.makeObjection(
                    sent, by: request.caller(), idempotency: request.idempotency("POST /v1/objections", sent))
            }
        }
    },
    .post("/cases/:casefile/withdrawals/:consent") { request in
        let how = request.form["how"]
        guard !how.isEmpty else {
            return .page(try await casePage(request, [FormFault("how-\(request["consent"])", "withdrawn-how-missing")]))
        }
        let body: JSONValue = ["how": .string(how)]
        let answer = try await request.desk.withdrawConsent(
            request["consent"], body, by: request.caller(),
            idempotency: request.idempotency("POST /v1/consents/{consentId}/withdrawal", body)
        ).body
        return .page(try await recalledPage(answer, "withdrawn", request))
    },
]

/// The version of what the form has a worker read aloud: with whom, what for, the words of the covenant and which data. What else is read is
/// another version.
private let askingTextVersion = "case-1"

/// The code of the language in which it was read aloud: the first of those at the door where none was chosen.
private func spokenLanguage(_ form: FormFields) -> String {
    let chosen = DoorstepText.all.first { $0.language == form["language"] }
    return (chosen ?? DoorstepText.dutch).language
}

/// The lists of messages in the answer to a withdrawal and to a no.
private let answeredLists = ["ended", "left", "mayHaveLeft", "staysOnOtherGround"]

/// What became of the messages about somebody who withdrew a yes or said no.
/// - Parameter act: the words that name it, `withdrawn` or `refused`.
private func recalledPage(_ answer: JSONValue, _ act: String, _ request: PageRequest) async throws -> Page {
    let view = try await CaseView(request)
    let known = Dictionary(
        view.json.list("shared").map { ($0.text("messageId"), $0.text("partnerName")) }, uniquingKeysWith: { first, _ in first })
    let lists = answeredLists + (answer.list("notTold").isEmpty ? [] : ["notTold"])
    let untold = Set(answer.texts("notTold"))
    let groups = lists.map { list -> PageData in
        // Who could not be asked yet is not among those who were.
        let messages = answer.texts(list).filter { list == "notTold" || !untold.contains($0) }
        return [
            "name": request.word("withdrawn-\(list)"), "more": request.word("withdrawn-\(list)-more"), "isSome": !messages.isEmpty,
            "messages": messages.map { ["partner": known[$0] ?? request.word("withdrawn-a-message")] as PageData } as [PageData],
        ]
    }
    return Page(
        "case-withdrawn", title: "\(act)-title",
        ["done": request.word("\(act)-done"), "groups": groups, "path": "/cases/\(request["casefile"])"])
}

/// The id of the field of the form by the member of a consent's body.
private let consentFields = ["recordedHow": "recordedHow", "answer": "answer"]

/// The articles that were ticked; nil where one of them is no longer offered.
private func chosenArticles(_ request: PageRequest) async throws -> [JSONValue]? {
    let ticked = Set(request.form.all("article"))
    let chosen = try await sharingChoices(request).filter { ticked.contains($0.text("choice")) }
    return chosen.count == ticked.count ? chosen : nil
}

/// Records a yes to each ticked article by itself: each is withdrawn by itself, and no receipt says more than was asked. Where one cannot be
/// recorded the others stay, and the page says which is missing.
private func recordYes(_ request: PageRequest, _ answer: JSONObject, to chosen: [JSONValue]) async throws -> PageAnswer {
    let caller = try request.caller()
    var (kept, left): ([String], [String]) = ([], [])
    var failure: (status: Int, error: any Error)?
    for one in chosen {
        var body = answer
        body["recipients"] = sorted([one.text("oin")])
        body["purposes"] = sorted([one.text("purpose")])
        body["fields"] = sorted(one.texts("fields"))
        let (sent, choice) = (JSONValue.object(body), one.text("choice"))
        let key = request.idempotency("POST /v1/consents", sent, part: choice)
        do throws(DeskRefusal) {
            let recorded = try await request.desk.recordConsent(sent, by: caller, idempotency: key)
            if recorded.status < 400 {
                kept.append(choice)
            } else {
                left.append(choice)
                if failure == nil { failure = (status: recorded.status, error: RefusedAnswer(answer: recorded)) }
            }
        } catch {
            left.append(choice)
            if failure == nil { failure = (status: error.answer.status, error: error) }
        }
    }
    guard let failure else { return .redirect("/cases/\(request["casefile"])?said=consent") }
    guard !kept.isEmpty else {
        return try await orSay(at: consentFields, on: { try await askingPage(request, $0) }) { throw failure.error }
    }
    var page = try await askingPage(request, [FormFault("article", "consent-some-left")], kept: kept, left: left)
    page.status = .init(code: failure.status)
    return .page(page)
}

/// Each once, in order.
private func sorted(_ texts: [String]) -> JSONValue { .array(Set(texts).sorted().map(JSONValue.string)) }

/// A person's answer about sharing.
/// - Parameters:
///   - kept: the choices to which a yes was recorded just now.
///   - left: those to which it could not be recorded; nil where nothing was.
private func askingPage(
    _ request: PageRequest, _ faults: [FormFault] = [], kept: [String] = [], left: [String]? = nil
) async throws -> Page {
    let form = request.form
    let ticked = left ?? form.all("article")
    return try await personForm(
        request, faults, title: "case-consent-title", question: "consent-question-to", to: "consents", button: "consent-save",
        outcome: [("consent-kept", kept), ("consent-left", left ?? [])], showsData: true
    ) { name, articles, speakers in
        let who = Choices(
            name: "by", legend: request.word("consent-who"), options: speakers, chosen: [form["by"]], fault: faults.word(of: "by"))
        return (speakers.isEmpty ? [] : [who]) + [
            Choices(
                name: "answer", legend: name,
                options: ["given", "refused"].map { .init(value: $0, text: request.word("consent-\($0)")) }, chosen: [form["answer"]],
                isTwo: true, fault: faults.word(of: "answer")),
            Choices(
                name: "article", legend: request.word("consent-what-for"), hint: request.word("consent-what-for-hint"),
                options: articles, chosen: ticked, isMany: true, fault: faults.word(of: "article")),
            freelyQuestion(request, chosen: form["freely"], fault: faults.word(of: "freely")),
            Choices(
                name: "language", legend: request.word("consent-spoken-language"),
                options: DoorstepText.all.map { .init(value: $0.language, text: $0.ownName) }, chosen: [spokenLanguage(form)], isTwo: true),
            Choices(
                name: "recordedHow", legend: request.word("consent-how"),
                options: ["spoken", "signed", "code"].map { .init(value: $0, text: request.word("consent-how-\($0)")) },
                chosen: [form["recordedHow"]], fault: faults.word(of: "recordedHow")),
        ]
    }
}

/// A person's objection: to everything, or to some of it. Dutch: bezwaar (GDPR 21).
private func objectionPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let form = request.form
    return try await personForm(
        request, faults, title: "objection-title", question: "objection-question-of", to: "objections", lead: "objection-lead",
        button: "objection-title"
    ) { name, articles, _ in
        [
            Choices(
                name: "scope", legend: name,
                options: ["all", "some"].map { .init(value: $0, text: request.word("objection-\($0)")) }, chosen: [form["scope"]],
                isTwo: true, fault: faults.word(of: "scope")),
            Choices(
                name: "article", legend: request.word("consent-what-for"), hint: request.word("objection-what-for-hint"),
                options: articles, chosen: form.all("article"), isMany: true, fault: faults.word(of: "article")),
        ]
    }
}

/// A form about one person of the case, whose id stands in it; its first question names them. The questions are made from the person's name, the
/// articles of covenants, and who may answer: nobody but the person where the list is empty.
/// - Parameters:
///   - outcome: what became of articles that were sent just now, by the key of a word and their choices.
///   - showsData: whether each article says which data the partner would have.
private func personForm(
    _ request: PageRequest, _ faults: [FormFault], title: String, question: String, to action: String, lead: String = "", button: String,
    outcome: [(word: String, choices: [String])] = [], showsData: Bool = false,
    questions: (String, [Choices.Option], [Choices.Option]) -> [Choices]
) async throws -> Page {
    let (person, path) = (request.form["person"], "/cases/\(request["casefile"])")
    let view = try await CaseView(request)
    guard let name = view.names[person] else { throw PageFault.notFound }
    let speakers = view.speakers(for: person)
    let articles = articleOptions(try await sharingChoices(request), request, showsData: showsData)
    let notes = outcome.flatMap { word, choices in
        articles.filter { choices.contains($0.value) }.map { (name: request.word(word), text: $0.text) }
    }
    return OneForm(
        title: title, action: "\(path)/\(action)", back: (path, "desk-to-case"), lead: lead, notes: notes,
        hidden: [("person", person), ("asksWho", speakers.isEmpty ? "no" : "yes")],
        questions: questions(request.word(question) + " " + name + "?", articles, speakers), button: button
    ).page(request, faults)
}

/// The articles of covenants as choices: with whom, what for, and what the covenant says of it.
/// - Parameter showsData: whether each says which data the partner would have.
func articleOptions(_ choices: [JSONValue], _ request: PageRequest, showsData: Bool = false) -> [Choices.Option] {
    choices.map { row in
        let data = row.texts("fields").map { Words.field($0, in: request.language) }.joined(separator: ", ")
        return Choices.Option(
            value: row.text("choice"), text: row.text("name") + ": " + request.name("purpose", row.text("purpose")),
            explanation: row["text"]?.text(request.language.rawValue) ?? "",
            data: showsData ? request.word("consent-data") + ": " + data : "")
    }
}

/// A consent receipt in plain words, to print.
private func receiptData(_ receipt: JSONValue, _ request: PageRequest) -> PageData {
    let processing = receipt["pii_processing"] ?? .null
    let purposes = processing.list("purposes")
    let names = receipt.list("party_identification").filter { $0.text("party_role") == "recipient_third_party" }.map { party in
        let id = party.text("party_id")
        if let name = party["party_name"]?.stringValue { return name }
        return id.hasPrefix("sector:") ? request.name("sector", String(id.dropFirst(7))) : request.word("consent-everybody")
    }
    let fields = purposes.first?.list("pii_information").map { $0.text("pii_type") } ?? []
    let controller = receipt.list("party_identification").first?.text("party_name") ?? ""
    let (events, version) = (receipt.list("events"), processing.text("privacy_notice"))
    let language = DoorstepText.all.first { $0.language == processing.text("language") }?.ownName ?? processing.text("language")
    func recorder(of event: JSONValue) -> String {
        let role = event["entity_role"] == nil ? "" : request.name("role", event.text("entity_role"))
        return [event.text("entity_name"), role].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    let asker = events.first.map { recorder(of: $0) } ?? ""
    let told = events.enumerated().map { place, event -> PageData in
        let by = place == 0 ? "" : recorder(of: event)
        return [
            "what": request.name("receipt-event", event.text("event_state")), "by": by, "hasBy": !by.isEmpty,
            "at": PageTime.moment(event.text("event_time"), request.language),
            "until": PageTime.lastDay(before: event.text("valid_until"), request.language), "hasUntil": event["valid_until"] != nil,
        ]
    }
    var data: PageData = [
        "path": "/cases/\(request["casefile"])", "controller": controller, "recipients": names.joined(separator: ", "),
        "purposes": purposes.first?.text("purpose") == "all"
            ? request.word("consent-all-purposes") : request.names("purpose", purposes.map { $0.text("purpose") }),
        "fields": fields.map { Words.field($0, in: request.language) }.joined(separator: ", "), "version": version,
        "hasVersion": !version.isEmpty, "asker": asker, "hasAsker": !asker.isEmpty, "language": language, "hasLanguage": !language.isEmpty,
        "number": receipt.text("record_id"),
        "events": told,
    ]
    // The words that were read aloud, where this is their version.
    if let isNoFree = DoorstepText.versions[version],
        let spoken = DoorstepText.all.first(where: { $0.language == processing.text("language") })
    {
        let isYes = events.contains { $0.text("event_state") == "given" }
        data["text"] = spoken.shown(organisation: nil, municipality: controller, isNoFree: isNoFree, fields: isYes ? fields : nil)
    }
    return data
}
