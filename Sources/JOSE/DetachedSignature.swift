import StrictJSON

extension JWS {
    /// Signs bytes that stay where they are: JWS compact with the payload taken out (RFC 7515 Appendix F), `header..signature`.
    ///
    /// What is signed is the base64url of the payload (`b64` is not in the header), so that any JOSE library verifies it once the payload is
    /// put back.
    /// - Parameter claims: further members of the header, which the signature covers.
    /// - Throws: `wrongType` for a `typ` that needs escapes, `tooLong` for a header over 1024 characters or a payload over 1 MiB,
    ///   `libraryFailure` without randomness.
    public static func signDetached(_ payload: [UInt8], typ: String, claims: JSONObject, key: some MessageSigning) throws(JOSEError)
        -> String
    {
        try CompactForm.requirePlain(typ)
        guard let algorithm = key.publicKey.kind.signature else { throw .algorithmNotAllowed }
        var header = claims
        header["alg"] = .string(algorithm)
        header["kid"] = .string(key.kid)
        header["typ"] = .string(typ)
        let protected = Base64URL.encode(JSONValue.object(header).canonicalBytes())
        guard protected.count <= CompactForm.headerLimit, payload.count <= CompactForm.limit else { throw .tooLong }
        let signature = try key.sign(detachedInput(protected[...], payload))
        return String(decoding: protected + Array("..".utf8) + Base64URL.encode(signature), as: UTF8.self)
    }

    /// Verifies a detached signature over these bytes, and gives its header and the key that made it.
    ///
    /// - Parameter claims: the members that the header has beside `alg`, `kid` and `typ`: these and no others.
    /// - Throws: `unknownKey` when no key of `keys` is named, `badSignature` for other bytes, `algorithmNotAllowed`, `headerNotAllowed`,
    ///   `wrongType`, `malformed` or `tooLong`.
    public static func verifyDetached(_ text: String, of payload: [UInt8], typ: String, claims: [String], keys: [JWK]) throws(JOSEError)
        -> (
            header: JSONObject, key: JWK
        )
    {
        let parts = try CompactForm.parts(Array(text.utf8), count: 3)
        guard parts[1].isEmpty, payload.count <= CompactForm.limit else { throw .malformed }
        let kinds = JWK.Kind.allCases.compactMap(\.signature)
        let header = try CompactForm.header(parts[0], members: ["alg", "kid", "typ"] + claims, algorithms: [("alg", kinds)])
        try CompactForm.require("typ", typ, in: header)
        let kid = try header.requiredString("kid", limit: 64)
        guard let key = keys.first(where: { $0.use != .encryption && sameText($0.kid, kid) }) else { throw .unknownKey }
        try CompactForm.require("alg", key.kind.signature, in: header, else: .algorithmNotAllowed)
        guard verifies(try CompactForm.bytes(parts[2]), of: detachedInput(parts[0], payload), by: key) else { throw .badSignature }
        return (header, key)
    }

    /// What a detached signature is over: the JWS signing input with the payload put back (RFC 7515 §5.1).
    private static func detachedInput(_ protected: ArraySlice<UInt8>, _ payload: [UInt8]) -> [UInt8] {
        Array(protected) + [UInt8(ascii: ".")] + Base64URL.encode(payload)
    }
}
