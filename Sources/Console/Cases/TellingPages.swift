import Casework
import Exchange
import StrictJSON

/// Whether the resident was told of a signal, a meeting or what is shared without consent, or why not yet (GDPR 14).
let tellingPages: [PageRoute] = [
    .get("/cases/:casefile/tellings/:kind/:id") { .page(try await tellingPage($0)) },
    .post("/cases/:casefile/tellings/:kind/:id") { request in
        let form = request.form
        var body: JSONObject = [try kind(request).member: .string(request["id"])]
        switch form["how"].split(separator: "-", maxSplits: 1).map(String.init) {
        case let parts where parts.first == "told" && parts.count == 2:
            let isOurs = parts[1] == ourLetter
            var told: JSONObject = ["way": .string(isOurs ? "letter" : parts[1])]
            if isOurs {
                let version = form["textVersion"]
                guard ResidentLetter.isVersion(version) else {
                    return .page(try await tellingPage(request, [FormFault("textVersion", "telling-version-missing")]))
                }
                told["textVersion"] = .string(version)
            }
            if try kind(request) == .justification {
                guard !form["safe"].isEmpty else {
                    return .page(try await tellingPage(request, [FormFault("safe", "telling-safe-missing")]))
                }
                told["bySafeWay"] = true
            }
            body["told"] = .object(told)
        case let parts where parts.first == "later" && parts.count == 2:
            guard !form["reviewOn"].isEmpty else {
                return .page(try await tellingPage(request, [FormFault("reviewOn", "telling-review-missing")]))
            }
            body["postponed"] = ["ground": .string(parts[1]), "reviewOn": .string(form["reviewOn"])]
        default: return .page(try await tellingPage(request, [FormFault("how", "telling-how-missing")]))
        }
        let sent = JSONValue.object(body)
        return try await orSay(at: ["told": "how", "postponed": "reviewOn"], on: { try await tellingPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=\(body["told"] == nil ? "postponed" : "told")") {
                () async throws(DeskRefusal) in
                try await request.desk.tellResident(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/tellings", sent))
            }
        }
    },
]

/// How a resident is told, and why that waits: the answers that the use case takes.
let tellingWays = ["phone", "letter", "visit", "atTheTable", "other"]
let postponementGrounds = ["safetyOfOthers", "investigation", "cannotBeReached", "childsInterest"]

/// How a resident is told, where it was by the letter that the case's pages print: a letter of which the text is known.
let ourLetter = "ourLetter"

/// Of what a resident is told.
enum TellingKind: String, CaseIterable {
    case signal, meeting, justification

    /// The member that names it on the wire.
    var member: String { "\(rawValue)Id" }

    /// What a row of the desk or of a case is about.
    init(of row: JSONValue) { self = Self.allCases.first { row[$0.member] != nil } ?? .signal }

    /// Where its form stands.
    func path(of row: JSONValue, in casefile: String) -> String { "\(casefile)/tellings/\(rawValue)/\(row.text(member))" }
}

private func kind(_ request: PageRequest) throws -> TellingKind {
    guard let kind = TellingKind(rawValue: request["kind"]) else { throw PageFault.notFound }
    return kind
}

private func tellingPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (kind, path) = (try kind(request), "/cases/\(request["casefile"])")
    let view = try await CaseView(request)
    let safeWays = view.json.list("persons").compactMap { person -> (name: String, text: String)? in
        let field = person.list("fields").first { $0.text("field") == "contact.safeWay" }
        return field.map { (view.names[person.text("personId")] ?? "", view.shown($0)) }
    }
    func options(_ list: String, _ codes: [String]) -> [Choices.Option] {
        codes.map { .init(value: "\(list)-\($0)", text: request.word("telling-\(list)-\($0)")) }
    }
    let bySafeWay = Choices(
        name: "safe", legend: request.word("telling-safe"), options: [.init(value: "yes", text: request.word("telling-by-safe-way"))],
        chosen: [request.form["safe"]], isMany: true, fault: faults.word(of: "safe"))
    return OneForm(
        title: "telling-title", action: "\(path)/tellings/\(kind.rawValue)/\(request["id"])", back: (path, "desk-to-case"),
        lead: "telling-lead-\(kind.rawValue)", notes: safeWays,
        questions: [
            Choices(
                name: "how", legend: request.word("telling-question"),
                options: options("told", [ourLetter] + tellingWays) + options("later", postponementGrounds), chosen: [request.form["how"]],
                isTwo: true,
                fault: faults.word(of: "how"))
        ] + (kind == .justification ? [bySafeWay] : []),
        fields: [
            Field(
                name: "textVersion", label: "telling-version", hint: "telling-version-hint", value: request.form["textVersion"],
                maxLength: 40, fault: faults.word(of: "textVersion")),
            Field(
                name: "reviewOn", label: "telling-review", hint: "telling-review-hint", value: request.form["reviewOn"], type: "date",
                fault: faults.word(of: "reviewOn")),
        ], button: "telling-save"
    ).page(request, faults)
}
