import Exchange
import StrictJSON

/// The fields in which somebody is named by the numbers of a case, and what is said of wrong ones.
let personFields = ["casefileId": "casefile", "personId": "person", "": "person"]
let personFaults = ["casefile": "person-fault-number", "person": "person-fault-number", "not-found": "person-fault-unknown"]

/// What was shared about one person. Who is meant stands in a form and never in an address.
func searchPerson(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let body: JSONValue = ["casefileId": .string(form["casefile"].lowercased()), "personId": .string(form["person"].lowercased())]
    return try await orSay(at: personFields, saying: personFaults, on: { personPage(request, faults: $0, shared: nil) }) {
        let caller = try request.caller()
        let answer = try await request.desk.answerAccessRequest(body, by: caller)
        // Whoever may ask this works for the municipality.
        let own = request.member?.organisation.description ?? ""
        let municipality = try await request.desk.names(of: [own])[own] ?? ""
        return .page(personPage(request, faults: [], shared: answer.body.list("items"), municipality: municipality))
    }
}

/// In which cases somebody stands, by citizen service number.
func findPerson(_ request: PageRequest) async throws -> PageAnswer {
    let digits = request.form["bsn"].filter { $0 != " " && $0 != "." }
    return try await orSay(
        at: ["bsn": "bsn"], saying: ["bsn": "person-fault-bsn"], on: { personPage(request, faults: $0, shared: nil) }
    ) {
        let found = try await request.desk.findPerson(["bsn": .string(digits)], by: request.caller()).body.list("items")
        return .page(personPage(request, faults: [], shared: nil, found: found))
    }
}

/// The forms, and what was found.
/// - Parameters:
///   - found: the cases in which somebody stands.
///   - municipality: what the municipality is called, which stands over a printed answer.
func personPage(
    _ request: PageRequest, faults: [FormFault], shared: [JSONValue]?, found: [JSONValue]? = nil, municipality: String = ""
) -> Page {
    let language = request.language
    let data: PageData = [
        "bsn": [
            Field(
                name: "bsn", label: "person-bsn", hint: "person-bsn-hint", autocomplete: "off", inputMode: "numeric", maxLength: 14,
                isRequired: true, isShort: true, fault: faults.word(of: "bsn")
            ).shown(language)
        ],
        "isSearched": found != nil, "isNobody": found?.isEmpty ?? false,
        "cases": (found ?? []).map { item -> PageData in
            [
                "casefile": item.text("casefileId"), "person": item.text("personId"),
                "opened": PageTime.moment(item.text("openedAt"), language),
            ]
        },
        "municipality": municipality, "today": PageTime.day(request.desk.today.description, language),
        "forPerson": request.form["person"].lowercased(), "forCase": request.form["casefile"].lowercased(),
        "isWide": shared != nil, "isFound": shared != nil, "isEmpty": shared?.isEmpty ?? false,
        "fields": ["casefile", "person"].map { name in
            Field(
                name: name, label: "person-\(name)", hint: "person-\(name)-hint", value: request.form[name], maxLength: 36,
                isRequired: true,
                fault: faults.word(of: name)
            ).shown(language)
        },
        "rows": (shared ?? []).map { item -> PageData in
            let ground = item["ground"] ?? .null
            let text = ground.text("article").isEmpty ? ground.text("kind") : "\(ground.text("kind")):\(ground.text("article"))"
            return [
                "at": PageTime.moment(item.text("at"), language),
                "recipient": item.text("name").isEmpty ? item.text("recipient") : item.text("name"),
                "purpose": Words.name("purpose", item.text("purpose"), in: language), "ground": request.ground(text),
                "fields": shownFields(item.texts("fields"), language),
                "how": Words.text("person-how-\(item.text("how"))", in: language),
                "state": Words.text("person-state-\(item.text("state"))", in: language),
            ]
        },
    ]
    return Page("officer-person", title: "officer-person", data, faults: faults)
}
