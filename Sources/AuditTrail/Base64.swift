/// Base64 (RFC 4648) whose reader accepts exactly what its writer writes: one value has one text.
private let standardAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
private let urlAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

/// base64url without padding (RFC 4648 §5).
public func base64URL(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes, urlAlphabet), as: UTF8.self) }

/// Section 4, with padding.
func base64(_ bytes: [UInt8]) -> String {
    var out = encode(bytes, standardAlphabet)
    while out.count % 4 != 0 { out.append(0x3D) }
    return String(decoding: out, as: UTF8.self)
}

/// Section 4, with padding; nil for any text that ``base64(_:)`` would not have written.
func decodeBase64(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var (bits, held): (UInt32, Int) = (0, 0)
    for byte in text.utf8 {
        if byte == 0x3D { break }
        let digit: UInt8
        switch byte {
        case 0x41...0x5A: digit = byte - 0x41
        case 0x61...0x7A: digit = byte - 0x61 + 26
        case 0x30...0x39: digit = byte - 0x30 + 52
        case 0x2B: digit = 62
        case 0x2F: digit = 63
        default: return nil
        }
        bits = (bits << 6 | UInt32(digit)) & 0xFFFF
        held += 6
        if held >= 8 {
            held -= 8
            out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
        }
    }
    // Stray bits, missing or surplus padding and anything after it all show here. Bytes, because texts compare by meaning.
    return base64(out).utf8.elementsEqual(text.utf8) ? out : nil
}

private func encode(_ bytes: [UInt8], _ alphabet: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { out, count in
        for place in stride(from: 0, to: bytes.count, by: 3) {
            let rest = min(3, bytes.count - place)
            let bits =
                UInt32(bytes[place]) << 16 | (rest > 1 ? UInt32(bytes[place + 1]) << 8 : 0) | (rest > 2 ? UInt32(bytes[place + 2]) : 0)
            for digit in 0...rest { out[count + digit] = alphabet[Int(bits >> UInt32(18 - 6 * digit) & 0x3F)] }
            count += rest + 1
        }
    }
}
