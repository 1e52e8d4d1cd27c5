import Exchange
import StrictJSON

/// What was shared about one person. Who is meant stands in a form and never in an address.
func searchPerson(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let body: JSONValue = ["casefileId": .string(form["casefile"].lowercased()), "personId": .string(form["person"].lowercased())]
    do throws(DeskRefusal) {
        let answer = try await request.desk.answerAccessRequest(body, by: request.caller())
        return .page(personPage(request, faults: [], shared: answer.body.list("items")))
    } catch {
        switch error {
        case .invalidInput(let faults):
            let fields = ["casefile", "person"].filter { field in faults.contains { $0.pointer.hasPrefix("/\(field)Id") } }
            return .page(personPage(request, faults: fields.map { FormFault($0, "person-fault-number") }, shared: nil))
        case .notFound: return .page(personPage(request, faults: [FormFault("person", "person-fault-unknown")], shared: nil))
        default: throw error
        }
    }
}

/// The form, and what was found.
func personPage(_ request: PageRequest, faults: [FormFault], shared: [JSONValue]?) -> Page {
    let language = request.language
    let data: PageData = [
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
                "purpose": Words.name("purpose", item.text("purpose"), in: language), "ground": Words.ground(text, in: language),
                "fields": shownFields(item.texts("fields"), language),
                "how": Words.text("person-how-\(item.text("how"))", in: language),
                "state": Words.text("person-state-\(item.text("state"))", in: language),
            ]
        },
    ]
    return Page("officer-person", title: "officer-person", data, faults: faults)
}
