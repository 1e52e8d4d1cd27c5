import Exchange
import StrictJSON

/// Keeps what the data protection officer advises. A form that is sent twice is one piece of advice: it carries a number of its own.
func recordAdvice(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let body: JSONValue = ["about": .string(form["about"]), "text": .string(form["text"])]
    return try await orSay(
        at: ["about": "about", "text": "text"], saying: ["about": "advice-fault-about", "text": "advice-fault-text"],
        on: { try await advicePage(request, faults: $0) }
    ) {
        try await done("/officer/advice?said=kept") { () async throws(DeskRefusal) in
            try await request.desk.recordAdvice(body, by: request.caller(), idempotency: request.idempotency("POST /officer/advice", body))
        }
    }
}

/// Advice that was given, and the form for whoever gives it.
func advicePage(_ request: PageRequest, faults: [FormFault]) async throws -> Page {
    let language = request.language
    let answer = try await request.desk.listAdvice(after: request.query["after"].nonEmpty, limit: 20, by: request.caller()).body
    let items = answer.list("items")
    let mayAdvise = request.member?.role == .dataProtectionOfficer
    func fault(_ name: String) -> String { faults.word(of: name).map(request.word) ?? "" }
    var data: PageData = [
        "mayAdvise": mayAdvise, "isEmpty": items.isEmpty, "isKept": request.query["said"] == "kept", "text": request.form.exactly("text"),
        "once": request.once,
        "choices": AdviceSubject.allCases.map { subject -> PageData in
            [
                "value": subject.rawValue, "name": request.word("advice-\(subject.rawValue)"),
                "isChosen": request.form["about"] == subject.rawValue,
            ]
        },
        "aboutFault": fault("about"), "hasAboutFault": !fault("about").isEmpty, "textFault": fault("text"),
        "hasTextFault": !fault("text").isEmpty,
        "items": items.map { item -> PageData in
            [
                "about": request.word("advice-\(item.text("about"))"), "text": item.text("text"),
                "at": PageTime.moment(item.text("at"), language),
            ]
        },
    ]
    if let next = answer["next"]?.stringValue { data["older"] = "/officer/advice?after=\(next)" }
    return Page("officer-advice", title: "officer-advice", data, faults: faults)
}
