/// A value of a policy file and where it stands. Repeated keys are still there, because they are a fault to be shown.
struct PolicyNode: Sendable {
    enum Content: Sendable {
        case scalar(String, ScalarKind)
        case list([PolicyNode])
        case mapping([PolicyEntry])
        /// Something that is already among the faults; nothing more is said about it.
        case refused
    }
    let place: Place
    let content: Content

    var isNull: Bool { if case .scalar(_, .null) = content { true } else { false } }
    var isRefused: Bool { if case .refused = content { true } else { false } }
    /// What it is, for a message.
    var kindName: String {
        switch content {
        case .scalar(_, let kind): kind.rawValue
        case .list: "a list"
        case .mapping: "a mapping"
        case .refused: "nothing"
        }
    }
}

struct PolicyEntry: Sendable {
    let key: String
    let place: Place
    let value: PolicyNode
}

/// What an unquoted word means. YAML 1.1 reads `no` as false and `3.10` as 3.1; here they are refused where text is expected.
enum ScalarKind: String, Sendable {
    case text
    case null
    case truth = "true or false"
    case integer = "a whole number"
    case decimal = "a number"

    init(plain word: String) {
        switch word {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off",
            "OFF":
            self = .truth
        default:
            let digits = word.drop { $0 == "-" || $0 == "+" }
            if !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "_" }) {
                self = .integer
            } else if digits.first.map({ ("0"..."9").contains($0) || $0 == "." }) ?? false, Double(word) != nil {
                self = .decimal
            } else {
                self = .text
            }
        }
    }
}
