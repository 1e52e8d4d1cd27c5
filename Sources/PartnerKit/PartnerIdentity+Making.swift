import Foundation
import JOSE
import PartnerTrust
import StrictJSON

/// What the municipality must be told of a new partner (`convenant partner add`).
public struct PartnerRegistration: Sendable {
    /// The partner's organisation number (OIN).
    public let oin: String
    /// Its TLS certificate, PEM.
    public let certificatePEM: [UInt8]
    /// Its public `sig` and `enc` keys as a JWK Set, each with `x5c` up to the authority.
    public let keys: [UInt8]
}

/// What a partner must know of the exchange.
public struct ExchangeFacts: Sendable {
    /// The municipality's organisation number (OIN).
    public let oin: String
    /// The roots of the exchange's TLS certificate, PEM.
    public let roots: [UInt8]
    /// Its message-signing keys, as `/v1/jwks.json` gives them.
    public let keys: [UInt8]

    public init(oin: String, roots: [UInt8], keys: [UInt8]) {
        self.oin = oin
        self.roots = roots
        self.keys = keys
    }
}

extension PartnerIdentity {
    /// Makes the folder of a new partner: three keys, three certificates of `authority`, and what it must know of the exchange.
    ///
    /// For trying Convenant and for partners without certificates of their own; others bring theirs (certs/README.md).
    /// - Parameters:
    ///   - folder: is made when it is not there; files of these names are overwritten.
    ///   - name: the organisation's name, 1 to 64 characters.
    ///   - sealing: the kind of the `enc` key; with RSA, of the NL GOV profile, the `sig` key is RSA as well.
    ///   - from, until: the validity of the certificates, ms since 1970.
    /// - Throws: `notStored`, or `unusable` with the code of what went wrong.
    public static func make(
        in folder: PartnerFolder, oin: String, name: String, authority: CertificateAuthority, exchange: ExchangeFacts,
        sealing: JWK.Kind = .p256,
        from: Int64, until: Int64
    ) throws(PartnerFault) -> PartnerRegistration {
        guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST else { throw .notStored(file: folder.path) }
        let made: (tls: IssuedCertificate, signing: String, encryption: [UInt8], keys: [UInt8])
        do {
            let subject = try CertificateSubject(oin: oin, commonName: name, organisation: name)
            let root = try authority.certificateDER
            let tls = try authority.issue(subject, for: .tls(hosts: [], addresses: []), key: .generated, from: from, until: until)
            let signing: any MessageSigning = sealing == .rsa ? try PS256SigningKey.generate() : try ES256SigningKey.generate()
            let encryption = try AgreementPrivateKey.generate(sealing)
            func certified(_ key: JWK, for use: CertificateUse) throws -> JWK {
                let certificate = try authority.issue(
                    subject, for: use, key: .publicKey(key.subjectPublicKeyInfo), from: from, until: until)
                return try key.with(use: key.use, certificateChain: [certificate.der, root])
            }
            let keys = try JWKSet(
                signing: certified(signing.publicKey, for: .signing), encryption: certified(encryption.publicKey, for: .encryption))
            made = (tls, try signing.pem, try encryption.jwk, keys.bytes)
        } catch {
            throw .unusable(file: folder.path, code: "\(error)")
        }
        let about: JSONValue = ["oin": .string(oin), "exchangeOin": .string(exchange.oin)]
        let files: [(PartnerFolder.File, [UInt8])] = [
            (.tlsKey, made.tls.privateKeyPEM ?? []), (.tlsChain, made.tls.pem), (.signingKey, Array(made.signing.utf8)),
            (.encryptionKey, made.encryption), (.exchangeRoots, exchange.roots), (.exchangeKeys, exchange.keys),
            (.about, about.canonicalBytes()),
        ]
        for (file, bytes) in files { try writeDurably(bytes, to: folder.path, file.rawValue, mode: file.isSecret ? 0o600 : 0o644) }
        return PartnerRegistration(oin: oin, certificatePEM: made.tls.pem, keys: made.keys)
    }
}
