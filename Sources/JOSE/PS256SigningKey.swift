/// A private key that signs with PS256 (RFC 7518 §3.5): RSASSA-PSS with SHA-256 and a salt of 32 bytes, for the NL GOV profile.
///
/// Signs and nothing else; what is sealed to us in that profile has a key and a type of its own.
public struct PS256SigningKey: MessageSigning {
    private let key: RSAKey
    public let publicKey: JWK

    /// A fresh key of 3072 bits; takes some tenths of a second. Throws `libraryFailure` when there is no randomness.
    public static func generate() throws(JOSEError) -> PS256SigningKey {
        try PS256SigningKey(RSAKey.generate())
    }

    /// A key from PEM (PKCS#8 or PKCS#1), unencrypted. Throws `invalidKey` for anything but an RSA private key of the profile's size.
    public init(pem: String) throws(JOSEError) {
        guard let key = RSAKey(taking: try readPrivateKey(pem: pem)) else { throw .invalidKey }
        try self.init(key)
    }

    private init(_ key: RSAKey) throws(JOSEError) {
        self.key = key
        publicKey = try JWK(.rsa(key), x: [], y: [], use: .signing, certificateChain: [])
    }

    public var pem: String { get throws(JOSEError) { try writePrivateKey(key.pointer) } }

    /// The signature over `bytes`: as long as the modulus.
    public func sign(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try key.signPSS(digest: sha256(bytes))
    }
}
