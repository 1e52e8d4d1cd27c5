import Exchange
import StrictJSON

/// What is looked for, by what happened: each group is a few events.
let logGroups: [(name: String, events: [String])] = [
    ("all", []),
    ("received", ["message.sealed", "attempt.started", "receipt.taken", "spoken.disclosure"]),
    ("refused", ["decision.refused", "signal.refused"]),
    ("withdrawn", ["consent.withdrawn", "consent.refused", "objection.made", "message.ended", "message.superseded", "recall.answered"]),
    ("told", ["resident.told", "resident.telling-postponed", "access.answered", "erasure.done"]),
    (
        "exceptional",
        [
            "justification.made", "justification.agreed", "justification.declined", "justification.ended", "lever.recorded",
            "lever.reviewed", "lever.ended", "representative.set-aside", "break-glass", "override.used",
        ]
    ),
    ("looked", ["log.read", "casefile.read", "export.made", "access.answered", "advice.recorded"]),
    ("access", ["session.refused", "staff.added", "staff.changed", "partner.added", "partner.changed", "partner.removed", "key.switched"]),
]

/// The log as a table, newest first.
func showLog(_ request: PageRequest) async throws -> PageAnswer { try await logTable(request.query, logQuestion(request.query), request) }

/// The same of what is about one person, or stands under one case. Who is meant stands in a form and never in an address.
func showLogAbout(_ request: PageRequest) async throws -> PageAnswer {
    try await orSay(at: personFields, saying: personFaults, on: { personPage(request, faults: $0, shared: nil) }) {
        try await logTable(request.form, aboutQuestion(request.form), request)
    }
}

/// - Parameters:
///   - query: what was chosen.
///   - asked: what the use case is asked for it.
private func logTable(_ query: FormFields, _ asked: JSONObject, _ request: PageRequest) async throws -> PageAnswer {
    let answer: DeskAnswer
    var faults: [FormFault] = []
    do throws(DeskRefusal) { answer = try await request.desk.searchLog(.object(asked), by: request.caller()) } catch {
        // A date that is none, in an address that somebody typed: what they asked is shown with what is wrong. Who may not look
        // was refused before.
        guard case .invalidInput(let found) = error, !found.contains(where: { $0.pointer.hasSuffix("Id") }) else { throw error }
        faults = [
            found.contains { $0.pointer.contains("until") } ? FormFault("until", "log-fault-until") : FormFault("from", "log-fault-date")
        ]
        let partners = try await request.desk.listPartners().body["items"] ?? []
        answer = DeskAnswer(status: 400, body: ["items": [], "partners": partners])
    }
    let language = request.language
    let isAbout = asked["casefileId"] != nil
    func sent(_ names: [String]) -> [PageData] {
        (isAbout ? ["casefile", "person"] + names : names).filter { !query[$0].isEmpty }.map {
            ["name": $0, "value": query[$0]] as PageData
        }
    }
    var data: PageData = [
        "isWide": true,
        "groups": logGroups.map {
            ["value": $0.name, "name": request.word("log-group-\($0.name)"), "isChosen": query["kind"] == $0.name] as PageData
        },
        "isWithoutConsent": query["withoutConsent"] == "yes",
        "partners": answer.body.list("partners").map {
            ["value": $0.text("oin"), "name": $0.text("name"), "isChosen": $0.text("oin") == query["partner"]] as PageData
        },
        "from": Field(name: "from", label: "log-from", value: query["from"], type: "date", fault: faults.word(of: "from")).shown(language),
        "until": Field(name: "until", label: "log-until", value: query["until"], type: "date", fault: faults.word(of: "until")).shown(
            language),
        "rows": logRows(answer.body, request),
        "isEmpty": answer.body.list("items").isEmpty && faults.isEmpty,
        "isFiltered": !asked.members.isEmpty,
        "sent": sent(["kind", "partner", "from", "until", "withoutConsent", "before"]),
        "isAbout": isAbout, "about": request.word(asked["personId"] == nil ? "log-about-case" : "log-about-person"),
        "whom": isAbout ? sent([]) : [] as [PageData],
    ]
    if isAbout {
        data["kept"] = sent(["kind", "partner", "from", "until", "withoutConsent"])
        data["olderFrom"] = answer.body.text("next")
        data["hasOlder"] = answer.body["next"] != nil
    } else {
        if let next = answer.body["next"]?.integerValue { data["older"] = logAddress(query, before: next) }
        if !query["before"].isEmpty { data["newest"] = logAddress(query, before: nil) }
    }
    return .page(Page("officer-log", title: "officer-log", data, faults: faults))
}

/// The entries in view as a file.
func exportLog(_ request: PageRequest) async throws -> PageAnswer {
    let format = request.form["format"] == "csv" ? "csv" : "json"
    var asked = request.form["casefile"].isEmpty ? logQuestion(request.form) : aboutQuestion(request.form)
    asked["format"] = .string(format)
    let answer = try await request.desk.exportLog(.object(asked), by: request.caller()).body
    guard format == "csv" else {
        let entries = JSONValue.array(
            answer.list("items").map { ["seq": $0["seq"] ?? .null, "entry": $0["entry"] ?? .null] })
        return .file(name: "log.json", type: "application/json", text: entries.canonicalText)
    }
    return .file(name: "log.csv", type: "text/csv; charset=utf-8", text: logCSV(logRows(answer, request), request.language))
}

/// What the use case is asked, from what stands in the address or the form; what cannot be meant is left out, but for dates.
private func logQuestion(_ fields: FormFields) -> JSONObject {
    var asked = JSONObject()
    let events = logGroups.first { $0.name == fields["kind"] }?.events ?? []
    if !events.isEmpty { asked["kinds"] = .array(events.map(JSONValue.string)) }
    let partner = fields["partner"]
    if partner.utf8.count == 20, partner.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) { asked["partner"] = .string(partner) }
    for name in ["from", "until"] where !fields[name].isEmpty { asked[name] = .string(fields[name]) }
    if fields["withoutConsent"] == "yes" { asked["withoutConsent"] = true }
    if let before = Int64(fields["before"]), before > 0 { asked["before"] = .integer(before) }
    return asked
}

/// The same about whom a form names.
private func aboutQuestion(_ form: FormFields) -> JSONObject {
    var asked = logQuestion(form)
    asked["casefileId"] = .string(form["casefile"].lowercased())
    if !form["person"].isEmpty { asked["personId"] = .string(form["person"].lowercased()) }
    return asked
}

/// The address of the same question further on.
private func logAddress(_ query: FormFields, before: Int64?) -> String {
    // Codes, digits and days only: anything else was refused, or is left out here.
    let allowed = ["kind", "partner", "from", "until", "withoutConsent"].filter { name in
        !query[name].isEmpty && query[name].utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 | 0x20 || $0 == 0x2D }
    }
    let parts = allowed.map { "\($0)=\(query[$0])" } + (before.map { ["before=\($0)"] } ?? [])
    return "/officer/log" + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
}

/// Rows as CSV (RFC 4180), safe for a spreadsheet.
private func logCSV(_ rows: [PageData], _ language: Language) -> String {
    let columns = ["number", "at", "what", "details", "by", "with", "case"]
    var lines = [columns.map { Words.text("log-column-\($0)", in: language) }]
    for row in rows {
        lines.append(
            columns.map { column in
                if let list = row[column] as? [PageData] {
                    return list.map { "\($0["name"] ?? ""): \($0["value"] ?? "")" }.joined(separator: "; ")
                }
                return row[column] as? String ?? ""
            })
    }
    return lines.map { $0.map(csvField).joined(separator: ",") + "\r\n" }.joined()
}

/// A field in quotes; one that a spreadsheet would take for a formula begins with an apostrophe.
func csvField(_ text: String) -> String {
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    return "\"" + ((isFormula ? "'" : "") + text).replacing("\"", with: "\"\"") + "\""
}
