/// Numbers: by hand while they are integers, by the standard library (which rounds correctly) otherwise.
extension JSONParser {
    /// A number; the byte at hand is a digit or a minus sign.
    mutating func number() -> JSONValue? {
        let start = at
        let isNegative = byte == 0x2D
        if isNegative { at += 1 }
        let digitsAt = at
        // Gathered downwards, because Int64 reaches one further below zero than above.
        var value: Int64 = 0
        var isInt64 = true
        while case let digit = byte &- 0x30, digit < 10 {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (next, underflowed) = product.subtractingReportingOverflow(Int64(digit))
            if overflowed || underflowed { isInt64 = false }
            value = next
            at += 1
        }
        guard at > digitsAt else {
            stop("expected a digit")
            return nil
        }
        guard at - digitsAt == 1 || bytes[digitsAt] != 0x30 else {
            at = digitsAt
            stop("a number may not begin with 0")
            return nil
        }
        if byte != 0x2E, byte != 0x65, byte != 0x45 {
            if isInt64, isNegative { return .integer(value) }
            if isInt64, value != .min { return .integer(-value) }
            return double(from: start)
        }
        if byte == 0x2E {
            at += 1
            guard skipDigits() else { return nil }
        }
        if byte == 0x65 || byte == 0x45 {
            at += 1
            if byte == 0x2B || byte == 0x2D { at += 1 }
            guard skipDigits() else { return nil }
        }
        return double(from: start)
    }

    private mutating func skipDigits() -> Bool {
        let start = at
        while case 0x30...0x39 = byte { at += 1 }
        if at == start { stop("expected a digit") }
        return at > start
    }

    private mutating func double(from start: Int) -> JSONValue? {
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            note(.numberOutOfRange, at: start, "a number is too large")
            return .null
        }
        // One value, one case: `1.0`, `1e0` and `1` must not differ, as their canonical form does not.
        // (`Int64(exactly:)` would need the C mathematics library, which this target does not link by itself.)
        guard value >= -0x1p63, value < 0x1p63 else { return .number(value) }
        let whole = Int64(value)
        return Double(whole) == value ? .integer(whole) : .number(value)
    }
}
