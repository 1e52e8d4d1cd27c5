import StrictJSON

/// What JWS and JWE share: parts divided by dots, and a header whose members are exactly those the profile lists.
enum CompactForm {
    /// The longest compact form read or written, in bytes; a body may hold 256 KiB of content before two turns of base64.
    static let limit = 1 << 20
    /// The longest header part, in base64url characters. Ours have about 150 (JWS) and 400 (JWE).
    static let headerLimit = 1024

    /// The `count` parts of a compact form.
    static func parts(_ compact: [UInt8], count: Int) throws(JOSEError) -> [ArraySlice<UInt8>] {
        guard compact.count <= limit else { throw .tooLong }
        let parts = compact.split(separator: UInt8(ascii: "."), maxSplits: count, omittingEmptySubsequences: false)
        guard parts.count == count else { throw .malformed }
        guard parts[0].count <= headerLimit else { throw .tooLong }
        return parts
    }

    /// The bytes of one part.
    static func bytes(_ part: ArraySlice<UInt8>) throws(JOSEError) -> [UInt8] {
        guard let bytes = Base64URL.decode(part) else { throw .malformed }
        return bytes
    }

    /// The header, its members exactly `members`: no `crit`, `zip`, `b64`, `jwk`, `jku`, `x5u`, `x5c`, `apu`, or what comes next year.
    ///
    /// `algorithms` is looked at first and before any key: whoever sends `none` learns that, not which member was missing.
    static func header(_ part: ArraySlice<UInt8>, members: [String], algorithms: [(String, [String])]) throws(JOSEError) -> JSONObject {
        let header = try parseObject(try bytes(part))
        for (name, listed) in algorithms {
            guard case .string(let value)? = header[name], listed.contains(where: { sameText($0, value) }) else {
                throw .algorithmNotAllowed
            }
        }
        guard header.count == members.count, members.allSatisfy({ header[$0] != nil }) else { throw .headerNotAllowed }
        return header
    }

    /// Refuses another `typ` or `cty`, so that a receipt is never taken for a message.
    static func require(_ name: String, _ expected: String?, in header: JSONObject, else error: JOSEError = .wrongType) throws(JOSEError) {
        guard case .string(let value)? = header[name], let expected, sameText(value, expected) else { throw error }
    }

    /// A media type without `application/`, as it may stand between quotes without escapes.
    static func requirePlain(_ type: String) throws(JOSEError) {
        let plain = type.utf8.allSatisfy {
            ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x41 && $0 <= 0x5a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e
        }
        guard plain, !type.isEmpty, type.utf8.count <= 64 else { throw .wrongType }
    }
}

/// Equal byte by byte. Swift's `==` takes canonically equivalent texts for equal: the kelvin sign for the K of `A256KW`.
func sameText(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
