import Disclosure
import StrictJSON

extension ContentValue {
    /// The value as it stands in a message and behind its commitment in the log.
    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .flag(let flag): .bool(flag)
        case .record(let parts): .object(JSONObject(parts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }))
        }
    }

    /// The value read back from ``json``, or nil for anything else.
    public init?(json: JSONValue) {
        switch json {
        case .string(let text): self = .text(text)
        case .bool(let flag): self = .flag(flag)
        case .object(let object):
            var parts: [String: String] = [:]
            for member in object.members {
                guard let text = member.value.stringValue else { return nil }
                parts[member.name] = text
            }
            self = .record(parts)
        default: return nil
        }
    }
}
