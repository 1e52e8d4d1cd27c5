import COpenSSL

/// A small certificate authority: for trying Convenant, for tests, and for partners without certificates of their own.
///
/// EC P-256, SHA-256, random serial numbers. In production the roots are PKIoverheid's and nothing here is used.
public struct CertificateAuthority: Sendable {
    let certificate: Certificate
    let key: Key

    /// A new self-signed root that may sign certificates and revocation lists, and nothing else.
    ///
    /// - Parameters: `from` and `until` are ms since 1970.
    /// - Throws: `invalidName`, `invalidTime`, `libraryFailure`.
    public static func makeRoot(commonName: String, organisation: String, from: Int64, until: Int64) throws(TrustError)
        -> CertificateAuthority
    {
        let subject = try CertificateSubject(serialNumber: nil, commonName: commonName, organisation: organisation)
        let key = try Key.generateP256()
        let draft = try CertificateDraft(subject: subject, key: key, from: from, until: until)
        try draft.setIssuer(nameOf: draft.certificate)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_authority_key_identifier, "keyid:always")
        try draft.sign(with: key)
        return CertificateAuthority(certificate: draft.certificate, key: key)
    }

    /// An authority from its PEM files; of several certificates the first one of its key is its own.
    ///
    /// Throws `notACertificate`, `notAKey`, or `keyMismatch` when no certificate is of that key.
    public init(certificatePEM: [UInt8], privateKeyPEM: [UInt8]) throws(TrustError) {
        let certificates = try readCertificates(pem: certificatePEM)
        let key = try Key(privatePEM: privateKeyPEM)
        guard let own = certificates.first(where: { X509_check_private_key($0.pointer, key.pointer) == 1 }) else {
            throw failure(.keyMismatch)
        }
        ERR_clear_error()
        self.init(certificate: own, key: key)
    }

    private init(certificate: Certificate, key: Key) {
        self.certificate = certificate
        self.key = key
    }

    /// The authority's certificate as PEM: what others take up as a root.
    public var certificatePEM: [UInt8] {
        get throws(TrustError) { try written { PEM_write_bio_X509($0, certificate.pointer) } }
    }

    /// The authority's certificate as DER.
    public var certificateDER: [UInt8] {
        get throws(TrustError) { try certificate.der }
    }

    /// A name of the authority's key, for files: the first 16 bytes of the SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal.
    public var keyName: String {
        get throws(TrustError) { hexadecimal(certificateSHA256(try key.subjectPublicKeyInfo).prefix(16)) }
    }

    /// The authority's private key as unencrypted PKCS#8 PEM; belongs in a file of mode 0600, and better on another machine.
    public var privateKeyPEM: [UInt8] {
        get throws(TrustError) { try key.privatePEM }
    }

    /// Issues a certificate.
    ///
    /// - Parameters: `from` and `until` are ms since 1970.
    /// - Throws: `notAKey`, `notARequest`, `weakKey` (of a request), `invalidName`, `invalidTime`, `libraryFailure`.
    public func issue(
        _ subject: CertificateSubject, for use: CertificateUse, key subjectKey: CertificateKey, from: Int64, until: Int64
    ) throws(TrustError) -> IssuedCertificate {
        let key: Key
        var privateKey: [UInt8]?
        switch subjectKey {
        case .generated:
            key = try Key.generateP256()
            privateKey = try key.privatePEM
        case .publicKey(let der): key = try Key(subjectPublicKeyInfo: der)
        case .request(let bytes): key = try keyOfRequest(bytes)
        }
        let draft = try CertificateDraft(subject: subject, key: key, from: from, until: until)
        try draft.setIssuer(nameOf: certificate)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try draft.add(NID_key_usage, use.keyUsage(of: key), issuer: certificate)
        if case .tls = use { try draft.add(NID_ext_key_usage, "clientAuth,serverAuth", issuer: certificate) }
        if let names = try use.alternativeNames() { try draft.add(NID_subject_alt_name, names, issuer: certificate, refusal: .invalidName) }
        try draft.add(NID_subject_key_identifier, "hash", issuer: certificate)
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        try draft.sign(with: self.key)
        let der = try draft.certificate.der
        guard let serial = draft.certificate.serial else { throw .libraryFailure }
        return IssuedCertificate(der: der, pem: try PartnerTrust.certificatePEM(der), serial: serial, privateKeyPEM: privateKey)
    }
}

/// The key in a PKCS#10 request, once its signature has shown that the asker holds the private half.
private func keyOfRequest(_ bytes: [UInt8]) throws(TrustError) -> Key {
    guard !bytes.isEmpty, bytes.count <= 65_536 else { throw .notARequest }
    let isDER = bytes.first == 0x30
    let parsed = try withReadBIO(bytes) { isDER ? d2i_X509_REQ_bio($0, nil) : cossl_read_request($0) }
    guard let request = parsed else { throw failure(.notARequest) }
    defer { X509_REQ_free(request) }
    guard let key = X509_REQ_get_pubkey(request) else { throw failure(.notARequest) }
    guard X509_REQ_verify(request, key) == 1 else {
        EVP_PKEY_free(key)
        throw failure(.notARequest)
    }
    // 128 bits, as ``TrustStore`` asks of every key: P-256, RSA 3072.
    guard EVP_PKEY_get_security_bits(key) >= 128 else {
        EVP_PKEY_free(key)
        throw failure(.weakKey)
    }
    return Key(taking: key)
}
