import COpenSSL

/// Roots and lists in the form in which OpenSSL checks against them.
///
/// Safe to share: filled once; OpenSSL locks the store itself while chains are built from it.
final class TrustStore: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let lists: [RevocationList]

    init(_ anchors: TrustAnchors) throws(TrustError) {
        guard let pointer = X509_STORE_new() else { throw failure(.libraryFailure) }
        self.pointer = pointer
        lists = anchors.lists
        for root in anchors.roots {
            guard X509_STORE_add_cert(pointer, root.pointer) == 1 else { throw failure(.libraryFailure) }
        }
        for list in anchors.lists {
            guard X509_STORE_add_crl(pointer, list.pointer) == 1 else { throw failure(.libraryFailure) }
        }
    }

    deinit { X509_STORE_free(pointer) }

    /// Chain, lists, time, strength, purpose, OIN: in this order, and the first that fails is the answer.
    ///
    /// Without `lists` nothing is asked about revocation: for reading an archived message, never for answering a connection.
    func check(_ chainDER: [[UInt8]], purpose: CertificatePurpose, now: Int64, lists: Bool = true) -> Result<KeptVerdict, Refused> {
        defer { ERR_clear_error() }
        var certificates: [Certificate] = []
        for der in chainDER {
            guard let certificate = try? Certificate(der: der) else { return .failure(Refused(reason: .malformed)) }
            certificates.append(certificate)
        }
        guard let leaf = certificates.first, let context = X509_STORE_CTX_new() else { return .failure(Refused(reason: .malformed)) }
        defer { X509_STORE_CTX_free(context) }
        let others = cossl_sk_X509_new()
        defer { cossl_sk_X509_free(others) }
        for other in certificates.dropFirst() { _ = cossl_sk_X509_push(others, other.pointer) }

        return withExtendedLifetime(certificates) {
            guard X509_STORE_CTX_init(context, pointer, leaf.pointer, others) == 1, let parameters = X509_STORE_CTX_get0_param(context)
            else {
                return .failure(Refused(reason: .malformed))
            }
            X509_VERIFY_PARAM_set_time(parameters, wholeSeconds(now))
            X509_VERIFY_PARAM_set_flags(parameters, lists ? cossl_verify_flags() : cossl_verify_flags_without_lists())
            X509_VERIFY_PARAM_set_depth(parameters, 8)
            // level 3 asks 128 bits of every key and signature: RSA 3072, P-256, SHA-256
            X509_VERIFY_PARAM_set_auth_level(parameters, 3)
            if let id = purpose.openSSL { X509_STORE_CTX_set_purpose(context, id) }
            guard X509_verify_cert(context) == 1 else {
                return .failure(Refused(reason: CertificateRefusal(openSSL: X509_STORE_CTX_get_error(context))))
            }
            guard purpose.isServed(by: leaf) else { return .failure(Refused(reason: .wrongPurpose)) }
            guard let oin = leaf.oin else { return .failure(Refused(reason: .noOIN)) }
            guard let span = span(of: context, now: now) else { return .failure(Refused(reason: .malformed)) }
            return .success(KeptVerdict(oin: oin, validFrom: span.from, validUntil: span.until))
        }
    }

    /// The span around `now` in which no certificate of the chain, and no list of one of its issuers, begins or ends.
    private func span(of context: OpaquePointer, now: Int64) -> (from: Int64, until: Int64)? {
        guard let chain = X509_STORE_CTX_get0_chain(context) else { return nil }
        var from = Int64.min
        var until = Int64.max
        for index in 0..<cossl_sk_X509_num(chain) {
            guard let certificate = cossl_sk_X509_value(chain, index),
                let begin = X509_get0_notBefore(certificate).flatMap(milliseconds(of:)),
                let end = X509_get0_notAfter(certificate).flatMap(milliseconds(of:))
            else { return nil }
            from = max(from, begin)
            until = min(until, end)
            let issuer = X509_get_issuer_name(certificate)
            for list in lists where X509_NAME_cmp(X509_CRL_get_issuer(list.pointer), issuer) == 0 {
                guard let begin = X509_CRL_get0_lastUpdate(list.pointer).flatMap(milliseconds(of:)), let end = list.nextUpdate else {
                    return nil
                }
                // a list that is over already, or not begun, was passed by for another one; that one's span is what counts
                for edge in [begin, end] {
                    if edge > now { until = min(until, edge) } else { from = max(from, edge) }
                }
            }
        }
        return (from, until)
    }
}

extension CertificatePurpose {
    /// OpenSSL's own purpose, which looks at the whole chain; for signing and encryption it has none that fits.
    fileprivate var openSSL: Int32? {
        switch self {
        case .tlsClient: X509_PURPOSE_SSL_CLIENT
        case .tlsServer: X509_PURPOSE_SSL_SERVER
        case .signing, .encryption: nil
        }
    }

    /// OpenSSL takes an absent extended key usage for every usage; here a certificate must say that it is for TLS, and one that says nothing
    /// else, or that it is a server's, is for nothing else. One that names the TLS client among others may sign.
    fileprivate func isServed(by certificate: Certificate) -> Bool {
        let flags = X509_get_extension_flags(certificate.pointer)
        guard flags & UInt32(EXFLAG_CA) == 0 else { return false }
        let saysUsage = flags & UInt32(EXFLAG_KUSAGE) != 0
        let saysExtended = flags & UInt32(EXFLAG_XKUSAGE) != 0
        let usage = saysUsage ? X509_get_key_usage(certificate.pointer) : 0
        let extended = saysExtended ? X509_get_extended_key_usage(certificate.pointer) : 0
        let isForTLS = saysExtended && (cossl_other_extended_usages(certificate.pointer) == 0 || extended & UInt32(XKU_SSL_SERVER) != 0)
        switch self {
        case .tlsClient: return extended & UInt32(XKU_SSL_CLIENT) != 0
        case .tlsServer: return extended & UInt32(XKU_SSL_SERVER) != 0
        case .signing: return usage & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0 && !isForTLS
        case .encryption: return usage & UInt32(KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT) != 0 && !isForTLS
        }
    }
}

extension CertificateRefusal {
    fileprivate init(openSSL code: Int32) {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_CERT_REVOKED: self = .revoked
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_CRL_SIGNATURE_FAILURE,
            X509_V_ERR_CRL_NOT_YET_VALID,
            X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
            self = .listMissing
        case X509_V_ERR_CRL_HAS_EXPIRED: self = .listExpired
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            self = .wrongPurpose
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: self = .weakKey
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE,
            X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_CHAIN_TOO_LONG:
            self = .unknownIssuer
        default: self = .malformed
        }
    }
}
