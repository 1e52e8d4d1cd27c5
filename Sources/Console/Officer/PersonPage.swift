import Exchange
import StrictJSON

/// What was shared about one person. Who is meant stands in a form and never in an address.
func searchPerson(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let body: JSONValue = ["casefileId": .string(form["casefile"].lowercased()), "personId": .string(form["person"].lowercased())]
    do throws(DeskRefusal) {
        let answer = try await request.desk.answerAccessRequest(body, by: request.caller())
        return .page(personPage(request, faults: [], shared: answer.body["items"]?.arrayValue ?? []))
    } catch {
        switch error {
        case .invalidInput(let faults):
            let fields = ["casefile", "person"].filter { field in faults.contains { $0.pointer.hasPrefix("/\(field)Id") } }
            return .page(personPage(request, faults: fields.map { ($0, "person-fault-number") }, shared: nil))
        case .notFound: return .page(personPage(request, faults: [("person", "person-fault-unknown")], shared: nil))
        default: throw error
        }
    }
}

/// The form, and what was found.
func personPage(_ request: PageRequest, faults: [(field: String, word: String)], shared: [JSONValue]?) -> Page {
    let language = request.language
    var data: PageData = [
        "isWide": shared != nil, "isFound": shared != nil, "isEmpty": shared?.isEmpty ?? false,
        "fields": ["casefile", "person"].map { name in
            Field(
                name: name, label: "person-\(name)", hint: "person-\(name)-hint", value: request.form[name], maxLength: 36,
                isRequired: true,
                fault: faults.first { $0.field == name }?.word
            ).shown(language)
        },
        "rows": (shared ?? []).map { item -> PageData in
            let ground = item["ground"] ?? .null
            let text = ground.said("article").isEmpty ? ground.said("kind") : "\(ground.said("kind")):\(ground.said("article"))"
            return [
                "at": PageTime.moment(item.said("at"), language),
                "recipient": item.said("name").isEmpty ? item.said("recipient") : item.said("name"),
                "purpose": shownPurpose(item.said("purpose"), language), "ground": shownGround(text, language),
                "fields": shownFields(item.texts("fields"), language),
                "how": Words.text("person-how-\(item.said("how"))", in: language),
                "state": Words.text("person-state-\(item.said("state"))", in: language),
            ]
        },
    ]
    data.merge(shownFaults(faults, language)) { own, _ in own }
    return Page("officer-person", title: "officer-person", data, status: faults.isEmpty ? .ok : .badRequest)
}
