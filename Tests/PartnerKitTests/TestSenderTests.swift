import Foundation
import JOSE
import NIOSSL
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

    @Test("strangers have no certificate, ours of another root, or one of our root on another number", arguments: [0, 9])
    func strangers(_ last: Int) throws {
        let folder = path()
        try TestSender.make(in: folder, oin: "0000009999999999999\(last)", now: noon)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let sender = try TestSender(folder: folder, now: noon)
        let roots = Array(try #require(FileManager.default.contents(atPath: folder.path + "/exchange-roots.pem")))
        let strangers = try sender.strangers(at: noon)
        let chains = try strangers.map { stranger -> [[UInt8]]? in
            try stranger.identity?.certificateChain.map { source -> [UInt8] in
                guard case .certificate(let certificate) = source else { throw PartnerFault.missing(file: stranger.name) }
                return try certificate.toDERBytes()
            }
        }
        #expect(strangers.map(\.name) == ["no-certificate", "other-root", "other-number"] && chains[0] == nil)
        let (otherRoot, otherNumber) = (try #require(chains[1]), try #require(chains[2]))
        #expect(subjectOIN(otherRoot[0]) == sender.oin && certificateLeads(otherRoot, to: roots, for: .tlsClient, now: noon) == nil)
        let number = certificateLeads(otherNumber, to: roots, for: .tlsClient, now: noon)
        #expect(number?.hasPrefix("00000099") == true && number != sender.oin)
    }

    @Test("a second certificate on the sender's own number is refused, and a folder without one is told what it misses")
    func sameNumber() throws {
        let folder = try made()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        for (own, other) in [("tls.pem", "tls-other-number.pem"), ("tls-chain.pem", "tls-other-number-chain.pem")] {
            let bytes = Array(try #require(FileManager.default.contents(atPath: folder.path + "/" + own)))
            try writeDurably(bytes, to: folder.path, other)
        }
        let chain = folder.path + "/tls-other-number-chain.pem"
        #expect(throws: PartnerFault.unusable(file: chain, code: "not-a-test-sender")) { try TestSender(folder: folder, now: noon) }
        try FileManager.default.removeItem(atPath: chain)
        #expect(throws: PartnerFault.missing(file: chain)) { try TestSender(folder: folder, now: noon) }
    }

    @Test("ids are in the order of time, and are ids")
    func ids() {
        let ids = (0..<3).map { newMessageID(at: noon + Int64($0)) }
        #expect(ids == ids.sorted() && Set(ids).count == 3 && ids.allSatisfy(isUUID))
        #expect(ids[0].dropFirst(14).first == "7")
    }
}
