import Casework
import Disclosure

/// Reads the values of one file and gathers what is wrong with them, so that one run tells of everything.
struct FileReader {
    let file: String
    var faults: [PolicyFault] = []
    /// What can be read and cannot be meant.
    var warnings: [PolicyFault] = []

    init(file: String) { self.file = file }

    mutating func refuse(_ place: Place, _ text: String, hint: String? = nil) {
        faults.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
    }

    mutating func warn(_ place: Place, _ text: String, hint: String) {
        warnings.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
    }

    /// A mapping with no other keys than these.
    mutating func mapping(_ node: PolicyNode, keys: [String], of what: String) -> PolicyMapping? {
        guard case .mapping(let entries) = node.content else {
            if !node.isRefused { refuse(node.place, "\(what) is \(node.kindName), not a mapping", hint: "write its keys: \(quoted(keys))") }
            return nil
        }
        for entry in entries where !keys.contains(entry.key) {
            let meant = keys.first { isNear($0, entry.key) }.map { "did you mean `\($0)`?" }
            refuse(entry.place, "\(what) has no key `\(entry.key)`", hint: meant ?? "its keys are \(quoted(keys))")
        }
        return PolicyMapping(place: node.place, entries: Dictionary(entries.map { ($0.key, $0) }) { first, _ in first })
    }

    /// The value of a key that must be there and decided.
    mutating func required(_ mapping: PolicyMapping, _ key: String) -> PolicyNode? {
        guard let entry = mapping.entries[key] else {
            refuse(mapping.place, "the key `\(key)` is missing", hint: "add `\(key): …`")
            return nil
        }
        guard !entry.value.isNull else {
            refuse(entry.value.place, "`\(key)` is empty", hint: "`null` stands only for what a pack leaves undecided")
            return nil
        }
        return entry.value
    }

    /// The value of a key that may be absent or `null`.
    func optional(_ mapping: PolicyMapping, _ key: String) -> PolicyNode? {
        guard let value = mapping.entries[key]?.value, !value.isNull, !value.isRefused else { return nil }
        return value
    }

    mutating func text(_ node: PolicyNode?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let word, let kind) = node.content else {
            if !node.isRefused { refuse(node.place, "`\(what)` is \(node.kindName), not text") }
            return nil
        }
        guard kind == .text else {
            refuse(node.place, "`\(what)` is \(kind.rawValue), not text", hint: "put it in double quotes")
            return nil
        }
        guard word.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            refuse(node.place, "`\(what)` is empty", hint: "write it out")
            return nil
        }
        return word
    }

    mutating func list(_ node: PolicyNode?, _ what: String, mayBeEmpty: Bool = false) -> [PolicyNode]? {
        guard let node else { return nil }
        guard case .list(let items) = node.content else {
            if !node.isRefused {
                refuse(node.place, "`\(what)` is \(node.kindName), not a list", hint: "write `[…]`, or a line with `- ` for each")
            }
            return nil
        }
        guard mayBeEmpty || !items.isEmpty else {
            refuse(node.place, "`\(what)` is an empty list", hint: "name at least one")
            return nil
        }
        return items
    }

    mutating func truth(_ node: PolicyNode?, _ what: String) -> Bool? {
        guard let node else { return nil }
        if case .scalar(let word, .truth) = node.content, word == "true" || word == "false" { return word == "true" }
        if !node.isRefused { refuse(node.place, "`\(what)` is not `true` or `false`") }
        return nil
    }

    /// A whole number of at least 1.
    mutating func count(_ node: PolicyNode?, _ what: String) -> Int? {
        guard let node else { return nil }
        if case .scalar(let word, .integer) = node.content, let number = Int(word), number >= 1, number <= 100_000 { return number }
        if !node.isRefused { refuse(node.place, "`\(what)` is not a whole number from 1 to 100000") }
        return nil
    }

    /// One word of a closed list.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ node: PolicyNode?, _ what: String) -> Choice?
    where Choice.RawValue == String {
        guard let node, let word = text(node, what) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        refuse(node.place, "`\(word)` is not a value of `\(what)`", hint: "its values are \(quoted(Choice.allCases.map(\.rawValue)))")
        return nil
    }

    /// A text in Dutch and English.
    mutating func plainText(_ node: PolicyNode?, _ what: String) -> PlainText? {
        guard let node, let both = mapping(node, keys: ["nl", "en"], of: "`\(what)`") else { return nil }
        let nl = text(required(both, "nl"), "nl")
        let en = text(required(both, "en"), "en")
        guard let nl, let en else { return nil }
        return PlainText(nl: nl, en: en)
    }

    /// A word that names something: letters, digits and hyphens, a letter first.
    mutating func name(_ node: PolicyNode?, _ what: String) -> String? {
        guard let node, let word = text(node, what) else { return nil }
        guard let first = word.unicodeScalars.first, isLowerCase(first),
            word.unicodeScalars.allSatisfy({ isLowerCase($0) || isDigit($0) || $0 == "-" })
        else {
            refuse(node.place, "`\(word)` is not a name", hint: "use small letters, digits and hyphens, a letter first")
            return nil
        }
        return word
    }

    /// A camelCase word, such as a purpose or a sector.
    mutating func camelCase(_ node: PolicyNode?, _ what: String) -> String? {
        guard let node, let word = text(node, what) else { return nil }
        guard isCamelCase(word) else {
            refuse(node.place, "`\(word)` cannot be a \(what)", hint: "use one camelCase word, such as `debtAssistance`")
            return nil
        }
        return word
    }

    /// An organisation's number.
    mutating func oin(_ node: PolicyNode?, _ what: String) -> OrganisationNumber? {
        guard let node, let word = text(node, what) else { return nil }
        guard let oin = OrganisationNumber(word) else {
            refuse(node.place, "`\(word)` is not an organisation number", hint: "an OIN is 20 digits, in double quotes")
            return nil
        }
        return oin
    }

    /// The schema line: present, first, and of this kind.
    mutating func schema(_ root: PolicyNode, kind: String) {
        let wanted = "convenant/\(kind)/1"
        guard case .mapping(let entries) = root.content, let first = entries.first else { return }
        guard let schema = entries.first(where: { $0.key == "schema" }) else {
            return refuse(first.place, "the key `schema` is missing", hint: "begin the file with `schema: \(wanted)`")
        }
        guard case .scalar(let word, _) = schema.value.content, word == wanted else {
            if !schema.value.isRefused {
                refuse(schema.value.place, "this is not the schema of a file in this place", hint: "write `\(wanted)`")
            }
            return
        }
        if first.key != "schema" { refuse(schema.place, "`schema` is not the first key", hint: "begin the file with `schema: \(wanted)`") }
    }
}

/// The keys of a mapping, each once.
struct PolicyMapping {
    let place: Place
    let entries: [String: PolicyEntry]
    func place(of key: String) -> Place { entries[key]?.value.place ?? place }
}

func quoted(_ words: some Sequence<String>) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
