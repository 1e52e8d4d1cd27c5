import COpenSSL

/// A certificate held by OpenSSL.
///
/// Safe to share: never changed after it was made; OpenSSL caches its extensions under a lock of its own.
final class Certificate: @unchecked Sendable {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) { self.pointer = pointer }

    /// Reads DER; bytes after the certificate are refused, since no signature covers them.
    init(der: [UInt8]) throws(TrustError) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            let parsed = d2i_X509(nil, &cursor, buffer.count)
            guard cursor == start + buffer.count else {
                X509_free(parsed)
                return nil
            }
            return parsed
        }
        guard let parsed else { throw failure(.notACertificate) }
        pointer = parsed
    }

    deinit { X509_free(pointer) }

    var der: [UInt8] {
        get throws(TrustError) { try encoded { i2d_X509(pointer, $0) } }
    }
}

/// A certificate revocation list held by OpenSSL; never changed after it was made.
final class RevocationList: @unchecked Sendable {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) { self.pointer = pointer }

    /// Reads DER; bytes after the list are refused, since no signature covers them.
    init(der: [UInt8]) throws(TrustError) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            let parsed = d2i_X509_CRL(nil, &cursor, buffer.count)
            guard cursor == start + buffer.count else {
                X509_CRL_free(parsed)
                return nil
            }
            return parsed
        }
        guard let parsed else { throw failure(.notAList) }
        pointer = parsed
    }

    deinit { X509_CRL_free(pointer) }

    /// Whose list it is: the authority's name, and its key where the list tells it (RFC 5280 §5.2.1).
    var issuer: [UInt8] {
        var name = (try? encoded { i2d_X509_NAME(X509_CRL_get_issuer(pointer), $0) }) ?? []
        let place = X509_CRL_get_ext_by_NID(pointer, NID_authority_key_identifier, -1)
        if place >= 0, let found = X509_CRL_get_ext(pointer, place), let value = X509_EXTENSION_get_data(found),
            let start = ASN1_STRING_get0_data(value)
        {
            name += UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(value)))
        }
        return name
    }

    /// Whether this is a list of the same authority and was made no earlier.
    func isAsNew(as other: RevocationList) -> Bool { issuer == other.issuer && (thisUpdate ?? .min) >= (other.thisUpdate ?? .min) }

    /// When the list was made, ms since 1970.
    var thisUpdate: Int64? { X509_CRL_get0_lastUpdate(pointer).flatMap(milliseconds(of:)) }

    /// Until when the list may be relied on, ms since 1970; nil when it does not say, which makes it useless.
    var nextUpdate: Int64? { X509_CRL_get0_nextUpdate(pointer).flatMap(milliseconds(of:)) }

    var der: [UInt8] {
        get throws(TrustError) { try encoded { i2d_X509_CRL(pointer, $0) } }
    }
}

/// A key pair or public key held by OpenSSL; never changed after it was made.
final class Key: @unchecked Sendable {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// Reads an unencrypted PEM private key.
    convenience init(privatePEM pem: [UInt8]) throws(TrustError) {
        guard let key = try withReadBIO(pem, { cossl_read_private_key($0) }) else { throw failure(.notAKey) }
        ERR_clear_error()
        self.init(taking: key)
    }

    /// Reads a SubjectPublicKeyInfo.
    convenience init(subjectPublicKeyInfo der: [UInt8]) throws(TrustError) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            let parsed = d2i_PUBKEY(nil, &cursor, buffer.count)
            guard cursor == start + buffer.count else {
                EVP_PKEY_free(parsed)
                return nil
            }
            return parsed
        }
        guard let parsed else { throw failure(.notAKey) }
        self.init(taking: parsed)
    }

    static func generateP256() throws(TrustError) -> Key {
        guard let key = cossl_p256_generate() else { throw failure(.libraryFailure) }
        return Key(taking: key)
    }

    var isRSA: Bool { cossl_is_rsa(pointer) == 1 }

    var privatePEM: [UInt8] {
        get throws(TrustError) { try written { cossl_write_private_key($0, pointer) } }
    }

    var subjectPublicKeyInfo: [UInt8] {
        get throws(TrustError) { try encoded { i2d_PUBKEY(pointer, $0) } }
    }
}

/// Runs an `i2d` function, which first tells the length and then writes.
func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) throws(TrustError) -> [UInt8] {
    let length = Int(write(nil))
    guard length > 0 else { throw failure(.libraryFailure) }
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        var cursor = buffer.baseAddress
        count = Int(max(0, write(&cursor)))
    }
}

/// Runs a PEM or DER writer on a memory BIO that wipes its buffer when freed, as private keys pass through it.
func written(_ write: (OpaquePointer) -> Int32) throws(TrustError) -> [UInt8] {
    guard let bio = BIO_new(BIO_s_secmem()) else { throw failure(.libraryFailure) }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { throw failure(.libraryFailure) }
    var start: UnsafeMutablePointer<CChar>?
    let length = cossl_BIO_get_mem_data(bio, &start)
    guard let start, length > 0 else { throw failure(.libraryFailure) }
    return Array(UnsafeRawBufferPointer(start: start, count: length))
}

/// Runs a reader on a copy of `bytes`.
func withReadBIO<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R) throws(TrustError) -> R {
    guard !bytes.isEmpty, bytes.count <= 64 << 20, let bio = BIO_new(BIO_s_mem()) else { throw failure(.libraryFailure) }
    defer { BIO_free(bio) }
    guard BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count) else { throw failure(.libraryFailure) }
    return body(bio)
}
