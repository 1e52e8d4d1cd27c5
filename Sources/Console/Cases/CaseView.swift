import Casework
import Exchange
import StrictJSON

/// A case as its pages show it, made from what the use case answered.
struct CaseView {
    let json: JSONValue
    private let request: PageRequest

    init(_ json: JSONValue, _ request: PageRequest) {
        self.json = json
        self.request = request
    }

    private var language: Language { request.language }
    var id: String { json.text("casefileId") }
    var isOpen: Bool { json.text("state") == "open" }
    var opened: String { PageDay.full(json.text("openedAt"), language) }
    var triage: String { json["triage"] == nil ? "" : request.name("triage", json.text("triage")) }

    /// The household, each person with what is known, the name and birth date first.
    var persons: [PageData] {
        json.list("persons").enumerated().map { place, person in
            [
                "id": person.text("personId"), "name": name(of: person, at: place), "lines": lines(person.list("fields"), isPerson: true),
                "consents": person.list("consents").map(consent), "hasConsents": !person.list("consents").isEmpty,
            ]
        }
    }

    /// What concerns the household as a whole.
    var household: [PageData] { lines(json.list("household"), isPerson: false) }

    /// Each person's name by id.
    var names: [String: String] {
        Dictionary(
            json.list("persons").enumerated().map { ($1.text("personId"), name(of: $1, at: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    private func name(of person: JSONValue, at place: Int) -> String {
        let name = person.list("fields").first { $0.text("field") == "identification.name" }?["value"]
        let text = name.map(nameText) ?? ""
        return text.isEmpty ? "\(request.word("case-person")) \(place + 1)" : text
    }

    private func nameText(_ name: JSONValue) -> String {
        ["given", "prefix", "family"].map { name.text($0) }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func lines(_ fields: [JSONValue], isPerson: Bool) -> [PageData] {
        fields.filter { !isPerson || $0.text("field") != "identification.name" }.map { field in
            ["label": fieldName(field.text("field"), request), "value": shown(field)]
        }
    }

    /// A stored value as people read it.
    func shown(_ field: JSONValue) -> String {
        let value = field["value"] ?? .null
        switch field.text("field") {
        case "identification.name": return nameText(value)
        case "identification.birthDate": return PageDay.birth(value.stringValue ?? "", language)
        case "contact.address":
            let number = value.text("houseNumber") + value.text("addition")
            return [value.text("street") + " " + number, value.text("postcode") + " " + value.text("place")]
                .map { $0.trimmingPrefix(" ") }.filter { !$0.isEmpty }.joined(separator: ", ")
        default:
            if let text = value.stringValue { return text }
            if let flag = value.boolValue { return request.word(flag ? "yes" : "no") }
            if let list = value.arrayValue { return list.compactMap(\.stringValue).joined(separator: ", ") }
            return (value.objectValue?.members ?? []).compactMap { $0.value.stringValue }.joined(separator: " ")
        }
    }

    private func consent(_ consent: JSONValue) -> PageData {
        let withdrawn = consent.text("withdrawnAt")
        let isLive = consent.text("answer") == "given" && withdrawn.isEmpty
        let recipients = consent.texts("recipients")
        let purposes =
            consent["purposes"] == nil ? request.word("consent-all-purposes") : request.names("purpose", consent.texts("purposes"))
        return [
            "id": consent.text("consentId"),
            "answer": request.word(withdrawn.isEmpty ? "consent-\(consent.text("answer"))" : "consent-withdrawn"),
            "purposes": purposes, "isScoped": consent.text("answer") == "given",
            "recipients": recipients.isEmpty ? request.word("consent-everybody") : recipients.map(recipient).joined(separator: ", "),
            "recorded": PageDay.full(withdrawn.isEmpty ? consent.text("recordedAt") : withdrawn, language), "isLive": isLive,
            "until": PageDay.full(consent.text("until"), language), "hasUntil": consent["until"] != nil, "once": request.once,
            "isGood": isLive,
        ]
    }

    /// A partner's name where the case knows it; else the sector or number.
    private func recipient(_ code: String) -> String {
        if code == request.member?.organisation.description { return request.word("the-municipality") }
        if code.hasPrefix("sector:") { return request.name("sector", String(code.dropFirst(7))) }
        return partnerNames[code] ?? code
    }

    /// Partners that the case names, by their numbers.
    var partnerNames: [String: String] {
        let rows = json.list("tasks") + json.list("shared")
        return Dictionary(rows.map { ($0.text("partner"), $0.text("partnerName")) }, uniquingKeysWith: { first, _ in first })
    }

    /// The tasks, each with its clock and who is to act next.
    var tasks: [PageData] {
        json.list("tasks").map { task in
            let state = TaskState(rawValue: task.text("state"))
            let moves = state?.legalMoves(by: .desk).map(\.rawValue) ?? []
            return [
                "id": task.text("taskId"), "partner": task.text("partnerName"), "purpose": request.name("purpose", task.text("purpose")),
                "state": request.name("task", task.text("state")), "reason": request.name("task-reason", task.text("reason")),
                "hasReason": task["reason"] != nil, "isOpen": state?.isOpen ?? false,
                "clock": request.name("clock", task.text("dueKind")), "due": PageTime.moment(task.text("dueAt"), language),
                "isLate": task.flag("fellDue"), "next": nextActor(task), "moves": request.options("task-to", moves), "once": request.once,
            ]
        }
    }

    /// Who is to act: whom the clock waits for, and the desk once it has run out.
    private func nextActor(_ task: JSONValue) -> String {
        if task.flag("fellDue") { return request.word("next-desk") }
        return task.text("dueKind") == "delivery" ? request.word("next-delivery") : task.text("partnerName")
    }

    /// What each partner has seen, may have or will get.
    var shared: [PageData] {
        let names = names
        return json.list("shared").map { message in
            [
                "partner": message.text("partnerName"), "state": request.name("shared", message.text("state")),
                "kind": request.name("message", message.text("kind")), "at": PageTime.moment(message.text("queuedAt"), language),
                "about": message.list("about").map { about in
                    [
                        "who": names[about.text("personId")] ?? request.word("case-whole-household"),
                        "fields": about.texts("fields").map { fieldName($0, request) }.joined(separator: ", "),
                    ] as PageData
                } as [PageData],
            ]
        }
    }

    /// What happened, the newest first.
    var timeLine: [PageData] {
        var events: [(at: String, text: String)] = [(json.text("openedAt"), request.word("event-opened"))]
        for signal in json.list("signals") {
            let word = signal.flag("isJoined") ? "event-joined-signal" : "event-signal"
            events.append((signal.text("filedAt"), request.word(word) + ": " + request.name("channel", signal.text("channel"))))
        }
        if json["visitedAt"] != nil { events.append((json.text("visitedAt"), request.word("event-visited"))) }
        for meeting in json.list("meetings") {
            let kind = request.name("meeting-kind", meeting.text("kind"))
            events.append((meeting.text("openedAt"), request.word("event-meeting-opened") + ": " + kind))
            if meeting.text("state") == "held" { events.append((meeting.text("at"), request.word("event-meeting-held") + ": " + kind)) }
        }
        for task in json.list("tasks") {
            let what = task.text("partnerName") + ", " + request.name("purpose", task.text("purpose"))
            events.append((task.text("createdAt"), request.word("event-referred") + ": " + what))
            if task.text("movedAt") != task.text("createdAt") {
                events.append((task.text("movedAt"), what + ": " + request.name("task", task.text("state"))))
            }
        }
        for person in json.list("persons") {
            for consent in person.list("consents") where consent["withdrawnAt"] != nil {
                events.append((consent.text("withdrawnAt"), request.word("event-withdrawn")))
            }
        }
        return events.sorted { $0.at > $1.at }.map { ["at": PageTime.moment($0.at, language), "text": $0.text] }
    }
}

/// What a field is called: `field-…`, or the domain with what of it.
func fieldName(_ path: String, _ request: PageRequest) -> String {
    let parts = path.split(separator: ".").map(String.init)
    guard parts.count == 3, parts[0] == "domains" else { return request.name("field", path) }
    return request.name("domain", parts[1]) + (parts[2] == "observation" ? ": " + request.word("field-observation") : "")
}
