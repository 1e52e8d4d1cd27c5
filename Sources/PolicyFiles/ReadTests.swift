import Casework
import Disclosure

private let rowKeys = ["from", "to", "purpose", "fields", "ground", "consent", "at", "expect", "leftOut"]

/// The table of a file; nil when anything in it is wrong.
func readTests(_ root: PolicyNode, of covenant: String, reader: inout FileReader) -> ReadTests? {
    reader.schema(root, kind: "tests")
    guard let top = reader.mapping(root, keys: ["schema", "at", "rows"], of: "a table of tests") else { return nil }
    let at = reader.instant(reader.required(top, "at"), "at")
    let nodes = reader.list(reader.required(top, "rows"), "rows") ?? []
    let rows = nodes.compactMap { node in at.flatMap { readRow(node, at: $0, reader: &reader) } }
    return reader.faults.isEmpty ? ReadTests(file: reader.file, covenantFile: covenant, rows: rows) : nil
}

private func readRow(_ node: PolicyNode, at: Instant, reader: inout FileReader) -> PolicyTestRow? {
    guard let row = reader.mapping(node, keys: rowKeys, of: "a row") else { return nil }
    let from = reader.oin(reader.required(row, "from"), "from")
    let to = reader.oin(reader.required(row, "to"), "to")
    let purpose = reader.camelCase(reader.required(row, "purpose"), "purpose")
    let fields = reader.fields(reader.required(row, "fields"), "fields")
    let ground = row.entries["ground"] == nil ? .consent : reader.ground(reader.required(row, "ground"))
    let answer: SupposedAnswer? =
        row.entries["consent"] == nil ? .unknown : reader.choice(reader.required(row, "consent"), "consent")
    let instant = row.entries["at"] == nil ? at : reader.instant(reader.required(row, "at"), "at")
    let expected = reader.expected(row, of: fields ?? [])
    guard let from, let to, let purpose, let fields, let ground, let answer, let instant, let expected else { return nil }
    let question = DisclosureQuestion(
        sender: from, recipient: to, purpose: Purpose(rawValue: purpose), fields: fields, subjects: [PersonID(high: 0, low: 0)],
        ground: ground)
    return PolicyTestRow(line: node.place.line, question: question, answer: answer, at: instant, expected: expected)
}

extension FileReader {
    /// `expect: permitted`, with what is left out and why, or `expect:` a reason or a list of them.
    fileprivate mutating func expected(_ row: PolicyMapping, of asked: FieldNames) -> PolicyTestRow.Expected? {
        guard let node = required(row, "expect") else { return nil }
        let leftOut = optional(row, "leftOut")
        if case .scalar("permitted", _) = node.content {
            guard let leftOut else { return .permitted(leftOut: [:]) }
            guard case .mapping(let entries) = leftOut.content else {
                refuse(leftOut.place, "`leftOut` is \(leftOut.kindName), not a mapping", hint: "write `{<field>: <reason>}`")
                return nil
            }
            var fields: [FieldName: RefusalReason] = [:]
            for entry in entries {
                guard let names = FieldNames(prefix: entry.key)?.intersection(asked), !names.isEmpty else {
                    refuse(entry.place, "the row does not ask for `\(entry.key)`", hint: "name a field, or a prefix, of `fields`")
                    continue
                }
                guard let reason = reason(entry.value) else { continue }
                for field in names { fields[field] = reason }
            }
            return .permitted(leftOut: fields)
        }
        if let leftOut {
            refuse(leftOut.place, "`leftOut` stands beside a refusal", hint: "when all is refused, write its reasons in `expect`")
            return nil
        }
        let nodes = if case .list = node.content { list(node, "expect") ?? [] } else { [node] }
        let reasons = nodes.compactMap { reason($0) }
        return reasons.isEmpty ? nil : .refused(Set(reasons).sorted())
    }

    private mutating func reason(_ node: PolicyNode) -> RefusalReason? {
        guard let word = text(node, "expect") else { return nil }
        if let reason = RefusalReason(rawValue: word) { return reason }
        let meant = RefusalReason.allCases.first { isNear($0.rawValue, word) }.map { "did you mean `\($0.rawValue)`?" }
        refuse(
            node.place, "`\(word)` is no reason for which something is refused",
            hint: meant ?? "`permitted`, or a reason such as `consent-missing`; policies/README.md lists them")
        return nil
    }
}
