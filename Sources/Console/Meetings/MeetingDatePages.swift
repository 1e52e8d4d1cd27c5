import Casework
import Exchange
import StrictJSON

/// Giving a meeting its date and its agenda; a second time it is an update, and who was invited is told.
let meetingDatePages: [PageRoute] = [
    .get("/meetings/:meeting/date") { .page(try await datePage($0)) },
    .post("/meetings/:meeting/date") { request in
        let form = request.form
        var faults: [FormFault] = []
        let at = PageTime.instant(day: form["day"], time: form["time"])
        if at == nil { faults.append(FormFault("day", "meeting-at-wrong")) }
        if form.all("item").isEmpty { faults.append(FormFault("item", "meeting-items-missing")) }
        if form["resident"].isEmpty { faults.append(FormFault("resident", "meeting-resident-missing")) }
        let minutes = Int64(form["minutes"])
        if minutes == nil { faults.append(FormFault("minutes", "meeting-minutes-wrong")) }
        guard faults.isEmpty, let at, let minutes else {
            return .page(try await datePage(request, faults))
        }
        // `domain:person`, as the page wrote it; one item for each domain.
        var items: [(domain: String, subjects: [String])] = []
        for pair in form.all("item").map({ $0.split(separator: ":").map(String.init) }) where pair.count == 2 {
            if let place = items.firstIndex(where: { $0.domain == pair[0] }) {
                items[place].subjects.append(pair[1])
            } else {
                items.append((pair[0], [pair[1]]))
            }
        }
        let comes = form["resident"] == "comes"
        var body: JSONObject = [
            "at": .string(at.rfc3339), "minutes": .integer(minutes),
            "items": .array(
                items.map { ["domain": .string($0.domain), "subjects": .array($0.subjects.map(JSONValue.string))] as JSONValue }),
            "resident": comes ? ["comes": true] : ["comes": false, "reason": .string(form["resident"])],
        ]
        if !form["chair"].isEmpty { body["chair"] = .string(form["chair"]) }
        let sent = JSONValue.object(body)
        let fields = ["at": "day", "minutes": "minutes", "items": "item", "chair": "chair", "resident": "resident"]
        return try await orSay(at: fields, on: { try await datePage(request, $0) }) {
            try await done("/meetings/\(request["meeting"])?said=dated") { () async throws(DeskRefusal) in
                try await request.desk.dateMeeting(
                    request["meeting"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/meetings/{meetingId}/date", sent))
            }
        }
    },
]

/// The form before anybody fills it in: what the meeting has already.
private func filled(by meeting: JSONValue) -> FormFields {
    let at = PageTime.typed(meeting.text("at"))
    let resident = meeting["resident"].map { $0.flag("comes") ? "comes" : $0.text("reason") }
    var pairs: [(name: String, value: String)] = [
        ("day", at?.day ?? ""), ("time", at?.time ?? ""), ("minutes", meeting["minutes"] == nil ? "60" : meeting.text("minutes")),
        ("chair", meeting.text("chair")), ("resident", resident ?? ""),
    ]
    for item in meeting.list("items") {
        pairs += item.texts("subjects").map { (name: "item", value: "\(item.text("domain")):\($0)") }
    }
    return FormFields(pairs: pairs)
}

private func datePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let meeting = try await MeetingView(request)
    let form = request.form.pairs.isEmpty ? filled(by: meeting.json) : request.form
    let chairs = try await request.desk.listColleagues(as: [.meetingChair], by: request.caller())
    // An item for each domain that is known of a person: what nobody told is not spoken of.
    var options: [Choices.Option] = []
    for domain in LifeDomain.allCases {
        for person in meeting.view.json.list("persons")
        where person.list("fields").contains(where: { $0.text("field").hasPrefix("domains.\(domain.rawValue).") }) {
            let id = person.text("personId")
            options.append(
                .init(
                    value: "\(domain.rawValue):\(id)", text: request.name("domain", domain.rawValue),
                    explanation: meeting.view.names[id] ?? ""))
        }
    }
    let data: PageData = [
        "path": "/meetings/\(request["meeting"])", "once": request.once,
        "fields": [
            Field(name: "day", label: "meeting-day", value: form["day"], type: "date", isRequired: true, fault: faults.word(of: "day")),
            Field(name: "time", label: "meeting-time", value: form["time"], type: "time", isRequired: true, isShort: true),
            Field(
                name: "minutes", label: "meeting-minutes", value: form["minutes"], inputMode: "numeric",
                isRequired: true, isShort: true, fault: faults.word(of: "minutes")),
        ].map { $0.shown(request.language) },
        "questions": [
            Choices(
                name: "item", legend: request.word("meeting-items"), hint: request.word("meeting-items-hint"), options: options,
                chosen: form.all("item"), isMany: true, isTwo: true, fault: faults.word(of: "item")),
            Choices(
                name: "resident", legend: request.word("meeting-resident"),
                options: [.init(value: "comes", text: request.word("resident-comes"))]
                    + ResidentAbsence.allCases.map { .init(value: $0.rawValue, text: request.word("resident-\($0.rawValue)")) },
                chosen: [form["resident"]], fault: faults.word(of: "resident")),
        ].map { $0.shown(request.language) },
        "chairs": chairs.map { ["value": $0, "isChosen": $0 == form["chair"]] as PageData },
        "hasChairs": !chairs.isEmpty,
    ]
    return Page("meeting-date", title: "meeting-date-title", data, faults: faults)
}
