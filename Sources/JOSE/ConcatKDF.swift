import Crypto

/// The Concat KDF as ECDH-ES uses it (NIST SP 800-56A §5.8.1, RFC 7518 §4.6.2), with SHA-256.
///
/// `algorithm` is `alg` where a key is wrapped and `enc` where the key is used directly; our profile only wraps.
/// `bits` is at most 256: one round of the hash.
func concatKDF(secret: some Sequence<UInt8>, algorithm: String, partyU: [UInt8] = [], partyV: [UInt8] = [], bits: Int = 256) -> SymmetricKey
{
    precondition(bits > 0 && bits <= 256 && bits % 8 == 0, "one round of SHA-256 gives at most 256 bits")
    var input: [UInt8] = []
    input.reserveCapacity(96)
    defer { wipe(&input) }
    input.appendBigEndian(1)
    input.append(contentsOf: secret)
    for part in [Array(algorithm.utf8), partyU, partyV] {
        input.appendBigEndian(UInt32(part.count))
        input.append(contentsOf: part)
    }
    input.appendBigEndian(UInt32(bits))
    return SHA256.hash(data: input).withUnsafeBytes { SymmetricKey(data: UnsafeRawBufferPointer(rebasing: $0[..<(bits / 8)])) }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }
}
