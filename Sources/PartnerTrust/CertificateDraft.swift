import COpenSSL

/// A certificate that is being made; nobody else holds it until it is signed.
struct CertificateDraft {
    let certificate: Certificate

    /// Version 3, a random serial number, the subject, its key and its validity.
    init(subject: CertificateSubject, key: Key, from: Int64, until: Int64) throws(TrustError) {
        guard from < until else { throw .invalidTime }
        guard let pointer = X509_new() else { throw failure(.libraryFailure) }
        certificate = Certificate(taking: pointer)
        guard X509_set_version(pointer, 2) == 1, cossl_set_random_serial(pointer) == 1, X509_set_pubkey(pointer, key.pointer) == 1,
            let name = X509_get_subject_name(pointer)
        else { throw failure(.libraryFailure) }
        try withASN1Time(from) { X509_set1_notBefore(pointer, $0) }
        try withASN1Time(until) { X509_set1_notAfter(pointer, $0) }
        for (type, text) in [("O", subject.organisation), ("serialNumber", subject.serialNumber), ("CN", subject.commonName)] {
            guard let text else { continue }
            let bytes = Array(text.utf8)
            guard X509_NAME_add_entry_by_txt(name, type, cossl_utf8_string(), bytes, Int32(bytes.count), -1, 0) == 1 else {
                throw failure(.invalidName)
            }
        }
    }

    func setIssuer(nameOf issuer: Certificate) throws(TrustError) {
        guard X509_set_issuer_name(certificate.pointer, X509_get_subject_name(issuer.pointer)) == 1 else { throw failure(.libraryFailure) }
    }

    /// Adds an extension in OpenSSL's notation; a root is its own issuer.
    func add(_ extensionID: Int32, _ value: String, issuer: Certificate? = nil, refusal: TrustError = .libraryFailure) throws(TrustError) {
        guard cossl_add_extension(certificate.pointer, (issuer ?? certificate).pointer, extensionID, value) == 1 else {
            throw failure(refusal)
        }
    }

    func sign(with key: Key) throws(TrustError) {
        guard X509_sign(certificate.pointer, key.pointer, EVP_sha256()) > 0 else { throw failure(.libraryFailure) }
    }
}
