/// Whom a certificate names.
public struct CertificateSubject: Hashable, Sendable {
    let serialNumber: String?
    let commonName: String
    let organisation: String

    /// - Parameters:
    ///   - oin: the organisation number (OIN); it stands in the subject's `serialNumber`, as PKIoverheid writes it.
    ///   - commonName: 1 to 64 characters (`CN`).
    ///   - organisation: 1 to 64 characters (`O`).
    /// - Throws: `invalidName`.
    public init(oin: String, commonName: String, organisation: String) throws(TrustError) {
        guard isOIN(oin) else { throw .invalidName }
        try self.init(serialNumber: oin, commonName: commonName, organisation: organisation)
    }

    /// Also for subjects without an OIN: the authority's own.
    init(serialNumber: String?, commonName: String, organisation: String) throws(TrustError) {
        for name in [commonName, organisation] {
            guard (1...64).contains(name.unicodeScalars.count),
                !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
            else { throw .invalidName }
        }
        self.serialNumber = serialNumber
        self.commonName = commonName
        self.organisation = organisation
    }
}

/// What a certificate is for, and what it therefore says.
public enum CertificateUse: Hashable, Sendable {
    /// Mutual TLS: client and server, on these host names and IP addresses (either may be empty for a client).
    case tls(hosts: [String], addresses: [String])
    /// A `sig` key.
    case signing
    /// An `enc` key: on P-256 or X25519, by which two parties agree, or RSA, to which content keys are brought.
    case encryption

    func keyUsage(of key: Key) -> String {
        switch self {
        case .tls, .signing: "critical,digitalSignature"
        case .encryption: key.isRSA ? "critical,keyEncipherment" : "critical,keyAgreement"
        }
    }

    /// `subjectAltName` in OpenSSL's notation, where a comma begins the next name: so nothing but host characters gets in.
    func alternativeNames() throws(TrustError) -> String? {
        guard case .tls(let hosts, let addresses) = self, !(hosts.isEmpty && addresses.isEmpty) else { return nil }
        for host in hosts {
            let plain = host.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x2a }
            guard plain, !host.isEmpty, host.utf8.count <= 253 else { throw .invalidName }
        }
        for address in addresses {
            let plain = address.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2e || $0 == 0x3a }
            guard plain, !address.isEmpty, address.utf8.count <= 45 else { throw .invalidName }
        }
        return (hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
    }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}

/// Whose key a certificate is for.
public enum CertificateKey: Hashable, Sendable {
    /// A fresh P-256 key pair, returned beside the certificate.
    case generated
    /// A public key as the DER of its SubjectPublicKeyInfo; whoever asks must have shown the private half elsewhere.
    case publicKey([UInt8])
    /// A PKCS#10 request, PEM or DER (RFC 2986). Its signature is checked; of its content only the key is taken.
    case request([UInt8])
}

/// A certificate that was issued.
public struct IssuedCertificate: Hashable, Sendable {
    /// The certificate.
    public let der: [UInt8]
    /// The same as PEM.
    public let pem: [UInt8]
    /// Its serial number in lower-case hexadecimal, as ``Revocation`` wants it.
    public let serial: String
    /// The private key as unencrypted PKCS#8 PEM; only with ``CertificateKey/generated``.
    public let privateKeyPEM: [UInt8]?
}

/// A certificate that no longer counts.
public struct Revocation: Hashable, Sendable {
    /// The certificate's serial number in hexadecimal.
    public let serial: String
    /// Since when, ms since 1970.
    public let at: Int64

    /// - Parameters:
    ///   - serial: the certificate's serial number in hexadecimal.
    ///   - at: since when, ms since 1970.
    public init(serial: String, at: Int64) {
        self.serial = serial
        self.at = at
    }
}
