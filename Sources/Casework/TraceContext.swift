/// The id of everything that one request caused, here and at partners (W3C Trace Context: `trace-id`): 16 random bytes, nobody's.
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes, not all zero.
    public let bytes: [UInt8]

    /// The id with exactly these 16 bytes; nil for another number of them, or when all are zero, which the standard forbids.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 16, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.bytes = bytes
    }

    /// A new id from 16 random bytes; nil has no chance worth a branch, so bytes that are all zero become the smallest id.
    public init(random bytes: [UInt8]) {
        precondition(bytes.count == 16, "a trace id has 16 bytes")
        self = TraceID(bytes) ?? TraceID(smallest: ())
    }

    private init(smallest: Void) { bytes = Array(repeating: 0, count: 15) + [1] }

    /// 32 lower-case hexadecimal digits.
    public var description: String { hexadecimal(bytes) }

    /// The header `traceparent` with which a request of ours goes out (version 00, sampled).
    /// - Parameter span: 8 random bytes, for this one step.
    public func traceparent(span: [UInt8]) -> String {
        let span = span.contains { $0 != 0 } ? span : Array(repeating: 0, count: 7) + [1]
        return "00-\(description)-\(hexadecimal(span))-01"
    }

    /// The trace that a `traceparent` names, read as strictly as the standard asks; nil when it is to be ignored.
    ///
    /// Version 00 has exactly its four parts; a later version may have more after them; version ff, capitals, ids that are all zero and
    /// anything else is no trace.
    public init?(traceparent: String) {
        let text = Array(traceparent.utf8)
        guard text.count >= 55, text[2] == UInt8(ascii: "-"), text[35] == UInt8(ascii: "-"), text[52] == UInt8(ascii: "-"),
            let version = bytes16(text[0..<2])?.first, version != 0xff, let trace = bytes16(text[3..<35]),
            let span = bytes16(text[36..<52]),
            bytes16(text[53..<55]) != nil, span.contains(where: { $0 != 0 }),
            text.count == 55 || (version > 0 && text[55] == UInt8(ascii: "-"))
        else { return nil }
        self.init(trace)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
        for (place, byte) in bytes.enumerated() {
            for (offset, digit) in [(0, byte >> 4), (1, byte & 15)] {
                text[2 * place + offset] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
        }
        return 2 * bytes.count
    }
}

/// The bytes that lower-case hexadecimal digits stand for.
private func bytes16(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var nibbles: [UInt8] = []
    for digit in text {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): nibbles.append(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): nibbles.append(digit - UInt8(ascii: "a") + 10)
        default: return nil
        }
    }
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
}
