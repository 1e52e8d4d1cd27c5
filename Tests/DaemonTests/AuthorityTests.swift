import Foundation
import PartnerTrust
import Storage
import Testing

@testable import convenant

@Suite("the authority of a data folder, beside others")
struct AuthorityTests {
    private let now = Int64(Date().timeIntervalSince1970 * 1000)

    private func make(_ name: String) throws -> CertificateAuthority {
        try .makeRoot(commonName: name, organisation: "Test", from: now - 86_400_000, until: now + 365 * 86_400_000)
    }

    private func write(_ bytes: [UInt8], _ name: String, in folder: TestFolder) throws {
        try folder.write(String(decoding: bytes, as: UTF8.self), name)
    }

    private func isTrusted(_ authority: CertificateAuthority, in folder: DataFolder) throws -> Bool {
        let leaf = try authority.issue(
            CertificateSubject(oin: Town.debtHelp.oin, commonName: "X", organisation: "X"), for: .signing, key: .generated,
            from: now - 3_600_000, until: now + 86_400_000)
        let checker = try CertificateChecker(FolderMaking.anchors(folder))
        if case .trusted = checker.verdict(chainDER: [leaf.der], purpose: .signing, now: now) { return true }
        return false
    }

    @Test("what cannot be read of it takes no revocation back: the list stays as it was, and the file is named")
    func unreadable() async throws {
        let folder = try await TestFolder.make("authority")
        let data = DataFolder(path: folder.data)
        func lists() throws -> [String: Data] {
            let names = try FileManager.default.contentsOfDirectory(atPath: data.revocationLists)
            return Dictionary(
                uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: "\(data.revocationLists)/\($0)") ?? Data()) })
        }
        try folder.write("0a \(now - 120_000)\n", "trust/revoked")
        try FolderMaking.renewRevocationList(data, now: now)
        let before = try lists()
        // A folder has no bytes, for root either.
        for name in ["trust/revoked", "secrets/authority.pem"] {
            try FileManager.default.moveItem(atPath: folder.file(name), toPath: folder.file(name) + "-kept")
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            #expect(throws: (any Error).self) { try FolderMaking.renewRevocationList(data, now: now + 1000) }
            let refused = try await folder.command("staff", "list")
            #expect(refused.code == 78 && refused.errors.contains("`\(folder.file(name))` cannot be read (hint: "), "\(refused.errors)")
            try FileManager.default.removeItem(atPath: folder.file(name))
            #expect(try lists() == before)
            try FileManager.default.moveItem(atPath: folder.file(name) + "-kept", toPath: folder.file(name))
        }
        try FileManager.default.removeItem(atPath: folder.file("trust/revoked"))
        #expect(try FolderMaking.renewRevocationList(data, now: now) == [])
        // Its key kept elsewhere: then nobody here knows who stands revoked.
        try FileManager.default.removeItem(atPath: folder.file("secrets/authority.pem"))
        #expect(try FolderMaking.renewRevocationList(data, now: now) == nil)
    }

    @Test("with eight other roots in front of its own it issues its list, and our keys are published with their own issuer alone")
    func roots() async throws {
        let folder = try await TestFolder.make("authority")
        let data = DataFolder(path: folder.data)
        let own = try folder.authority()
        let others = try (1...8).flatMap { try make("Other \($0)").certificatePEM }
        try write(others + own.certificatePEM, "trust/roots.pem", in: folder)
        try FolderMaking.renewRevocationList(data, now: now)
        #expect(try isTrusted(own, in: data))
        for held in try Assembly.signingKeys(data).all {
            #expect(held.chain.count == 2)
            #expect(try held.chain.last == own.certificateDER)
        }
        // Its own root taken away: the key is nobody's.
        try write(others, "trust/roots.pem", in: folder)
        let refused = try await folder.command("staff", "list")
        #expect(refused.code == 78 && refused.errors.contains("authority.pem") && refused.errors.contains("hint:"), "\(refused.errors)")
    }

    @Test("a new authority leaves the list of the one before, also under the name that it had once")
    func successor() async throws {
        let folder = try await TestFolder.make("authority")
        let data = DataFolder(path: folder.data)
        let (old, new) = try (folder.authority(), make("Next"))
        let list = try #require(try FileManager.default.contentsOfDirectory(atPath: data.revocationLists).first)
        try FileManager.default.moveItem(atPath: "\(data.revocationLists)/\(list)", toPath: "\(data.revocationLists)/authority.crl")
        try write(old.certificatePEM + new.certificatePEM, "trust/roots.pem", in: folder)
        try write(new.privateKeyPEM, "secrets/authority.pem", in: folder)
        try FolderMaking.renewRevocationList(data, now: now)
        #expect(try isTrusted(old, in: data))
        #expect(try isTrusted(new, in: data))
    }
}
