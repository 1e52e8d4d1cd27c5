import StrictJSON

extension JSONValue {
    /// A member as text: what is text or a number; empty for anything else.
    func text(_ name: String) -> String { self[name].map { $0.stringValue ?? $0.integerValue.map(String.init) ?? "" } ?? "" }
    /// The list of a member; empty when there is none.
    func list(_ name: String) -> [JSONValue] { self[name]?.arrayValue ?? [] }
    /// The texts of a list; empty when there is none.
    func texts(_ name: String) -> [String] { list(name).compactMap(\.stringValue) }
    /// Whether a member is there and true.
    func flag(_ name: String) -> Bool { self[name]?.boolValue ?? false }
    /// The number of a member; 0 when there is none.
    func number(_ name: String) -> Int { self[name].flatMap { Int($0.canonicalText) } ?? 0 }
}
