import COpenSSL

/// SHA-256 of a certificate's DER: what is pinned at registration and what a verdict is kept under. 32 bytes.
public func certificateSHA256(_ der: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let done = EVP_Digest(der, der.count, &digest, &length, EVP_sha256(), nil)
    precondition(done == 1 && length == 32, "sha-256 is not available in the openssl library")
    return digest
}

/// The OIN in the certificate's subject (`serialNumber`, 20 characters); nil when there is none, more than one, or another text.
public func subjectOIN(_ der: [UInt8]) -> String? {
    (try? Certificate(der: der))?.oin
}

/// The common name (`CN`) in the certificate's subject; nil when there is none, more than one, or it is not a certificate.
public func subjectCommonName(_ der: [UInt8]) -> String? {
    (try? Certificate(der: der))?.subject(NID_commonName)
}

/// The end of the certificate's validity in ms since 1970; nil when it is not a certificate.
public func notAfter(_ der: [UInt8]) -> Int64? {
    (try? Certificate(der: der))?.notAfter
}

/// The begin of the certificate's validity in ms since 1970; nil when it is not a certificate.
public func notBefore(_ der: [UInt8]) -> Int64? {
    (try? Certificate(der: der))?.notBefore
}

/// The certificate's serial number in lower-case hexadecimal, two digits a byte; nil when it is not a certificate.
public func certificateSerial(_ der: [UInt8]) -> String? {
    (try? Certificate(der: der))?.serial
}

/// The certificate's public key as the DER of its SubjectPublicKeyInfo; nil when it is not a certificate.
public func certificatePublicKey(_ der: [UInt8]) -> [UInt8]? {
    guard let certificate = try? Certificate(der: der), let key = X509_get0_pubkey(certificate.pointer) else { return nil }
    return try? encoded { i2d_PUBKEY(key, $0) }
}

/// The certificates of a PEM text as DER, in writing order. Throws `notACertificate` when there is none or one is damaged.
public func certificatesDER(pem: [UInt8]) throws(TrustError) -> [[UInt8]] {
    var all: [[UInt8]] = []
    for certificate in try readCertificates(pem: pem) { all.append(try certificate.der) }
    return all
}

/// A chain with the issuers that it lacks, as far as they are among these: each certificate certifies the one before it (RFC 7517 §4.7).
///
/// - Parameters:
///   - own: DER, leaf first.
///   - issuers: DER, in any order; those that nothing in the chain was issued by are left out.
public func completeChain(_ own: [[UInt8]], from issuers: [[UInt8]]) -> [[UInt8]] {
    var chain = own
    while let last = chain.last, let issued = try? Certificate(der: last),
        let next = issuers.first(where: { !chain.contains($0) && (try? Certificate(der: $0))?.hasIssued(issued) == true })
    {
        chain.append(next)
    }
    return chain
}

/// A certificate as PEM. Throws `notACertificate`.
public func certificatePEM(_ der: [UInt8]) throws(TrustError) -> [UInt8] {
    let certificate = try Certificate(der: der)
    return try written { PEM_write_bio_X509($0, certificate.pointer) }
}

extension Certificate {
    var notAfter: Int64? { X509_get0_notAfter(pointer).flatMap(milliseconds(of:)) }
    var notBefore: Int64? { X509_get0_notBefore(pointer).flatMap(milliseconds(of:)) }

    /// Whether this certificate's key signed the other one, in this certificate's name.
    func hasIssued(_ other: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard X509_check_issued(pointer, other.pointer) == X509_V_OK, let key = X509_get0_pubkey(pointer) else { return false }
        return X509_verify(other.pointer, key) == 1
    }

    var oin: String? { subject(NID_serialNumber).flatMap { isOIN($0) ? $0 : nil } }

    /// The one value that the subject has of this kind.
    func subject(_ kind: Int32) -> String? {
        guard let name = X509_get_subject_name(pointer) else { return nil }
        let index = X509_NAME_get_index_by_NID(name, kind, -1)
        // two numbers would be two identities, and each reader would choose its own
        guard index >= 0, X509_NAME_get_index_by_NID(name, kind, index) < 0, let entry = X509_NAME_get_entry(name, index),
            let value = X509_NAME_ENTRY_get_data(entry), let start = ASN1_STRING_get0_data(value)
        else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(value))), as: UTF8.self)
    }

    var serial: String? {
        guard let number = X509_get0_serialNumber(pointer), let start = ASN1_STRING_get0_data(number) else { return nil }
        return hexadecimal(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(number))))
    }
}

/// Whether `text` is an organisation number (OIN): 20 digits; a school's (prefix 00000007) may hold capital letters behind its prefix.
func isOIN(_ text: String) -> Bool {
    let isSchool = text.hasPrefix("00000007")
    return text.utf8.count == 20
        && text.utf8.enumerated().allSatisfy {
            (0x30...0x39).contains($1) || (isSchool && $0 >= 8 && (0x41...0x5A).contains($1))
        }
}

/// Lower-case hexadecimal, two digits a byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
