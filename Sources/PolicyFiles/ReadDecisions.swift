import Casework
import Disclosure

/// What somebody decided about one pack.
struct ReadDecisions: Hashable, Sendable {
    let file: String
    let pack: String
    let packPlace: Place
    let fictitious: Bool
    let values: PackValues
    /// Where each decided key stands, for the check against the pack.
    let places: [DecisionKey: Place]
}

private let decisionKeys = ["key", "value", "decidedBy", "on", "because"]

/// The decisions of a file; nil when anything in it is wrong.
func readDecisions(_ root: PolicyNode, fileName: String, inDemo: Bool, reader: inout FileReader) -> ReadDecisions? {
    reader.schema(root, kind: "decisions")
    guard let top = reader.mapping(root, keys: ["schema", "pack", "fictitious", "decisions"], of: "a decisions file") else { return nil }
    let pack = reader.name(reader.required(top, "pack"), "pack")
    if let pack, pack != fileName {
        reader.refuse(
            top.place(of: "pack"), "decisions on the pack `\(pack)` stand in `\(fileName).yaml`", hint: "name the file `\(pack).yaml`")
    }
    let fictitious = reader.truth(reader.optional(top, "fictitious"), "fictitious") ?? false
    if inDemo && !fictitious {
        reader.refuse(
            top.entries["fictitious"]?.value.place ?? top.place, "decisions for the demo are not marked", hint: "write `fictitious: true`")
    }
    if !inDemo && fictitious {
        reader.refuse(top.place(of: "fictitious"), "fictitious decisions stand among real ones", hint: "move the file to `decisions-demo`")
    }
    var values = PackValues()
    var places: [DecisionKey: Place] = [:]
    for node in reader.list(reader.required(top, "decisions"), "decisions", mayBeEmpty: true) ?? [] {
        guard let decision = reader.mapping(node, keys: decisionKeys, of: "a decision") else { continue }
        _ = reader.text(reader.required(decision, "decidedBy"), "decidedBy")
        _ = reader.date(reader.required(decision, "on"), "on")
        _ = reader.text(reader.required(decision, "because"), "because")
        let value = reader.required(decision, "value")
        guard let keyNode = reader.required(decision, "key"), let word = reader.text(keyNode, "key") else { continue }
        guard let key = DecisionKey(rawValue: word) else {
            let meant = DecisionKey.allCases.first { isNear($0.rawValue, word) }.map { "did you mean `\($0.rawValue)`?" }
            reader.refuse(
                keyNode.place, "`\(word)` is nothing that can be decided",
                hint: meant ?? "what can be decided: \(quoted(DecisionKey.allCases.map(\.rawValue)))")
            continue
        }
        if let earlier = places[key] {
            reader.refuse(keyNode.place, "`\(word)` is decided on line \(earlier.line) already", hint: "keep the decision that holds")
            continue
        }
        places[key] = keyNode.place
        values.read(key, value, reader: &reader)
        if key == .consentMode, case .scalar(ConsentMode.unresolved.rawValue, _)? = value?.content, let value {
            reader.refuse(value.place, "`unresolved` decides nothing", hint: "leave the decision out until it is made")
        }
    }
    guard reader.faults.isEmpty, let pack else { return nil }
    return ReadDecisions(
        file: reader.file, pack: pack, packPlace: top.place(of: "pack"), fictitious: fictitious, values: values, places: places)
}
