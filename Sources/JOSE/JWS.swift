/// Signed bytes as JWS compact (RFC 7515), header exactly `alg`, `kid`, `typ`: ES256, or PS256 in the NL GOV profile.
public enum JWS {
    /// Signs `payload` as an object of type `typ` (a media type without `application/`).
    /// Throws `wrongType` for a `typ` that needs escapes, `tooLong` over 1 MiB, `libraryFailure` without randomness.
    public static func sign(payload: [UInt8], typ: String, key: some MessageSigning) throws(JOSEError) -> [UInt8] {
        try CompactForm.requirePlain(typ)
        guard let algorithm = key.publicKey.kind.signature else { throw .algorithmNotAllowed }
        // members in the order of RFC 8785, so that the same input gives the same header
        let header = #"{"alg":"\#(algorithm)","kid":"\#(key.kid)","typ":"\#(typ)"}"#
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
    /// The key is chosen by `kid` among those given; nothing in the header can bring a key along, and the key's kind says what `alg` must be.
    /// - Parameter kind: the one kind of key that may have signed, where a profile says so; else any of those given.
    /// - Throws: `algorithmNotAllowed`, `headerNotAllowed`, `wrongType`, `unknownKey`, `badSignature`, `malformed` or `tooLong`.
    public static func verify(_ compact: [UInt8], typ: String, keys: [JWK], by kind: JWK.Kind? = nil) throws(JOSEError) -> (
        payload: [UInt8], key: JWK
    ) {
        let parts = try CompactForm.parts(compact, count: 3)
        let keys = keys.filter { $0.use != .encryption && $0.kind.signature != nil && (kind == nil || $0.kind == kind) }
        // where there is no key at all it is the key that is missing, not the algorithm that is wrong
        let kinds = kind.map { [$0] } ?? (keys.isEmpty ? [.p256] : keys.map(\.kind))
        let header = try CompactForm.header(parts[0], members: ["alg", "kid", "typ"], algorithms: [("alg", kinds.compactMap(\.signature))])
        try CompactForm.require("typ", typ, in: header)
        let kid = try header.requiredString("kid", limit: 64)
        guard let key = keys.first(where: { sameText($0.kid, kid) }) else { throw .unknownKey }
        // among keys of both kinds, the header may not name the one's algorithm and the other's key
        try CompactForm.require("alg", key.kind.signature, in: header, else: .algorithmNotAllowed)
        let payload = try CompactForm.bytes(parts[1])
        let signature = try CompactForm.bytes(parts[2])
        guard verifies(signature, of: Array(compact[..<parts[1].endIndex]), by: key) else { throw .badSignature }
        return (payload, key)
    }
}
