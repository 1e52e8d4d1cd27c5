import COpenSSL

/// A private key that signs with ES256 (RFC 7518 §3.4): ECDSA on P-256 with SHA-256.
///
/// Signs and nothing else; agreement has a key and a type of its own.
public struct ES256SigningKey: Sendable {
    private let key: P256Key
    /// The public half, `use: sig`.
    public let publicKey: JWK
    /// The RFC 7638 thumbprint of the public half.
    public var kid: String { publicKey.kid }

    /// A fresh key. Throws `libraryFailure` when there is no randomness.
    public static func generate() throws(JOSEError) -> ES256SigningKey {
        try ES256SigningKey(P256Key.generate())
    }

    /// A key from PEM (PKCS#8 or SEC 1), unencrypted. Throws `invalidKey` for anything but a P-256 private key.
    public init(pem: String) throws(JOSEError) {
        let bytes = Array(pem.utf8)
        guard bytes.count <= 16_384, let bio = BIO_new(BIO_s_mem()) else { throw failure(.invalidKey) }
        defer { BIO_free(bio) }
        guard BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count), let pointer = cossl_read_private_key(bio),
            let key = P256Key(taking: pointer)
        else { throw failure(.invalidKey) }
        ERR_clear_error()
        try self.init(key)
    }

    private init(_ key: P256Key) throws(JOSEError) {
        self.key = key
        let (x, y) = try key.coordinates()
        publicKey = try JWK(.p256(key), x: x, y: y, use: .signing, certificateChain: [])
    }

    /// The private key as unencrypted PKCS#8 PEM; belongs in a file of mode 0600.
    public var pem: String {
        get throws(JOSEError) {
            // a memory BIO of the secure kind wipes its buffer when it is freed
            guard let bio = BIO_new(BIO_s_secmem()) else { throw failure(.libraryFailure) }
            defer { BIO_free(bio) }
            guard cossl_write_private_key(bio, key.pointer) == 1 else { throw failure(.libraryFailure) }
            var start: UnsafeMutablePointer<CChar>?
            let length = cossl_BIO_get_mem_data(bio, &start)
            guard let start, length > 0 else { throw failure(.libraryFailure) }
            return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
        }
    }

    /// The signature over `bytes` as r‖s: 64 bytes. Throws `libraryFailure` when there is no randomness.
    public func sign(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try key.sign(digest: sha256(bytes))
    }
}

/// Whether `signature` (r‖s, 64 bytes) over `bytes` is `key`'s; false for a key that is not on P-256.
public func verifyES256(_ signature: [UInt8], of bytes: [UInt8], by key: JWK) -> Bool {
    guard case .p256(let verifying) = key.material else { return false }
    return verifying.verify(signature: signature, digest: sha256(bytes))
}
