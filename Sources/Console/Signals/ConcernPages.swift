import Exchange

/// What is the matter: per domain what was seen or heard, by whom it is known and whom it is about; or, without names, only where.
let concernPages: [PageRoute] = [
    .get("/signals/concerns") { request in
        try await withDraft(request) { kept in
            guard !kept.draft.persons.isEmpty else { return .redirect("/signals/people") }
            return try await concerns(kept.draft, request)
        }
    },
    .post("/signals/concerns") { request in
        try await withDraft(request) { kept in
            for domain in kept.draft.domains {
                kept.draft.concerns[domain] = SignalDraft.Concern(
                    observation: request.form["observation-\(domain)"], obtainedBy: known(request.form["how-\(domain)"]),
                    about: request.form.all("about-\(domain)").compactMap { Int($0) }.filter(kept.draft.persons.indices.contains))
            }
            kept.draft.freeText = request.form["freeText"]
            let under = request.form["under"]
            kept.draft.under = try await works(request).contains { $0.value == under } ? under : ""
            try await kept.keep(request)
            return .redirect(kept.draft.persons.isEmpty ? "/signals/people" : "/signals/consent/1", cookies: [kept.cookie])
        }
    },
    .get("/signals/area") { request in try await withDraft(request) { kept in area(kept.draft.area, request) } },
    .post("/signals/area") { request in
        try await withDraft(request) { kept in
            let typed = request.form["area"]
            guard typed.utf8.count == 4, typed.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
                return area(typed, request, fault: "area-wrong")
            }
            kept.draft.area = typed
            try await kept.keep(request)
            return .redirect("/signals/check", cookies: [kept.cookie])
        }
    },
]

/// How something became known, as filing has it.
private let ways = ["visit", "conversation"]

private func known(_ way: String) -> String { ways.contains(way) ? way : "" }

/// The work that people do, each under an act; which one decides what the act lets pass later.
func works(_ request: PageRequest) async throws -> [Choices.Option] {
    let body = try await request.desk.showFilingChoices(by: try request.caller()).body
    return body.list("works").map { .init(value: $0.text("under"), text: $0["text"]?.text(request.language.rawValue) ?? "") }
}

private func concerns(_ draft: SignalDraft, _ request: PageRequest) async throws -> PageAnswer {
    let blocks = draft.domains.map { domain -> PageData in
        let concern = draft.concerns[domain] ?? SignalDraft.Concern()
        let how = Choices(
            name: "how-\(domain)", legend: request.word("how-question"),
            options: ways.map { .init(value: $0, text: request.word("how-\($0)")) }, chosen: [concern.obtainedBy], isTwo: true)
        let about = Choices(
            name: "about-\(domain)", legend: request.word("about-question"),
            options: draft.persons.enumerated().map { .init(value: String($0), text: $1.name) },
            chosen: (concern.about.isEmpty ? Array(draft.persons.indices) : concern.about).map(String.init), isMany: true, isTwo: true)
        let observation = Field(
            name: "observation-\(domain)", label: "observation", hint: "observation-hint", value: concern.observation, maxLength: 4_000,
            isLong: true)
        return [
            "name": request.word("domain-\(domain)"), "fields": [observation.shown(request.language)],
            "choices": ([how] + (draft.persons.count > 1 ? [about] : [])).map { $0.shown(request.language) },
        ]
    }
    let free = Field(name: "freeText", label: "free-text", hint: "free-text-hint", value: draft.freeText, maxLength: 4_000, isLong: true)
    let work = Choices(
        name: "under", legend: request.word("under-question"), hint: request.word("under-hint"),
        options: try await works(request) + [.init(value: "", text: request.word("under-none"))], chosen: [draft.under])
    return .page(
        Page(
            "signal-concerns", title: "concerns-title",
            ["blocks": blocks, "fields": [free.shown(request.language)], "work": [work.shown(request.language)]]))
}

private func area(_ typed: String, _ request: PageRequest, fault: String? = nil) -> PageAnswer {
    let field = Field(
        name: "area", label: "area", hint: "area-hint", value: typed, inputMode: "numeric", maxLength: 4, isShort: true, fault: fault)
    return .page(
        Page(
            "signal-area", title: "area-title", ["fields": [field.shown(request.language)]],
            status: fault == nil ? .ok : .unprocessableContent, faults: fault.map { [FormFault("area", $0)] } ?? []))
}
