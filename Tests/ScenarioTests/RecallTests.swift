import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import JOSE
import StrictJSON
import Testing

@Suite("Recalls, their answers and the chase", .timeLimit(.minutes(10)))
struct RecallTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    /// A message that was received and whose ground was then withdrawn: its id, and that of its recall with the bytes.
    private func recalled() async throws -> (message: String, notice: String, bytes: [UInt8]) {
        let filed = try await test.openCase(by: member)
        let queued = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        _ = try await test.withdraw(test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member), by: member)
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }).id
        return (queued.message, notice, try await test.fetch(notice, as: test.debt).bytes)
    }

    private func answer(_ notice: String, _ bytes: [UInt8], _ answer: Receipt.Answer?, article: String? = nil) async throws -> DeskAnswer {
        let receipt = try test.debt.receipt(for: notice, bytes, answer: answer, article: article, at: test.clock.wall)
        return await ask { () async throws(DeskRefusal) in try await test.desk.takeReceipt(notice, receipt, by: .partner(test.debt.oin)) }
    }

    private func id(_ text: String) -> Data { PersonID(text).map { Data($0.bytes) } ?? Data() }

    private func page() async throws -> (open: [JSONValue], answered: [JSONValue]) {
        let recalls = try await test.page(of: member)["recalls"]
        return (recalls?["open"]?.arrayValue ?? [], recalls?["answered"]?.arrayValue ?? [])
    }

    @Test("a recall says that the ground has ended, about which message, and nothing else: no reason, no person, no purpose")
    func nothingElse() async throws {
        let (message, notice, bytes) = try await recalled()
        let opened = try JWE.open(bytes, key: test.debt.encryption, typ: MessageType.sealed, cty: MessageType.signed)
        let text = try JWS.verify(opened, typ: MessageType.signed, keys: test.cityKeys()).payload
        let payload = try #require(try parseJSON(text).objectValue)
        #expect(
            payload.names.sorted()
                == ["checkpoint", "expiresAt", "fields", "from", "kind", "messageId", "notice", "sentAt", "to", "v"].filter {
                    $0 != "fields" || payload["fields"] != nil
                })
        #expect(payload["fields"] == nil || payload["fields"] == [:])
        let said = try #require(payload["notice"]?.objectValue)
        #expect(said.names.sorted() == ["about", "at", "code"])
        #expect(said["code"] == "recalled" && said["about"] == [.string(message)] && payload["messageId"] == .string(notice))
    }

    @Test(
        "the partner's answer is stored, is an entry, stands on the desk's page until it was seen, and ends the chase",
        arguments: [(Receipt.Answer.stopped, nil), (.notFound, nil), (.keptUnderOwnDuty, "debtAssistanceAct.8")]
            as [(Receipt.Answer, String?)])
    func answered(_ said: Receipt.Answer, _ article: String?) async throws {
        let (message, notice, bytes) = try await recalled()
        let waiting = try #require(try await page().open.first)
        #expect(waiting.text("noticeId") == notice && waiting.texts("about") == [message])
        #expect(waiting["overdue"] == false && waiting["receipted"] == false && waiting.text("partner") == test.debt.oin.description)
        let before = try test.entries().count
        #expect(try await answer(notice, bytes, said, article: article).status == 200)
        let entry = try #require(try test.entries().dropFirst(before).first { $0.event == "recall.answered" })
        #expect(entry.facts["answer"] == .text(said.rawValue) && entry.facts["about"] == .list([message]))
        #expect(entry.facts["article"] == article.map { .text($0) } && entry.refs["message"] == notice)
        #expect(entry.actor["kind"] == "partner")
        let (open, told) = try await page()
        #expect(open.isEmpty && told.count == 1)
        let news = try #require(told.first)
        #expect(news.text("answer") == said.rawValue && news.texts("about") == [message] && news["article"] == article.map { .string($0) })
        // The same again is no second answer.
        #expect(try await answer(notice, bytes, said, article: article).status == 200)
        #expect(try test.events(after: before).filter { $0 == "recall.answered" }.count == 1)
        _ = try await test.desk.seeNews(["upTo": .string(news.text("newsId"))], by: member)
        #expect(try await page().answered.isEmpty)
        test.clock.advance(days: 30)
        _ = try await test.desk.sweepDeadlines()
        #expect(!(try test.entries().contains { $0.facts["kind"] == .text("recall") }))
        #expect(try test.logIsIntact())
    }

    @Test("who keeps something under a duty of its own names the duty, or is asked for it; free words do not come into the log")
    func dutyNamed() async throws {
        let (_, notice, bytes) = try await recalled()
        let refused = try await answer(notice, bytes, .keptUnderOwnDuty)
        #expect(refused.status == 400 && refused.body["errors"]?.arrayValue?.first?.text("pointer") == "/article")
        #expect(try await page().open.count == 1)
        #expect(try await answer(notice, bytes, .keptUnderOwnDuty, article: "the file of Mrs W, art. 8").status == 200)
        #expect(try test.entries().last { $0.event == "recall.answered" }?.facts["article"] == .text("other"))
        #expect(try await page().answered.first?.text("article") == "the file of Mrs W, art. 8")
    }

    @Test(
        "a recall that arrived and was not answered is chased: the desk is told at its office hour, once; a later receipt still answers it")
    func chased() async throws {
        let (_, notice, bytes) = try await recalled()
        #expect(try await answer(notice, bytes, nil).status == 200)
        #expect(try test.state(of: notice) == "receipted")
        #expect(try await page().open.map { $0["receipted"] } == [true])
        // Monday at ten and two working days: Wednesday at ten.
        test.clock.advance(days: 2, milliseconds: -1)
        _ = try await test.desk.sweepDeadlines()
        #expect(try await page().open.map { $0["overdue"] } == [false])
        test.clock.advance(milliseconds: 1)
        for _ in 0..<2 { _ = try await test.desk.sweepDeadlines() }
        #expect(try await page().open.map { $0["overdue"] } == [true])
        let fell = try test.entries().filter { $0.event == "deadline.fell-due" && $0.facts["kind"] == .text("recall") }
        #expect(fell.count == 1 && fell.first?.refs["message"] == notice)
        #expect(try await answer(notice, bytes, .stopped).status == 200)
        #expect(try await page().open.isEmpty)
        #expect(try await page().answered.map { $0.text("answer") } == ["stopped"])
        // The receipt that was taken first is the one that is kept.
        #expect(try test.number("SELECT count(*) FROM receipt") == 2)
        #expect(try test.logIsIntact())
    }

    @Test("where nobody decided how long an answer may take it is due at once, and the withdrawal is answered all the same")
    func undecided() async throws {
        try await test.adopt(TestPolicy { $0.recall = nil })
        _ = try await recalled()
        _ = try await test.desk.sweepDeadlines()
        #expect(try await page().open.map { $0["overdue"] } == [true])
    }

    @Test("a crash between a withdrawal and its recalls: they are made when the desk opens, and nothing that waited went out")
    func crash() async throws {
        let filed = try await test.openCase(by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        _ = try await test.withdraw(test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member), by: member)
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        // As it was on the disk after the first of the two commits.
        let other = try await test.openCase(by: member)
        let left = try await test.referAndReceive(test.referral(other), to: test.debt, by: member)
        let queued = try await test.refer(test.referral(other), by: member)
        let consent = try await test.debtConsent(of: other.persons[0], casefile: other.casefile, by: member)
        test.crash()
        try test.sql(
            "INSERT INTO consent_withdrawal SELECT id, person, recorded_at, 'telephone', recorded_by FROM consent WHERE id = ?",
            [id(consent)])
        try test.sql("UPDATE person SET disclosure_revision = disclosure_revision + 1 WHERE id = ?", [id(other.persons[0])])
        try test.sql(
            "INSERT INTO pending_recall VALUES (?, ?)", [id(other.persons[0]), test.clock.wall.millisecondsSince1970])
        try await test.open()
        #expect(try test.state(of: queued.message) == "ended")
        var about: Set<String> = []
        for (id, kind) in try await test.inbox(of: test.debt) where kind == "notice" {
            about.formUnion(try #require(try await test.fetch(id, as: test.debt).payload.notice).about)
        }
        #expect(about == [received.message, left.message])
        #expect(try test.state(of: waiting.message) == "ended")
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.logIsIntact())
    }

    /// Does this as if the power failed between its commit and what follows from it, and opens the desk again.
    private func interrupted(_ body: () async throws(DeskRefusal) -> DeskAnswer) async throws {
        try test.sql("CREATE TRIGGER power BEFORE DELETE ON pending_recall BEGIN SELECT RAISE(ABORT, 'no power'); END")
        let code = await refusal(body)
        #expect(code == "not-durable")
        try test.sql("DROP TRIGGER power")
        test.crash()
        try await test.open()
    }

    /// The messages that a partner is told to leave.
    private func recalled(from partner: PartnerFixture) async throws -> [String] {
        var about: [String] = []
        for (id, kind) in try await test.inbox(of: partner) where kind == "notice" {
            about += try await test.fetch(id, as: partner).payload.notice?.about ?? []
        }
        return about
    }

    @Test("a recall that fails when the desk opens keeps it from nothing, and is tried again once it has rested")
    func failsAtStart() async throws {
        let filed = try await test.openCase(by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let consent = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member)
        try test.sql("CREATE TRIGGER fault BEFORE DELETE ON pending_recall BEGIN SELECT RAISE(ABORT, 'damaged'); END")
        let code = await refusal { () async throws(DeskRefusal) in
            try await test.desk.withdrawConsent(consent, ["how": "telephone"], by: member, idempotency: nil)
        }
        #expect(code == "not-durable")
        test.crash()
        try await test.open()
        #expect(try await recalled(from: test.debt).isEmpty)
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 1)
        try test.sql("DROP TRIGGER fault")
        test.clock.advance(milliseconds: 300_000)
        try await test.desk.tidy()
        #expect(try await recalled(from: test.debt) == [received.message])
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("so after a no that was recorded")
    func crashAfterNo() async throws {
        let filed = try await test.openCase(by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        test.clock.advance(milliseconds: 1000)
        let no = Consents.refused.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        try await interrupted { () async throws(DeskRefusal) in try await test.desk.recordConsent(no, by: member, idempotency: nil) }
        #expect(try await recalled(from: test.debt) == [received.message])
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what was received is recalled when an objection is upheld, also after a crash; overruled, it stays", arguments: [false, true])
    func upheld(_ crashes: Bool) async throws {
        let filed = try await test.openCase(by: member)
        let received = try await test.referAndReceive(test.justified(test.protection(filed)), to: test.care, by: member)
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        func objection() async throws -> String {
            let body: JSONValue = ["personId": .string(filed.persons[0])]
            return try await test.desk.makeObjection(body, by: member, idempotency: nil).body.text("objectionId")
        }
        func weigh(_ id: String, _ outcome: String) async throws(DeskRefusal) -> DeskAnswer {
            try await test.desk.weighObjection(id, ["outcome": .string(outcome), "because": "Zo is het."], by: officer, idempotency: nil)
        }
        _ = try await weigh(objection(), "overruled")
        #expect(try await recalled(from: test.care).isEmpty)
        let id = try await objection()
        if crashes {
            try await interrupted { () async throws(DeskRefusal) in try await weigh(id, "upheld") }
        } else {
            _ = try await weigh(id, "upheld")
        }
        #expect(try await recalled(from: test.care) == [received.message])
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what was received is recalled when an objection is upheld, also while somebody else's about the same message waits")
    func upheldBesidePending() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let received = try await test.referAndReceive(test.justified(test.protection(filed)), to: test.care, by: member)
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        var objections: [String] = []
        for person in filed.persons {
            let made = try await test.desk.makeObjection(["personId": .string(person)], by: member, idempotency: nil)
            objections.append(made.body.text("objectionId"))
        }
        #expect(try await recalled(from: test.care).isEmpty)
        _ = try await test.desk.weighObjection(
            objections[1], ["outcome": "upheld", "because": "Zo is het."], by: officer, idempotency: nil)
        #expect(try await recalled(from: test.care) == [received.message])
        #expect(try test.logIsIntact())
    }

    @Test(
        "what left on a yes that has expired since is not recalled by a no about something else; what waits ends; a no about it recalls it")
    func expiredSince() async throws {
        var mother = Resident.mother
        let until = test.clock.calendar.advanced(byMilliseconds: 3_600_000)
        mother.consents = [
            Consents.intake,
            Consents.given(to: ["sector:debt"], for: ["debtAssistance"], fields: Consents.allFields, until: until.rfc3339),
        ]
        let filed = try await test.openCase([mother], by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        test.clock.advance(milliseconds: 3_600_000)
        let no = Consents.refused.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        let narrow = no.with("recipients", [.string(test.care.oin.description)])
        let spared = try await test.desk.recordConsent(narrow, by: member, idempotency: nil).body
        #expect(spared.texts("left").isEmpty && spared.texts("staysOnOtherGround") == [received.message])
        #expect(spared.texts("ended") == [waiting.message])
        #expect(try await recalled(from: test.debt).isEmpty)
        test.clock.advance(milliseconds: 1000)
        let wide = try await test.desk.recordConsent(no, by: member, idempotency: nil).body
        #expect(wide.texts("left") == [received.message] && wide.texts("staysOnOtherGround").isEmpty)
        #expect(try await recalled(from: test.debt) == [received.message])
        #expect(try test.logIsIntact())
    }
}
