import COpenSSL
import Crypto
import StrictJSON

/// A public key of a partner or of ours (RFC 7517, RFC 7518 §6, RFC 8037): EC P-256, OKP X25519, or RSA.
///
/// A value of this type is well-formed: its point lies on its curve or its modulus is long enough, and `kid` is its RFC 7638 thumbprint.
public struct JWK: Sendable {
    /// What the key is for (RFC 7517 §4.2); no key serves two uses.
    public enum Use: String, Sendable {
        /// Verifies signatures.
        case signing = "sig"
        /// Is sealed to.
        case encryption = "enc"
    }

    enum Material: Sendable {
        case p256(P256Key)
        case x25519(Curve25519.KeyAgreement.PublicKey)
        case rsa(RSAKey)
    }

    /// What kind of key it is, from which follows what it may do.
    public let kind: Kind
    /// nil where the key does not say; a key set demands it.
    public let use: Use?
    /// The RFC 7638 thumbprint with SHA-256, base64url.
    public let kid: String
    /// The certificates of `x5c` as DER, leaf first; empty when there is none. The leaf certifies this very key.
    public let certificateChain: [[UInt8]]
    /// The point's coordinates; `y` is empty on X25519, both are with RSA.
    let x: [UInt8]
    let y: [UInt8]
    let material: Material

    /// A P-256 key from its coordinates, 32 bytes each.
    /// Throws `invalidKey` for a point off the curve, `algorithmNotAllowed` for a use that the curve cannot serve.
    public init(p256 x: [UInt8], _ y: [UInt8], use: Use?, certificateChain: [[UInt8]] = []) throws(JOSEError) {
        try self.init(.p256(P256Key.fromCoordinates(x: x, y: y)), x: x, y: y, use: use, certificateChain: certificateChain)
    }

    /// An X25519 key from its 32 bytes.
    public init(x25519 bytes: [UInt8], use: Use? = .encryption, certificateChain: [[UInt8]] = []) throws(JOSEError) {
        guard bytes.count == 32, let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes) else { throw .invalidKey }
        try self.init(.x25519(key), x: bytes, y: [], use: use, certificateChain: certificateChain)
    }

    init(_ material: Material, x: [UInt8], y: [UInt8], use: Use?, certificateChain: [[UInt8]]) throws(JOSEError) {
        self.material = material
        self.x = x
        self.y = y
        self.use = use
        self.certificateChain = certificateChain
        switch material {
        case .p256: kind = .p256
        case .x25519: kind = .x25519
        case .rsa: kind = .rsa
        }
        guard use != .signing || kind.signature != nil else { throw .algorithmNotAllowed }
        kid = thumbprint(keyMembers(material, x: x, y: y))
        if let leaf = certificateChain.first { try requireCertificate(leaf, certifies: material) }
    }

    /// The same key with another use or certificate chain (DER, leaf first).
    /// Throws `certificateMismatch` when the leaf certifies another key.
    public func with(use: Use?, certificateChain: [[UInt8]]) throws(JOSEError) -> JWK {
        try JWK(material, x: x, y: y, use: use, certificateChain: certificateChain)
    }

    /// The key as an object for a key set, with `kid`, `use`, `alg` and `x5c` where known.
    public var json: JSONObject {
        var object = publicMembers
        object["kid"] = .string(kid)
        if let use {
            object["use"] = .string(use.rawValue)
            object["alg"] = algorithm(for: use).map { .string($0) }
        }
        if !certificateChain.isEmpty { object["x5c"] = .array(certificateChain.map { .string(base64(padded: $0)) }) }
        return object
    }

    /// The one `alg` of this key in this use.
    func algorithm(for use: Use) -> String? { use == .signing ? kind.signature : kind.keyManagement }

    /// What an `epk` holds: nothing but the key (RFC 7518 §4.6.1.1).
    var publicMembers: JSONObject { keyMembers(material, x: x, y: y) }

    /// The key as the DER of a SubjectPublicKeyInfo (RFC 5480, RFC 8410, RFC 3279), for a certificate.
    public var subjectPublicKeyInfo: [UInt8] {
        switch material {
        case .p256:
            // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 04 ‖ x ‖ y } }
            [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08]
                + [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04] + x + y
        case .x25519:
            // SEQUENCE { SEQUENCE { id-X25519 }, BIT STRING { x } }
            [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00] + x
        case .rsa(let key): key.subjectPublicKeyInfo
        }
    }
}

extension JWK: Hashable {
    /// Equal keys are equal whatever use or certificate is written beside them.
    public static func == (left: JWK, right: JWK) -> Bool { left.kid == right.kid }
    /// Hashes the thumbprint.
    public func hash(into hasher: inout Hasher) { hasher.combine(kid) }
}

/// The members that are the public key itself (RFC 7518 §6.2.1, §6.3.1, RFC 8037 §2), which are also those of its thumbprint.
private func keyMembers(_ material: JWK.Material, x: [UInt8], y: [UInt8]) -> JSONObject {
    switch material {
    case .p256: ["kty": "EC", "crv": "P-256", "x": .string(Base64URL.string(x)), "y": .string(Base64URL.string(y))]
    case .x25519: ["kty": "OKP", "crv": "X25519", "x": .string(Base64URL.string(x))]
    case .rsa(let key): ["kty": "RSA", "n": .string(Base64URL.string(key.modulus)), "e": "AQAB"]
    }
}

/// RFC 7638: SHA-256 over the required members in lexicographic order, without white space.
private func thumbprint(_ members: JSONObject) -> String { Base64URL.string(sha256(JSONValue.object(members).canonicalBytes())) }

private func requireCertificate(_ der: [UInt8], certifies material: JWK.Material) throws(JOSEError) {
    let certificate = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
        var cursor = buffer.baseAddress
        let parsed = d2i_X509(nil, &cursor, buffer.count)
        // bytes after the certificate would not be covered by any signature
        guard let parsed, cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
            X509_free(parsed)
            return nil
        }
        return parsed
    }
    guard let certificate else { throw failure(.malformed) }
    defer { X509_free(certificate) }
    guard let certified = X509_get0_pubkey(certificate) else { throw failure(.certificateMismatch) }
    let same: Bool
    switch material {
    case .p256(let key): same = EVP_PKEY_eq(certified, key.pointer) == 1
    case .rsa(let key): same = EVP_PKEY_eq(certified, key.pointer) == 1
    case .x25519(let key):
        let raw = Array(key.rawRepresentation)
        let other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, raw, raw.count)
        defer { EVP_PKEY_free(other) }
        same = other != nil && EVP_PKEY_eq(certified, other) == 1
    }
    guard same else { throw failure(.certificateMismatch) }
}
