import Foundation
import JOSE
import PartnerTrust
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("A sender of test messages")
struct TestSenderTests {
    private func path() -> PartnerFolder { PartnerFolder(NSTemporaryDirectory() + "/sender-" + UUID().uuidString) }

    private func made() throws -> PartnerFolder {
        let folder = path()
        try TestSender.make(in: folder, oin: "00000099000000009990", now: noon)
        return folder
    }

    private func strange(_ folder: PartnerFolder) { #expect(throws: PartnerFault.self) { try TestSender(folder: folder, now: noon) } }

    @Test("what was made is read, until its certificates end")
    func reads() throws {
        let folder = try made()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let sender = try TestSender(folder: folder, now: noon)
        #expect(sender.oin == "00000099000000009990" && sender.until == noon + 90 * day)
        #expect(throws: PartnerFault.self) { try TestSender(folder: folder, now: noon + 91 * day) }
    }

    @Test("a real number, or a folder that exists, is refused")
    func refuses() throws {
        #expect(throws: PartnerFault.self) { try TestSender.make(in: path(), oin: "00000001234567890000", now: noon) }
        let folder = try made()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(throws: PartnerFault.notStored(file: folder.path)) {
            try TestSender.make(in: folder, oin: "00000099000000009990", now: noon)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before.sorted())
    }

    @Test("a signing key of a real exchange is refused in its place, also when published and certified by an authority of its own")
    func production() throws {
        let folder = try made()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let real = try ES256SigningKey.generate()
        try writeDurably(Array(try real.pem.utf8), to: folder.path, "sig.pem")
        strange(folder)
        let authority = try CertificateAuthority.makeRoot(commonName: "Real", organisation: "Real", from: noon - day, until: noon + day)
        let certificate = try authority.issue(
            CertificateSubject(oin: "00000099000000009990", commonName: "City", organisation: "City"), for: .signing,
            key: .publicKey(real.publicKey.subjectPublicKeyInfo), from: noon - day, until: noon + day)
        let published = try real.publicKey.with(use: .signing, certificateChain: [certificate.der, authority.certificateDER])
        let keys = #"{"keys":[\#(JSONValue.object(published.json).canonicalText)]}"#
        try writeDurably(Array(keys.utf8), to: folder.path, "exchange-jwks.json", mode: 0o644)
        strange(folder)
        // nor does its root help
        try writeDurably(try authority.certificatePEM, to: folder.path, "exchange-roots.pem", mode: 0o644)
        strange(folder)
    }

    @Test("a TLS certificate of another authority is refused")
    func otherCertificate() throws {
        let folder = try made()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let partner = try TemporaryPartner()
        for name in ["tls.pem", "tls-chain.pem"] {
            try writeDurably(try #require(partner.bytes(name)), to: folder.path, name, mode: name == "tls.pem" ? 0o600 : 0o644)
        }
        strange(folder)
    }

    @Test("ids are in the order of time, and are ids")
    func ids() {
        let ids = (0..<3).map { newMessageID(at: noon + Int64($0)) }
        #expect(ids == ids.sorted() && Set(ids).count == 3 && ids.allSatisfy(isUUID))
        #expect(ids[0].dropFirst(14).first == "7")
    }
}
