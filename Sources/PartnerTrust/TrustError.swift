import COpenSSL

/// A fault in making or reading certificates, keys and lists. That a certificate is *refused* is a ``CertificateVerdict``, not an error.
public enum TrustError: String, Error, Hashable, Sendable {
    /// Not a certificate, or not the only thing in its bytes.
    case notACertificate = "not-a-certificate"
    /// Not a revocation list.
    case notAList = "not-a-list"
    /// Not a key of the kind that is needed.
    case notAKey = "not-a-key"
    /// Not a certificate request, or not signed by the key in it.
    case notARequest = "not-a-request"
    /// A key of less than 128 bits of strength.
    case weakKey = "weak-key"
    /// A name, number or host that cannot stand in a certificate.
    case invalidName = "invalid-name"
    /// A time before 1950 or after 9999, or an end before its begin.
    case invalidTime = "invalid-time"
    /// The key and the certificate of an authority do not belong together.
    case keyMismatch = "key-mismatch"
    /// The library underneath failed: no memory, no randomness.
    case libraryFailure = "library-failure"
}

extension TrustError: CustomStringConvertible {
    /// The stable code; never anything of the input.
    public var description: String { rawValue }
}

/// The error to throw, with OpenSSL's per-thread error queue emptied at once.
func failure(_ error: TrustError) -> TrustError {
    ERR_clear_error()
    return error
}
