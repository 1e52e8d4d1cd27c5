import Crypto

/// SHA-256 of `bytes` (FIPS 180-4): 32 bytes.
public func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let done = bytes.withContiguousStorageIfAvailable { buffer in
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(buffer))
        return Array(hash.finalize())
    }
    return done ?? Array(SHA256.hash(data: Array(bytes)))
}
