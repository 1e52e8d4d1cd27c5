import StrictJSON

/// What is read is one value, whose canonical text is read as the same value and is its own canonical text.
func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = try? parseJSON(bytes) else { return }
    let text = value.canonicalBytes()
    guard let again = try? parseJSON(text) else { return require(false, "a canonical text that is no JSON") }
    require(again.canonicalBytes() == text, "two canonical texts of one value")
    require(again == value || !isExact(value), "a canonical text of another value")
}

/// Whether every integer in it is a double as well; RFC 8785 rounds the others, and says so.
private func isExact(_ value: JSONValue) -> Bool {
    switch value {
    case .integer(let number): number.magnitude <= 1 << 53
    case .array(let items): items.allSatisfy(isExact)
    case .object(let object): object.members.allSatisfy { isExact($0.value) }
    default: true
    }
}
