import Foundation
import JOSE
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("Receiving a message")
struct InboxTests {
    @Test("the receipt names the message, its digest and both parties, and says nothing of content")
    func receiptContent() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        let reception = try await Inbox(of: partner, answer: .opened(readerRole: "debtAdviser")).receive(sealed, listedAs: messageID)
        let expected = Receipt(
            messageId: messageID, digest: sha256(sealed), from: debtOIN, to: cityOIN, result: .opened, readerRole: "debtAdviser",
            covenantVersion: 7,
            at: noon)
        #expect(try partner.verify(reception.receipt) == expected)
        #expect(reception.refusal == nil)
        #expect(reception.payload?.purpose == "debtAssistance")
    }

    @Test("a message that comes again gets the same bytes, also after a restart, and is handed over once")
    func duplicate() async throws {
        let partner = try TemporaryPartner()
        let calls = Calls()
        let sealed = try partner.referral()
        var receipts: Set<[UInt8]> = []
        do {
            let inbox = try Inbox(of: partner, calls: calls)
            receipts.insert(try await inbox.receive(sealed, listedAs: messageID).receipt)
            receipts.insert(try await inbox.receive(sealed, listedAs: messageID).receipt)
        }
        receipts.insert(try await Inbox(of: partner, calls: calls).receive(sealed, listedAs: messageID).receipt)
        #expect(receipts.count == 1)
        #expect(await calls.ids == [messageID])
    }

    @Test("a message that is pushed twice at once is handed over once")
    func atOnce() async throws {
        let partner = try TemporaryPartner()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let inbox = try Inbox(identity: partner.identity(), client: nil, now: { noon }) { _ in
            start.yield()
            for await _ in released { break }
            return .opened()
        }
        let sealed = try partner.referral()
        async let first = inbox.receive(sealed, listedAs: messageID)
        for await _ in started { break }
        await #expect(throws: PartnerFault.beingHandled) { try await inbox.receive(sealed, listedAs: messageID) }
        release.yield()
        #expect(try await first.refusal == nil)
    }

    @Test("other bytes under a known id get no receipt")
    func otherBytes() async throws {
        let partner = try TemporaryPartner()
        let inbox = try Inbox(of: partner)
        _ = try await inbox.receive(try partner.referral(), listedAs: messageID)
        await #expect(throws: PartnerFault.otherBytes) { try await inbox.receive(try partner.referral(), listedAs: messageID) }
    }

    @Test("what cannot be opened gets a refusal with its code and is not handed over")
    func refusals() async throws {
        let partner = try TemporaryPartner()
        let cases: [(String, [UInt8])] = [
            ("expired", try partner.referral { $0["expiresAt"] = "2026-11-21T12:00:00.000Z" }),
            ("wrong-recipient", try partner.referral { $0["to"] = "00000099000000003000" }),
            ("wrong-sender", try partner.referral { $0["from"] = "00000099000000003000" }),
            ("unknown-version", try partner.referral { $0["v"] = 2 }),
            ("malformed", Array("no message".utf8)),
        ]
        let calls = Calls()
        let inbox = try Inbox(of: partner, calls: calls)
        for (index, (code, sealed)) in cases.enumerated() {
            let id = "019ab2c4-5d6e-7f80-9a1b-00000000000\(index)"
            let reception = try await inbox.receive(sealed, listedAs: id)
            let receipt = try partner.verify(reception.receipt)
            #expect(reception.refusal == code)
            #expect(receipt.result == .refused && receipt.code == code && receipt.messageId == id && receipt.digest == sha256(sealed))
        }
        #expect(await calls.ids.isEmpty)
    }

    @Test("a message listed under another id than its own is refused")
    func otherID() async throws {
        let partner = try TemporaryPartner()
        let reception = try await Inbox(of: partner).receive(try partner.referral(), listedAs: "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6079")
        #expect(reception.refusal == "other-message")
    }

    @Test("an id that could lead out of the folder is refused before anything is opened")
    func strangeID() async throws {
        let partner = try TemporaryPartner()
        let calls = Calls()
        await #expect(throws: PartnerFault.self) {
            try await Inbox(of: partner, calls: calls).receive(try partner.referral(), listedAs: "../../../../../../../../etc/aaaaaaaaaa")
        }
        #expect(await calls.ids.isEmpty)
    }

    @Test("the partner's own refusal stands in the receipt")
    func ownRefusal() async throws {
        let partner = try TemporaryPartner()
        let reception = try await Inbox(of: partner, answer: .refused(code: "not-our-task")).receive(
            try partner.referral(), listedAs: messageID)
        #expect(try partner.verify(reception.receipt).code == "not-our-task")
        #expect(reception.payload == nil)
    }

    @Test("without room for it there is no receipt, and the message comes again")
    func later() async throws {
        let partner = try TemporaryPartner()
        let calls = Calls()
        do {
            let inbox = try Inbox(of: partner, calls: calls, answer: .later)
            await #expect(throws: PartnerFault.notTaken) { try await inbox.receive(try partner.referral(), listedAs: messageID) }
        }
        let reception = try await Inbox(of: partner, calls: calls).receive(try partner.referral(), listedAs: messageID)
        #expect(reception.refusal == nil)
        #expect(await calls.ids == [messageID, messageID])
    }

    @Test("a notice is recorded, and what becomes of a recalled message stands in the receipt")
    func recall() async throws {
        let partner = try TemporaryPartner()
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"
        let inbox = try Inbox(of: partner, answer: .opened(recall: .keptUnderOwnDuty, article: "debtAssistanceAct.9"))
        let reception = try await inbox.receive(try partner.notice("recalled", id: id), listedAs: id)
        let receipt = try partner.verify(reception.receipt)
        #expect(receipt.answer == .keptUnderOwnDuty && receipt.article == "debtAssistanceAct.9")
        let recorded = try parseJSON(try #require(partner.bytes("notices/\(id).json")))
        #expect(recorded["notice"]?["about"] == [.string(messageID)])
    }

    @Test("a recall that comes while its message is being written waits for it, and then removes it")
    func recalledMeanwhile() async throws {
        let partner = try TemporaryPartner()
        let taking = try Taking(identity: partner.identity(), sealed: false, filing: nil)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let inbox = try Inbox(identity: partner.identity(), client: nil, now: { noon }) { message in
            if message.payload.kind == .referral {
                start.yield()
                for await _ in released { break }
            }
            return await taking.take(message, saying: .opened())
        }
        let sealed = try partner.referral()
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"
        let recall = try partner.notice("recalled", id: id)
        async let first = inbox.receive(sealed, listedAs: messageID)
        for await _ in started { break }
        await #expect(throws: PartnerFault.beingHandled) { try await inbox.receive(recall, listedAs: id) }
        release.yield()
        #expect(try await first.refusal == nil)
        #expect(try partner.verify(try await inbox.receive(recall, listedAs: id).receipt).answer == .stopped)
        #expect(try partner.names(in: "opened") == [])
    }

    @Test("a recall that comes while its message is still being checked waits for it, and is not answered as of something that never came")
    func recalledWhileChecked() async throws {
        let partner = try TemporaryPartner()
        let inbox = try Reader(partner).inbox
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let sealed = try partner.referral()
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"
        let recall = try partner.notice("recalled", id: id)
        async let first = inbox.receive(
            sealed, listedAs: messageID,
            after: {
                start.yield()
                for await _ in released { break }
            })
        for await _ in started { break }
        await #expect(throws: PartnerFault.beingHandled) { try await inbox.receive(recall, listedAs: id) }
        release.yield()
        #expect(try await first.refusal == nil)
        #expect(try partner.verify(try await inbox.receive(recall, listedAs: id).receipt).answer == .stopped)
        #expect(try partner.names(in: "opened") == [])
    }

    @Test("what comes while its recall is being answered waits, and does not lie here beside the answer that nothing did")
    func comesMeanwhile() async throws {
        let partner = try TemporaryPartner()
        let taking = try Taking(identity: partner.identity(), sealed: false, filing: nil)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let inbox = try Inbox(identity: partner.identity(), client: nil, now: { noon }) { message in
            let answer = await taking.take(message, saying: .opened())
            if message.payload.notice != nil {
                start.yield()
                for await _ in released { break }
            }
            return answer
        }
        let sealed = try partner.referral()
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"
        let recall = try partner.notice("recalled", id: id)
        async let first = inbox.receive(recall, listedAs: id)
        for await _ in started { break }
        await #expect(throws: PartnerFault.beingHandled) { try await inbox.receive(sealed, listedAs: messageID) }
        release.yield()
        let given = try await first
        #expect(try partner.verify(given.receipt).answer == .notFound)
        #expect(try partner.names(in: "opened") == [])
    }

    @Test(
        "what comes after its recall or erasure, also in a later run, is refused as that, shown to nobody and kept nowhere, and stays known as taken back",
        arguments: [nil, "debtCounsellor"] as [String?], [false, true])
    func afterItsRecall(_ role: String?, sealed: Bool) async throws {
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080"
        for code in ["recalled", "erased"] {
            let partner = try TemporaryPartner()
            do {
                let reader = try Reader(partner, role: role, sealed: sealed)
                let given = try await reader.inbox.receive(try partner.notice(code, id: id), listedAs: id)
                #expect(given.answer == .notFound)
            }
            let reader = try Reader(partner, role: role, sealed: sealed)
            let message = try partner.referral()
            let given = try await reader.inbox.receive(message, listedAs: messageID).receipt
            let receipt = try partner.verify(given)
            #expect(receipt.code == "recalled" && receipt.readerRole == nil)
            #expect(try await reader.inbox.receive(message, listedAs: messageID).receipt == given)
            #expect(await reader.handed.ids.isEmpty)
            let here = reader.taking.here
            #expect(!here.holds([messageID]) && here.notices.said(of: messageID).map(\.code) == [code])
        }
    }

    @Test("nor is it handed to a system that keeps its messages itself")
    func afterItsRecallElsewhere() async throws {
        let partner = try TemporaryPartner()
        let (id, calls) = ("019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6080", Calls())
        let inbox = try Inbox(of: partner, calls: calls)
        _ = try await inbox.receive(try partner.notice("recalled", id: id), listedAs: id)
        let reception = try await inbox.receive(try partner.referral(), listedAs: messageID)
        #expect(reception.refusal == "recalled" && reception.payload == nil)
        #expect(await calls.ids == [id])
    }

    @Test("of forty that come at once each is kept once, under a receipt of its own; what cannot be opened holds up no other")
    func forty() async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner)
        let ids = (10..<50).map { "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f60\($0)" }
        let (garbled, otherKey) = (ids[7], ids[23])
        let unknown = try AgreementPrivateKey.generate(.p256).publicKey
        let sealed = try ids.map { id -> [UInt8] in
            if id == garbled { return Array("no message".utf8) }
            return try partner.referral(to: id == otherKey ? unknown : nil) { $0["messageId"] = .string(id) }
        }
        let receipts = await withTaskGroup(of: (id: String, receipt: [UInt8]?).self) { group in
            for (id, bytes) in zip(ids, sealed) {
                group.addTask { (id, try? await reader.inbox.receive(bytes, listedAs: id).receipt) }
            }
            var receipts: [String: [UInt8]] = [:]
            for await one in group { receipts[one.id] = one.receipt }
            return receipts
        }
        #expect(Set(receipts.keys) == Set(ids).subtracting([otherKey]))
        for (id, bytes) in receipts {
            let receipt = try partner.verify(bytes)
            #expect(receipt.messageId == id && receipt.result == (id == garbled ? .refused : .opened))
            #expect(partner.bytes("received/\(id).jws") == bytes)
        }
        let opened = ids.filter { $0 != garbled && $0 != otherKey }
        #expect(try partner.names(in: "opened") == opened.map { "\($0).json" })
        #expect(await reader.handed.ids.sorted() == opened)
    }

    @Test("what notices say is read once and known from then on; one that cannot be read leaves it open until it comes again")
    func noticesKnown() async throws {
        let partner = try TemporaryPartner()
        let (erasure, damaged) = ("019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6081", "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6082")
        do {
            let reader = try Reader(partner)
            let notices = reader.taking.here.notices
            #expect(notices.hasEnded(messageID) == false)
            _ = try await reader.inbox.receive(try partner.notice("erased", id: erasure), listedAs: erasure)
            #expect(notices.hasEnded(messageID) == true && notices.hasEnded(messageID, before: erasure) == false)
        }
        try writeDurably(Array("{".utf8), to: partner.path("notices"), "\(damaged).json")
        let reader = try Reader(partner)
        let notices = reader.taking.here.notices
        #expect(notices.hasEnded(messageID) == true && notices.contains(erasure) && !notices.contains(messageID))
        unlink(partner.path("notices/\(erasure).json"))
        #expect(notices.hasEnded(messageID) == true)
        #expect(notices.hasEnded(erasure) == nil && notices.hasEnded(erasure, before: damaged) == false && notices.contains(damaged))
        _ = try await reader.inbox.receive(try partner.notice("taskChanged", id: damaged), listedAs: damaged)
        #expect(notices.hasEnded(erasure) == false && notices.said(of: messageID).map(\.code) == ["erased", "taskChanged"])
    }

    @Test("a recall removes what was kept, and says whether there was anything")
    func keptMessages() async throws {
        let partner = try TemporaryPartner()
        let inbox = try Reader(partner).inbox
        var answers = [try partner.verify(try await inbox.receive(try partner.referral(), listedAs: messageID).receipt).answer]
        let text = try #require(partner.bytes("opened/\(messageID).json"))
        #expect(try parseJSON(text)["fields"]?["identification"]?["birthDate"] == "1968")
        for number in 1...2 {
            let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f608\(number)"
            let reception = try await inbox.receive(try partner.notice("recalled", id: id), listedAs: id)
            answers.append(try partner.verify(reception.receipt).answer)
        }
        #expect(try partner.names(in: "opened") == [])
        #expect(answers == [nil, .stopped, .notFound])
    }

    @Test("a line names fields and holds no value")
    func line() throws {
        let fields: JSONObject = [
            "identification": ["name": ["family": "Testzin"], "bsn": "123456782"],
            "others": [["ref": "b", "contact": ["phone": "0000"]]], "household": ["members": [["ref": "a"]]],
            "domains": ["debts": ["concern": [], "observation": []]], "freeText": "Testzin",
        ]
        let result = InboxResult(
            messageId: messageID, kind: "referral", fields: fieldNames(of: fields), taskId: nil, outcome: .opened, items: nil, notice: nil,
            state: "received")
        let names =
            "identification.name,identification.bsn,contact.phone,household.members,domains.debts.concern,domains.debts.observation,freeText"
        #expect(describe(result) == "\(messageID) referral \(names) opened state=received")
        func line(_ kind: String, items: Int? = nil, notice: String? = nil) -> String {
            describe(
                InboxResult(
                    messageId: messageID, kind: kind, fields: [], taskId: nil, outcome: .opened, items: items, notice: notice, state: nil))
        }
        #expect(line("invitation", items: 2) == "\(messageID) invitation - opened items=2")
        #expect(line("notice", notice: "taskStaysOpen") == "\(messageID) notice - opened notice=taskStaysOpen")
    }

    @Test("an invitation is kept whole, with what belongs in a calendar, and goes with a recall")
    func invitation() async throws {
        let partner = try TemporaryPartner()
        let inbox = try Reader(partner).inbox
        let sealed = try partner.referral {
            $0["kind"] = "invitation"
            $0["task"] = nil
            $0["meeting"] = [
                "meetingId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074", "items": [["id": "1", "title": "schulden"]],
                "ics": "BEGIN:VCALENDAR\r\n",
            ]
        }
        let reception = try await inbox.receive(sealed, listedAs: messageID)
        #expect(reception.payload?.kind == .invitation && reception.payload?.meeting?.items.map(\.title) == ["schulden"])
        let text = try parseJSON(try #require(partner.bytes("opened/\(messageID).json")))
        #expect(text["meeting"]?["ics"] == "BEGIN:VCALENDAR\r\n")
        // A reminder and a cancellation are recorded and remove nothing; a recall does.
        for (number, code) in ["taskStaysOpen", "meetingCancelled", "recalled"].enumerated() {
            #expect(try partner.names(in: "opened").count == 1)
            let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f608\(number)"
            _ = try await inbox.receive(try partner.notice(code, id: id), listedAs: id)
            #expect(partner.bytes("notices/\(id).json") != nil)
        }
        #expect(try partner.names(in: "opened") == [])
    }
}
