import Crypto
import Foundation
import JOSE
import NIOSSL
import PartnerTrust
import StrictJSON

/// A sender of test messages: a folder of its own, made for checking partners, with which nothing real can be sent.
///
/// Its authority signs what stands in the folder and its key is then forgotten, so no key can ever be brought under it. A folder counts only
/// when every certificate leads to that authority, whose name says what it is, and names a test number (OIN 00000099…). A production key has
/// no such certificate, and no exchange takes up such an authority, so neither can be used for the other's work.
///
/// One of them is on another number than the sender's: with it a partner is asked whether it lets in whoever has a certificate of that authority.
public struct TestSender: Sendable {
    /// The common name of every such authority.
    static let authorityName = "Convenant test authority (not for production)"
    /// The other number is the first of these, unless that is the sender's own.
    private static let otherNumbers = ["00000099999999999999", "00000099999999999998"]
    /// How long a folder is good for.
    private static let validity: Int64 = 90 * 86_400_000

    /// The test number (OIN) that messages come from.
    public let oin: String
    /// Where it was read from.
    public let folder: PartnerFolder
    /// The end of its certificates, ms since 1970.
    public let until: Int64
    private let signingKeys: [JWK.Kind: any MessageSigning]
    let tls: TLSConfiguration
    /// A certificate that leads to the root which the partner trusts, on another number.
    let otherNumberTLS: TLSConfiguration

    /// Makes a folder; what is there already is never overwritten.
    ///
    /// `exchange-roots.pem` and `exchange-jwks.json` in it are what the partner takes up in its acceptance environment, and nowhere else.
    /// - Parameters:
    ///   - oin: begins with 00000099.
    ///   - now: ms since 1970.
    /// - Throws: `unusable` for another number, `notStored` when the folder exists.
    public static func make(in folder: PartnerFolder, oin: String, now: Int64) throws(PartnerFault) {
        guard isTestNumber(oin) else { throw .unusable(file: folder.path, code: "not-a-test-number") }
        guard mkdir(folder.path, 0o700) == 0 else { throw .notStored(file: folder.path) }
        let (from, until) = (now - 3_600_000, now + validity)
        let files: [(PartnerFolder.File, [UInt8])]
        do {
            let authority = try CertificateAuthority.makeRoot(
                commonName: authorityName, organisation: "Test", from: from, until: until)
            let subject = try Self.subject(oin)
            let other = try Self.subject(oin == otherNumbers[0] ? otherNumbers[1] : otherNumbers[0])
            let use = CertificateUse.tls(hosts: [], addresses: [])
            let tls = try authority.issue(subject, for: use, key: .generated, from: from, until: until)
            let otherTLS = try authority.issue(other, for: use, key: .generated, from: from, until: until)
            let signing: [(PartnerFolder.File, any MessageSigning)] = [
                (.signingKey, try ES256SigningKey.generate()), (.nlGovSigningKey, try PS256SigningKey.generate()),
            ]
            let published = try signing.map { _, key -> JSONValue in
                let certificate = try authority.issue(
                    subject, for: .signing, key: .publicKey(key.publicKey.subjectPublicKeyInfo), from: from, until: until)
                return .object(try key.publicKey.with(use: .signing, certificateChain: [certificate.der, authority.certificateDER]).json)
            }
            let keys: JSONValue = ["keys": .array(published)]
            let made: [(PartnerFolder.File, [UInt8])] = [
                (.tlsKey, tls.privateKeyPEM ?? []), (.tlsChain, tls.pem), (.otherNumberKey, otherTLS.privateKeyPEM ?? []),
                (.otherNumberChain, otherTLS.pem), (.exchangeRoots, try authority.certificatePEM), (.exchangeKeys, keys.canonicalBytes()),
            ]
            files = made + (try signing.map { ($0, Array(try $1.pem.utf8)) })
        } catch {
            throw .unusable(file: folder.path, code: "\(error)")
        }
        for (file, bytes) in files { try writeDurably(bytes, to: folder.path, file.rawValue, mode: file.isSecret ? 0o600 : 0o644) }
    }

    /// Reads a folder that ``make(in:oin:now:)`` made.
    ///
    /// - Parameter now: ms since 1970.
    /// - Throws: `unusable` with `not-a-test-sender` for keys, certificates or a number that are anything else, `missing`, `permissions`.
    public init(folder: PartnerFolder, now: Int64) throws(PartnerFault) {
        func strange(_ file: PartnerFolder.File) -> PartnerFault { folder.unusable(file, "not-a-test-sender") }
        let roots = try folder.read(.exchangeRoots)
        guard let root = try? certificatesDER(pem: roots), root.count == 1, subjectCommonName(root[0]) == Self.authorityName else {
            throw strange(.exchangeRoots)
        }
        guard let chain = try? certificatesDER(pem: try folder.read(.tlsChain)), let leaf = chain.first,
            let oin = certificateLeads(chain, to: roots, for: .tlsClient, now: now), Self.isTestNumber(oin)
        else { throw strange(.tlsChain) }
        // a folder that was made before this was asked is told which file it misses
        let otherChain = try folder.read(.otherNumberChain)
        guard let other = (try? certificatesDER(pem: otherChain)).flatMap({ certificateLeads($0, to: roots, for: .tlsClient, now: now) }),
            other != oin, Self.isTestNumber(other)
        else { throw strange(.otherNumberChain) }
        let published = try PartnerIdentity.verificationKeys(in: folder)
        var keys: [JWK.Kind: any MessageSigning] = [:]
        for (file, kind) in [(PartnerFolder.File.signingKey, JWK.Kind.p256), (.nlGovSigningKey, .rsa)] {
            let key: any MessageSigning
            do { key = try JOSE.signingKey(pem: String(decoding: try folder.read(file), as: UTF8.self)) } catch let error as JOSEError {
                throw folder.unusable(file, error.code)
            } catch let fault as PartnerFault { throw fault } catch { throw strange(file) }
            // a key counts by its certificate: one that another authority certified, or none, is not of this folder
            guard key.publicKey.kind == kind, let known = published.first(where: { $0 == key.publicKey }),
                certificateLeads(known.certificateChain, to: roots, for: .signing, now: now) == oin,
                known.certificateChain.first.flatMap(certificatePublicKey) == key.publicKey.subjectPublicKeyInfo
            else { throw strange(file) }
            keys[kind] = key
        }
        guard published.count == keys.count else { throw strange(.exchangeKeys) }
        signingKeys = keys
        tls = try PartnerIdentity.tls(in: folder, oin: oin)
        otherNumberTLS = try PartnerIdentity.tls(in: folder, oin: other, chain: .otherNumberChain, key: .otherNumberKey)
        self.oin = oin
        self.folder = folder
        until = notAfter(leaf) ?? 0
    }

    /// The key that signs what is sealed to a key of this kind.
    /// - Throws: `algorithmNotAllowed` when the folder has none.
    func signingKey(for recipient: JWK.Kind) throws(JOSEError) -> any MessageSigning {
        guard let key = signingKeys[recipient.signer] else { throw .algorithmNotAllowed }
        return key
    }

    /// What its certificates say of whom they are for.
    static func subject(_ oin: String) throws(TrustError) -> CertificateSubject {
        try CertificateSubject(oin: oin, commonName: "Partner check (test)", organisation: "Partner check (test)")
    }

    private static func isTestNumber(_ oin: String) -> Bool { isOIN(oin) && oin.hasPrefix("00000099") }
}

/// A fresh id as the exchange makes them: UUIDv7 (RFC 9562), lower case.
func newMessageID(at now: Int64) -> String {
    var bytes = randomBytes(16)
    for place in 0..<6 { bytes[place] = UInt8(truncatingIfNeeded: now >> (8 * (5 - place))) }
    bytes[6] = bytes[6] & 0x0f | 0x70
    bytes[8] = bytes[8] & 0x3f | 0x80
    let digits = hexadecimal(bytes)
    let cuts = [0, 8, 12, 16, 20, 32]
    return zip(cuts, cuts.dropFirst()).map { String(Array(digits)[$0..<$1]) }.joined(separator: "-")
}

/// Bytes that nobody can guess.
func randomBytes(_ count: Int) -> [UInt8] { SymmetricKey(size: .init(bitCount: 8 * count)).withUnsafeBytes { Array($0) } }
