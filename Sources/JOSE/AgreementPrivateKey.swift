import Crypto
import StrictJSON

/// The private half of an `enc` key: opens what others sealed to us, and nothing else.
public enum AgreementPrivateKey: Sendable {
    /// A key on P-256.
    case p256(P256AgreementKey)
    /// A key on X25519.
    case x25519(X25519AgreementKey)
    /// An RSA key, which agrees on nothing: content keys are brought to it (RSA-OAEP, the NL GOV profile).
    case rsa(RSATransportKey)

    /// A fresh key of this kind. Throws `libraryFailure` when there is no randomness.
    public static func generate(_ kind: JWK.Kind) throws(JOSEError) -> AgreementPrivateKey {
        switch kind {
        case .rsa: .rsa(try RSATransportKey(RSAKey.generate()))
        case .p256: .p256(try P256AgreementKey(P256Key.generate()))
        case .x25519: .x25519(try X25519AgreementKey(Curve25519.KeyAgreement.PrivateKey()))
        }
    }

    /// A private JWK (RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2) as the key file holds it.
    /// Throws `invalidKey` unless the private members belong to the public half, `algorithmNotAllowed` for another kind or use.
    public static func parse(_ bytes: [UInt8]) throws(JOSEError) -> AgreementPrivateKey {
        guard bytes.count <= 16_384 else { throw .tooLong }
        let object = try parseObject(bytes)
        if let use = try object.optionalString("use"), !sameText(use, JWK.Use.encryption.rawValue) { throw .algorithmNotAllowed }
        let claimed = try JWK(publicMembersOf: object, use: .encryption)
        if let kid = try object.optionalString("kid"), !sameText(kid, claimed.kid) { throw .invalidKey }
        if claimed.kind == .rsa {
            guard object["oth"] == nil else { throw .invalidKey }
            var numbers: [[UInt8]] = []
            defer { for index in numbers.indices { wipe(&numbers[index]) } }
            for name in RSAKey.members { numbers.append(try JWK.number(name, of: object)) }
            return .rsa(try RSATransportKey(RSAKey.fromNumbers(numbers)))
        }
        var scalar = try JWK.coordinate("d", of: object)
        defer { wipe(&scalar) }
        switch claimed.kind {
        case .rsa: throw .invalidKey
        case .p256:
            return .p256(try P256AgreementKey(P256Key.fromParts(scalar: scalar, x: claimed.x, y: claimed.y)))
        case .x25519:
            guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: scalar),
                Array(key.publicKey.rawRepresentation) == claimed.x
            else { throw .invalidKey }
            return .x25519(try X25519AgreementKey(key))
        }
    }

    /// The public half, `use: enc`.
    public var publicKey: JWK {
        switch self {
        case .p256(let key): key.publicKey
        case .x25519(let key): key.publicKey
        case .rsa(let key): key.publicKey
        }
    }

    /// The RFC 7638 thumbprint of the public half.
    public var kid: String { publicKey.kid }

    /// The private JWK as canonical JSON; belongs in a file of mode 0600.
    public var jwk: [UInt8] {
        get throws(JOSEError) {
            var object = publicKey.json
            switch self {
            case .p256(let key): object["d"] = .string(Base64URL.string(try key.key.scalar()))
            case .x25519(let key): object["d"] = .string(Base64URL.string(key.key.rawRepresentation))
            case .rsa(let key):
                for (name, bytes) in try key.key.privateNumbers() { object[name] = .string(Base64URL.string(bytes)) }
            }
            return JSONValue.object(object).canonicalBytes()
        }
    }

    /// The ECDH secret with a sender's ephemeral key: 32 bytes, never all zero.
    func agree(with ephemeral: JWK) throws(JOSEError) -> [UInt8] {
        switch (self, ephemeral.material) {
        case (.p256(let own), .p256(let peer)): try own.key.agree(with: peer)
        case (.x25519(let own), .x25519(let peer)): try agreeX25519(own.key, peer)
        default: throw .algorithmNotAllowed
        }
    }
}

/// A private agreement key on P-256, with its public half.
public struct P256AgreementKey: Sendable {
    let key: P256Key
    let publicKey: JWK

    init(_ key: P256Key) throws(JOSEError) {
        self.key = key
        let (x, y) = try key.coordinates()
        publicKey = try JWK(.p256(key), x: x, y: y, use: .encryption, certificateChain: [])
    }
}

/// A private agreement key on X25519, with its public half.
public struct X25519AgreementKey: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey
    let publicKey: JWK

    init(_ key: Curve25519.KeyAgreement.PrivateKey) throws(JOSEError) {
        self.key = key
        publicKey = try JWK(x25519: Array(key.publicKey.rawRepresentation))
    }
}

/// A private RSA key to which content keys are brought, with its public half.
public struct RSATransportKey: Sendable {
    let key: RSAKey
    let publicKey: JWK

    init(_ key: RSAKey) throws(JOSEError) {
        self.key = key
        publicKey = try JWK(.rsa(key), x: [], y: [], use: .encryption, certificateChain: [])
    }
}

/// X25519 (RFC 7748 §6.1). An all-zero result means a point of small order, a key that everybody knows: refused (RFC 8037 §3.2).
func agreeX25519(_ own: Curve25519.KeyAgreement.PrivateKey, _ peer: Curve25519.KeyAgreement.PublicKey) throws(JOSEError) -> [UInt8] {
    guard let shared = try? own.sharedSecretFromKeyAgreement(with: peer) else { throw .invalidKey }
    let secret = shared.withUnsafeBytes { Array($0) }
    guard secret.reduce(0, |) != 0 else { throw .invalidKey }
    return secret
}
