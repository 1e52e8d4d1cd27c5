import Casework
import Disclosure

/// A pack as its source describes it.
struct ReadPack: Hashable, Sendable {
    let file: String
    let id: String
    let source: String
    let title: PlainText?
    let lifeDomains: [LifeDomain: [String]]?
    /// Whether the source itself says that consent is an open question.
    let consentIsUnresolved: Bool
    let ladder: [Rung]
    let reportFigures: [String]?
    let values: PackValues

    /// What the source leaves open.
    var undecided: [DecisionKey] {
        // A ladder that ends in the meeting of everybody needs no further rung.
        DecisionKey.allCases.filter { !values.decides($0) && !($0 == .ladderNext && ladder.last == .conveneMDA) }
    }
}

private let packKeys = [
    "schema", "id", "source", "title", "lifeDomains", "mayFile", "consentMode", "onRefusal", "terms", "ladder", "retention", "report",
]

/// The pack of a file; nil when anything in it is wrong.
func readPack(_ root: PolicyNode, folderName: String, reader: inout FileReader) -> ReadPack? {
    reader.schema(root, kind: "pack")
    guard let top = reader.mapping(root, keys: packKeys, of: "a pack") else { return nil }
    let id = reader.name(reader.required(top, "id"), "id")
    if let id, id != folderName {
        reader.refuse(
            top.place(of: "id"), "the pack `\(id)` stands in the folder `\(folderName)`", hint: "give the folder the name of the pack")
    }
    let source = reader.text(reader.required(top, "source"), "source")
    let title = reader.plainText(reader.optional(top, "title"), "title")
    // These keys must be written, `null` or not: a pack says of each whether its source decides it.
    for key in packKeys.dropFirst(4) where top.entries[key] == nil {
        reader.refuse(top.place, "the key `\(key)` is missing", hint: "write `\(key): null` when the source does not say")
    }
    var values = PackValues()
    for key in [DecisionKey.mayFile, .consentMode, .onRefusal] { values.read(key, reader.optional(top, key.rawValue), reader: &reader) }
    readGroup(
        "terms", [.pickUp, .afterContact, .progress, .aftercare, .homeVisit, .meeting, .recall], of: top, into: &values, reader: &reader)
    readGroup("retention", [.retentionCase, .retentionLog, .retentionBackup], of: top, into: &values, reader: &reader)
    var consentIsUnresolved = false
    if case .scalar(ConsentMode.unresolved.rawValue, .text)? = top.entries["consentMode"]?.value.content { consentIsUnresolved = true }
    let ladder = reader.ladder(reader.optional(top, "ladder"))
    let lifeDomains = reader.lifeDomains(reader.optional(top, "lifeDomains"))
    let figures = reader.optional(top, "report").flatMap { reader.figures($0) }
    guard reader.faults.isEmpty, let id, let source else { return nil }
    return ReadPack(
        file: reader.file, id: id, source: source, title: title, lifeDomains: lifeDomains, consentIsUnresolved: consentIsUnresolved,
        ladder: ladder,
        reportFigures: figures, values: values)
}

/// The values under one key, such as `terms`; `null` leaves all of them undecided.
private func readGroup(
    _ name: String, _ keys: [DecisionKey], of top: PolicyMapping, into values: inout PackValues, reader: inout FileReader
) {
    guard let node = reader.optional(top, name) else { return }
    let words = keys.map { String($0.rawValue.dropFirst(name.count + 1)) }
    guard let group = reader.mapping(node, keys: words, of: "`\(name)`") else { return }
    for (key, word) in zip(keys, words) {
        if group.entries[word] == nil {
            reader.refuse(group.place, "the key `\(word)` is missing", hint: "write `\(word): null` when the source does not say")
        }
        values.read(key, reader.optional(group, word), reader: &reader)
    }
}

extension FileReader {
    fileprivate mutating func ladder(_ node: PolicyNode?) -> [Rung] {
        var rungs: [Rung] = []
        for item in list(node, "ladder") ?? [] {
            guard let step = mapping(item, keys: ["rung"], of: "a step of the ladder"), let rungNode = required(step, "rung"),
                let rung: Rung = choice(rungNode, "rung")
            else { continue }
            if rungs.contains(rung) { refuse(rungNode.place, "`\(rung.rawValue)` stands on the ladder already", hint: "keep one") }
            rungs.append(rung)
        }
        return rungs
    }

    fileprivate mutating func lifeDomains(_ node: PolicyNode?) -> [LifeDomain: [String]]? {
        guard let node, let domains = mapping(node, keys: LifeDomain.allCases.map(\.rawValue), of: "`lifeDomains`") else { return nil }
        var words: [LifeDomain: [String]] = [:]
        for domain in LifeDomain.allCases {
            guard let items = list(optional(domains, domain.rawValue), domain.rawValue) else { continue }
            words[domain] = items.compactMap { text($0, domain.rawValue) }
        }
        return words
    }

    fileprivate mutating func figures(_ node: PolicyNode) -> [String]? {
        guard let report = mapping(node, keys: ["figures"], of: "`report`"), let items = list(required(report, "figures"), "figures") else {
            return nil
        }
        return items.compactMap { camelCase($0, "figure") }
    }
}
