/// Reads a settings file: keys with dots from nested mappings, such as `partners.address`, to their texts.
///
/// - Parameters:
///   - text: the YAML.
///   - file: its name in faults.
///   - known: every key that may stand there.
/// - Throws: every fault, with its place: an unknown or repeated key, a list, or text that is no YAML.
public func readSettings(_ text: String, file: String, known: [String]) throws(PolicyFaults) -> [String: String] {
    var faults: [PolicyFault] = []
    var settings: [String: String] = [:]
    func collect(_ node: PolicyNode, under prefix: String) {
        guard case .mapping(let entries) = node.content else {
            faults.append(
                .init(
                    file: file, line: node.place.line, column: node.place.column, text: "settings are keys and values",
                    hint: "write `staff: {address: …}`"))
            return
        }
        for entry in entries {
            let key = prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)"
            switch entry.value.content {
            case .scalar(let text, _) where known.contains(key): settings[key] = text
            case .mapping where known.contains { $0.hasPrefix(key + ".") }: collect(entry.value, under: key)
            default:
                let below = known.filter { $0.hasPrefix(key + ".") }
                let (text, hint) =
                    if known.contains(key) {
                        ("`\(key)` takes one value", "write `\(key): …`")
                    } else if below.isEmpty {
                        ("there is no setting `\(key)`", "the settings are \(quoted(known))")
                    } else {
                        ("`\(key)` takes no value of its own", "write \(quoted(below))")
                    }
                faults.append(.init(file: file, line: entry.place.line, column: entry.place.column, text: text, hint: hint))
            }
        }
    }
    if text.contains(where: { !$0.isWhitespace }), let root = composePolicy(text, file: file, faults: &faults) { collect(root, under: "") }
    guard faults.isEmpty else { throw PolicyFaults(faults) }
    return settings
}
