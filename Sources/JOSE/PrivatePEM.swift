import COpenSSL

/// The private key in an unencrypted PEM text, owned by the caller. Throws `invalidKey`.
func readPrivateKey(pem: String) throws(JOSEError) -> OpaquePointer {
    let bytes = Array(pem.utf8)
    guard bytes.count <= 16_384, let bio = BIO_new(BIO_s_mem()) else { throw failure(.invalidKey) }
    defer {
        BIO_free(bio)
        ERR_clear_error()
    }
    guard BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count), let pointer = cossl_read_private_key(bio) else {
        throw .invalidKey
    }
    return pointer
}

/// A private key as unencrypted PKCS#8 PEM.
func writePrivateKey(_ pointer: OpaquePointer) throws(JOSEError) -> String {
    // a memory BIO of the secure kind wipes its buffer when it is freed
    guard let bio = BIO_new(BIO_s_secmem()) else { throw failure(.libraryFailure) }
    defer { BIO_free(bio) }
    guard cossl_write_private_key(bio, pointer) == 1 else { throw failure(.libraryFailure) }
    var start: UnsafeMutablePointer<CChar>?
    let length = cossl_BIO_get_mem_data(bio, &start)
    guard let start, length > 0 else { throw failure(.libraryFailure) }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
}
