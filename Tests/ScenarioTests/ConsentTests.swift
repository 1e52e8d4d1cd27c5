import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("The consent registry")
struct ConsentTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func record(_ person: String, _ answer: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let body = answer.with("personId", .string(person)).with("recordedHow", "spoken")
        let key = key.map { IdempotencyKey(route: "POST /v1/consents", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in try await test.desk.recordConsent(body, by: caller ?? member, idempotency: key) }
    }

    private func refer(_ filed: FiledCase, fields: [String] = ["identification", "contact", "domains.debts"]) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed, fields: fields), by: member, idempotency: nil)
        }
    }

    private func intakeOnly() async throws -> FiledCase {
        var mother = Resident.mother
        mother.consents = [Consents.intake]
        return try await test.openCase([mother], by: member)
    }

    @Test("a yes opens the way, a later no closes it, a still later yes opens it again; each is an entry and a row")
    func lastWord() async throws {
        let filed = try await intakeOnly()
        let person = filed.persons[0]
        let before = try test.entries().count
        #expect(await refer(filed).body["reasons"] == ["consent-missing"])
        test.clock.advance(milliseconds: 1000)
        #expect(await record(person, Consents.debt).status == 201)
        #expect(await refer(filed).status == 201)
        test.clock.advance(milliseconds: 1000)
        #expect(await record(person, Consents.refused).status == 201)
        #expect(await refer(filed).body["reasons"] == ["consent-refused"])
        test.clock.advance(milliseconds: 1000)
        #expect(await record(person, Consents.debt).status == 201)
        #expect(await refer(filed).status == 201)
        #expect(try test.number("SELECT count(*) FROM consent") == 4)
        let events = try test.events(after: before).filter { $0.hasPrefix("consent") }
        #expect(events == ["consent.recorded", "consent.refused", "consent.recorded"])
    }

    @Test("not asked is no yes")
    func notAsked() async throws {
        let filed = try await intakeOnly()
        #expect(await record(filed.persons[0], ["answer": "notAsked", "reason": "unsafe"]).status == 201)
        #expect(await refer(filed).body["reasons"] == ["consent-missing"])
        #expect(await record(filed.persons[0], ["answer": "notAsked"]).status == 400)
    }

    @Test("a consent ends at the instant it names, not a millisecond later")
    func expires() async throws {
        let filed = try await intakeOnly()
        let until = test.clock.calendar.advanced(byMilliseconds: 10_000)
        let answer = Consents.given(
            to: ["sector:debt"], for: ["debtAssistance"], fields: Consents.allFields, until: until.rfc3339)
        #expect(await record(filed.persons[0], answer).status == 201)
        test.clock.advance(milliseconds: 9_999)
        #expect(await refer(filed).status == 201)
        test.clock.advance(milliseconds: 1)
        #expect(await refer(filed).body["reasons"] == ["consent-expired"])
        #expect(await record(filed.persons[0], answer.with("until", "2026-01-01T00:00:00Z")).status == 400)
    }

    @Test("a consent holds for what it names and nothing else")
    func narrower() async throws {
        let filed = try await intakeOnly()
        let person = filed.persons[0]
        func only(_ to: String = "00000099000000002000", _ purpose: String = "debtAssistance", _ fields: [String]) -> JSONValue {
            Consents.given(to: [to], for: [purpose], fields: fields)
        }
        #expect(await record(person, only("00000099000000003000", "debtAssistance", Consents.allFields)).status == 201)
        #expect(await record(person, only("00000099000000002000", "careSupport", Consents.allFields)).status == 201)
        #expect(await refer(filed).body["reasons"] == ["consent-missing"])
        #expect(
            await record(person, only("00000099000000002000", "debtAssistance", ["identification.name", "domains.debts"])).status == 201)
        let answer = await refer(filed)
        #expect(answer.body["decision"]?.texts("allowed") == ["identification.name", "domains.debts.concern", "domains.debts.observation"])
        let left = answer.body["decision"]?["leftOut"]?.arrayValue ?? []
        #expect(left.contains { $0.text("field") == "contact.address" && $0.text("reason") == "consent-missing" })
        let fields = try await test.fetch(answer.body.text("messageId"), as: test.debt).payload.fields
        #expect(fields["identification"] == ["name": ["given": .string(Resident.mother.given), "family": .string(Resident.mother.family)]])
        #expect(fields["contact"] == nil)
    }

    @Test("consent records only append: no row of them is ever changed")
    func appendOnly() async throws {
        let filed = try await intakeOnly()
        let id = await record(filed.persons[0], Consents.debt).body.text("consentId")
        #expect(throws: (any Error).self) { try test.sql("UPDATE consent SET answer = 'given'") }
        let before = try test.sql("SELECT * FROM consent ORDER BY id")
        _ = try await test.desk.withdrawConsent(id, ["how": "telephone"], by: member, idempotency: nil)
        #expect(try test.sql("SELECT * FROM consent ORDER BY id") == before)
        #expect(try test.number("SELECT count(*) FROM consent_withdrawal") == 1)
        #expect(throws: (any Error).self) { try test.sql("UPDATE consent_withdrawal SET withdrawn_at = 1") }
        #expect(await refer(filed).body["reasons"] == ["consent-withdrawn"])
    }

    @Test("withdrawing asks how, never why; a second time changes nothing; what is no yes cannot be withdrawn")
    func withdraw() async throws {
        let filed = try await intakeOnly()
        let id = await record(filed.persons[0], Consents.debt).body.text("consentId")
        func withdraw(_ id: String, _ body: JSONValue = ["how": "counter"], by caller: Caller? = nil) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.withdrawConsent(id, body, by: caller ?? member, idempotency: nil)
            }
        }
        #expect(await withdraw(id, ["how": "counter", "reason": "x"]).status == 400)
        #expect(await withdraw(id, [:]).status == 400)
        let manager = try await test.staff("manager-1", .socialCaseManager)
        #expect(await withdraw(id, by: manager).status == 404)
        let before = try test.entries().count
        #expect(await withdraw(id).status == 200)
        #expect(await withdraw(id).status == 200)
        #expect(try test.events(after: before) == ["consent.withdrawn"])
        let no = await record(filed.persons[0], Consents.refused).body.text("consentId")
        #expect(await withdraw(no).status == 404)
        #expect(await withdraw("00000000-0000-7000-8000-000000000000").status == 404)
    }

    @Test("an objection stops what rests on a public task, and not what rests on consent")
    func objection() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.justified(test.protection(filed))
        let before = try test.entries().count
        #expect(
            await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.protection(filed), by: member, idempotency: nil)
            }.status == 201)
        let body: JSONValue = ["personId": .string(filed.persons[0]), "recipients": ["00000099000000003000"]]
        #expect(try await test.desk.makeObjection(body, by: member, idempotency: nil).status == 201)
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.protection(filed), by: member, idempotency: nil)
        }
        #expect(refused.body["reasons"] == ["objection-pending"])
        #expect(await refer(filed).status == 201)
        #expect(try test.events(after: before).contains("objection.made"))
    }

    @Test("an objection holds what was queued on a public task: it neither goes nor ends, and goes on once somebody has weighed it")
    func objectionHoldsTheQueue() async throws {
        let filed = try await test.openCase(by: member)
        let queued = try await test.refer(test.justified(test.protection(filed)), by: member)
        let body: JSONValue = ["personId": .string(filed.persons[0])]
        #expect(try await test.desk.makeObjection(body, by: member, idempotency: nil).status == 201)
        for _ in 0..<2 {
            let held = await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.care.oin))
            }
            #expect(held == "busy")
        }
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        let open = try await test.desk.listObjections(after: nil, limit: 10, by: officer).body["items"]?.arrayValue ?? []
        #expect(open.count == 1 && open[0]["outcome"] == nil && open[0].text("personId") == filed.persons[0])
        #expect(await weigh(open[0].text("objectionId"), "overruled", "Het kind gaat voor.", by: officer).status == 200)
        _ = try await test.fetch(queued.message, as: test.care)
    }

    @Test("a message of which an objection bars only some, or whose question was refused in part before, is held too, and goes whole")
    func objectionHoldsTheWhole() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let asked = try await test.justified(test.protection(filed))
        let both = try await test.refer(asked, by: member)
        try test.sql("UPDATE person SET deceased = 1 WHERE ordinal = 1")
        let one = try await test.refer(asked, by: member)
        try test.sql("UPDATE person SET deceased = 0 WHERE ordinal = 1")
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        func object(_ place: Int) async throws -> String {
            let body: JSONValue = ["personId": .string(filed.persons[place])]
            return try await test.desk.makeObjection(body, by: member, idempotency: nil).body.text("objectionId")
        }
        func fetched(_ message: String) async -> String? {
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(message, by: .partner(test.care.oin)) }
        }
        let his = try await object(1)
        #expect(await fetched(both.message) == "busy")
        #expect(try test.state(of: both.message) == "queued")
        #expect(await weigh(his, "overruled", "Het kind gaat voor.", by: officer).status == 200)

        let hers = try await object(0)
        try test.sql("UPDATE person SET deceased = 1 WHERE ordinal = 1")
        #expect(await fetched(one.message) == "busy")
        try test.sql("UPDATE person SET deceased = 0 WHERE ordinal = 1")
        #expect(await weigh(hers, "withdrawn", by: officer).status == 200)
        for queued in [both, one] { _ = try await test.fetch(queued.message, as: test.care) }
        #expect(try test.sql("SELECT id FROM message WHERE kind = 'referral'").count == 2)
        #expect(try test.logIsIntact())
    }

    private func weigh(_ id: String, _ outcome: String, _ because: String? = nil, by caller: Caller) async -> DeskAnswer {
        var body: JSONObject = ["outcome": .string(outcome)]
        if let because { body["because"] = .string(because) }
        let sent = JSONValue.object(body)
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.weighObjection(id, sent, by: caller, idempotency: nil)
        }
    }

    @Test(
        "an objection that is upheld ends what waited and bars the rest for good; what was said about it is sealed and dies with the person"
    )
    func upheld() async throws {
        let filed = try await test.openCase(by: member)
        let queued = try await test.refer(test.justified(test.protection(filed)), by: member)
        let made = try await test.desk.makeObjection(["personId": .string(filed.persons[0])], by: member, idempotency: nil)
        let (id, officer) = (made.body.text("objectionId"), try await test.staff("privacy-1", .privacyOfficer))
        let foreign = try await test.staff("care-privacy", .privacyOfficer, of: test.care.oin)
        for (caller, status) in [(member, 403), (foreign, 403), (try await test.staff("fg-1", .dataProtectionOfficer), 403)] {
            #expect(await weigh(id, "upheld", "Ja.", by: caller).status == status)
        }
        #expect(await weigh(id, "upheld", by: officer).status == 400)
        #expect(await weigh(id, "withdrawn", "Nee.", by: officer).status == 400)
        #expect(await weigh("00000000-0000-7000-8000-000000000000", "withdrawn", by: officer).status == 404)
        #expect(await weigh(id, "upheld", "Delen kan hier met minder.", by: officer).status == 200)
        #expect(await weigh(id, "overruled", "Toch niet.", by: officer).body.text("code") == "already-decided")
        #expect(try test.state(of: queued.message) == "ended")
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.protection(filed), by: member, idempotency: nil)
        }
        #expect(refused.body["reasons"] == ["objection-upheld"])
        let shown = try await test.desk.listObjections(after: nil, limit: 10, by: officer).body["items"]?.arrayValue?.first
        #expect(shown?.text("because") == "Delen kan hier met minder." && shown?.text("weighedBy") == "privacy-1")
        let entry = try #require(try test.entries().first { $0.event == "objection.weighed" })
        #expect(entry.facts["outcome"] == .text("upheld") && entry.subjects.count == 1 && !"\(entry)".contains("minder"))
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try test.number("SELECT count(*) FROM objection") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("an objection that the resident took back bars nothing, and a new one bars again")
    func takenBack() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.justified(test.protection(filed))
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        func share() async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.protection(filed), by: member, idempotency: nil)
            }
        }
        func object() async throws -> String {
            try await test.desk.makeObjection(["personId": .string(filed.persons[0])], by: member, idempotency: nil).body.text(
                "objectionId")
        }
        #expect(await weigh(try await object(), "withdrawn", by: officer).status == 200)
        #expect(await share().status == 201)
        _ = try await object()
        #expect(await share().body["reasons"] == ["objection-pending"])
    }

    @Test("the same key records once")
    func idempotency() async throws {
        let filed = try await intakeOnly()
        let first = await record(filed.persons[0], Consents.debt, key: "c-1")
        #expect(await record(filed.persons[0], Consents.debt, key: "c-1") == first)
        #expect(await record(filed.persons[0], Consents.care, key: "c-1").body.text("code") == "idempotency-conflict")
        #expect(try test.number("SELECT count(*) FROM consent") == 2)
        #expect(await record("00000000-0000-7000-8000-000000000000", Consents.debt).status == 404)
    }
}
