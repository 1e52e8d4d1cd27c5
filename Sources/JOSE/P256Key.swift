import COpenSSL

/// A P-256 key held by OpenSSL, whose P-256 costs a third of the one in swift-crypto.
///
/// Safe to share: the key is never changed after it was made, and OpenSSL 3 counts references and locks its caches itself.
final class P256Key: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a key that the caller owns; nil, and the key freed, unless it lies on P-256.
    init?(taking pointer: OpaquePointer) {
        guard cossl_is_p256(pointer) == 1 else {
            EVP_PKEY_free(pointer)
            ERR_clear_error()
            return nil
        }
        self.pointer = pointer
    }

    private init(trusted pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// A fresh key pair; one for each message, never kept.
    static func generate() throws(JOSEError) -> P256Key {
        guard let template, let pointer = cossl_generate_like(template.pointer) else { throw failure(.libraryFailure) }
        return P256Key(trusted: pointer)
    }

    /// Lends its group to every generated key and is never used as a key itself.
    private static let template: P256Key? = cossl_p256_generate().flatMap(P256Key.init(taking:))

    /// A public key from its coordinates; refused when a length is not 32 or the point is not on the curve.
    ///
    /// P-256 has cofactor 1, so a point on the curve that is not infinity lies in the right group; infinity has no coordinates.
    static func fromCoordinates(x: [UInt8], y: [UInt8]) throws(JOSEError) -> P256Key {
        guard x.count == 32, y.count == 32 else { throw .invalidKey }
        let point = [4] + x + y
        guard let pointer = cossl_p256_public(point, point.count) else { throw failure(.invalidKey) }
        return P256Key(trusted: pointer)
    }

    /// A key pair from its parts; refused unless the public point belongs to the scalar.
    static func fromParts(scalar: [UInt8], x: [UInt8], y: [UInt8]) throws(JOSEError) -> P256Key {
        guard scalar.count == 32, x.count == 32, y.count == 32 else { throw .invalidKey }
        let point = [4] + x + y
        guard let pointer = cossl_p256_private(scalar, scalar.count, point, point.count) else { throw failure(.invalidKey) }
        return P256Key(trusted: pointer)
    }

    /// Both coordinates, 32 bytes each.
    func coordinates() throws(JOSEError) -> (x: [UInt8], y: [UInt8]) {
        var point = [UInt8](repeating: 0, count: 65)
        var length = 0
        guard EVP_PKEY_get_octet_string_param(pointer, OSSL_PKEY_PARAM_PUB_KEY, &point, point.count, &length) == 1, length == 65,
            point[0] == 4
        else { throw failure(.libraryFailure) }
        return (Array(point[1..<33]), Array(point[33..<65]))
    }

    /// The private scalar, 32 bytes; for the key file only.
    func scalar() throws(JOSEError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 else { throw failure(.invalidKey) }
        defer { BN_clear_free(number) }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard BN_bn2binpad(number, &bytes, 32) == 32 else { throw failure(.libraryFailure) }
        return bytes
    }

    /// The ECDH secret Z with `peer` (SP 800-56A §5.7.1.2): the x-coordinate, 32 bytes.
    func agree(with peer: P256Key) throws(JOSEError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw failure(.libraryFailure) }
        defer { EVP_PKEY_CTX_free(context) }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        // 0: the point was proved to be on the curve when `peer` was made, and the curve's cofactor is 1
        guard EVP_PKEY_derive_init(context) > 0, EVP_PKEY_derive_set_peer_ex(context, peer.pointer, 0) > 0,
            EVP_PKEY_derive(context, &secret, &length) > 0, length == 32
        else { throw failure(.libraryFailure) }
        return secret
    }

    /// An ECDSA signature over a SHA-256 digest, as r‖s (RFC 7518 §3.4): 64 bytes.
    func sign(digest: [UInt8]) throws(JOSEError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw failure(.libraryFailure) }
        defer { EVP_PKEY_CTX_free(context) }
        var der = [UInt8](repeating: 0, count: 80)
        var length = der.count
        var raw = [UInt8](repeating: 0, count: 64)
        guard EVP_PKEY_sign_init(context) > 0, EVP_PKEY_sign(context, &der, &length, digest, digest.count) > 0,
            cossl_ecdsa_der_to_raw(der, length, &raw) == 1
        else { throw failure(.libraryFailure) }
        return raw
    }

    /// Whether `signature` (r‖s) belongs to this digest and key.
    func verify(signature: [UInt8], digest: [UInt8]) -> Bool {
        guard signature.count == 64, let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return false }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var der = [UInt8](repeating: 0, count: 80)
        let length = cossl_ecdsa_raw_to_der(signature, &der, Int32(der.count))
        guard length > 0, EVP_PKEY_verify_init(context) > 0 else { return false }
        return EVP_PKEY_verify(context, der, Int(length), digest, digest.count) == 1
    }
}

/// The error to throw, with OpenSSL's per-thread error queue emptied at once.
func failure(_ error: JOSEError) -> JOSEError {
    ERR_clear_error()
    return error
}

/// Overwrites secret bytes in a way that the optimiser keeps.
func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
}
