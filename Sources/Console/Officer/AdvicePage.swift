import Exchange
import StrictJSON

/// Keeps what the data protection officer advises. A form that is sent twice is one piece of advice: it carries a number of its own.
func recordAdvice(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let body: JSONValue = ["about": .string(form["about"]), "text": .string(form["text"])]
    let once = form["once"]
    let key = once.isEmpty ? nil : IdempotencyKey(route: "POST /officer/advice", key: once, body: body.canonicalBytes())
    do throws(DeskRefusal) {
        _ = try await request.desk.recordAdvice(body, by: request.caller(), idempotency: key)
    } catch {
        guard case .invalidInput(let faults) = error else { throw error }
        let fields = ["about", "text"].filter { field in faults.contains { $0.pointer.hasPrefix("/\(field)") } }
        return .page(try await advicePage(request, faults: fields.map { ($0, "advice-fault-\($0)") }))
    }
    return .redirect("/officer/advice?said=kept")
}

/// Advice that was given, and the form for whoever gives it.
func advicePage(_ request: PageRequest, faults: [(field: String, word: String)]) async throws -> Page {
    let language = request.language
    let after = request.query["after"]
    let answer = try await request.desk.listAdvice(after: after.isEmpty ? nil : after, limit: 20, by: request.caller()).body
    let items = answer["items"]?.arrayValue ?? []
    let mayAdvise = request.member?.role == .dataProtectionOfficer
    func fault(_ name: String) -> String { faults.first { $0.field == name }.map { request.word($0.word) } ?? "" }
    var data: PageData = [
        "mayAdvise": mayAdvise, "isEmpty": items.isEmpty, "isKept": request.query["said"] == "kept", "text": request.form.exactly("text"),
        "once": request.form["once"].isEmpty ? request.settings.random(16).map { String($0, radix: 36) }.joined() : request.form["once"],
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
                "about": request.word("advice-\(item.said("about"))"), "text": item.said("text"),
                "at": PageTime.moment(item.said("at"), language),
            ]
        },
    ]
    if let next = answer["next"]?.stringValue { data["older"] = "/officer/advice?after=\(next)" }
    data.merge(shownFaults(faults, language)) { own, _ in own }
    return Page("officer-advice", title: "officer-advice", data, status: faults.isEmpty ? .ok : .badRequest)
}
