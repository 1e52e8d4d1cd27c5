import Exchange
import StrictJSON

/// Entries of the log in plain words. Handles stay closed: nobody is named.
func logRows(_ answer: JSONValue, _ request: PageRequest) -> [PageData] {
    answer.list("items").map { item in
        LogRow(item, names: answer["names"] ?? [:], request).shown
    }
}

/// One entry.
private struct LogRow {
    private let item: JSONValue
    private let entry: JSONValue
    private let names: JSONValue
    private let request: PageRequest
    private var language: Language { request.language }
    /// The facts that are shown as they stand, each a code, an instant or a day.
    private static let factNames = ["how", "result", "because", "outcome", "to", "what", "about", "format", "way", "textVersion", "role"]

    init(_ item: JSONValue, names: JSONValue, _ request: PageRequest) {
        self.item = item
        entry = item["entry"] ?? .null
        self.names = names
        self.request = request
    }

    var shown: PageData {
        let event = entry.text("event")
        let with = partner
        let file = entry.text("casefile")
        return [
            "number": item.text("seq"), "at": PageTime.moment(entry.text("at"), language), "what": Words.name("event", event, in: language),
            "by": actor, "with": with, "hasWith": !with.isEmpty, "details": details,
            // The first signs of a handle that is another one in each entry.
            "case": file.isEmpty ? "" : String(file.prefix(8)), "hasCase": !file.isEmpty,
            "isRefusal": event.hasSuffix(".refused"), "isExceptional": event == "break-glass" || event == "override.used",
        ]
    }

    private var actor: String {
        let actor = entry["actor"] ?? .null
        switch actor.text("kind") {
        case "staff":
            let role = Words.name("role", actor.text("role"), in: language)
            return "\(role), \(name(actor.text("organisation")))"
        case "partner": return name(actor.text("organisation"))
        case "resident": return Words.text("log-resident", in: language)
        default: return Words.text("log-daemon", in: language)
        }
    }

    /// With whom something was shared, or asked: never the municipality itself, whose log this is.
    private var partner: String {
        let facts = entry["facts"] ?? .null
        let oin = [item["asked"]?.text("recipient") ?? "", facts.text("recipient"), facts.text("partner")].first { !$0.isEmpty } ?? ""
        return oin.isEmpty ? "" : name(oin)
    }

    /// What the entry says besides, each line with its name.
    private var details: [PageData] {
        let facts = entry["facts"] ?? .null
        let asked = item["asked"] ?? .null
        var lines: [(String, String)] = []
        let persons = entry.list("subjects").count
        if persons > 0 { lines.append(("persons", String(persons))) }
        let purpose = facts.text("purpose").isEmpty ? asked.text("purpose") : facts.text("purpose")
        if !purpose.isEmpty { lines.append(("purpose", Words.name("purpose", purpose, in: language))) }
        let ground = facts.text("ground").isEmpty ? asked.text("ground") : facts.text("ground")
        if entry.text("event") == "resident.telling-postponed" {
            lines.append(("because", factValue("ground", ground)))
        } else if !ground.isEmpty {
            lines.append(("ground", request.ground(ground)))
        }
        let data = told
        if !data.fields.isEmpty { lines.append((data.name, shownFields(data.fields, language))) }
        let reasons = facts.texts("reasons").map { Words.reason($0, in: language) }
        if !reasons.isEmpty { lines.append(("reasons", reasons.joined(separator: " "))) }
        let names = entry.text("event") == "export.made" ? ["kind", "from"] + Self.factNames : Self.factNames
        for name in names {
            if let text = facts[name]?.stringValue { lines.append((label(of: name), factValue(name, text))) }
        }
        let filters = facts.texts("filters").map { Words.name("fact", $0, in: language) }
        if !filters.isEmpty { lines.append(("filters", filters.joined(separator: ", "))) }
        if let items = facts["items"]?.integerValue { lines.append(("items", String(items))) }
        return lines.map { ["name": Words.text("log-\($0.0)", in: language), "value": $0.1] }
    }

    /// Names of fields with what the entry says of them: that they were shared, that they may be, or no more than that they were asked.
    private var told: (name: String, fields: [String]) {
        let facts = entry["facts"] ?? .null
        let event = entry.text("event")
        if item["shared"] != nil { return ("fields", item.texts("shared")) }
        if event == "spoken.disclosure" { return ("fields", facts.texts("fields")) }
        if event.hasPrefix("consent.") { return ("covers", facts.texts("fields")) }
        let allowed = facts.texts("allowed")
        if !allowed.isEmpty { return ("allowed", allowed) }
        return ("asked", [facts.texts("asked"), facts.texts("fields"), item["asked"]?.texts("fields") ?? []].first { !$0.isEmpty } ?? [])
    }

    /// Under which name a fact is shown: a report goes up to a day, and anything else goes over to what it is now.
    private func label(of fact: String) -> String {
        switch (entry.text("event"), fact) {
        case ("export.made", "to"): "last-day"
        case ("export.made", "kind"): "what"
        default: fact
        }
    }

    /// A fact in words: one of a closed list, an instant or a day.
    private func factValue(_ fact: String, _ value: String) -> String {
        switch fact {
        case "role": return Words.name("role", value, in: language)
        case "about": return Words.name("advice", value, in: language)
        default: break
        }
        let key = "fact-\(value)"
        if Words.has(key) { return Words.text(key, in: language) }
        // What a partner's system answered, as HTTP has it.
        if value.hasPrefix("http-") { return "\(Words.text("fact-http", in: language)) \(value.dropFirst(5))" }
        let moment = PageTime.moment(value, language)
        return moment == value ? PageTime.day(value, language) : moment
    }

    private func name(_ oin: String) -> String { names[oin]?.stringValue ?? oin }
}

/// Names of fields in words, each once, what was seen apart from the concern; what stands before the first point may be a person's place in the
/// question.
func shownFields(_ paths: [String], _ language: Language) -> String {
    var shown: [String] = []
    for path in paths {
        let first = path.prefix { $0 != "." }
        let isPlaced = first.allSatisfy(\.isNumber) || (first == "household" && path != "household.members")
        let name = Words.field(isPlaced ? String(path.dropFirst(first.count + 1)) : path, in: language)
        if !shown.contains(name) { shown.append(name) }
    }
    return shown.joined(separator: ", ")
}
