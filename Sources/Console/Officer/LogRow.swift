import Disclosure
import Exchange
import StrictJSON

/// Entries of the log in plain words. Handles stay closed: nobody is named.
func logRows(_ answer: JSONValue, _ language: Language) -> [PageData] {
    (answer["items"]?.arrayValue ?? []).map { item in
        LogRow(item, names: answer["names"] ?? [:], language).shown
    }
}

/// One entry.
private struct LogRow {
    private let item: JSONValue
    private let entry: JSONValue
    private let names: JSONValue
    private let language: Language

    init(_ item: JSONValue, names: JSONValue, _ language: Language) {
        self.item = item
        entry = item["entry"] ?? .null
        self.names = names
        self.language = language
    }

    var shown: PageData {
        let event = entry.said("event")
        let with = partner
        let file = entry.said("casefile")
        return [
            "number": item.said("seq"), "at": PageTime.moment(entry.said("at"), language), "what": word("event-\(event)", or: event),
            "by": actor, "with": with, "hasWith": !with.isEmpty, "details": details,
            // The first signs of a handle that is another one in each entry.
            "case": file.isEmpty ? "" : String(file.prefix(8)), "hasCase": !file.isEmpty,
            "isRefusal": event.hasSuffix(".refused"), "isExceptional": event == "break-glass" || event == "override.used",
        ]
    }

    private var actor: String {
        let actor = entry["actor"] ?? .null
        switch actor.said("kind") {
        case "staff":
            let role = word("role-\(actor.said("role"))", or: actor.said("role"))
            return "\(role), \(name(actor.said("organisation")))"
        case "partner": return name(actor.said("organisation"))
        case "resident": return Words.text("log-resident", in: language)
        default: return Words.text("log-daemon", in: language)
        }
    }

    /// With whom something was shared, or asked: never the municipality itself, whose log this is.
    private var partner: String {
        let facts = entry["facts"] ?? .null
        let oin = [item["asked"]?.said("recipient") ?? "", facts.said("recipient"), facts.said("partner")].first { !$0.isEmpty } ?? ""
        return oin.isEmpty ? "" : name(oin)
    }

    /// What the entry says besides, each line with its name.
    private var details: [PageData] {
        let facts = entry["facts"] ?? .null
        let asked = item["asked"] ?? .null
        var lines: [(String, String)] = []
        let persons = entry["subjects"]?.arrayValue?.count ?? 0
        if persons > 0 { lines.append(("persons", String(persons))) }
        let purpose = facts.said("purpose").isEmpty ? asked.said("purpose") : facts.said("purpose")
        if !purpose.isEmpty { lines.append(("purpose", word("purpose-\(purpose)", or: purpose))) }
        let ground = facts.said("ground").isEmpty ? asked.said("ground") : facts.said("ground")
        if !ground.isEmpty { lines.append(("ground", shownGround(ground, language))) }
        let told = [facts.texts("allowed"), facts.texts("fields"), facts.texts("asked"), asked.texts("fields")].first { !$0.isEmpty } ?? []
        if !told.isEmpty { lines.append(("fields", shownFields(told, language))) }
        let reasons = facts.texts("reasons").map { shownReason($0, language) }
        if !reasons.isEmpty { lines.append(("reasons", reasons.joined(separator: " "))) }
        for name in ["how", "result", "because", "outcome", "to", "what", "about", "format", "way", "role"] {
            if let text = facts[name]?.stringValue { lines.append((name, word("fact-\(text)", or: text))) }
        }
        let filters = facts.texts("filters").map { word("fact-\($0)", or: $0) }
        if !filters.isEmpty { lines.append(("filters", filters.joined(separator: ", "))) }
        if let items = facts["items"]?.integerValue { lines.append(("items", String(items))) }
        return lines.map { ["name": Words.text("log-\($0.0)", in: language), "value": $0.1] }
    }

    private func name(_ oin: String) -> String { names[oin]?.stringValue ?? oin }

    private func word(_ key: String, or text: String) -> String { Words.has(key) ? Words.text(key, in: language) : text }
}

/// A ground in words, with its article.
func shownGround(_ text: String, _ language: Language) -> String {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let kind = parts.first ?? ""
    let word = Words.has("log-ground-\(kind)") ? Words.text("log-ground-\(kind)", in: language) : kind
    return parts.count == 2 ? "\(word) (\(parts[1]))" : word
}

/// Names of fields in words, each once; what stands before the first point may be a person's place in the question.
func shownFields(_ paths: [String], _ language: Language) -> String {
    var shown: [String] = []
    for path in paths {
        let first = path.prefix { $0 != "." }
        let isPlaced = first.allSatisfy(\.isNumber) || (first == "household" && path != "household.members")
        let name = shownField(isPlaced ? String(path.dropFirst(first.count + 1)) : path, language)
        if !shown.contains(name) { shown.append(name) }
    }
    return shown.joined(separator: ", ")
}

/// A field in a word: a domain by its own name.
func shownField(_ path: String, _ language: Language) -> String {
    let parts = path.split(separator: ".")
    if parts.count == 3, parts[0] == "domains" { return Words.text("domain-\(parts[1])", in: language) }
    return Words.has("log-field-\(path)") ? Words.text("log-field-\(path)", in: language) : path
}

/// Why the gate refused, in a plain sentence; the code itself where there is none.
func shownReason(_ code: String, _ language: Language) -> String {
    RefusalReason(rawValue: code).map { language == .nl ? $0.sentence.nl : $0.sentence.en } ?? code
}
