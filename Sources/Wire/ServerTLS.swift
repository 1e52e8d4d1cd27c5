import NIOSSL

/// The certificate with which a listener shows who it is, and its key.
public struct ServerTLS: Sendable {
    private let chain: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey

    /// Reads both.
    /// - Parameters:
    ///   - certificateChainPEM: the server's certificate first, then those that lead to the root.
    ///   - privateKeyPEM: the key, without a passphrase.
    public init(certificateChainPEM: [UInt8], privateKeyPEM: [UInt8]) throws(ListenerFault) {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificateChainPEM), !chain.isEmpty else { throw .unreadableCertificate }
        guard let key = try? NIOSSLPrivateKey(bytes: privateKeyPEM, format: .pem) else { throw .unreadablePrivateKey }
        self.chain = chain
        self.key = key
    }

    /// Throws when the key is not that of the certificate.
    public func check() throws(ListenerFault) {
        do { _ = try NIOSSLContext(configuration: configuration) } catch { throw .keyOfAnother }
    }

    /// Server only: TLS 1.3 (RFC 8446).
    var configuration: TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv13
        // The process waits this long for a peer that does not say goodbye; the default of 5 s delays every stop.
        tls.shutdownTimeout = .seconds(1)
        return tls
    }

    /// As a client of a partner's endpoint: the same certificate, TLS 1.3, these roots and no others.
    ///
    /// The host's name is not compared: the other end is known by the certificate that the partner registered and the number (OIN) in it.
    func clientConfiguration(rootsPEM: [UInt8]) throws(ListenerFault) -> TLSConfiguration {
        guard let roots = try? NIOSSLCertificate.fromPEMBytes(rootsPEM), !roots.isEmpty else { throw .unreadableCertificate }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(roots)
        tls.certificateVerification = .noHostnameVerification
        tls.certificateChain = chain.map { .certificate($0) }
        tls.privateKey = .privateKey(key)
        tls.shutdownTimeout = .seconds(1)
        return tls
    }

    /// Both sides: a client certificate is required. Whether it is one of a partner is decided by the verification callback.
    /// - Parameter allowTLS12: also TLS 1.2, with forward secrecy and authenticated encryption only (Digikoppeling security 2.0).
    func mutualConfiguration(allowTLS12: Bool) -> TLSConfiguration {
        var tls = configuration
        // No roots here: they would be a second list of whom we trust beside the desk's.
        tls.trustRoots = .certificates([])
        tls.certificateVerification = .noHostnameVerification
        if allowTLS12 {
            tls.minimumTLSVersion = .tlsv12
            tls.cipherSuiteValues = [
                .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            ]
        }
        return tls
    }
}
