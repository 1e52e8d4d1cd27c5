import Foundation
import StrictJSON

/// The signature over the payload of an HTTP message, in two of its header fields (NL GOV API signing module, "payload signing").
///
/// A JAdES signature at level B (ETSI TS 119 182-1), detached by the mechanism HttpHeaders of §5.2.8.2: what is signed is the line of the
/// one field `Digest` (RFC 3230), and with it the body; `b64` is false (§5.1.10, RFC 7797) and, as `sigD`, critical. The claimed time is
/// `iat`, which takes the place of `sigT` for signatures made from 2025 on (§5.1.11).
public struct PayloadSignature: Hashable, Sendable {
    /// The field that carries the signature; twice in one message makes it invalid.
    public static let field = "Payload-Signature"
    /// The field over which it is made.
    public static let digestField = "Digest"

    /// The value of `Payload-Signature`: header, nothing, signature.
    public let value: String
    /// The value of `Digest`.
    public let digest: String

    /// Signs a body, at a time in ms since 1970.
    ///
    /// - Parameter certificate: the DER of the signing key's certificate, which level B asks for (`x5t#S256`).
    /// - Throws: `libraryFailure`.
    public init(of body: [UInt8], by key: PS256SigningKey, certificate: [UInt8]?, at now: Int64) throws(JOSEError) {
        digest = Self.digest(of: body)
        var header: JSONObject = [
            "alg": "PS256", "b64": false, "crit": ["b64", "sigD"], "iat": .integer(now / 1000), "kid": .string(key.kid),
            "sigD": ["mId": .string(Self.mechanism), "pars": ["digest"]],
        ]
        header["x5t#S256"] = certificate.map { .string(Base64URL.string(sha256($0))) }
        let protected = Base64URL.encode(JSONValue.object(header).canonicalBytes())
        let signature = try key.sign(Self.input(protected, digest))
        value = String(decoding: protected + Array("..".utf8) + Base64URL.encode(signature), as: UTF8.self)
    }

    /// Verifies the fields of a received message, and says when it claims to have been signed, in ms since 1970.
    ///
    /// - Parameters:
    ///   - values, digests: every value of `Payload-Signature` and of `Digest` in the message, in their order.
    ///   - keys: the `sig` keys of the one organisation that may have sent it.
    /// - Throws: `malformed` unless each field stands there once, `algorithmNotAllowed`, `headerNotAllowed`, `unknownKey`,
    ///   `certificateMismatch`, `badSignature`: also for a body with another digest.
    @discardableResult public static func verify(_ values: [String], digests: [String], of body: [UInt8], keys: [JWK]) throws(JOSEError)
        -> Int64
    {
        guard values.count == 1, digests.count == 1, let value = values.first, let digest = digests.first else { throw .malformed }
        let parts = try CompactForm.parts(Array(value.utf8), count: 3)
        guard parts[1].isEmpty else { throw .malformed }
        let header = try parseObject(try CompactForm.bytes(parts[0]))
        try CompactForm.require("alg", JWK.Kind.rsa.signature, in: header, else: .algorithmNotAllowed)
        let names: Set = ["alg", "b64", "crit", "iat", "kid", "sigD", "x5t#S256"]
        guard header.names.allSatisfy(names.contains), header["b64"] == false, header["crit"] == ["b64", "sigD"],
            header["sigD"] == ["mId": .string(mechanism), "pars": ["digest"]], let signedAt = try header.optionalInteger("iat"),
            (0..<1 << 40).contains(signedAt)
        else { throw .headerNotAllowed }
        let kid = try header.requiredString("kid", limit: 64)
        guard let key = keys.first(where: { sameText($0.kid, kid) && $0.use != .encryption && $0.kind == .rsa }) else { throw .unknownKey }
        if let named = try header.optionalString("x5t#S256"), let leaf = key.certificateChain.first {
            guard sameText(named, Base64URL.string(sha256(leaf))) else { throw .certificateMismatch }
        }
        guard sameText(digest, self.digest(of: body)),
            verifies(try CompactForm.bytes(parts[2]), of: input(Array(parts[0]), digest), by: key)
        else { throw .badSignature }
        return signedAt * 1000
    }

    private static let mechanism = "http://uri.etsi.org/19182/HttpHeaders"

    private static func digest(of body: [UInt8]) -> String { "SHA-256=" + base64(padded: sha256(body)) }

    private static func input(_ protected: [UInt8], _ digest: String) -> [UInt8] {
        protected + Array(".digest: \(digest)".utf8)
    }
}
