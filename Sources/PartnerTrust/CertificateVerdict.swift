/// Whether a certificate counts for a purpose at an instant.
public enum CertificateVerdict: Hashable, Sendable {
    /// It does. `oin` stands in its subject; `validUntil` (ms since 1970) is the earliest end of a certificate or revocation list
    /// on which this rests, and holds only while roots and lists are unchanged.
    case trusted(oin: String, validUntil: Int64)
    /// It does not, and why.
    case refused(CertificateRefusal)
}

/// Why a certificate is refused; `code` is stable and may be logged.
public enum CertificateRefusal: String, Hashable, Sendable, CaseIterable {
    /// No chain of valid signatures leads to a trusted root.
    case unknownIssuer = "unknown-issuer"
    /// It, or an issuer in its chain, is past its end.
    case expired
    /// It, or an issuer in its chain, has not begun.
    case notYetValid = "not-yet-valid"
    /// It, or an issuer in its chain, stands in a revocation list.
    case revoked
    /// An issuer in the chain has no revocation list here: not known to be revoked is not known to be good.
    case listMissing = "list-missing"
    /// The list of an issuer is past its `nextUpdate`.
    case listExpired = "list-expired"
    /// Key usage or extended key usage say something else.
    case wrongPurpose = "wrong-purpose"
    /// The subject has no `serialNumber`, more than one, or one that is not an OIN.
    case noOIN = "no-oin"
    /// A key or signature of the chain below 128 bits: RSA under 3072, curves under 256, SHA-1.
    case weakKey = "weak-key"
    /// Not DER of a certificate, or not one that RFC 5280 allows.
    case malformed

    /// The stable code.
    public var code: String { rawValue }
}

/// What a certificate is looked at for. No key serves two uses, so neither does a certificate here.
public enum CertificatePurpose: Hashable, Sendable, CaseIterable {
    /// A partner that calls us: extended key usage `clientAuth` must be there.
    case tlsClient
    /// A partner that we call: extended key usage `serverAuth` must be there.
    case tlsServer
    /// The `x5c` of a `sig` key: key usage `digitalSignature`, and neither for TLS alone nor for a TLS server.
    case signing
    /// The `x5c` of an `enc` key: key usage `keyAgreement` or `keyEncipherment`, and neither for TLS alone nor for a TLS server.
    case encryption
}
