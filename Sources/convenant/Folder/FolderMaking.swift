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

    /// From when a certificate counts that is issued now: an hour before, for clocks that are behind.
    static func validFrom(_ now: Int64) -> Int64 { now - 3_600_000 }

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
        do {
            try folder.create()
            // One that was there already, and in which nothing could be kept secret.
            try folder.check()
        } catch { throw Assembly.failure(error) }
        let oin = municipality.oin.description
        let authority = try CertificateAuthority.makeRoot(
            commonName: "\(municipality.name) authority", organisation: municipality.name, from: validFrom(now), until: now + 10 * year)
        try writeWhole(Array(try authority.privateKeyPEM), to: folder.authorityKey)
        try writeWhole(authority.certificatePEM, to: folder.trustRoots)
        let subject = try CertificateSubject(oin: oin, commonName: municipality.name, organisation: municipality.name)
        let tls = try authority.issue(
            subject, for: .tls(hosts: hosts, addresses: addresses), key: .generated, from: validFrom(now), until: now + year)
        try writeWhole(tls.privateKeyPEM ?? [], to: folder.tlsKey)
        try writeWhole(tls.pem, to: folder.tlsChain)
        for (signing, key, certificate) in [
            (try SigningKey.generate(), folder.messageSigningKey, folder.signingCertificate),
            (try SigningKey.generateNLGov(), folder.nlGovSigningKey, folder.nlGovSigningCertificate),
        ] {
            try writeWhole(Array(try signing.pem.utf8), to: key)
            let issued = try authority.issue(
                subject, for: .signing, key: .publicKey(signing.subjectPublicKeyInfo), from: validFrom(now), until: now + year)
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

    /// The folder's authority; nil where its key is kept elsewhere.
    static func authority(_ folder: DataFolder) throws -> CertificateAuthority? {
        guard let key = try readIfThere(folder.authorityKey) else { return nil }
        let roots = try roots(folder)
        do { return try CertificateAuthority(certificatePEM: roots, privateKeyPEM: key) } catch {
            guard error == .keyMismatch else {
                throw fail(
                    "`\(folder.authorityKey)` and `\(folder.trustRoots)` cannot be used: \(error) (hint: a key and certificates, in PEM)",
                    Exit.configuration)
            }
            throw fail(
                "`\(folder.trustRoots)` has no certificate of the key in `\(folder.authorityKey)` "
                    + "(hint: add the authority's certificate, or keep that key elsewhere)", Exit.configuration)
        }
    }

    /// Issues the authority's revocation list anew from `trust/revoked`, where this folder has an authority. It holds for a week.
    ///
    /// The file is named after the authority's key, so that the list of another one, such as of before, stays.
    /// - Parameter keepingGood: on a disk that takes nothing, whether to go on with the list that is there, as long as it holds and lacks nobody.
    /// - Returns: what stands on it; nil where there is no authority, and nobody here knows.
    @discardableResult static func renewRevocationList(_ folder: DataFolder, now: Int64, keepingGood: Bool = false) throws -> [Revocation]?
    {
        guard let authority = try Self.authority(folder) else { return nil }
        let revoked = try readIfThere(folder.revoked).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let revocations = try revoked.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let at = Int64(words[1]) else {
                throw fail("`\(folder.revoked)` has a line that cannot be read (hint: `<serial> <milliseconds>`)", Exit.configuration)
            }
            return Revocation(serial: String(words[0]), at: at)
        }
        let list: [UInt8]
        do {
            list = try authority.revocationList(revocations, number: now, thisUpdate: now - 60_000, nextUpdate: now + 7 * 86_400_000)
        } catch {
            throw fail(
                "no list can be made of `\(folder.revoked)`: \(error) (hint: `<serial, hexadecimal> <milliseconds>`)", Exit.configuration)
        }
        let path = "\(folder.revocationLists)/authority-\(try authority.keyName).crl"
        do { try SecretFile.replace(path, with: list) } catch {
            guard keepingGood, error.isPassing, let old = try readIfThere(path), authority.isGood(old, for: revocations, now: now) else {
                throw unwritten(path, error)
            }
            say("convenant: `\(path)` cannot be written, and the list that is there still holds (hint: make room on the disk)")
        }
        return revocations
    }

    /// The roots and revocation lists of a folder.
    static func anchors(_ folder: DataFolder) throws -> TrustAnchors {
        let (anchors, fault) = try usableAnchors(folder)
        if let fault { throw fault }
        return anchors
    }

    /// The same without the lists that cannot be used. Each of those is named; a fault is given back when there was one.
    static func usableAnchors(_ folder: DataFolder) throws -> (anchors: TrustAnchors, fault: (any Error)?) {
        var anchors: TrustAnchors
        do { anchors = try TrustAnchors(roots: try roots(folder), lists: []) } catch let error as TrustError {
            throw fail("`\(folder.trustRoots)` cannot be used: \(error) (hint: certificates in PEM)", Exit.configuration)
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.revocationLists) else {
            throw fail(
                "`\(folder.revocationLists)` cannot be read (hint: run as the user whom the folder belongs to)", Exit.configuration)
        }
        var fault: (any Error)?
        // What a crash left of a list that was being written is none.
        for name in names.sorted() where !name.hasSuffix(".new") {
            let path = "\(folder.revocationLists)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            do {
                guard let list = try readIfThere(path) else { continue }
                anchors = try anchors.adding(list)
            } catch let error as TrustError {
                fault = fail(
                    "`\(path)` cannot be used: \(error) (hint: take it away, or put a revocation list in its place: PEM or DER)",
                    Exit.configuration)
            } catch { fault = error }
        }
        return (anchors, fault)
    }

    private static func roots(_ folder: DataFolder) throws -> [UInt8] {
        guard let roots = try readIfThere(folder.trustRoots) else {
            throw fail(
                "`\(folder.trustRoots)` is missing (hint: put the roots there that partners' certificates lead to)", Exit.configuration)
        }
        return roots
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
    var revoked: String { "\(path)/\(Self.revocations)" }
}
