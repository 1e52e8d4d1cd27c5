/// Signed bytes as JWS compact (RFC 7515), in the one profile of Convenant: ES256, header exactly `alg`, `kid`, `typ`.
public enum JWS {
    /// Signs `payload` as an object of type `typ` (a media type without `application/`).
    /// Throws `wrongType` for a `typ` that needs escapes, `tooLong` over 1 MiB, `libraryFailure` without randomness.
    public static func sign(payload: [UInt8], typ: String, key: ES256SigningKey) throws(JOSEError) -> [UInt8] {
        try CompactForm.requirePlain(typ)
        // members in the order of RFC 8785, so that the same input gives the same header
        let header = #"{"alg":"ES256","kid":"\#(key.kid)","typ":"\#(typ)"}"#
        var compact = Base64URL.encode(header.utf8)
        compact.reserveCapacity(compact.count + payload.count / 3 * 4 + 96)
        compact.append(UInt8(ascii: "."))
        compact.append(contentsOf: Base64URL.encode(payload))
        let signature = try key.sign(compact)
        compact.append(UInt8(ascii: "."))
        compact.append(contentsOf: Base64URL.encode(signature))
        guard compact.count <= CompactForm.limit else { throw .tooLong }
        return compact
    }

    /// The payload of a JWS whose signature one of `keys` made, and the key that did.
    ///
    /// The key is chosen by `kid` among those given; nothing in the header can bring a key along.
    /// Throws `algorithmNotAllowed`, `headerNotAllowed`, `wrongType`, `unknownKey`, `badSignature`, `malformed` or `tooLong`.
    public static func verify(_ compact: [UInt8], typ: String, keys: [JWK]) throws(JOSEError) -> (payload: [UInt8], key: JWK) {
        let parts = try CompactForm.parts(compact, count: 3)
        let header = try CompactForm.header(parts[0], members: ["alg", "kid", "typ"], algorithms: [("alg", Allowed.signature)])
        try CompactForm.require("typ", typ, in: header)
        let kid = try header.requiredString("kid", limit: 64)
        guard let key = keys.first(where: { sameText($0.kid, kid) && $0.use != .encryption && $0.curve == .p256 }) else {
            throw .unknownKey
        }
        let payload = try CompactForm.bytes(parts[1])
        let signature = try CompactForm.bytes(parts[2])
        guard verifyES256(signature, of: Array(compact[..<parts[1].endIndex]), by: key) else { throw .badSignature }
        return (payload, key)
    }
}
