import Exchange
import StrictJSON

/// "May I?": the gate is asked with a role, domains and an answer, and without a name. What it says is where a draft begins.
let mayFilePages: [PageRoute] = [
    .get("/signals/may-i") { request in
        let draft = try await KeptDraft.find(request)?.draft
        return try await question(draft ?? SignalDraft(), request)
    },
    .post("/signals/may-i", ask),
    .get("/signals/answer") { request in
        try await withDraft(request) { kept in
            .page(
                Page(
                    "signal-answer", title: kept.draft.isPermitted ? "answer-yes" : "answer-no",
                    ["explanation": kept.draft.explanation[request.language.rawValue] ?? "", "isPermitted": kept.draft.isPermitted]))
        }
    },
    .post("/signals/answer") { request in
        try await withDraft(request) { kept in
            kept.draft.namesPeople = request.form["names"] == "yes"
            try await kept.keep(request)
            return .redirect(kept.draft.namesPeople == true ? "/signals/people" : "/signals/area", cookies: [kept.cookie])
        }
    },
]

private func question(_ draft: SignalDraft, _ request: PageRequest, faults: [FormFault] = []) async throws -> PageAnswer {
    let choices = try await request.desk.showFilingChoices(by: try request.caller()).body
    let domains = choices.texts("domains")
    func option(_ value: String, _ word: String) -> Choices.Option {
        Choices.Option(value: value, text: request.word(word), explanation: Words.has("\(word)-more") ? request.word("\(word)-more") : "")
    }
    let questions = [
        Choices(
            name: "capacity", legend: request.word("capacity-question"),
            options: [option("helper", "capacity-helper"), option("gatekeeper", "capacity-gatekeeper")], chosen: [draft.capacity],
            fault: faults.word(of: "capacity")),
        Choices(
            name: "domains", legend: request.word("domains-question"), hint: request.word("domains-hint"),
            options: domains.map { option($0, "domain-\($0)") }, chosen: draft.domains, isMany: true, isTwo: true,
            fault: faults.word(of: "domains")),
        Choices(
            name: "consent", legend: request.word("consent-question"), hint: request.word("consent-hint"),
            options: [option("yes", "consent-yes"), option("no", "consent-no"), option("unknown", "consent-unknown")],
            chosen: [draft.supposed], fault: faults.word(of: "consent")),
    ]
    let data: PageData = ["choices": questions.map { $0.shown(request.language) }, "hasDomains": !domains.isEmpty]
    return .page(Page("signal-may-i", title: "may-i-title", data, status: faults.isEmpty ? .ok : .unprocessableContent, faults: faults))
}

private func ask(_ request: PageRequest) async throws -> PageAnswer {
    var kept = try await KeptDraft.find(request)
    // One that was sent is another signal's.
    if kept?.draft.outcome != nil { kept = nil }
    var draft = kept?.draft ?? SignalDraft()
    let form = request.form
    (draft.capacity, draft.domains, draft.supposed) = (form["capacity"], form.all("domains"), form["consent"])
    var faults: [FormFault] = []
    if !["helper", "gatekeeper"].contains(draft.capacity) { faults.append(FormFault("capacity", "capacity-missing")) }
    if draft.domains.isEmpty { faults.append(FormFault("domains", "domains-missing")) }
    if !["yes", "no", "unknown"].contains(draft.supposed) { faults.append(FormFault("consent", "consent-missing")) }
    guard faults.isEmpty else { return try await question(draft, request, faults: faults) }

    let choices = try await request.desk.showFilingChoices(by: try request.caller()).body
    let answer = try await request.desk.askDecision(
        [
            "to": .string(choices.text("to")), "purpose": "intake", "fields": .array(draft.fieldsToCome.map(JSONValue.string)),
            "consent": .string(draft.supposed), "capacity": .string(draft.capacity),
        ], by: try request.caller()
    ).body
    draft.isPermitted = answer.text("outcome") == "permitted"
    draft.explanation = ["nl": answer["explanation"]?.text("nl") ?? "", "en": answer["explanation"]?.text("en") ?? ""]
    draft.concerns = draft.concerns.filter { draft.domains.contains($0.key) }
    if draft.once.isEmpty { draft.once = request.once }
    // Only now, when the gate has spoken, is anything kept.
    var begun = try kept ?? KeptDraft.begin(draft, request)
    begun.draft = draft
    try await begun.keep(request)
    return .redirect("/signals/answer", cookies: [begun.cookie])
}
