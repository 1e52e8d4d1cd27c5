import COpenSSL

/// An RSA key held by OpenSSL, of the size and exponent that the NL GOV profile allows.
///
/// Safe to share: the key is never changed after it was made, and OpenSSL 3 counts references and locks its caches itself.
final class RSAKey: @unchecked Sendable {
    /// In bits: from 128 bits of strength to where checking a signature becomes work that an attacker gives us.
    static let sizes = 3072...8192

    let pointer: OpaquePointer
    /// The modulus n, big-endian, without leading zeroes.
    let modulus: [UInt8]

    /// Takes over a key that the caller owns; nil, and the key freed, unless it is RSA of an allowed size with the exponent 65537.
    init?(taking pointer: OpaquePointer) {
        guard cossl_is_rsa(pointer) == 1, Self.sizes.contains(Int(cossl_key_bits(pointer))), Self.number("e", of: pointer) == [1, 0, 1],
            let modulus = Self.number("n", of: pointer)
        else {
            EVP_PKEY_free(pointer)
            ERR_clear_error()
            return nil
        }
        self.pointer = pointer
        self.modulus = modulus
    }

    deinit { EVP_PKEY_free(pointer) }

    /// A fresh key pair of 3072 bits.
    static func generate() throws(JOSEError) -> RSAKey {
        guard let pointer = cossl_rsa_generate(3072), let key = RSAKey(taking: pointer) else { throw failure(.libraryFailure) }
        return key
    }

    /// A key from its numbers as a JWK writes them (RFC 7518 §6.3), big-endian: n and e, or the eight of ``members``.
    /// Throws `invalidKey` for a leading zero, a size or exponent that is not allowed, private numbers that do not belong together.
    static func fromNumbers(_ numbers: [[UInt8]]) throws(JOSEError) -> RSAKey {
        guard numbers.allSatisfy({ $0.count <= sizes.upperBound / 8 && ($0.first ?? 0) != 0 }) else { throw .invalidKey }
        var joined = Array(numbers.joined())
        defer { wipe(&joined) }
        guard let pointer = cossl_rsa_from(joined, numbers.map(\.count), Int32(numbers.count)), let key = RSAKey(taking: pointer) else {
            throw failure(.invalidKey)
        }
        return key
    }

    /// The members of a private JWK, in the order in which OpenSSL is told of them.
    static let members = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
    /// The same as OpenSSL calls them.
    private static let parameters = [
        "n", "e", "d", "rsa-factor1", "rsa-factor2", "rsa-exponent1", "rsa-exponent2", "rsa-coefficient1",
    ]

    /// The numbers of a private key by their names in a JWK; for the key file only.
    func privateNumbers() throws(JOSEError) -> [(name: String, bytes: [UInt8])] {
        var numbers: [(name: String, bytes: [UInt8])] = []
        for (name, parameter) in zip(Self.members, Self.parameters) {
            guard let bytes = Self.number(parameter, of: pointer) else { throw failure(.invalidKey) }
            numbers.append((name, bytes))
        }
        return numbers
    }

    private static func number(_ name: String, of pointer: OpaquePointer) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1 else { return nil }
        defer { BN_clear_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        guard BN_bn2bin(number, &bytes) == Int32(bytes.count) else { return nil }
        return bytes
    }

    /// The DER SubjectPublicKeyInfo.
    var subjectPublicKeyInfo: [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let length = i2d_PUBKEY(pointer, &start)
        defer { cossl_free(start) }
        guard length > 0, let start else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(length)))
    }

    /// RSASSA-PSS over a SHA-256 digest, salt as long as the digest (RFC 7518 §3.5).
    func signPSS(digest: [UInt8]) throws(JOSEError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw failure(.libraryFailure) }
        defer { EVP_PKEY_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: modulus.count)
        var length = signature.count
        guard EVP_PKEY_sign_init(context) > 0, cossl_set_pss_sha256(context) > 0,
            EVP_PKEY_sign(context, &signature, &length, digest, digest.count) > 0, length == signature.count
        else { throw failure(.libraryFailure) }
        return signature
    }

    /// Whether `signature` belongs to this digest and key; no other salt length will do.
    func verifyPSS(signature: [UInt8], digest: [UInt8]) -> Bool {
        guard signature.count == modulus.count, let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return false }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_PKEY_verify_init(context) > 0, cossl_set_pss_sha256(context) > 0 else { return false }
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1 (RFC 7518 §4.3, `RSA-OAEP`): here SHA-1 is no signature, and its collisions do not matter.
    func encryptOAEP(_ plaintext: [UInt8]) throws(JOSEError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw failure(.libraryFailure) }
        defer { EVP_PKEY_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: modulus.count)
        var length = sealed.count
        guard EVP_PKEY_encrypt_init(context) > 0, cossl_set_oaep_sha1(context) > 0,
            EVP_PKEY_encrypt(context, &sealed, &length, plaintext, plaintext.count) > 0, length == sealed.count
        else { throw failure(.libraryFailure) }
        return sealed
    }

    /// What `encryptOAEP` was given, or nil; whoever asks must not let on which.
    func decryptOAEP(_ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count == modulus.count, let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return nil }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var plaintext = [UInt8](repeating: 0, count: modulus.count)
        defer { wipe(&plaintext) }
        var length = plaintext.count
        guard EVP_PKEY_decrypt_init(context) > 0, cossl_set_oaep_sha1(context) > 0,
            EVP_PKEY_decrypt(context, &plaintext, &length, sealed, sealed.count) > 0
        else { return nil }
        return Array(plaintext[..<length])
    }
}
