import StrictJSON

/// What is read is one value, whose canonical text is read as the same value and is its own canonical text.
func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = try? parseJSON(bytes) else { return }
    let text = value.canonicalBytes()
    guard let again = try? parseJSON(text) else { return require(false, "a canonical text that is no JSON") }
    require(again == value, "a canonical text of another value")
    require(again.canonicalBytes() == text, "two canonical texts of one value")
}
