import Exchange
import StrictJSON

/// Consent on the doorstep, one person a page: what is read aloud, in the resident's language, and what was answered.
let consentPages: [PageRoute] = [
    .get("/signals/consent/:place") { request in
        try await withPerson(request) { kept, place in try await consent(kept.draft, place, request) }
    },
    .post("/signals/consent/:place", answerConsent),
    .get("/signals/card/:place") { request in
        try await withPerson(request) { kept, place in
            let text = try await doorstep(kept.draft, place, request)
            let code = kept.draft.persons[place].card ?? ConsentCard(random: request.settings.random(16)).text
            kept.draft.persons[place].card = code
            try await kept.keep(request)
            return .page(
                Page(
                    "signal-card", title: "card-title",
                    ["text": text, "code": code, "back": "/signals/consent/\(place + 1)"], cookies: [kept.cookie]))
        }
    },
]

/// The reasons for not asking that filing takes.
private let reasons = ["notPresent", "unsafe", "notAble", "tooYoung", "willBeSharedAnyway", "other"]

private func withPerson(_ request: PageRequest, _ body: (inout KeptDraft, Int) async throws -> PageAnswer) async throws -> PageAnswer {
    try await withDraft(request) { kept in
        guard let place = Int(request["place"]), kept.draft.persons.indices.contains(place - 1) else { throw PageFault.notFound }
        return try await body(&kept, place - 1)
    }
}

/// What is read aloud to one person, in the language that the query names.
private func doorstep(_ draft: SignalDraft, _ place: Int, _ request: PageRequest) async throws -> PageData {
    let choices = try await request.desk.showFilingChoices(by: try request.caller()).body
    let spoken = chosenText(draft, place, request)
    let organisation = choices["organisation"]?.stringValue ?? choices.text("municipality")
    return spoken.shown(
        organisation: organisation, municipality: choices.text("municipality"), isNoFree: request.desk.letsRefuseFreely,
        fields: draft.fields)
}

private func chosenText(_ draft: SignalDraft, _ place: Int, _ request: PageRequest) -> DoorstepText {
    let asked = [request.query["text"], request.form["text"], draft.persons[place].language].first { !$0.isEmpty } ?? "nl"
    return DoorstepText.all.first { $0.language == asked } ?? .dutch
}

private func consent(_ draft: SignalDraft, _ place: Int, _ request: PageRequest, faults: [FormFault] = []) async throws
    -> PageAnswer
{
    var person = draft.persons[place]
    // What was answered to another text is no answer to this one.
    let isAgain = !person.answer.isEmpty && draft.isToBeAsked(place)
    if isAgain {
        person.answer = ""
        person.reason = ""
        person.freely = ""
        person.deciders = [:]
    }
    let spoken = chosenText(draft, place, request)
    let answer = Choices(
        name: "answer", legend: request.word("answer-question"),
        options: ["given", "refused", "notAsked"].map {
            .init(value: $0, text: request.word("answer-\($0)"), explanation: request.word("answer-\($0)-more"))
        }, chosen: [faults.isEmpty ? person.answer : request.form["answer"]], fault: faults.word(of: "answer"))
    let reason = Choices(
        name: "reason", legend: request.word("reason-question"), hint: request.word("reason-hint"),
        options: reasons.map { .init(value: $0, text: request.word("reason-\($0)")) },
        chosen: [faults.isEmpty ? person.reason : request.form["reason"]],
        isTwo: true, fault: faults.word(of: "reason"))
    let freely = freelyQuestion(request, chosen: faults.isEmpty ? person.freely : request.form["freely"], fault: faults.word(of: "freely"))
    let deciders = draft.mayDecide(for: place).map { decider in
        Choices(
            name: "decider-\(decider.ref)", legend: decider.name ?? request.word("decider-elsewhere"),
            options: ["none", "given", "refused", "notAsked"].map { .init(value: $0, text: request.word("decider-\($0)")) },
            chosen: [faults.isEmpty ? person.deciders[decider.ref] ?? "" : request.form["decider-\(decider.ref)"]], isTwo: true,
            fault: faults.word(of: "decider-\(decider.ref)"))
    }
    let data: PageData = [
        "freely": [freely.shown(request.language)], "isChild": !deciders.isEmpty, "deciders": deciders.map { $0.shown(request.language) },
        "name": person.name, "text": try await doorstep(draft, place, request), "action": "/signals/consent/\(place + 1)",
        "card": "/signals/card/\(place + 1)?text=\(spoken.language)", "chosenText": spoken.language,
        "answers": [answer.shown(request.language)],
        "reasons": [reason.shown(request.language)],
        "texts": DoorstepText.all.map {
            [
                "code": $0.language, "name": $0.ownName, "isHere": $0.language == spoken.language,
                "path": "/signals/consent/\(place + 1)?text=\($0.language)",
            ] as PageData
        } as [PageData],
        "which": "\(place + 1)/\(draft.persons.count)", "hasWhich": draft.persons.count > 1, "isAgain": isAgain,
    ]
    return .page(Page("signal-consent", title: "consent-title", data, status: faults.isEmpty ? .ok : .unprocessableContent, faults: faults))
}

/// Whether a yes was free (GDPR 7(4)): what hangs on something, or was said for fear, is no yes.
func freelyQuestion(_ request: PageRequest, chosen: String, fault: String?) -> Choices {
    Choices(
        name: "freely", legend: request.word("freely-question"), hint: request.word("freely-hint"),
        options: ["yes", "no"].map { .init(value: $0, text: request.word("freely-\($0)")) }, chosen: [chosen], isTwo: true, fault: fault)
}

/// What is wrong with the answer to it beside a yes.
func freelyFault(_ form: FormFields) -> FormFault? {
    form["freely"] == "yes" ? nil : FormFault("freely", form["freely"].isEmpty ? "freely-missing" : "freely-wrong")
}

private func answerConsent(_ request: PageRequest) async throws -> PageAnswer {
    try await withPerson(request) { kept, place in
        let (answer, reason) = (request.form["answer"], request.form["reason"])
        guard ["given", "refused", "notAsked"].contains(answer) else {
            return try await consent(kept.draft, place, request, faults: [FormFault("answer", "answer-missing")])
        }
        guard answer != "notAsked" || reasons.contains(reason) else {
            return try await consent(kept.draft, place, request, faults: [FormFault("reason", "reason-missing")])
        }
        var deciders: [String: String] = [:]
        for decider in kept.draft.mayDecide(for: place) {
            let answer = request.form["decider-\(decider.ref)"]
            guard ["none", "given", "refused", "notAsked"].contains(answer) else {
                return try await consent(
                    kept.draft, place, request, faults: [FormFault("decider-\(decider.ref)", "decider-missing")])
            }
            deciders[decider.ref] = answer
        }
        let isYes = answer == "given" || deciders.values.contains("given")
        if isYes, let fault = freelyFault(request.form) { return try await consent(kept.draft, place, request, faults: [fault]) }
        kept.draft.persons[place].freely = isYes ? "yes" : ""
        kept.draft.persons[place].deciders = deciders
        kept.draft.persons[place].answer = answer
        kept.draft.persons[place].asked = kept.draft.fields
        kept.draft.persons[place].reason = answer == "notAsked" ? reason : ""
        kept.draft.persons[place].language = chosenText(kept.draft, place, request).language
        try await kept.keep(request)
        let next = place + 1 < kept.draft.persons.count ? "/signals/consent/\(place + 2)" : "/signals/check"
        return .redirect(next, cookies: [kept.cookie])
    }
}
