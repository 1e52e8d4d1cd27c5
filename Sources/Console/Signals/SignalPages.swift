import Exchange
import StrictJSON

/// Filing a signal, one question a page, in the order in which they matter: danger, whom to call, may I, and only then people.
let signalPages: [PageRoute] = beginSignalPages + mayFilePages + householdPages + concernPages + consentPages + sendSignalPages

/// The first questions. Nothing of them is kept.
let beginSignalPages: [PageRoute] = [
    .get("/signals/new") { request in
        _ = try await request.desk.showFilingChoices(by: try request.caller())
        let kept = try await KeptDraft.find(request)
        let question = yesOrNoQuestion("danger", request.word("danger-question"), request)
        var data: PageData = ["choices": [question.shown(request.language)], "hasDraft": kept.map { $0.draft.outcome == nil } ?? false]
        data["next"] = kept?.draft.next ?? ""
        return .page(Page("signal-new", title: "signal-new", data, said: request.said("signal")))
    },
    .post("/signals/new") { request in
        switch request.form["danger"] {
        case "yes": .redirect("/signals/danger")
        case "no": .redirect("/signals/whom")
        default:
            try await askAgain(
                "signal-new", title: "signal-new", yesOrNoQuestion("danger", request.word("danger-question"), request, fault: "choose-one"),
                request
            )
        }
    },
    .post("/signals/drop") { request in
        if let kept = try await KeptDraft.find(request) { try await kept.drop(request) }
        return .redirect("/signals/new", cookies: [.gone(.draft)])
    },
    .get("/signals/danger") { request in
        _ = try await request.desk.showFilingChoices(by: try request.caller())
        return .page(Page("signal-danger", title: "danger-title"))
    },
    .get("/signals/whom") { request in try await whom(request) },
    .post("/signals/whom") { request in
        switch request.form["knows"] {
        case "yes": .redirect("/signals/whom/call")
        case "no": .redirect("/signals/may-i")
        default: try await whom(request, fault: "choose-one")
        }
    },
    .get("/signals/whom/call") { request in
        _ = try await request.desk.showFilingChoices(by: try request.caller())
        return .page(Page("signal-call", title: "call-title"))
    },
]

/// Whom one could call, as the covenants in force say.
private func whom(_ request: PageRequest, fault: String? = nil) async throws -> PageAnswer {
    let choices = try await request.desk.showFilingChoices(by: try request.caller()).body
    let suggestions = choices.list("suggestions").map { suggestion -> PageData in
        let domains = suggestion.texts("domains").map { request.word("domain-\($0)") }
        return [
            "domains": domains.joined(separator: ", "), "hasDomains": !domains.isEmpty,
            "partners": suggestion.texts("partners").joined(separator: ", "),
            "purpose": request.name("purpose", suggestion.text("purpose")),
        ]
    }
    let question = yesOrNoQuestion("knows", request.word("whom-question"), request, fault: fault)
    let data: PageData = [
        "suggestions": suggestions, "hasSuggestions": !suggestions.isEmpty, "choices": [question.shown(request.language)],
    ]
    return .page(
        Page(
            "signal-whom", title: "whom-title", data, status: fault == nil ? .ok : .unprocessableContent,
            faults: fault.map { [FormFault("knows", $0)] } ?? []))
}

/// A question to answer with yes or no.
func yesOrNoQuestion(_ name: String, _ legend: String, _ request: PageRequest, fault: String? = nil) -> Choices {
    Choices(
        name: name, legend: legend,
        options: [.init(value: "yes", text: request.word("yes")), .init(value: "no", text: request.word("no"))], isTwo: true, fault: fault)
}

/// A page of one question that was not answered.
private func askAgain(_ template: String, title: String, _ question: Choices, _ request: PageRequest) async throws -> PageAnswer {
    _ = try await request.desk.showFilingChoices(by: try request.caller())
    return .page(
        Page(
            template, title: title, ["choices": [question.shown(request.language)], "hasDraft": false], status: .unprocessableContent,
            faults: [FormFault(question.name, question.fault ?? "choose-one")]))
}
