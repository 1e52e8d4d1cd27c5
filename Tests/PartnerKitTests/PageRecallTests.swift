import Foundation
import JOSE
import Testing

@testable import PartnerKit

@Suite("A recall, where people answer it")
struct PageRecallTests {
    private let recall = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"

    /// The receipt that was given for the recall.
    private func receipt(_ partner: TemporaryPartner) throws -> Receipt {
        try partner.verify(try #require(partner.bytes("received/\(recall).jws")))
    }

    /// A referral that was read, and its recall, which waits.
    private func recalled(_ partner: TemporaryPartner) async throws {
        let reader = try Reader(partner, sealed: true)
        _ = try await reader.inbox.receive(try partner.referral(), listedAs: messageID)
        let notice = try partner.notice("recalled", id: recall)
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(notice, listedAs: recall) }
        #expect(reader.taking.isWaiting(recall))
    }

    @Test("an answer after the notice's term is the one that is signed, and what was stopped is gone")
    func late() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        let reader = try Reader(partner, sealed: true, at: noon + 60 * day)
        try reader.taking.recalls?.give(.init(answer: .stopped, article: nil), to: recall)
        try await withUnreachable(partner) { client in
            // Signed and stored; it is delivered when the exchange is there.
            #expect(await reader.taking.turn(inbox: reader.inbox, client: client).isEmpty)
        }
        let given = try receipt(partner)
        #expect(given.result == .opened && given.answer == .stopped && given.code == nil)
        #expect(try partner.names(in: "sealed") == [])
    }

    @Test("what never came is answered at once, as not found, with a role and without", arguments: [nil, "debtCounsellor"] as [String?])
    func neverCame(_ role: String?) async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, role: role, sealed: true)
        let given = try await reader.inbox.receive(try partner.notice("recalled", id: recall), listedAs: recall)
        #expect(try partner.verify(given.receipt).answer == .notFound)
        #expect(!reader.taking.isWaiting(recall))
    }

    @Test("what may stand at a desk of one's own is answered by a person: whether the desk took it was never heard")
    func filed() async throws {
        let partner = try TemporaryPartner()
        try partner.write("made up", "desk-password", mode: 0o600)
        try partner.write(String(decoding: partner.authority.certificatePEM, as: UTF8.self), "desk-roots.pem")
        let filing = try DeskFiling(identity: partner.identity(), desk: "https://localhost:1", account: "node")
        let taking = try Taking(folder: partner.folder, sealed: false, filing: filing)
        let inbox = try Inbox(identity: partner.identity(), client: nil, now: { noon }) { message in
            await taking.receive(message, onLine: { _ in }, onMessage: { _ in .opened() })
        }
        let (sealed, notice) = (try partner.referral(), try partner.notice("recalled", id: recall))
        await #expect(throws: PartnerFault.notTaken) { try await inbox.receive(sealed, listedAs: messageID) }
        await #expect(throws: PartnerFault.awaitsAnswer) { try await inbox.receive(notice, listedAs: recall) }
        await filing.close()
        #expect(taking.isWaiting(recall))
        #expect(try partner.names(in: "filed") == ["\(messageID).json"])
    }

    @Test("an answer that was given stands when the process ended after removing what it is about")
    func given() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        let reader = try Reader(partner, sealed: true)
        try reader.taking.recalls?.give(.init(answer: .stopped, article: nil), to: recall)
        unlink(partner.path("sealed/\(messageID).jwe"))
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(try receipt(partner).answer == .stopped)
    }

    @Test("one that waits is answered as not found, once what it is about is gone")
    func gone() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        let reader = try Reader(partner, sealed: true)
        try await withUnreachable(partner) { client in
            _ = await reader.taking.turn(inbox: reader.inbox, client: client)
            #expect(reader.taking.isWaiting(recall))
            let erasure = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6081"
            _ = try await reader.inbox.receive(try partner.notice("erased", id: erasure), listedAs: erasure)
            _ = await reader.taking.turn(inbox: reader.inbox, client: client)
        }
        #expect(try receipt(partner).answer == .notFound)
    }
}
