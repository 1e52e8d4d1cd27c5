import Casework
import Exchange
import StrictJSON

/// A case as its pages show it, made from what the use case answered.
struct CaseView {
    let json: JSONValue
    /// Each person's name by id.
    let names: [String: String]
    /// Organisations that the case names, by their numbers.
    private let partnerNames: [String: String]
    private let request: PageRequest

    /// Reads the case that stands in the path, or another one; the reading is an entry of the log.
    init(_ request: PageRequest, of casefile: String? = nil) async throws {
        json = try await request.desk.showCasefile(casefile ?? request["casefile"], by: request.caller()).body
        self.request = request
        let named = json.list("persons").enumerated().map { place, person in
            (person.text("personId"), Self.name(of: person) ?? "\(request.word("case-person")) \(place + 1)")
        }
        names = Dictionary(named, uniquingKeysWith: { first, _ in first })
        let recipients = json.list("persons").flatMap { $0.list("consents") }.flatMap { $0.texts("recipients") }
        partnerNames = try await request.desk.names(of: Set(recipients))
    }

    private var language: Language { request.language }
    var id: String { json.text("casefileId") }
    var isOpen: Bool { json.text("state") == "open" }
    var opened: String { PageTime.day(json.text("openedAt"), language) }
    var triage: String { json["triage"] == nil ? "" : request.name("triage", json.text("triage")) }

    /// The household, each person with what is known, the name and birth date first.
    var persons: [PageData] {
        json.list("persons").map { person in
            [
                "id": person.text("personId"), "name": names[person.text("personId")] ?? "",
                "lines": lines(person.list("fields"), isPerson: true),
                "consents": person.list("consents").map { consent($0, of: person) }, "hasConsents": !person.list("consents").isEmpty,
                "isUnconfirmed": person.list("consents").contains {
                    $0["confirmed"]?.boolValue == false && $0.flag("counts")
                },
                "age": request.word("age-\(person.text("age"))"), "isAgeOpen": person.text("age") != "adult",
                "isSecret": person["secrecyIndicator"] != nil, "isDeceased": person["deceased"] != nil,
                "representatives": person.list("representatives").map { representativeData($0, names, request) },
                "isRepresented": !person.list("representatives").isEmpty,
                "objections": person.list("objections").map { objectionData($0, request) },
                "levers": person.list("levers").map { leverData($0, request) }, "isCompelled": !person.list("levers").isEmpty,
            ]
        }
    }

    /// Who may answer for a person: the person, and everybody who decides for the person; empty where that is only the person.
    func speakers(for id: String) -> [Choices.Option] {
        let deciders =
            json.list("persons").first { $0.text("personId") == id }?.list("representatives").filter { $0["setAside"] == nil } ?? []
        if deciders.isEmpty { return [] }
        return [Choices.Option(value: "person", text: names[id] ?? "")]
            + deciders.map {
                Choices.Option(
                    value: $0.text("representativeId"), text: representativeName($0, names, request),
                    explanation: request.word("office-\($0.text("office"))"))
            }
    }

    /// What concerns the household as a whole.
    var household: [PageData] { lines(json.list("household"), isPerson: false) }

    private static func name(of person: JSONValue) -> String? {
        let name = person.list("fields").first { $0.text("field") == "identification.name" }?["value"]
        return name.map(nameText).flatMap(\.nonEmpty)
    }

    private static func nameText(_ name: JSONValue) -> String {
        ["given", "prefix", "family"].map { name.text($0) }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func lines(_ fields: [JSONValue], isPerson: Bool) -> [PageData] {
        fields.filter { !isPerson || $0.text("field") != "identification.name" }.map { field in
            ["label": Words.field(field.text("field"), in: request.language), "value": shown(field)]
        }
    }

    /// A stored value as people read it.
    func shown(_ field: JSONValue) -> String {
        let value = field["value"] ?? .null
        switch field.text("field") {
        case "identification.name": return Self.nameText(value)
        case "identification.birthDate": return PageTime.birth(value.stringValue ?? "", language)
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

    private func consent(_ consent: JSONValue, of person: JSONValue) -> PageData {
        let speaker = person.list("representatives").first { $0.text("representativeId") == consent.text("by") }
        let withdrawn = consent.text("withdrawnAt")
        // The exchange says whether a yes still counts: a later no may have beaten it.
        let isLive = consent.flag("counts")
        let answer = consent.text("answer") == "given" && !isLive ? "over" : consent.text("answer")
        let recipients = consent.texts("recipients")
        let purposes =
            consent["purposes"] == nil ? request.word("consent-all-purposes") : request.names("purpose", consent.texts("purposes"))
        return [
            "id": consent.text("consentId"),
            "speaker": speaker.map { representativeName($0, names, request) } ?? "", "isByOther": speaker != nil,
            "hasReceipt": consent.text("answer") != "notAsked",
            "isUnchecked": isLive && consent["freely"]?.boolValue == false,
            "isUnconfirmed": isLive && consent["confirmed"]?.boolValue == false,
            "answer": request.word(withdrawn.isEmpty ? "consent-\(answer)" : "consent-withdrawn"),
            "purposes": purposes, "isScoped": consent.text("answer") != "notAsked",
            "recipients": recipients.isEmpty ? request.word("consent-everybody") : recipients.map(recipient).joined(separator: ", "),
            "recorded": PageTime.day(withdrawn.isEmpty ? consent.text("recordedAt") : withdrawn, language), "isLive": isLive,
            // What a later no has beaten can still be withdrawn: that recalls what went before.
            "mayEnd": consent.text("answer") == "given" && withdrawn.isEmpty,
            "until": PageTime.lastDay(before: consent.text("until"), language), "hasUntil": consent["until"] != nil, "once": request.once,
        ]
    }

    /// A partner's name where the register or a covenant has it; else the sector or number.
    private func recipient(_ code: String) -> String {
        if code == request.member?.organisation.description { return request.word("the-municipality") }
        if code == "anyone" { return request.word("consent-everybody") }
        if code.hasPrefix("sector:") { return request.name("sector", String(code.dropFirst(7))) }
        return partnerNames[code] ?? code
    }

    /// The tasks, each with its clock and who is to act next.
    /// - Parameter faults: what is wrong in the page; the form of a task in which something is stays open, as it was filled in.
    func tasks(_ faults: [FormFault]) -> [PageData] {
        json.list("tasks").map { task in
            let id = task.text("taskId")
            let wrongMove = faults.shown(of: ["to", "reason", "expected"], of: id, language)
            let wrongOverride = faults.shown(of: ["override"], of: id, language)
            let move: FormFields = wrongMove.isEmpty ? .none : request.form
            let overriding: FormFields = wrongOverride.isEmpty ? .none : request.form
            let state = TaskState(rawValue: task.text("state"))
            let moves = state?.legalMoves(by: .desk).map(\.rawValue) ?? []
            let isLate = task.flag("fellDue")
            let data: PageData = [
                "mayOverride": request.member?.role == .processManager && (state == .rejected || (isLate && state?.isOpen == true)),
                "overrides": request.options(
                    "override", ["partnerSilent", "agreedAtMeeting", "noOtherOffer", "danger", "other"],
                    chosen: overriding["reason"]),
                "isMoveWrong": !wrongMove.isEmpty, "id": id, "partner": task.text("partnerName"),
                "purpose": request.name("purpose", task.text("purpose")),
                "state": request.name("task", task.text("state")), "reason": request.name("task-reason", task.text("reason")),
                "hasReason": task["reason"] != nil, "isOpen": state?.isOpen ?? false,
                "clock": request.name("clock", task.text("dueKind")), "due": PageTime.moment(task.text("dueAt"), language),
                "isLate": task.flag("fellDue"), "next": nextActor(task), "moves": request.options("task-to", moves, chosen: move["to"]),
                "once": request.once,
                "reasons": request.options("task-reason", TaskReason.allCases.map(\.rawValue), chosen: move["reason"]),
                "expected": move["expectedOn"],
            ]
            return data.merging(wrongMove) { own, _ in own }.merging(wrongOverride) { own, _ in own }
        }
    }

    /// Who is to act: whom the clock waits for, and the desk once it has run out.
    private func nextActor(_ task: JSONValue) -> String {
        if task.flag("fellDue") { return request.word("next-desk") }
        return task.text("dueKind") == "delivery" ? request.word("next-delivery") : task.text("partnerName")
    }

    /// Who works on it.
    var assigned: [PageData] {
        json.list("assigned").map { worker in
            [
                "account": worker.text("account"), "role": request.name("role", worker.text("role")),
                "since": PageTime.day(worker.text("since"), language),
            ]
        }
    }

    /// Of what the resident is still to be told (GDPR 14).
    var tellings: [PageData] {
        json.list("tellings").map { telling in
            let kind = TellingKind(of: telling)
            return [
                "path": kind.path(of: telling, in: "/cases/\(id)"), "what": request.word("telling-of-\(kind.rawValue)"),
                "due": PageTime.weekday(telling.text("dueAt"), language), "isOverdue": telling.flag("overdue"),
                "isPostponed": telling.flag("postponed"),
            ]
        }
    }

    /// What each partner has seen, may have or will get.
    var shared: [PageData] {
        json.list("shared").map { message in
            [
                "partner": message.text("partnerName"), "state": request.name("shared", message.text("state")),
                "kind": request.name("message", message.text("kind")), "at": PageTime.moment(message.text("queuedAt"), language),
                "about": message.list("about").map { about in
                    [
                        "who": names[about.text("personId")] ?? request.word("case-whole-household"),
                        "fields": about.texts("fields").map { Words.field($0, in: request.language) }.joined(separator: ", "),
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
