import Casework
import Disclosure
import Exchange
import StrictJSON

/// Sharing without consent on a case: what was written down about it, asking for it, and a colleague's yes or no.
let justificationPages: [PageRoute] = [
    .get("/cases/:casefile/justifications") { .page(try await justificationsPage($0)) },
    .get("/cases/:casefile/justifications/new") { .page(try await choosePage($0, .withoutConsent)) },
    .post("/cases/:casefile/justifications/ask") { request in
        try await asking(request, .withoutConsent) { .page(try await justifyPage(request, $0)) }
    },
    .post("/cases/:casefile/justifications") { request in
        try await asking(request, .withoutConsent) { asked in
            let written = request.form.justification(of: asked)
            guard written.faults.isEmpty else { return .page(try await justifyPage(request, asked, written.faults)) }
            let body = asked.justified(by: written.body)
            return try await orSay(at: justificationFields, on: { try await justifyPage(request, asked, $0) }) {
                try await done("/cases/\(request["casefile"])/justifications?said=made") { () async throws(DeskRefusal) in
                    try await request.desk.makeJustification(
                        request["casefile"], body, by: request.caller(),
                        idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/justifications", body))
                }
            }
        }
    },
    .post("/cases/:casefile/justifications/:id/answer") { request in
        try await answerJustification(request, back: "/cases/\(request["casefile"])/justifications") {
            try await justificationsPage(request, $0)
        }
    },
]

/// A second person's answer, or an end before its time; afterwards the list is shown again.
func answerJustification(_ request: PageRequest, back: String, _ page: ([FormFault]) async throws -> Page) async throws -> PageAnswer {
    let answer = request.form["answer"]
    return try await orSay(on: page) {
        try await done("\(back)?said=\(["agreed", "declined"].contains(answer) ? answer : "ended")") { () async throws(DeskRefusal) in
            guard answer != "ended" else {
                return try await request.desk.endJustification(
                    request["id"], [:], by: request.caller(),
                    idempotency: request.idempotency("POST /v1/justifications/{justificationId}/end", [:]))
            }
            let body: JSONValue = ["answer": .string(answer)]
            return try await request.desk.answerJustification(
                request["id"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/justifications/{justificationId}/answer", body))
        }
    }
}

private func justificationsPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let view = try await CaseView(request)
    let items = try await request.desk.showJustifications(of: request["casefile"], by: request.caller()).body.list("items")
    let path = "/cases/\(request["casefile"])"
    return Page(
        "justifications", title: "justifications",
        [
            "isOfCase": true, "path": path, "isEmpty": items.isEmpty, "lead": request.word("justifications-lead"),
            "items": items.map { JustificationCard($0, names: view.names, request).shown(at: "\(path)/justifications") },
        ], faults: faults, said: request.said("justifications"))
}

/// What is asked of whoever wants to share without consent, after what and with whom.
private func justifyPage(_ request: PageRequest, _ asked: AskedShare, _ faults: [FormFault] = []) async throws -> Page {
    guard asked.ground != "consent" else {
        return try await choosePage(request, .withoutConsent, [FormFault("ground", "justify-ground-missing")])
    }
    let view = try await CaseView(request)
    let form = request.form
    let about = asked.subjects.compactMap { view.names[$0] }.sorted().joined(separator: ", ")
    func long(_ name: String, _ label: String, hint: String = "", text: String? = nil) -> Field {
        Field(
            name: name, label: label, labelText: text, hint: hint, value: form[name], maxLength: 500, isLong: true,
            fault: faults.word(of: name))
    }
    func choices(_ name: String, _ codes: [String], isTwo: Bool = true) -> Choices {
        Choices(
            name: name, legend: request.word("justify-\(name)"),
            options: codes.map { .init(value: $0, text: request.name("justify-\(name)", $0)) }, chosen: [form[name]], isTwo: isTwo,
            fault: faults.word(of: name))
    }
    var questions: [Choices] = []
    if asked.hasSpecialCategories {
        questions.append(choices("exception", SpecialCategoryException.allCases.map(\.rawValue), isTwo: false))
    }
    questions += [choices("consent", ["refused", "unanswered", "notAsked"]), choices("tell", ["by"] + postponementGrounds)]
    var fields = asked.fields.map { field in
        long("necessity-\(field)", "", text: request.word("justify-necessity") + ": " + Words.field(field, in: request.language))
    }
    fields += [
        long("proportionality", "justify-proportionality", hint: "justify-proportionality-hint"),
        long("subsidiarity", "justify-subsidiarity", hint: "justify-subsidiarity-hint"),
        long("because", "justify-because", hint: "justify-because-hint"),
    ]
    if asked.hasOffences {
        fields.append(
            Field(
                name: "offencesUnder", label: "justify-offences", hint: "justify-offences-hint", value: form["offencesUnder"],
                maxLength: 80,
                fault: faults.word(of: "offencesUnder")))
    }
    fields += [
        Field(name: "tellOn", label: "justify-tell-on", value: form["tellOn"], type: "date", fault: faults.word(of: "tellOn")),
        Field(
            name: "until", label: "justify-until", hint: "justify-until-hint", value: form["until"], type: "date",
            fault: faults.word(of: "until")),
        long("conflictOfDuties", "justify-secrecy", hint: "justify-secrecy-hint"),
        Field(
            name: "consulted", label: "justify-consulted", hint: "justify-consulted-hint", value: form["consulted"], maxLength: 100,
            fault: faults.word(of: "consulted")),
    ]
    return OneForm(
        title: "justify-title", action: ShareDoor.withoutConsent.path(request), back: ("/cases/\(request["casefile"])", "desk-to-case"),
        lead: "justify-lead",
        notes: [
            (asked.partner, request.name("purpose", asked.purpose)), (about, request.ground(asked.ground)),
        ], hidden: asked.form, questions: questions, fields: fields, button: "justify-save"
    ).page(request, faults)
}

/// The form's field by the member in which a fault lies.
private let justificationFields = [
    "exception": "exception", "offencesUnder": "offencesUnder", "proportionality": "proportionality", "subsidiarity": "subsidiarity",
    "consent": "consent", "until": "until", "tell": "tellOn", "secrecy": "consulted", "ground": "ground",
]

extension AskedShare {
    private var names: FieldNames { FieldNames(FieldName.all.filter { fields.contains($0.path) }) }
    fileprivate var hasSpecialCategories: Bool { !names.isDisjoint(with: .specialCategories) }
    fileprivate var hasOffences: Bool { !names.isDisjoint(with: .ofOffences) }
}

extension FormFields {
    /// What was written, as the use case takes it, with what is missing in it.
    fileprivate func justification(of asked: AskedShare) -> (body: JSONObject, faults: [FormFault]) {
        var needed = ["proportionality", "subsidiarity", "consent", "tell", "tellOn", "until"] + asked.fields.map { "necessity-\($0)" }
        if asked.hasSpecialCategories { needed.append("exception") }
        if asked.hasOffences { needed.append("offencesUnder") }
        if self["consent"] == "notAsked" { needed.append("because") }
        if !self["conflictOfDuties"].isEmpty { needed.append("consulted") }
        if !self["consulted"].isEmpty { needed.append("conflictOfDuties") }
        let faults = needed.filter { self[$0].isEmpty }.map {
            FormFault($0, "justify-missing-" + ($0.hasPrefix("necessity-") ? "necessity" : $0))
        }
        var consent: JSONObject = ["sought": .string(self["consent"])]
        if self["consent"] == "notAsked" { consent["because"] = .string(self["because"]) }
        var body: JSONObject = [
            // Who shares is a helper here: gatekeepers file signals.
            "capacity": .string(Capacity.helper.rawValue), "consent": .object(consent), "until": .string(self["until"]),
            "necessity": .object(
                JSONObject(asked.fields.map { .init(name: $0, value: .string(self["necessity-\($0)"])) })),
            "tell": self["tell"] == "by"
                ? ["by": .string(self["tellOn"])]
                : ["postponed": ["ground": .string(self["tell"]), "reviewOn": .string(self["tellOn"])]],
        ]
        for name in ["proportionality", "subsidiarity"] { body[name] = .string(self[name]) }
        if asked.hasSpecialCategories { body["exception"] = .string(self["exception"]) }
        if asked.hasOffences { body["offencesUnder"] = .string(self["offencesUnder"]) }
        if !self["consulted"].isEmpty {
            body["secrecy"] = ["conflictOfDuties": .string(self["conflictOfDuties"]), "consulted": .string(self["consulted"])]
        }
        return (body, faults)
    }
}
