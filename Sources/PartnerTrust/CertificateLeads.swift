/// Whether a certificate leads to one of these roots, counts for this purpose and holds now; the OIN in its subject, or nil.
///
/// Nothing is asked about revocation: for whoever opens an archived message with nothing but the roots at hand. What answers a connection
/// asks ``CertificateChecker``.
/// - Parameters:
///   - roots: PEM.
///   - now: ms since 1970.
public func certificateLeads(_ chainDER: [[UInt8]], to roots: [UInt8], for purpose: CertificatePurpose, now: Int64) -> String? {
    guard let anchors = try? TrustAnchors(roots: roots, lists: []), let store = try? TrustStore(anchors),
        case .success(let verdict) = store.check(chainDER, purpose: purpose, now: now, lists: false)
    else { return nil }
    return verdict.oin
}
