import Foundation
import JOSE
import StrictJSON
import Testing

@testable import PartnerKit

/// R29 on the partner's side: a worker role acknowledges a covenant version once, and opens nothing under it before.
@Suite("Acknowledging a covenant, by worker role")
struct AcknowledgementTests {
    @Test("a role that has not acknowledged the covenant opens nothing, is told what to do, and gives no receipt") func held() async throws
    {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, role: "debtCounsellor")
        let sealed = try partner.referral()
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        #expect(reader.taking.isWaiting(messageID))
        #expect(try partner.names(in: "opened").isEmpty)
        #expect(try partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        // As it came: not a word of it stands on the disk.
        #expect(partner.bytes("unacknowledged/\(messageID).jwe") == sealed)
        let advice = try #require(await reader.lines.ids.first)
        #expect(advice.contains("role `debtCounsellor` has not acknowledged covenant `debt-help` version 7"))
        #expect(
            advice.contains(
                "convenant partner acknowledge --dir \(partner.folder.path) --covenant debt-help --version 7 --role debtCounsellor"))
        // It is said once, however often the message is pushed.
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        #expect(await reader.lines.ids.count == 1)
    }

    @Test("once acknowledged it opens, also after a restart, and the receipt states the role and the version") func opened() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        do {
            let reader = try Reader(partner, role: "debtCounsellor")
            await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        }
        try Acknowledgements(folder: partner.folder).acknowledge("debt-help", version: 7, by: "debtCounsellor", at: noon)
        let reader = try Reader(partner, role: "debtCounsellor")
        let receipt = try partner.verify(try await reader.inbox.receiveKept(sealed, listedAs: messageID).receipt)
        #expect(receipt.result == .opened && receipt.readerRole == "debtCounsellor" && receipt.covenantVersion == 7)
        #expect(try partner.names(in: "opened") == ["\(messageID).json"])
    }

    @Test(
        "R29: of ten roles three have acknowledged the version: those three open, seven do not; another version or covenant counts for none"
    )
    func threeOfTen() async throws {
        let roles = (1...10).map { "worker\($0)" }
        var opened: [String] = []
        for role in roles {
            let partner = try TemporaryPartner()
            let known = try Acknowledgements(folder: partner.folder)
            for role in roles.prefix(3) { try known.acknowledge("debt-help", version: 7, by: role, at: noon) }
            for role in roles { try known.acknowledge("debt-help", version: 6, by: role, at: noon) }
            for role in roles { try known.acknowledge("housing", version: 7, by: role, at: noon) }
            #expect(known.all().filter { $0.covenant == "debt-help" && $0.version == 7 }.count == 3)
            let reader = try Reader(partner, role: role)
            if (try? await reader.inbox.receive(try partner.referral(), listedAs: messageID)) != nil { opened.append(role) }
        }
        #expect(opened == ["worker1", "worker2", "worker3"])
    }

    @Test("a recall removes what nobody has read, and asks nobody, whichever way messages are kept", arguments: [false, true])
    func recalled(sealed: Bool) async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, role: "debtCounsellor", sealed: sealed)
        let message = try partner.referral()
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(message, listedAs: messageID) }
        let notice = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6099"
        let receipt = try partner.verify(
            try await reader.inbox.receive(try partner.notice("recalled", id: notice), listedAs: notice).receipt)
        #expect(receipt.answer == .stopped && receipt.covenantVersion == nil)
        #expect(!reader.taking.isWaiting(messageID) && partner.bytes("unacknowledged/\(messageID).jwe") == nil)
    }

    @Test("what is acknowledged after the message's term is opened: it came in time")
    func late() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        do {
            let reader = try Reader(partner, role: "debtCounsellor")
            await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        }
        try Acknowledgements(folder: partner.folder).acknowledge("debt-help", version: 7, by: "debtCounsellor", at: noon)
        let reader = try Reader(partner, role: "debtCounsellor", at: noon + 60 * day)
        try await withUnreachable(partner) { client in
            _ = await reader.taking.unacknowledged?.settle(inbox: reader.inbox, client: client)
        }
        let receipt = try partner.verify(try #require(partner.bytes("received/\(messageID).jws")))
        #expect(receipt.result == .opened && receipt.readerRole == "debtCounsellor" && receipt.at == noon + 60 * day)
        #expect(try partner.names(in: "opened") == ["\(messageID).json"])
    }

    @Test("what is held and pushed once more still waits, also after its term: it is judged as it came")
    func again() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        do {
            let reader = try Reader(partner, role: "debtCounsellor")
            await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        }
        let reader = try Reader(partner, role: "debtCounsellor", at: noon + 60 * day)
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(sealed, listedAs: messageID) }
        #expect(try partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        try Acknowledgements(folder: partner.folder).acknowledge("debt-help", version: 7, by: "debtCounsellor", at: noon)
        #expect(try await reader.inbox.receiveKept(sealed, listedAs: messageID).refusal == nil)
    }

    @Test("without a role nothing is asked, and the receipt names none") func notAsked() async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, role: nil)
        let receipt = try partner.verify(try await reader.inbox.receive(try partner.referral(), listedAs: messageID).receipt)
        #expect(receipt.readerRole == nil && receipt.covenantVersion == 7)
    }

    @Test("what is acknowledged is a covenant and a role as policy files write them; the first time counts") func names() throws {
        let partner = try TemporaryPartner()
        let known = try Acknowledgements(folder: partner.folder)
        for covenant in ["", "../x", "Debt", "a/b"] {
            #expect(throws: PartnerFault.unusable(file: covenant, code: "not-a-covenant")) {
                try known.acknowledge(covenant, version: 1, by: "role", at: noon)
            }
        }
        for role in ["", "J. Jansen", "Role", "../x"] {
            #expect(throws: PartnerFault.unusable(file: role, code: "not-a-role")) {
                try known.acknowledge("c", version: 1, by: role, at: noon)
            }
        }
        try known.acknowledge("c", version: 1, by: "role", at: noon)
        try known.acknowledge("c", version: 1, by: "role", at: noon + day)
        #expect(known.all() == [.init(covenant: "c", version: 1, role: "role", at: noon)])
        #expect(known.has("role", acknowledged: "c", version: 1) && !known.has("role", acknowledged: "c", version: 2))
    }
}
