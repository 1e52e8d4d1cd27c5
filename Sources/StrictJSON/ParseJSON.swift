/// Reads one JSON text (RFC 8259, I-JSON of RFC 7493) and refuses what two readers could understand differently.
///
/// Refused are: duplicate names (every one is listed), unpaired surrogates, invalid UTF-8, a byte order mark, bytes after the value,
/// more than ``jsonDepthLimit`` levels, and numbers beyond a double. Reading goes on after a fault where the grammar allows it.
/// - Throws: every fault found.
public func parseJSON(_ bytes: [UInt8]) throws(JSONFaults) -> JSONValue {
    let result = bytes.withUnsafeBufferPointer { buffer in
        var parser = JSONParser(buffer)
        return parser.document()
    }
    return try result.get()
}

/// The same for a buffer that somebody else owns; nothing of it is kept.
/// - Throws: every fault found.
public func parseJSON(_ buffer: UnsafeBufferPointer<UInt8>) throws(JSONFaults) -> JSONValue {
    var parser = JSONParser(buffer)
    return try parser.document().get()
}

/// The same for a text.
/// - Throws: every fault found.
public func parseJSON(_ text: String) throws(JSONFaults) -> JSONValue {
    try parseJSON(Array(text.utf8))
}
