extension JWK {
    /// The kinds of keys of the profiles; every other one is refused.
    ///
    /// What a key may do follows from its kind alone, in the tables below and nowhere else; a post-quantum kind begins as a case here, and
    /// the compiler then asks for the rest.
    public enum Kind: String, Sendable, CaseIterable {
        /// NIST P-256 (RFC 7518 §6.2.1.1), `kty: EC`: the default profile.
        case p256 = "P-256"
        /// X25519 (RFC 8037 §2), `kty: OKP`; agreement only. The default profile.
        case x25519 = "X25519"
        /// RSA of 3072 to 8192 bits with the exponent 65537 (RFC 7518 §6.3), `kty: RSA`: the NL GOV profile.
        case rsa = "RSA"
    }
}

extension JWK.Kind {
    /// `alg` of what such a key signs; nil when it cannot.
    var signature: String? {
        switch self {
        case .p256: "ES256"
        case .x25519: nil
        case .rsa: "PS256"
        }
    }

    /// `alg` of what is sealed to such a key.
    var keyManagement: String {
        switch self {
        case .p256, .x25519: "ECDH-ES+A256KW"
        case .rsa: "RSA-OAEP"
        }
    }

    /// The kind of the key that signed what is sealed to such a key: profiles do not mix.
    public var signer: JWK.Kind {
        switch self {
        case .p256, .x25519: .p256
        case .rsa: .rsa
        }
    }

    /// The members of the header of what is sealed to such a key: these and no others.
    var sealedMembers: [String] {
        switch self {
        case .p256, .x25519: ["alg", "cty", "enc", "epk", "kid", "typ"]
        case .rsa: ["alg", "cty", "enc", "kid", "typ"]
        }
    }
}

/// The one content encryption of all profiles.
let contentEncryption = "A256GCM"

/// What signs messages and receipts: a key that does nothing else.
public protocol MessageSigning: Sendable {
    /// The public half, `use: sig`.
    var publicKey: JWK { get }
    /// The private key as unencrypted PKCS#8 PEM; belongs in a file of mode 0600.
    var pem: String { get throws(JOSEError) }
    /// The signature over `bytes` as JWS writes it (RFC 7518 §3). Throws `libraryFailure` when there is no randomness.
    func sign(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8]
}

extension MessageSigning {
    /// The RFC 7638 thumbprint of the public half.
    public var kid: String { publicKey.kid }
}

/// The signing key in a PEM file (PKCS#8, SEC 1 or PKCS#1), unencrypted: on P-256, or RSA for the NL GOV profile.
/// Throws `invalidKey` for anything else.
public func signingKey(pem: String) throws(JOSEError) -> any MessageSigning {
    if let key = try? ES256SigningKey(pem: pem) { return key }
    return try PS256SigningKey(pem: pem)
}

/// Whether `signature` over `bytes` is `key`'s, in the one algorithm of its kind.
func verifies(_ signature: [UInt8], of bytes: [UInt8], by key: JWK) -> Bool {
    switch key.material {
    case .p256(let verifying): verifying.verify(signature: signature, digest: sha256(bytes))
    case .rsa(let verifying): verifying.verifyPSS(signature: signature, digest: sha256(bytes))
    case .x25519: false
    }
}
