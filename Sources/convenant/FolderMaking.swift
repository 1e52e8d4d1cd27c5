import Casework
import Crypto
import Exchange
import Foundation
import PartnerTrust
import Sealing
import Storage
import StrictJSON

/// Makes a data folder: keys, an authority of the municipality's own, and the listeners' certificate.
enum FolderMaking {
    static let year: Int64 = 365 * 86_400_000

    /// Makes everything in an empty or new folder, or in one that was never finished. A folder that was used is refused, whatever it lacks:
    /// new keys in the place of its own would be the end of what they signed and sealed.
    static func make(_ folder: DataFolder, municipality: Municipality, hosts: [String], addresses: [String], policies: String?, now: Int64)
        throws
    {
        guard !FileManager.default.fileExists(atPath: folder.settings) else {
            throw fail("`\(folder.path)` is a data folder already (hint: choose another with --data)", Exit.configuration)
        }
        guard ![folder.database, folder.keys].contains(where: FileManager.default.fileExists) else {
            throw fail(
                "`\(folder.path)` holds data and lacks its settings (hint: put convenant.yaml back, from a copy)", Exit.configuration)
        }
        try folder.create()
        let oin = municipality.oin.description
        let authority = try CertificateAuthority.makeRoot(
            commonName: "\(municipality.name) authority", organisation: municipality.name, from: now - 3_600_000, until: now + 10 * year)
        try writeWhole(Array(try authority.privateKeyPEM), to: folder.authorityKey)
        try writeWhole(authority.certificatePEM, to: folder.trustRoots)
        let subject = try CertificateSubject(oin: oin, commonName: municipality.name, organisation: municipality.name)
        let tls = try authority.issue(
            subject, for: .tls(hosts: hosts, addresses: addresses), key: .generated, from: now - 3_600_000, until: now + year)
        try writeWhole(tls.privateKeyPEM ?? [], to: folder.tlsKey)
        try writeWhole(tls.pem, to: folder.tlsChain)
        for (signing, key, certificate) in [
            (try SigningKey.generate(), folder.messageSigningKey, folder.signingCertificate),
            (try SigningKey.generateNLGov(), folder.nlGovSigningKey, folder.nlGovSigningCertificate),
        ] {
            try writeWhole(Array(try signing.pem.utf8), to: key)
            let issued = try authority.issue(
                subject, for: .signing, key: .publicKey(signing.subjectPublicKeyInfo), from: now - 3_600_000, until: now + year)
            try writeWhole(issued.pem, to: certificate)
        }
        let log = Curve25519.Signing.PrivateKey()
        try writeWhole(Array(log.rawRepresentation), to: folder.checkpointKey)
        try writeWhole(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }, to: folder.staffHandleKey)
        try renewRevocationList(folder, now: now)
        var settings = "# Settings of this folder; deploy/convenant.yaml explains every key.\nmunicipality:\n  oin: \"\(oin)\"\n"
        // A JSON text is a YAML text, whatever stands in it.
        settings += "  name: \(JSONValue.string(municipality.name).canonicalText)\n"
        if let policies { settings += "policies: \(JSONValue.string(policies).canonicalText)\n" }
        // The settings make it a data folder: they come when the rest is on the disk.
        try writeWhole(Array(settings.utf8), to: folder.settings)
    }

    /// Issues the authority's revocation list anew from `trust/revoked`, where this folder has an authority. It holds for a week.
    static func renewRevocationList(_ folder: DataFolder, now: Int64) throws {
        guard let key = FileManager.default.contents(atPath: folder.authorityKey),
            let certificate = FileManager.default.contents(atPath: folder.trustRoots)
        else { return }
        let revoked = FileManager.default.contents(atPath: folder.revoked).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let revocations = try revoked.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let at = Int64(words[1]) else {
                throw fail("`\(folder.revoked)` has a line that cannot be read (hint: `<serial> <milliseconds>`)", Exit.configuration)
            }
            return Revocation(serial: String(words[0]), at: at)
        }
        let authority = try CertificateAuthority(certificatePEM: [UInt8](certificate), privateKeyPEM: [UInt8](key))
        let list = try authority.revocationList(revocations, number: now, thisUpdate: now - 60_000, nextUpdate: now + 7 * 86_400_000)
        try writeWhole(list, to: folder.revocationLists + "/authority.crl")
    }

    /// The roots and revocation lists of a folder.
    static func anchors(_ folder: DataFolder) throws -> TrustAnchors {
        guard let roots = FileManager.default.contents(atPath: folder.trustRoots) else {
            throw fail(
                "`\(folder.trustRoots)` is missing (hint: put the roots there that partners' certificates lead to)", Exit.configuration)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.revocationLists)) ?? []
        var anchors = try trusted([UInt8](roots), [], from: folder.trustRoots, hint: "certificates in PEM")
        var lists: [[UInt8]] = []
        for name in names.sorted() {
            let path = "\(folder.revocationLists)/\(name)"
            guard let list = FileManager.default.contents(atPath: path) else { continue }
            lists.append([UInt8](list))
            anchors = try trusted(
                [UInt8](roots), lists, from: path, hint: "take it away, or put a revocation list in its place: PEM or DER")
        }
        return anchors
    }

    /// Roots and lists as they are read, of which the last one came from `path`.
    private static func trusted(_ roots: [UInt8], _ lists: [[UInt8]], from path: String, hint: String) throws -> TrustAnchors {
        do { return try TrustAnchors(roots: roots, lists: lists) } catch {
            throw fail("`\(path)` cannot be used: \(error) (hint: \(hint))", Exit.configuration)
        }
    }
}

extension DataFolder {
    /// The key of the municipality's own authority, for parties without PKIoverheid; better kept on another machine.
    var authorityKey: String { secrets + "/authority.pem" }
    /// The certificate of the message-signing key.
    var signingCertificate: String { path + "/trust/message-sign.crt" }
    /// The certificate of the message-signing key of the NL GOV profile.
    var nlGovSigningCertificate: String { path + "/trust/message-sign-nlgov.crt" }
    /// What proves Convenant to the municipality's OpenID provider; put there by hand, where the provider gives one.
    var providerClientSecret: String { secrets + "/provider-client-secret" }
    /// Serial numbers that the authority has revoked.
    var revoked: String { path + "/trust/revoked" }
}
