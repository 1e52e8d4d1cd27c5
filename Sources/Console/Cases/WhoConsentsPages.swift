import Disclosure
import Exchange
import StrictJSON

/// Who consents for a person of a case: how old the person is, who decides for the person, and setting one of them aside.
let whoConsentsPages: [PageRoute] = [
    // The person stands in the form, never in an address.
    .post("/cases/:casefile/ages/ask") { .page(try await agePage($0)) },
    .post("/cases/:casefile/ages") { request in
        let form = request.form
        let born = birthDate(day: form["day"], month: form["month"], year: form["year"])
        var missing: [FormFault] = []
        if born == nil { missing.append(FormFault("year", "birth-date-wrong")) }
        if born == "unknown", form["adult"].isEmpty { missing.append(FormFault("adult", "adult-missing")) }
        guard missing.isEmpty, let born else { return .page(try await agePage(request, missing)) }
        var body: JSONObject = ["personId": .string(form["person"]), "birthDate": .string(born)]
        if ["yes", "no"].contains(form["adult"]) { body["adult"] = .bool(form["adult"] == "yes") }
        let sent = JSONValue.object(body)
        return try await orSay(at: ["birthDate": "year", "adult": "adult"], on: { try await agePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=age") { () async throws(DeskRefusal) in
                try await request.desk.noteAge(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/ages", sent))
            }
        }
    },
    .post("/cases/:casefile/representatives/ask") { .page(try await newRepresentativePage($0)) },
    .post("/cases/:casefile/representatives") { request in
        let form = request.form
        guard let office = Representative.Office(rawValue: form["office"]) else {
            return .page(try await newRepresentativePage(request, [FormFault("office", "office-missing")]))
        }
        var body: JSONObject = ["personId": .string(form["person"]), "office": .string(office.rawValue)]
        if !form["member"].isEmpty { body["memberId"] = .string(form["member"]) }
        if !form.all("purposes").isEmpty { body["purposes"] = .array(form.all("purposes").map(JSONValue.string)) }
        let sent = JSONValue.object(body)
        let fields = ["office": "office", "purposes": "purposes", "memberId": "member"]
        return try await orSay(at: fields, on: { try await newRepresentativePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=representative") { () async throws(DeskRefusal) in
                try await request.desk.recordRepresentative(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/representatives", sent))
            }
        }
    },
    .get("/cases/:casefile/representatives/:representative") { .page(try await setAsidePage($0)) },
    .post("/cases/:casefile/representatives/:representative") { request in
        let because = request.form["because"]
        guard !because.isEmpty else { return .page(try await setAsidePage(request, [FormFault("because", "set-aside-missing")])) }
        let sent: JSONValue = ["because": .string(because)]
        return try await orSay(at: ["because": "because"], on: { try await setAsidePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=set-aside") { () async throws(DeskRefusal) in
                try await request.desk.setAsideRepresentative(
                    request["representative"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/representatives/{representativeId}/set-aside", sent))
            }
        }
    },
]

/// How old a person is.
private func agePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (person, path, form) = (request.form["person"], "/cases/\(request["casefile"])", request.form)
    guard let name = try await CaseView(request).names[person] else { throw PageFault.notFound }
    func part(_ name: String, _ length: Int) -> Field {
        Field(
            name: name, label: "person-\(name)", value: form[name], inputMode: "numeric", maxLength: length, isShort: true,
            fault: faults.word(of: name))
    }
    return OneForm(
        title: "age-title", action: "\(path)/ages", back: (path, "desk-to-case"), lead: "age-lead",
        notes: [(request.word("representative-for"), name)], hidden: [("person", person)],
        questions: [
            adultQuestion(["yes", "no"], request, chosen: [form["adult"]], fault: faults.word(of: "adult"))
        ], fields: [part("day", 2), part("month", 2), part("year", 4)], button: "age-save"
    ).page(request, faults)
}

/// Who decides for a person.
private func newRepresentativePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (person, path, form) = (request.form["person"], "/cases/\(request["casefile"])", request.form)
    let view = try await CaseView(request)
    guard let name = view.names[person] else { throw PageFault.notFound }
    let others = view.json.list("persons").map { $0.text("personId") }.filter { $0 != person }
    let choices = try await sharingChoices(request)
    let purposes = Set(choices.map { $0.text("purpose") }).sorted()
    return OneForm(
        title: "representative-title", action: "\(path)/representatives", back: (path, "desk-to-case"), lead: "representative-lead",
        notes: [(request.word("representative-for"), name)], hidden: [("person", person)],
        questions: [
            Choices(
                name: "office", legend: request.word("office-question"),
                options: Representative.Office.allCases.map {
                    .init(
                        value: $0.rawValue, text: request.word("office-\($0.rawValue)"),
                        explanation: request.word("office-\($0.rawValue)-more"))
                }, chosen: [form["office"]], fault: faults.word(of: "office")),
            Choices(
                name: "member", legend: request.word("representative-who"),
                options: others.map { .init(value: $0, text: view.names[$0] ?? "") }
                    + [.init(value: "", text: request.word("representative-elsewhere"))],
                chosen: [form["member"]], fault: faults.word(of: "member")),
            Choices(
                name: "purposes", legend: request.word("representative-purposes"), hint: request.word("representative-purposes-hint"),
                options: purposes.map { .init(value: $0, text: request.name("purpose", $0)) }, chosen: form.all("purposes"), isMany: true,
                isTwo: true, fault: faults.word(of: "purposes")),
        ], button: "representative-save"
    ).page(request, faults)
}

/// Deciding that somebody who decides for a person counts for nothing.
private func setAsidePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (view, path) = (try await CaseView(request), "/cases/\(request["casefile"])")
    for person in view.json.list("persons") {
        for shown in person.list("representatives") where shown.text("representativeId") == request["representative"] {
            return OneForm(
                title: "set-aside-title", action: "\(path)/representatives/\(request["representative"])", back: (path, "desk-to-case"),
                lead: "set-aside-lead",
                notes: [
                    (request.word("representative-for"), view.names[person.text("personId")] ?? ""),
                    (request.word("office-\(shown.text("office"))"), representativeName(shown, view.names, request)),
                ],
                fields: [
                    Field(
                        name: "because", label: "set-aside-because", hint: "set-aside-because-hint", value: request.form["because"],
                        maxLength: 500, isLong: true, fault: faults.word(of: "because"))
                ], button: "set-aside-save"
            ).page(request, faults)
        }
    }
    throw PageFault.notFound
}

/// What somebody who decides for a person is called: by name where it is somebody of the household.
func representativeName(_ shown: JSONValue, _ names: [String: String], _ request: PageRequest) -> String {
    names[shown.text("memberId")] ?? request.word("representative-elsewhere")
}

/// Somebody who decides for a person, as the page of a case shows it.
func representativeData(_ shown: JSONValue, _ names: [String: String], _ request: PageRequest) -> PageData {
    let setAside = shown["setAside"]
    return [
        "representative": shown.text("representativeId"), "office": request.word("office-\(shown.text("office"))"),
        "who": representativeName(shown, names, request), "matters": request.names("purpose", shown.texts("purposes")),
        "hasMatters": shown["purposes"] != nil, "isSetAside": setAside != nil, "by": setAside?.text("by") ?? "",
        "at": PageTime.day(setAside?.text("at") ?? "", request.language), "because": setAside?.text("because") ?? "",
    ]
}
