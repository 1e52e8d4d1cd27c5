/// The canonical form of RFC 8785 (JCS): the same value gives the same bytes everywhere, so that it can be hashed and signed.
extension JSONValue {
    /// The canonical form in UTF-8: no white space, names sorted by UTF-16 code units, numbers as ECMAScript writes them.
    ///
    /// RFC 8785 knows doubles only, so an integer beyond ±2^53 is written as the nearest double; give such numbers as strings.
    /// - Precondition: every number is finite, as every parsed one is.
    public func canonicalBytes() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        appendCanonical(to: &out)
        return out
    }

    /// The canonical form as a text.
    public var canonicalText: String { String(decoding: canonicalBytes(), as: UTF8.self) }

    /// Appends the canonical form to bytes that are there already.
    /// - Precondition: every number is finite.
    public func appendCanonical(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): appendInteger(value, to: &out)
        case .number(let value): out.append(contentsOf: ecmaScriptNumber(value).utf8)
        case .string(let value): appendString(value, to: &out)
        case .array(let items):
            out.append(0x5B)
            for (index, item) in items.enumerated() {
                if index > 0 { out.append(0x2C) }
                item.appendCanonical(to: &out)
            }
            out.append(0x5D)
        case .object(let object):
            out.append(0x7B)
            for (index, member) in object.sortedMembers.enumerated() {
                if index > 0 { out.append(0x2C) }
                appendString(member.name, to: &out)
                out.append(0x3A)
                member.value.appendCanonical(to: &out)
            }
            out.append(0x7D)
        }
    }
}

extension JSONObject {
    /// The members in the order of RFC 8785, section 3.2.3.
    var sortedMembers: [Member] {
        var isSorted = true
        for index in members.indices.dropFirst() where !precedesInUTF16(members[index - 1].name, members[index].name) {
            isSorted = false
            break
        }
        return isSorted ? members : members.sorted { precedesInUTF16($0.name, $1.name) }
    }
}

/// Order by UTF-16 code units, told from UTF-8 bytes.
///
/// The two orders differ in one point only: characters beyond U+FFFF are surrogates (D800–DFFF) in UTF-16 and so come before
/// U+E000–U+FFFF, whose first byte in UTF-8 is EE or EF. At the first difference both bytes begin a character or neither does.
func precedesInUTF16(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    return a.withUTF8 { a in
        b.withUTF8 { b in
            for (x, y) in zip(a, b) where x != y {
                if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
                return x < y
            }
            return a.count < b.count
        }
    }
}

private func appendInteger(_ value: Int64, to out: inout [UInt8]) {
    guard value.magnitude <= 1 << 53 else {
        out.append(contentsOf: ecmaScriptNumber(Double(value)).utf8)
        return
    }
    out.append(contentsOf: String(value).utf8)
}

/// RFC 8785, section 3.2.2.2: the two-character escapes where JSON has them, `\u00xx` for other control characters, else nothing.
private func appendString(_ text: String, to out: inout [UInt8]) {
    out.append(0x22)
    var text = text
    text.withUTF8 { bytes in
        var (copied, index) = (0, 0)
        while index < bytes.count {
            if index + 8 <= bytes.count, eightPlainBytes(bytes, at: index).arePlain {
                index += 8
                continue
            }
            let byte = bytes[index]
            index += 1
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index - 1]))
            copied = index
            out.append(0x5C)
            switch byte {
            case 0x22, 0x5C: out.append(byte)
            case 0x08: out.append(0x62)
            case 0x09: out.append(0x74)
            case 0x0A: out.append(0x6E)
            case 0x0C: out.append(0x66)
            case 0x0D: out.append(0x72)
            default:
                let digit = byte & 0xF
                out.append(contentsOf: [0x75, 0x30, 0x30, 0x30 + (byte >> 4), digit < 10 ? 0x30 + digit : 0x61 + digit - 10])
            }
        }
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
    }
    out.append(0x22)
}
