/// Whether none of the eight bytes at this place is special in a JSON string (a control character, a quote, a backslash): a false alarm
/// is possible, an oversight is not. The place and seven more must be in the buffer.
@inline(__always)
func eightPlainBytes(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (arePlain: Bool, areASCII: Bool) {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
    let (quote, backslash) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
    let special = ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
    return (special & highs == 0, word & highs == 0)
}

/// Strings: a fast way for those without escapes, which nearly all are, and a careful one for the rest.
extension JSONParser {
    /// A string; the byte at hand is its opening quote. `nil`: it cannot be read on.
    mutating func string() -> String? {
        let start = at + 1
        var index = start
        var seen: UInt8 = 0
        while index + 8 <= count {
            let word = eightPlainBytes(bytes, at: index)
            guard word.arePlain else { break }
            if !word.areASCII { seen = 0x80 }
            index += 8
        }
        while index < count {
            let next = bytes[index]
            if next == 0x22 {
                at = index + 1
                if seen >= 0x80, !isUTF8(start..<index) { return "" }
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
            }
            if next == 0x5C { return escapedString(from: start, firstEscape: index) }
            guard next >= 0x20 else { break }
            seen |= next
            index += 1
        }
        at = index
        stop("a control character stands unescaped in a string")
        return nil
    }

    private mutating func escapedString(from start: Int, firstEscape: Int) -> String? {
        var text: [UInt8] = []
        text.append(contentsOf: bytes[start..<firstEscape])
        at = firstEscape
        while at < count {
            let next = bytes[at]
            switch next {
            case 0x22:
                let end = at
                at += 1
                return isUTF8(start..<end) ? String(decoding: text, as: UTF8.self) : ""
            case 0x5C:
                guard escape(into: &text) else { return nil }
            case 0..<0x20:
                stop("a control character stands unescaped in a string")
                return nil
            default:
                text.append(next)
                at += 1
            }
        }
        stop("")
        return nil
    }

    /// One escape; the byte at hand is its backslash.
    private mutating func escape(into text: inout [UInt8]) -> Bool {
        at += 1
        switch byte {
        case 0x22: text.append(0x22)
        case 0x5C: text.append(0x5C)
        case 0x2F: text.append(0x2F)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75: return unicodeEscape(into: &text)
        default:
            stop("an escape that JSON does not know")
            return false
        }
        at += 1
        return true
    }

    /// `\uXXXX`, and its second half where it is the first of a pair; the byte at hand is the `u`.
    private mutating func unicodeEscape(into text: inout [UInt8]) -> Bool {
        let escapeAt = at - 1
        at += 1
        guard let first = fourHexDigits() else { return false }
        var scalar = first
        if (0xD800..<0xDC00).contains(first), at + 1 < count, bytes[at] == 0x5C, bytes[at + 1] == 0x75 {
            let secondAt = at
            at += 2
            guard let second = fourHexDigits() else { return false }
            if (0xDC00..<0xE000).contains(second) {
                scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            } else {
                at = secondAt
            }
        }
        guard let valid = Unicode.Scalar(scalar) else {
            note(.unpairedSurrogate, at: escapeAt, "half of a surrogate pair stands alone")
            return true
        }
        text.append(contentsOf: UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter)
        return true
    }

    private mutating func fourHexDigits() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default:
                stop("expected four hexadecimal digits")
                return nil
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    /// Whether a range is UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF); notes the first fault.
    private mutating func isUTF8(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            let lead = bytes[index]
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch lead {
            case 0..<0x80:
                index += 1
                continue
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, low) = (3, 0xA0)
            case 0xED: (length, high) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, low) = (4, 0x90)
            case 0xF4: (length, high) = (4, 0x8F)
            case 0xF1...0xF3: length = 4
            default: length = 0
            }
            var isValid = length > 0 && index + length <= range.upperBound
            if isValid {
                isValid = (low...high).contains(bytes[index + 1])
                for next in 2..<max(length, 2) where bytes[index + next] & 0xC0 != 0x80 { isValid = false }
            }
            guard isValid else {
                note(.invalidUTF8, at: index, "a string is not valid UTF-8")
                return false
            }
            index += length
        }
        return true
    }
}
