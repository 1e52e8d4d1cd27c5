import Casework
import Exchange
import Foundation
import PartnerTrust
import Sealing
import Storage
import StrictJSON

/// The change of a signing key of ours, in three steps: a next key is made and published, takes the signing over, and the former one goes.
struct SigningChange {
    let folder: DataFolder
    let profile: HeldSigningKey.Profile

    private var files: SigningKeyFiles { folder.signingKeyFiles(profile) }

    /// Runs a step on the folder of an open desk; the desk works with what came of it at once.
    func run(_ step: SigningKeyStep, on desk: ReferralDesk, atOnce: Bool) async throws(DeskRefusal) -> DeskAnswer {
        let kid: String
        do {
            let held = try Assembly.signingKeys(folder).all.filter { $0.profile == profile }
            func key(_ state: HeldSigningKey.State) -> HeldSigningKey? { held.first { $0.state == state } }
            switch step {
            case .made:
                guard key(.current) != nil else { throw Self.none }
                guard key(.next) == nil else {
                    throw DeskRefusal.signingKeyRefused("next-exists", "there is a next key already", "`keys switch` lets it sign")
                }
                kid = try make()
            case .switched:
                guard let next = key(.next) else {
                    throw DeskRefusal.signingKeyRefused("no-next-key", "there is no next key", "`keys rotate --signing` makes one")
                }
                guard key(.former) == nil else {
                    throw DeskRefusal.signingKeyRefused("former-exists", "the key before is published still", "`keys retire` comes first")
                }
                try desk.demandCertificate(of: next)
                // Before the files as well: a key of which nobody knows since when it is the former one could be retired too early.
                try await desk.noteKeySwitch(of: profile)
                try files.advance()
                kid = next.key.kid
            case .retired:
                guard let former = key(.former) else {
                    throw DeskRefusal.signingKeyRefused("no-former-key", "there is no former key", "`keys list` shows what there is")
                }
                if !atOnce { try await desk.demandNothingWaits(forFormerKeyOf: profile) }
                try files.destroyFormer()
                kid = former.key.kid
            }
        } catch let refusal as DeskRefusal { throw refusal } catch { throw .notDurable }
        let keys: SigningKeys
        do { keys = try Assembly.signingKeys(folder) } catch { throw .notDurable }
        return try await desk.adopt(keys, after: step, kid: kid, profile)
    }

    private static let none = DeskRefusal.signingKeyRefused(
        "no-key", "this folder has no key of that profile", "certs/README.md says how it is made")

    /// Makes the next key with its certificate of the folder's authority; its name.
    private func make() throws -> String {
        let found: CertificateAuthority?
        do { found = try FolderMaking.authority(folder) } catch {
            throw DeskRefusal.signingKeyRefused(
                "authority-unusable", "the authority in this folder cannot be used",
                "`secrets/authority.pem` and a certificate in `trust/roots.pem` belong together; `convenant doctor` tells more")
        }
        guard let authority = found else {
            throw DeskRefusal.signingKeyRefused(
                "no-authority", "the authority's key is not in this folder", "certs/README.md says how it is done by hand")
        }
        let municipality = try Settings(folder: folder).municipality
        let now = World.system().wall().millisecondsSince1970
        let key = try profile == .nlGov ? SigningKey.generateNLGov() : SigningKey.generate()
        let issued = try authority.issue(
            CertificateSubject(oin: municipality.oin.description, commonName: municipality.name, organisation: municipality.name),
            for: .signing, key: .publicKey(key.subjectPublicKeyInfo), from: FolderMaking.validFrom(now), until: now + FolderMaking.year)
        // The certificate first: it says nothing until there is the key.
        try writeWhole(issued.pem, to: folder.signingCertificate(of: key.kid))
        try files.create(Array(try key.pem.utf8))
        return key.kid
    }
}

extension DataFolder {
    /// The key files of a profile.
    func signingKeyFiles(_ profile: HeldSigningKey.Profile) -> SigningKeyFiles {
        SigningKeyFiles(current: profile == .nlGov ? nlGovSigningKey : messageSigningKey)
    }

    /// The certificate of a signing key that was made after the first one of its profile.
    func signingCertificate(of kid: String) -> String { path + "/trust/message-sign-\(kid).crt" }
}

extension Assembly {
    /// The signing keys of a folder, each with the certificate in `trust/` that is its own.
    ///
    /// A certificate is found by its key, so that nothing has to be renamed with it.
    static func signingKeys(_ folder: DataFolder) throws -> SigningKeys {
        let roots = try readIfThere(folder.trustRoots).map { try certificatesDER(pem: $0) } ?? []
        let certificates = folder.signingCertificates.compactMap { name in
            FileManager.default.contents(atPath: "\(folder.path)/trust/\(name)").flatMap { try? certificatesDER(pem: [UInt8]($0)) }
        }
        func held(_ path: String, _ state: HeldSigningKey.State) throws -> HeldSigningKey? {
            guard let pem = FileManager.default.contents(atPath: path) else { return nil }
            let key = try SigningKey(pem: String(decoding: pem, as: UTF8.self))
            let own = certificates.first { $0.first.flatMap(certificatePublicKey) == key.subjectPublicKeyInfo }
            return HeldSigningKey(key, chain: own.map { completeChain($0, from: roots) } ?? [], state: state)
        }
        var all: [HeldSigningKey] = []
        for profile in HeldSigningKey.Profile.allCases {
            let files = folder.signingKeyFiles(profile)
            // A folder made before the NL GOV profile has no key for it, and seals nothing in it.
            guard let current = try held(files.current, .current) else { continue }
            let others = [try held(files.next, .next), try held(files.former, .former)].compactMap(\.self)
            all += [current] + others.filter { $0.key.kid != current.key.kid }
        }
        guard let signer = all.first, signer.profile == .jose else {
            throw fail(
                "`\(folder.messageSigningKey)` is missing (hint: `convenant init` makes it; else restore it from where secrets are kept)",
                Exit.configuration)
        }
        return SigningKeys(signer, beside: Array(all.dropFirst()))
    }
}
