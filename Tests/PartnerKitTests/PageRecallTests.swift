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
        try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: recall)
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
        let taking = try Taking(identity: partner.identity(), sealed: false, filing: filing)
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
        try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: recall)
        unlink(partner.path("sealed/\(messageID).jwe"))
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(try receipt(partner).answer == .stopped)
    }

    @Test("one that waits goes on waiting for a person when what it is about is gone: it was here, and the page shows it")
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
            #expect(reader.taking.isWaiting(recall) && partner.bytes("received/\(recall).jws") == nil)
            #expect(RecallNotices(reader).waiting == [messageID])
            try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: recall)
            _ = await reader.taking.turn(inbox: reader.inbox, client: client)
        }
        #expect(try receipt(partner).answer == .stopped)
    }

    @Test("that nothing is here, which a page of an earlier version let people answer, is still what is signed, and the message goes")
    func earlierAnswer() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        try writeDurably(Array(#"{"answer":"notFound"}"#.utf8), to: partner.path("recalls"), "\(recall).json")
        let reader = try Reader(partner, sealed: true)
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(try receipt(partner).answer == .notFound)
        #expect(!reader.taking.here.holds([messageID]))
    }

    @Test("an erasure removes nothing that a person keeps under a duty, and is answered so")
    func keptAgainstErasure() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        let reader = try Reader(partner, sealed: true)
        try reader.taking.recalls.give(.init(answer: .keptUnderOwnDuty, article: "WGBO 7:454"), to: recall)
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        let erasure = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6081"
        _ = try await reader.inbox.receive(try partner.notice("erased", id: erasure), listedAs: erasure)
        let said = try partner.verify(try #require(partner.bytes("received/\(erasure).jws")))
        #expect(said.answer == .keptUnderOwnDuty && said.article == "WGBO 7:454")
        #expect(try partner.names(in: "sealed") == ["\(messageID).jwe"])
    }

    @Test(
        "an erasure hides what it is about as soon as it has come, also where it cannot be noted or answered, and nothing is removed",
        arguments: ["notices", "recalls"])
    func erasedOnFullDisk(_ folder: String) async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, sealed: true)
        let sealed = try partner.referral()
        _ = try await reader.inbox.receive(sealed, listedAs: messageID)
        func shown() throws -> ReceivedReferral {
            let notices = RecallNotices(reader)
            return ReceivedReferral(
                id: messageID, sealed: sealed, identity: try partner.identity(), states: [:], recall: notices.recall(of: messageID),
                told: notices.told(of: messageID))
        }
        #expect(PageWords.template.render(["one": try shown().shownWhole()]).contains("<dd>1968</dd>"))
        let erasure = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6081"
        // Where a folder stands no file can be put.
        #expect(mkdir(partner.path("\(folder)/\(erasure).json"), 0o700) == 0)
        let notice = try partner.notice("erased", id: erasure)
        await #expect(throws: PartnerFault.self) { try await reader.inbox.receive(notice, listedAs: erasure) }
        #expect(reader.taking.here.holds([messageID]))
        let page = PageWords.template.render(["one": try shown().shownWhole()])
        #expect(!page.contains("1968") && page.contains(PageWords.told("erased").whole))
        #expect(try !shown().isOpen)
    }

    @Test("an answer that no receipt can say is not given: the recall waits for another, and nothing is removed")
    func tooLong() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        let reader = try Reader(partner, sealed: true)
        let article = "Wet op de geneeskundige behandelingsovereenkomst – artikel 7:454"
        #expect(article.count <= Receipt.articleLimit && article.utf8.count > Receipt.articleLimit)
        try reader.taking.recalls.give(.init(answer: .keptUnderOwnDuty, article: article), to: recall)
        try await withUnreachable(partner) { client in
            #expect(await reader.taking.turn(inbox: reader.inbox, client: client) == ["\(recall) notice - failed:not-signed"])
            #expect(reader.taking.isWaiting(recall) && reader.taking.recalls.given(recall) == nil)
            try reader.taking.recalls.give(.init(answer: .keptUnderOwnDuty, article: "WGBO 7:454"), to: recall)
            _ = await reader.taking.turn(inbox: reader.inbox, client: client)
        }
        #expect(try receipt(partner).article == "WGBO 7:454")
        #expect(try partner.names(in: "sealed") == ["\(messageID).jwe"])
    }

    @Test("what can be read of a recall is enough to hide what it is about, when its note is damaged or cannot be written")
    func unnoted() async throws {
        let partner = try TemporaryPartner()
        try await recalled(partner)
        #expect(truncate(partner.path("notices/\(recall).json"), 10) == 0)
        do {
            let reader = try Reader(partner, sealed: true)
            let notices = RecallNotices(reader)
            #expect(notices.recall(of: messageID)?.isWaiting == true && notices.waiting == [messageID])
            // It can be answered all the same when what it is about is gone.
            unlink(partner.path("sealed/\(messageID).jwe"))
            try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: recall)
            try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
            #expect(try receipt(partner).answer == .stopped)
        }
        let other = try TemporaryPartner()
        let reader = try Reader(other, sealed: true)
        _ = try await reader.inbox.receive(try other.referral(), listedAs: messageID)
        // Where a folder stands no file can be put.
        #expect(mkdir(other.path("notices/\(recall).json"), 0o700) == 0)
        let notice = try other.notice("recalled", id: recall)
        await #expect(throws: PartnerFault.notStored(file: other.path("notices/\(recall).json"))) {
            try await reader.inbox.receive(notice, listedAs: recall)
        }
        #expect(RecallNotices(reader).recall(of: messageID) != nil)
    }
}

@Suite("A recall or an erasure of what another run took in another way")
struct OtherFormTests {
    private let notice = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"

    /// A partner that received the referral in a run of before.
    private func received(role: String? = nil, sealed: Bool) async throws -> TemporaryPartner {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, role: role, sealed: sealed)
        _ = try? await reader.inbox.receive(try partner.referral(), listedAs: messageID)
        #expect(reader.taking.here.holds([messageID]))
        return partner
    }

    /// What the receipt says that was given for the notice.
    private func answer(_ partner: TemporaryPartner) throws -> Receipt.Answer? {
        try partner.verify(try #require(partner.bytes("received/\(notice).jws"))).answer
    }

    @Test("a program that answers finds it, removes it and says so", arguments: [("erased", false), ("recalled", true), ("erased", true)])
    func found(_ code: String, _ wasSealed: Bool) async throws {
        let partner = try await received(sealed: wasSealed)
        let reader = try Reader(partner, sealed: !wasSealed)
        _ = try await reader.inbox.receive(try partner.notice(code, id: notice), listedAs: notice)
        #expect(try answer(partner) == .stopped)
        #expect(!reader.taking.here.holds([messageID]))
    }

    @Test("what was kept in clear stands on the page with its recall, which a person answers")
    func onPage() async throws {
        let partner = try await received(sealed: false)
        let reader = try Reader(partner, sealed: true)
        let recall = try partner.notice("recalled", id: notice)
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: notice) }
        #expect(reader.taking.here.ids() == [messageID])
        let identity = try partner.identity()
        let shown = ReceivedReferral(
            id: messageID, sealed: try #require(reader.taking.here.bytes(messageID)), identity: identity, states: nil,
            recall: RecallNotices(reader).recall(of: messageID))
        #expect(shown.payload?.messageId == messageID && shown.recall?.isWaiting == true)
        try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: notice)
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(try answer(partner) == .stopped)
        #expect(try partner.names(in: "opened") == [])
    }

    @Test("what waits for a person waits as well while a run without the page is on, and gets that person's answer")
    func waiting() async throws {
        let partner = try await received(sealed: true)
        let recall = try partner.notice("recalled", id: notice)
        do {
            let reader = try Reader(partner, sealed: true)
            await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: notice) }
        }
        do {
            let reader = try Reader(partner)
            await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: notice) }
            try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
            #expect(partner.bytes("received/\(notice).jws") == nil)
        }
        let reader = try Reader(partner, sealed: true)
        try reader.taking.recalls.give(.init(answer: .keptUnderOwnDuty, article: "WGBO 7:454"), to: notice)
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(try answer(partner) == .keptUnderOwnDuty)
        #expect(reader.taking.here.holds([messageID]))
    }

    @Test("a person's answer removes what it is about also where another receipt had gone")
    func answeredBefore() async throws {
        let partner = try await received(sealed: true)
        let recall = try partner.notice("recalled", id: notice)
        let reader = try Reader(partner, sealed: true)
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: notice) }
        let before = try Receipt(
            messageId: notice, digest: sha256(recall), from: debtOIN, to: cityOIN, result: .opened, answer: .notFound, at: noon
        ).signed(by: try partner.identity().signingKey)
        try writeDurably(before, to: partner.path("received"), "\(notice).jws")
        try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: notice)
        try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
        #expect(partner.bytes("received/\(notice).jws") == before)
        #expect(!reader.taking.here.holds([messageID]))
    }

    @Test("what waited for its role goes in a run without one, and nobody is asked", arguments: [false, true])
    func unread(sealed: Bool) async throws {
        let partner = try await received(role: "debtCounsellor", sealed: false)
        let reader = try Reader(partner, sealed: sealed)
        _ = try await reader.inbox.receive(try partner.notice("recalled", id: notice), listedAs: notice)
        #expect(try answer(partner) == .stopped)
        #expect(try partner.names(in: "unacknowledged") == [])
    }

    @Test("what may stand at a desk of one's own is for a person, also in a run that files nothing")
    func filed() async throws {
        let partner = try TemporaryPartner()
        try writeDurably(Array("{}".utf8), to: try partner.folder.makeFolder("filed"), "\(messageID).json")
        let reader = try Reader(partner)
        let recall = try partner.notice("recalled", id: notice)
        await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: notice) }
        #expect(reader.taking.isWaiting(notice))
    }

    @Test(
        "for what was opened and went another way, as to a system that reads files, nothing is answered: neither that it stopped nor that it never was"
    )
    func wentOn() async throws {
        let partner = try await received(sealed: false)
        unlink(partner.path("opened/\(messageID).json"))
        let reader = try Reader(partner)
        _ = try await reader.inbox.receive(try partner.notice("recalled", id: notice), listedAs: notice)
        #expect(try answer(partner) == nil)
    }

    @Test("what was opened is known to have been also when its receipt was signed by a former `sig` key")
    func formerKey() async throws {
        let partner = try await received(sealed: false)
        unlink(partner.path("opened/\(messageID).json"))
        try writeDurably(Array(try ES256SigningKey.generate().pem.utf8), to: partner.folder.path, "sig.pem")
        let recall = try partner.notice("recalled", id: notice)
        let given = try await Reader(partner).inbox.receive(recall, listedAs: notice)
        #expect(given.refusal == nil && given.answer == nil)
    }

    @Test("a program that ended after removing it, and before its receipt, gives the same answer again")
    func crash() async throws {
        // Of what has no receipt: from that of another it could be told that it was here.
        let partner = try await received(role: "debtCounsellor", sealed: false)
        let recall = try partner.notice("recalled", id: notice)
        do {
            let reader = try Reader(partner)
            _ = try await reader.inbox.receive(recall, listedAs: notice)
        }
        unlink(partner.path("received/\(notice).jws"))
        let reader = try Reader(partner)
        _ = try await reader.inbox.receive(recall, listedAs: notice)
        #expect(try answer(partner) == .stopped)
    }

    @Test("a sealed message that was damaged or lost is kept again when it comes again, under its old receipt; one that was erased is not")
    func lost() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        let reader = try Reader(partner, sealed: true)
        let given = try await reader.inbox.receive(sealed, listedAs: messageID).receipt
        let file = partner.path("sealed/\(messageID).jwe")
        // Emptied, cut off, and gone.
        for length in [0, 40, nil] as [Int?] {
            #expect((length.map { truncate(file, $0) } ?? unlink(file)) == 0)
            let again = try await reader.inbox.receive(sealed, listedAs: messageID)
            #expect(again.receipt == given && again.payload == nil)
            #expect(partner.bytes("sealed/\(messageID).jwe") == sealed)
        }
        // As the exchange sends it again: sealed anew, under its id.
        #expect(unlink(file) == 0)
        let anew = try partner.referral()
        #expect(anew != sealed)
        #expect(try await reader.inbox.receive(anew, listedAs: messageID).receipt == given)
        #expect(partner.bytes("sealed/\(messageID).jwe") == anew)
        await #expect(throws: PartnerFault.otherBytes) { try await reader.inbox.receive(try partner.referral(), listedAs: messageID) }
        _ = try await reader.inbox.receive(try partner.notice("erased", id: notice), listedAs: notice)
        #expect(try await reader.inbox.receive(sealed, listedAs: messageID).receipt == given)
        #expect(!reader.taking.here.holds([messageID]))
    }

    @Test(
        "what was damaged or lost and is listed again is fetched once more and kept under its old receipt; what is here is not fetched",
        .timeLimit(.minutes(5)))
    func lostAndPulled() async throws {
        let partner = try TemporaryPartner(at: systemMilliseconds())
        let file = partner.path("sealed/\(messageID).jwe")
        try await withExchange(of: partner) { asked in
            switch asked.what {
            case "GET /v1/inbox": .json(#"{"items":[{"messageId":"\#(messageID)","kind":"referral"}]}"#)
            case "GET /v1/inbox/\(messageID)": .sealed(try partner.referral())
            default: .json("{}")
            }
        } body: { exchange, client in
            let reader = try Reader(partner, sealed: true, client: client)
            #expect(try await reader.inbox.pull().map(\.outcome) == [.opened])
            for length in [40, nil] as [Int?] {
                #expect((length.map { truncate(file, $0) } ?? unlink(file)) == 0)
                // Sealed anew each time. The second look finds it here.
                for _ in 1...2 {
                    #expect(try await reader.inbox.pull().map(\.outcome) == [.repeated])
                    let kept = try #require(reader.taking.here.sealed.bytes(messageID))
                    #expect(try partner.identity().openKept(kept).payload.messageId == messageID)
                }
            }
            #expect(exchange.asked("GET /v1/inbox/\(messageID)").count == 3)
            let receipts = exchange.asked("POST /v1/inbox/\(messageID)/receipts").map(\.body)
            #expect(receipts.count == 5 && Set(receipts).count == 1)
            #expect(await reader.handed.ids == [messageID])
        }
    }
}
