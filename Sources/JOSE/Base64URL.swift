/// Base64url without padding (RFC 7515 §2, RFC 4648 §5), read strictly.
///
/// One byte string has exactly one accepted text: no padding, no white space, no stray bits after the last byte.
/// Otherwise a changed text could carry the same signature, and a digest over the text would name two messages.
public enum Base64URL {
    private static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The two characters of each twelve bits, in the order in which they lie in memory.
    private static let pairs: [UInt16] = (0..<4096).map { bits in
        UInt16(littleEndian: UInt16(alphabet[bits >> 6]) | UInt16(alphabet[bits & 63]) << 8)
    }

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The text of `bytes` as ASCII bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let done = bytes.withContiguousStorageIfAvailable { encode(buffer: $0) }
        return done ?? Array(bytes).withUnsafeBufferPointer { encode(buffer: $0) }
    }

    /// The text of `bytes`.
    public static func string(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: encode(bytes), as: UTF8.self)
    }

    /// The bytes that `text` stands for, or nil when it is not the one canonical text of any bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        decode(Array(text.utf8))
    }

    /// The bytes that the ASCII `text` stands for, or nil when it is not the one canonical text of any bytes.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        if let done = text.withContiguousStorageIfAvailable({ decode(buffer: $0) }) { return done }
        return Array(text).withUnsafeBufferPointer { decode(buffer: $0) }
    }

    private static func encode(buffer input: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let whole = input.count / 3
        let rest = input.count % 3
        let length = whole * 4 + (rest == 0 ? 0 : rest + 1)
        return alphabet.withUnsafeBufferPointer { alphabet in
            [UInt8](unsafeUninitializedCapacity: length) { output, count in
                var from = 0
                var to = 0
                pairs.withUnsafeBufferPointer { pairs in
                    let raw = UnsafeMutableRawBufferPointer(output)
                    for _ in 0..<whole {
                        let bits = Int(input[from]) << 16 | Int(input[from + 1]) << 8 | Int(input[from + 2])
                        raw.storeBytes(of: pairs[bits >> 12], toByteOffset: to, as: UInt16.self)
                        raw.storeBytes(of: pairs[bits & 4095], toByteOffset: to + 2, as: UInt16.self)
                        from += 3
                        to += 4
                    }
                }
                if rest > 0 {
                    let bits = UInt32(input[from]) << 16 | (rest == 2 ? UInt32(input[from + 1]) << 8 : 0)
                    output[to] = alphabet[Int(bits >> 18)]
                    output[to + 1] = alphabet[Int(bits >> 12 & 63)]
                    if rest == 2 { output[to + 2] = alphabet[Int(bits >> 6 & 63)] }
                }
                count = length
            }
        }
    }

    private static func decode(buffer input: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let rest = input.count % 4
        guard rest != 1 else { return nil }
        let whole = input.count / 4
        let length = whole * 3 + (rest == 0 ? 0 : rest - 1)
        var invalid: UInt8 = 0
        let bytes = values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: length) { output, count in
                var from = 0
                var to = 0
                for _ in 0..<whole {
                    let a = values[Int(input[from])]
                    let b = values[Int(input[from + 1])]
                    let c = values[Int(input[from + 2])]
                    let d = values[Int(input[from + 3])]
                    invalid |= (a | b | c | d) & 0xc0
                    output[to] = a << 2 | (b & 63) >> 4
                    output[to + 1] = b << 4 | (c & 63) >> 2
                    output[to + 2] = c << 6 | (d & 63)
                    from += 4
                    to += 3
                }
                if rest > 0 {
                    let a = values[Int(input[from])]
                    let b = values[Int(input[from + 1])]
                    let c = rest == 3 ? values[Int(input[from + 2])] : 0
                    invalid |= (a | b | c) & 0xc0
                    // bits after the last whole byte must be zero, or two texts would mean the same bytes
                    invalid |= rest == 2 ? b & 0x0f : c & 0x03
                    output[to] = a << 2 | (b & 63) >> 4
                    if rest == 3 { output[to + 1] = b << 4 | (c & 63) >> 2 }
                }
                count = length
            }
        }
        return invalid == 0 ? bytes : nil
    }
}
