import StrictJSON

/// The two keys of one organisation as a JWK Set (RFC 7517 §5): one `sig` and one `enc` key.
///
/// `sig` on P-256 with `enc` on P-256 or X25519, or `enc` RSA for the NL GOV profile, whose receipts may be signed by an RSA key as well.
public struct JWKSet: Sendable {
    /// The key that verifies this organisation's signatures.
    public let signing: JWK
    /// The key that others seal to.
    public let encryption: JWK

    /// Both keys, signing first.
    public var keys: [JWK] { [signing, encryption] }

    /// Throws `keysNotDistinct` when one key stands in both uses, `algorithmNotAllowed` when the signing key is of neither the
    /// default profile nor that of the encryption key.
    public init(signing: JWK, encryption: JWK) throws(JOSEError) {
        guard signing.kind == .p256 || signing.kind == encryption.kind.signer else { throw .algorithmNotAllowed }
        guard signing != encryption else { throw .keysNotDistinct }
        self.signing = try signing.with(use: .signing, certificateChain: signing.certificateChain)
        self.encryption = try encryption.with(use: .encryption, certificateChain: encryption.certificateChain)
    }

    /// Reads a set of at most 64 KiB. Exactly one key of each use, and none of another kind: a key that nobody looks at is a key
    /// that nobody revokes. Throws `keysNotDistinct`, `malformed`, `tooLong`, and as ``JWK/init(_:)``.
    public static func parse(_ bytes: [UInt8]) throws(JOSEError) -> JWKSet {
        guard bytes.count <= 65_536 else { throw .tooLong }
        guard case .array(let items)? = try parseObject(bytes)["keys"] else { throw .malformed }
        var signing: JWK?
        var encryption: JWK?
        for item in items {
            let key = try JWK(item)
            switch key.use {
            case .signing where signing == nil: signing = key
            case .encryption where encryption == nil: encryption = key
            default: throw .keysNotDistinct
            }
        }
        guard let signing, let encryption else { throw .keysNotDistinct }
        return try JWKSet(signing: signing, encryption: encryption)
    }

    /// The set as canonical JSON (RFC 8785), as an organisation registers it.
    public var bytes: [UInt8] {
        let object: JSONObject = ["keys": .array(keys.map { .object($0.json) })]
        return JSONValue.object(object).canonicalBytes()
    }
}
