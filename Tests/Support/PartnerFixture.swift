import Casework
import Disclosure
import Foundation
import JOSE
import PartnerTrust
import StrictJSON

/// A partner with real keys and certificates of a test authority.
public struct PartnerFixture: Sendable {
    public let oin: OrganisationNumber
    public let name: String
    /// The private half of its `enc` key.
    public let encryption: AgreementPrivateKey
    /// The key by which it signs receipts.
    public let signing: ES256SigningKey
    /// Its JWK Set, each key certified.
    public let keys: [UInt8]
    /// Its TLS certificate.
    public let certificate: IssuedCertificate

    /// Makes keys and certificates that are valid around this instant.
    public init(_ oin: String, _ name: String, sealing: JWK.Kind, authority: CertificateAuthority, at now: Int64) throws {
        let subject = try CertificateSubject(oin: oin, commonName: name, organisation: name)
        let root = try authority.certificateDER
        let (from, until) = (now - 86_400_000, now + 400 * 86_400_000)
        let encryption = try AgreementPrivateKey.generate(sealing)
        let signing = try ES256SigningKey.generate()
        func certified(_ key: JWK, for use: CertificateUse) throws -> JWK {
            let issued = try authority.issue(subject, for: use, key: .publicKey(key.subjectPublicKeyInfo), from: from, until: until)
            return try key.with(use: key.use, certificateChain: [issued.der, root])
        }
        guard let number = OrganisationNumber(oin) else { throw CocoaError(.coderInvalidValue) }
        self.oin = number
        self.name = name
        self.encryption = encryption
        self.signing = signing
        keys = try JWKSet(
            signing: certified(signing.publicKey, for: .signing), encryption: certified(encryption.publicKey, for: .encryption)
        ).bytes
        certificate = try authority.issue(subject, for: .tls(hosts: [], addresses: []), key: .generated, from: from, until: until)
    }

    /// Opens and verifies a message from the city.
    public func open(_ sealed: [UInt8], from city: [JWK], at now: Instant) throws -> OpenedMessage {
        try SealedOpener.open(
            sealed, encKey: encryption, senderKeys: city, senderOIN: "00000099000000001000", ownOIN: oin.description,
            now: now.millisecondsSince1970)
    }

    /// A receipt, signed by this partner or by another key.
    public func receipt(
        for message: String, _ sealed: [UInt8], result: Receipt.Result = .opened, code: String? = nil, answer: Receipt.Answer? = nil,
        article: String? = nil, readerRole: String? = nil, covenantVersion: Int64? = nil, at now: Instant,
        to: String = "00000099000000001000", by key: ES256SigningKey? = nil
    ) throws -> [UInt8] {
        try Receipt(
            messageId: message, digest: sha256(sealed), from: oin.description, to: to, result: result, code: code, answer: answer,
            article: article, readerRole: readerRole, covenantVersion: covenantVersion, at: now.millisecondsSince1970
        ).signed(by: key ?? signing)
    }
}
