/// A private key that signs with ES256 (RFC 7518 §3.4): ECDSA on P-256 with SHA-256.
///
/// Signs and nothing else; agreement has a key and a type of its own.
public struct ES256SigningKey: MessageSigning {
    private let key: P256Key
    public let publicKey: JWK

    /// A fresh key. Throws `libraryFailure` when there is no randomness.
    public static func generate() throws(JOSEError) -> ES256SigningKey {
        try ES256SigningKey(P256Key.generate())
    }

    /// A key from PEM (PKCS#8 or SEC 1), unencrypted. Throws `invalidKey` for anything but a P-256 private key.
    public init(pem: String) throws(JOSEError) {
        guard let key = P256Key(taking: try readPrivateKey(pem: pem)) else { throw .invalidKey }
        try self.init(key)
    }

    private init(_ key: P256Key) throws(JOSEError) {
        self.key = key
        let (x, y) = try key.coordinates()
        publicKey = try JWK(.p256(key), x: x, y: y, use: .signing, certificateChain: [])
    }

    public var pem: String { get throws(JOSEError) { try writePrivateKey(key.pointer) } }

    /// The signature over `bytes` as r‖s: 64 bytes. Throws `libraryFailure` when there is no randomness.
    public func sign(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try key.sign(digest: sha256(bytes))
    }
}
