import JOSE
import NIOSSL
import PartnerTrust
import StrictJSON

/// Who a partner is: its organisation number, its three keys, and what it holds of the exchange.
///
/// One key per use: TLS, signing of receipts, opening of messages.
public struct PartnerIdentity: Sendable {
    /// Where this was read from, and where received messages are kept.
    public let folder: PartnerFolder
    /// The partner's organisation number (OIN), 20 digits.
    public let oin: String
    /// The municipality's organisation number (OIN).
    public let exchangeOIN: String
    /// The keys that verify the municipality's messages; more than one while it changes keys.
    public var exchangeKeys: [JWK] { known.keys }
    let known: KnownKeys
    let signingKey: any MessageSigning
    let encryptionKey: AgreementPrivateKey
    /// The `enc` keys of before: what was sealed to them still comes, or is kept.
    let formerEncryptionKeys: [AgreementPrivateKey]
    let tls: TLSConfiguration

    /// Reads a partner's folder.
    ///
    /// - Throws: `missing`, `permissions` for a secret that others may read or a pinned file that others may change, `unusable` for a file
    ///   that is not what its name promises, such as a certificate of another organisation, a key that has another use as well, or the number
    ///   of another exchange than the one whose keys are there.
    public init(folder: PartnerFolder) throws(PartnerFault) {
        self.folder = folder
        (oin, exchangeOIN) = try Self.numbers(in: folder)
        let (keys, exchange) = (try Self.verificationKeys(in: folder), exchangeOIN)
        guard keys.allSatisfy({ $0.certificateChain.first.flatMap(subjectOIN) ?? exchange == exchange }) else {
            throw folder.unusable(.about, "other-exchange")
        }
        known = KnownKeys(keys, seen: try Self.seenKeys(in: folder))

        let signing = String(decoding: try folder.read(.signingKey), as: UTF8.self)
        do { signingKey = try JOSE.signingKey(pem: signing) } catch { throw folder.unusable(.signingKey, error.code) }
        let encryption = try folder.read(.encryptionKey)
        do { encryptionKey = try AgreementPrivateKey.parse(encryption) } catch { throw folder.unusable(.encryptionKey, error.code) }
        var former: [AgreementPrivateKey] = []
        for (path, bytes) in try folder.readFormerEncryptionKeys() {
            do { former.append(try AgreementPrivateKey.parse(bytes)) } catch { throw .unusable(file: path, code: error.code) }
        }
        formerEncryptionKeys = former
        guard signingKey.kid != encryptionKey.kid else { throw folder.unusable(.encryptionKey, "keys-not-distinct") }
        tls = try Self.tls(in: folder, oin: oin)
        let certified = try? certificatesDER(pem: try folder.read(.tlsChain)).first.flatMap(certificatePublicKey)
        for (key, file) in [(signingKey.publicKey, PartnerFolder.File.signingKey), (encryptionKey.publicKey, .encryptionKey)] {
            guard key.subjectPublicKeyInfo != certified else { throw folder.unusable(file, "keys-not-distinct") }
        }
    }

    /// The key that verifies this partner's receipts.
    var signingPublicKey: JWK { signingKey.publicKey }

    /// The partner's public keys as a JWK Set, for registration with the exchange.
    public var publicKeys: JWKSet {
        get throws(JOSEError) { try JWKSet(signing: signingKey.publicKey, encryption: encryptionKey.publicKey) }
    }

    private static func numbers(in folder: PartnerFolder) throws(PartnerFault) -> (own: String, exchange: String) {
        let bytes = try folder.read(.about)
        guard let about = try? parseJSON(bytes), let own = about["oin"]?.stringValue, let exchange = about["exchangeOin"]?.stringValue,
            isOIN(own), isOIN(exchange), own != exchange
        else { throw folder.unusable(.about, "malformed") }
        return (own, exchange)
    }

    static func verificationKeys(in folder: PartnerFolder, _ file: PartnerFolder.File = .exchangeKeys) throws(PartnerFault) -> [JWK] {
        let bytes = try folder.read(file)
        return try verificationKeys(try? parseJSON(bytes), for: folder, file)
    }

    /// The `sig` keys of a key set of the exchange: eight keys at most, but for those that were seen in all the years.
    static func verificationKeys(
        _ set: JSONValue?, for folder: PartnerFolder, _ file: PartnerFolder.File = .exchangeKeys
    ) throws(PartnerFault) -> [JWK] {
        guard let items = set?["keys"]?.arrayValue, items.count <= 8 || file == .seenExchangeKeys else {
            throw folder.unusable(file, "malformed")
        }
        var keys: [JWK] = []
        for item in items {
            do {
                let key = try JWK(item)
                if key.use == .signing { keys.append(key) }
            } catch { throw folder.unusable(file, error.code) }
        }
        guard !keys.isEmpty else { throw folder.unusable(file, "no-signing-key") }
        return keys
    }

    /// Mutual TLS 1.3 with the exchange's own roots and no others.
    static func tls(
        in folder: PartnerFolder, oin: String, chain chainFile: PartnerFolder.File = .tlsChain, key keyFile: PartnerFolder.File = .tlsKey
    ) throws(PartnerFault) -> TLSConfiguration {
        let chain = try folder.read(chainFile)
        let key = try folder.read(keyFile)
        let roots = try folder.read(.exchangeRoots)
        guard let leaf = try? certificatesDER(pem: chain).first else { throw folder.unusable(chainFile, "not-a-certificate") }
        // found out here, and not as an alert in the middle of a handshake
        guard subjectOIN(leaf) == oin else { throw folder.unusable(chainFile, "other-organisation") }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        do { tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) } } catch {
            throw folder.unusable(chainFile, "not-a-certificate")
        }
        do { tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)) } catch {
            throw folder.unusable(keyFile, "not-a-key")
        }
        do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(roots)) } catch {
            throw folder.unusable(.exchangeRoots, "not-a-certificate")
        }
        // a context is made of it once, so that a key of another certificate is found out now as well
        do { _ = try NIOSSLContext(configuration: tls) } catch { throw folder.unusable(keyFile, "key-mismatch") }
        return tls
    }
}

extension PartnerFolder {
    func unusable(_ file: File, _ code: String) -> PartnerFault { .unusable(file: path(of: file), code: code) }
}
