import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import JOSE
import Storage
import StrictJSON
import Testing

@Suite("Pulling and receipts")
struct InboxTests {
    private let test: TestDesk
    private let member: Caller
    private let queued: QueuedReferral

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
    }

    private func receipt(_ bytes: [UInt8], for id: String? = nil, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.takeReceipt(id ?? queued.message, bytes, by: caller ?? .partner(test.debt.oin))
        }
    }

    @Test("the attempt is in the log before the first byte is given")
    func attemptFirst() async throws {
        #expect(try test.state(of: queued.message) == "queued")
        let before = try test.entries().count
        _ = try await test.fetch(queued.message, as: test.debt)
        let entry = try #require(try test.entries().dropFirst(before).first)
        #expect(entry.event == "attempt.started")
        #expect(entry.refs["message"] == queued.message && entry.refs["task"] == queued.task && entry.refs["attempt"] != nil)
        #expect(entry.actor["organisation"] == test.debt.oin.description)
        #expect(try test.state(of: queued.message) == "left")
        #expect(try test.number("SELECT count(*) FROM attempt") == 1)
    }

    @Test("a message of another partner does not exist, and staff fetch nothing")
    func notYours() async throws {
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.care.oin))
            } == "not-found")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(queued.message, by: member) } == "role-may-not"
        )
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listInbox(after: nil, limit: 10, by: member)
            } == "role-may-not")
        #expect(try await test.inbox(of: test.care).isEmpty)
        #expect(try test.state(of: queued.message) == "queued")
    }

    @Test("the inbox is a list of pages, oldest first")
    func pages() async throws {
        let filed = try await test.openCase(by: member)
        var ids = [queued.message]
        for _ in 0..<4 { ids.append(try await test.refer(test.referral(filed), by: member).message) }
        var found: [String] = []
        var cursor: String?
        repeat {
            let page = try await test.desk.listInbox(after: cursor, limit: 2, by: .partner(test.debt.oin)).body
            found += (page["items"]?.arrayValue ?? []).map { $0.text("messageId") }
            cursor = page["next"]?.stringValue
        } while cursor != nil
        #expect(found == ids)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listInbox(after: "x", limit: 2, by: .partner(test.debt.oin))
            } == "invalid-input")
    }

    @Test("a receipt makes the task received, due to be picked up five working days from our taking of it")
    func received() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let key = try test.number("SELECT key FROM message")
        test.clock.advance(days: 1)
        let before = try test.entries().count
        // What the partner's clock says is recorded and never compared.
        let answer = await receipt(try test.debt.receipt(for: queued.message, bytes, at: Instant(millisecondsSince1970: 0)))
        #expect(answer.status == 200)
        #expect(answer.body.text("taskId") == queued.task)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        let due = try test.number("SELECT due_at FROM open_task")
        #expect(due == Int(WorkingCalendar().adding(.workingDays(5), to: test.clock.calendar).millisecondsSince1970))
        #expect(try test.events(after: before) == ["task.moved", "receipt.taken"])
        #expect(try test.state(of: queued.message) == "receipted")
        // Its bytes are gone, and so is the key under which they lay.
        #expect(try test.number("SELECT count(*) FROM message_body") == 0)
        try await test.desk.tidy()
        #expect(try test.sql("SELECT 1 FROM key WHERE id = ? AND wrapped <> zeroblob(40)", [key], in: test.folder.keys).isEmpty)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
    }

    @Test("the same receipt gets the same answer for ever, and no second entry")
    func replayed() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let signed = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        let first = await receipt(signed)
        _ = try await test.desk.moveTask(queued.task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
        let count = try test.entries().count
        test.clock.advance(days: 20)
        #expect(await receipt(signed) == first)
        // Another receipt for the same message does not replace the first one.
        let refused = try test.debt.receipt(for: queued.message, bytes, result: .refused, code: "expired", at: test.clock.wall)
        #expect(await receipt(refused) == first)
        #expect(try test.entries().count == count)
        #expect(try test.task(queued.task).state == "accepted")
        #expect(try test.number("SELECT count(*) FROM receipt") == 1)
    }

    @Test("two receipts at the same moment are one")
    func atOnce() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let signed = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        let answers = await withTaskGroup(of: DeskAnswer.self) { group in
            for _ in 0..<10 { group.addTask { await receipt(signed) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0 == answers[0] && $0.status == 200 })
        #expect(try test.events().filter { $0 == "receipt.taken" }.count == 1)
    }

    @Test("a receipt about another message is not found, one about other bytes a conflict")
    func wrongReceipts() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let other = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let otherBytes = try await test.fetch(other.message, as: test.debt).bytes
        #expect(await receipt(try test.debt.receipt(for: other.message, otherBytes, at: test.clock.wall)).status == 404)
        let digest = await receipt(try test.debt.receipt(for: queued.message, otherBytes, at: test.clock.wall))
        #expect(digest.status == 409)
        #expect(digest.body.text("code") == "already-decided")
        let foreign = try test.care.receipt(for: queued.message, bytes, at: test.clock.wall)
        #expect(await receipt(foreign, by: .partner(test.care.oin)).status == 404)
        #expect(await receipt(try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), for: "x").status == 404)
        #expect(await receipt(try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), by: member).status == 403)
        #expect(try test.number("SELECT count(*) FROM receipt") == 0)
        #expect(try test.task(queued.task).state == "requested")
    }

    @Test("a forged, changed or misdirected receipt is refused")
    func forged() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let forged = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall, by: ES256SigningKey.generate())
        var changed = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        changed[changed.count / 2] ^= 1
        let misdirected = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall, to: "00000099000000003000")
        let byCare = try test.care.receipt(for: queued.message, bytes, at: test.clock.wall)
        for bad in [forged, changed, misdirected, byCare, bytes, [], Array("{}".utf8)] {
            let answer = await receipt(bad)
            #expect(answer.status == 400)
            #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["receipt-refused"])
        }
        #expect(try test.number("SELECT count(*) FROM receipt") == 0)
    }

    @Test("a message that the partner refuses is a delivery fault for the desk, with its entries")
    func refusedByPartner() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let before = try test.entries().count
        let answer = await receipt(
            try test.debt.receipt(for: queued.message, bytes, result: .refused, code: "unknownKey", at: test.clock.wall))
        #expect(answer.status == 200)
        #expect(answer.body.text("result") == "refused")
        #expect(try test.task(queued.task) == ("failed", nil))
        #expect(try test.state(of: queued.message) == "ended")
        let told = try await test.desk.showDesk(by: member).body["deliveryFaults"]?.arrayValue ?? []
        #expect(told.map { $0.text("taskId") } == [queued.task])
        #expect(try test.events(after: before) == ["task.moved", "receipt.taken", "message.ended"])
        #expect(try test.entries()[before].facts["to"] == .text("failed"))
        #expect(try test.tasksWithoutDeadline() == 0)
    }

    @Test("what a partner writes as its code is a code, or is not kept")
    func codeOfPartner() async throws {
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let text = "mevrouw Waterdrinkster is verhuisd"
        _ = await receipt(try test.debt.receipt(for: queued.message, bytes, result: .refused, code: text, at: test.clock.wall))
        let taken = try #require(try test.entries().last { $0.event == "receipt.taken" })
        #expect(taken.facts["code"] == .text("other"))
    }

    @Test("a message that nobody fetched in time is ended, and told to the desk as undelivered")
    func expired() async throws {
        test.clock.advance(days: 7, milliseconds: -1)
        _ = try await test.fetch(queued.message, as: test.debt)
        test.clock.advance(milliseconds: 1)
        let before = try test.entries().count
        for _ in 0..<2 {
            #expect(
                await refusal { () async throws(DeskRefusal) in
                    try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
                } == "ended")
        }
        #expect(try test.events(after: before) == ["task.moved", "message.ended"])
        #expect(try test.task(queued.task) == ("failed", nil))
        let told = try await test.desk.showDesk(by: member).body["deliveryFaults"]?.arrayValue ?? []
        #expect(told.map { $0.text("taskId") } == [queued.task])
        #expect(try test.tasksWithoutDeadline() == 0)
    }

    @Test(
        "a row of the queue that somebody changed is not sent",
        arguments: [
            "UPDATE message_body SET sealed = zeroblob(length(sealed))", "UPDATE message SET queue_seal = zeroblob(32)",
            "UPDATE message SET partner = '00000099000000003000'",
            "UPDATE message SET decision = (SELECT id FROM decision WHERE outcome = 'permitted' ORDER BY id LIMIT 1)",
        ])
    func tampered(_ change: String) async throws {
        try test.sql(change)
        let partner = change.contains("partner") ? test.care : test.debt
        let code = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(queued.message, by: .partner(partner.oin))
        }
        #expect(code == "not-durable" || code == "ended")
        #expect(try test.number("SELECT count(*) FROM attempt") == 0)
    }

    @Test("whose certificate it is: the registered one of that organisation, and no other")
    func identity() async throws {
        #expect(try await test.desk.identifyPartner(test.debt.certificate.der) == test.debt.oin)
        let second = try PartnerFixture(
            test.debt.oin.description, "Testschuldhulp", sealing: .p256, authority: test.authority,
            at: test.clock.wall.millisecondsSince1970)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.identifyPartner(second.certificate.der)
            } == "certificate-refused")
        let stranger = try PartnerFixture(
            "00000099000000009000", "Vreemd", sealing: .p256, authority: test.authority, at: test.clock.wall.millisecondsSince1970)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.identifyPartner(stranger.certificate.der)
            } == "certificate-refused")
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.addPartner(
                    oin: stranger.oin, name: "Vreemd", certificatePEM: test.debt.certificate.pem, keys: stranger.keys, endpoint: nil)
            } == "invalid-input")
    }

    @Test("a partner that was removed is let in no more, has no lane, figures or warnings, keeps its name, and can be registered again")
    func removed() async throws {
        let filed = try await test.openCase(by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let oin = test.debt.oin
        func remove(endingMessages: Bool) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in try await test.desk.removePartner(oin, endingMessages: endingMessages) }
        }
        func identified() async -> String? {
            await refusal { () async throws(DeskRefusal) in try await test.desk.identifyPartner(test.debt.certificate.der) }
        }
        func figures() async throws -> Int {
            try await test.desk.figuresNow().count { $0.dimensions.contains { $0.1 == oin.description } }
        }
        try await test.giveEndpoint(test.debt)
        let refused = await remove(endingMessages: false)
        #expect(refused.status == 400)
        #expect(refused.body["errors"]?.arrayValue?.first?.text("detail").contains(queued.message) == true)
        #expect(try test.state(of: queued.message) == "queued")
        #expect(await identified() == nil)
        #expect(try await test.lane(of: test.debt) != nil)
        #expect(try await figures() > 0)

        let removed = await remove(endingMessages: true)
        #expect(removed.status == 200 && removed.body.texts("ended") == [queued.message] && removed.body["openTasks"] == 1)
        #expect(try test.task(queued.task) == ("failed", nil))
        let entry = try #require(try test.entries().last)
        #expect(entry.event == "partner.removed" && entry.facts == ["partner": .text(oin.description)])
        #expect(await identified() == "certificate-refused")
        #expect(try await test.lane(of: test.debt) == nil)
        #expect(try await figures() == 0)
        #expect(try await test.desk.listPartners().body["items"]?.arrayValue?.contains { $0.text("oin") == oin.description } == false)
        #expect(try await test.desk.names(of: [oin.description]) == [oin.description: test.debt.name])
        #expect(await remove(endingMessages: true).status == 404)
        let again = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
        }
        #expect(again.status >= 400)
        // Whoever left holds up no withdrawal; its recall waits where nobody fetches it.
        #expect(try await test.withdrawDebtConsent(filed, by: member).body.texts("left") == [received.message])

        try await test.giveEndpoint(test.debt, nil)
        #expect(await identified() == nil)
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        #expect(try test.logIsIntact())
    }

    @Test("a notice for a partner that is removed is not ended: it is shown in the queue and becomes a fault; nobody says it was told")
    func removedAndNoticed() async throws {
        let oin = test.debt.oin
        let (filed, other) = (try await test.openCase(by: member), try await test.openCase(by: member))
        _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let kept = try await test.referAndReceive(test.referral(other), to: test.debt, by: member)
        _ = try await test.withdrawDebtConsent(filed, by: member)
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }).id
        func depth() async throws -> JSONValue? {
            try await test.desk.showQueue().body["items"]?.arrayValue?.first { $0.text("partner") == oin.description }
        }
        let removed = try await test.desk.removePartner(oin, endingMessages: true)
        #expect(removed.body.texts("ended") == [queued.message])
        #expect(try test.state(of: notice) == "queued")
        let waiting = try #require(try await depth())
        #expect(waiting["waiting"] == 1 && waiting["lane"] == "removed")
        let retried = await ask { () async throws(DeskRefusal) in try await test.desk.retryQueue(of: oin, by: .daemon) }
        #expect(retried.status == 400 && retried.body["errors"]?.arrayValue?.first?.text("code") == "partner-removed")
        let erased = try await test.desk.erasePerson(
            casefile: other.casefile, person: other.persons[0], because: "requested", by: .daemon)
        #expect(erased.body["told"] == [] && erased.body.texts("notTold") == [kept.message])
        #expect(try await depth()?["waiting"] == 2)

        test.clock.advance(days: 30)
        try await test.desk.endExpired()
        #expect(try await test.faults(by: member).contains { $0.text("messageId") == notice })
        let faulty = try #require(try await depth())
        #expect(faulty["waiting"] == 0 && faulty["faults"] == 2)
        #expect(try test.logIsIntact())
    }
}
