import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Foundation
import StrictJSON
import Testing

@testable import Exchange
@testable import Storage

@Suite("What was shared about one person")
struct AccessRequestTests {
    private let test: TestDesk
    private let member: Caller
    private let officer: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        officer = try await test.staff("officer-1", .privacyOfficer)
    }

    private func ask(_ casefile: String, _ person: String, by caller: Caller? = nil) async -> DeskAnswer {
        await ConvenantTestSupport.ask { () async throws(DeskRefusal) in
            try await test.desk.answerAccessRequest(
                ["casefileId": .string(casefile), "personId": .string(person)], by: caller ?? officer)
        }
    }

    private func items(_ filed: FiledCase, _ place: Int = 0) async -> [JSONValue] {
        await ask(filed.casefile, filed.persons[place]).body["items"]?.arrayValue ?? []
    }

    private func receive(_ message: String, as partner: PartnerFixture) async throws {
        let bytes = try await test.fetch(message, as: partner).bytes
        _ = try await test.desk.takeReceipt(
            message, partner.receipt(for: message, bytes, at: test.clock.wall), by: .partner(partner.oin))
    }

    @Test("R101 three messages are three lines: consent, covenant with version, fields, receiver, time")
    func threeLines() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        test.clock.advance(days: 1)
        let debt = try await test.refer(test.referral(filed), by: member)
        try await receive(debt.message, as: test.debt)
        test.clock.advance(days: 1)
        let care = try await test.refer(
            test.referral(
                filed, to: test.care, purpose: "careSupport", fields: ["identification.name", "domains.health"],
                subjects: [filed.persons[0]]), by: member)
        _ = try await test.fetch(care.message, as: test.care)
        test.clock.advance(days: 1)
        let protection = try await test.refer(test.justified(test.protection(filed)), by: member)
        try await receive(protection.message, as: test.care)
        // Queued, refused, and about the other one alone: none of these is shared about her.
        _ = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(test.refer(test.referral(filed, subjects: [filed.persons[1]]), by: member).message, as: test.debt)
        _ = await ConvenantTestSupport.ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(
                test.referral(filed, purpose: "careSupport"), by: member, idempotency: nil)
        }

        let before = try test.entries().count
        let lines = await items(filed)
        #expect(lines.count == 3)
        let mother = Data(try #require(PersonID(filed.persons[0])).bytes)
        func consent(_ recipients: String) throws -> JSONValue {
            let id = try test.sql("SELECT id FROM consent WHERE person = ? AND recipients = ?", [mother, recipients]).first?["id"] as Data?
            return .array([.string(try #require(id.flatMap { ConsentID(bytes: $0) }).description)])
        }
        let first = try #require(lines.first)
        #expect(first.text("at") == "2026-11-24T09:00:00.000Z")
        #expect(first.text("recipient") == test.debt.oin.description)
        #expect(first.text("name") == "Testschuldhulp")
        #expect(first.text("purpose") == "debtAssistance")
        #expect(first["ground"] == ["kind": "consent"])
        #expect(first["covenant"] == [["id": "test-debt", "version": 1, "article": "3.2"]])
        #expect(first["consents"] == (try consent("sector:debt")))
        #expect(
            first.texts("fields") == [
                "identification.name", "identification.birthDate", "identification.bsn", "contact.address", "contact.phone",
                "domains.debts.concern", "domains.debts.observation",
            ])
        #expect(first.text("how") == "message")
        #expect(lines.map { $0.text("state") } == ["received", "left", "received"])
        #expect(lines[1]["consents"] == (try consent(test.care.oin.description)))
        #expect(lines[1].texts("fields") == ["identification.name", "domains.health.concern", "domains.health.observation"])
        #expect(lines[2]["ground"] == ["kind": "publicTask", "article": "socialSupportAct.5.2.6"])
        #expect(lines[2]["consents"] == [])
        // His own: the first message, the one about both on the public task, and the one about him alone; nothing of hers.
        let his = await items(filed, 1)
        #expect(his.count == 3)
        #expect(!his.contains { $0.texts("fields").contains("identification.bsn") })
        for resident in [Resident.mother, .father] {
            for value in [resident.given, resident.family, resident.phone ?? "-"] {
                #expect(!JSONValue.array(lines + his).canonicalText.contains(value))
            }
        }
        let answered = try #require(try test.entries().dropFirst(before).first)
        #expect(answered.event == "access.answered")
        #expect(answered.facts == ["items": .integer(3)])
        #expect(answered.subjects.count == 1)
        #expect(try test.logIsIntact())
    }

    @Test("a yes that was withdrawn later is what it rested on then; taken back after leaving it is ended, refused is refused")
    func states() async throws {
        let filed = try await test.openCase(by: member)
        let left = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(left.message, as: test.debt)
        let refused = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(refused.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            refused.message, test.debt.receipt(for: refused.message, bytes, result: .refused, at: test.clock.wall),
            by: .partner(test.debt.oin))
        test.clock.advance(days: 1)
        let id = try #require(
            try test.sql("SELECT id FROM consent WHERE recipients = 'sector:debt'").first.flatMap { $0["id"] as Data? }.flatMap {
                ConsentID(bytes: $0)
            }
        ).description
        _ = try await test.desk.withdrawConsent(id, ["how": "counter"], by: member, idempotency: nil)
        let lines = await items(filed)
        #expect(Set(lines.map { $0.text("state") }) == ["ended", "refused"])
        #expect(lines.allSatisfy { $0.texts("consents") == [id] })
    }

    @Test("what may have left in the time that a restore lost, and of which no receipt is known, may have been received")
    func lostAttempts() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        #expect(await items(filed).isEmpty)
        let key = try #require(try test.sql("SELECT key FROM message").first.flatMap { $0["key"] as Int64? })
        try await test.desk.vault.destroy([key])
        let copied = test.clock.wall
        test.clock.advance(days: 1)
        _ = try await test.desk.replayEndings(RestoreFacts(dataAt: copied, keysAt: nil, newestCheckpoint: nil, entriesLost: 0))
        let line = try #require(await items(filed).first)
        #expect(line.text("state") == "mayHaveLeft" && line.text("at") == copied.rfc3339)
        #expect(line.text("recipient") == test.debt.oin.description && !line.texts("fields").isEmpty)
        #expect(line["covenant"] == [["id": "test-debt", "version": 1, "article": "3.2"]])
    }

    @Test("what only tells about the household as a whole was shared about each of its persons, is recalled and erased with them")
    func householdOnly() async throws {
        let filed = try await test.openCase([.mother, .father], freeText: "samen aan tafel", by: member)
        let queued = try await test.refer(test.referral(filed, fields: ["freeText"]), by: member)
        try await receive(queued.message, as: test.debt)
        for place in 0...1 { #expect(await items(filed, place).map { $0.texts("fields") } == [["freeText"]]) }
        let answer = try await test.desk.erasePerson(
            casefile: filed.casefile, person: filed.persons[1], because: "requested", by: .daemon)
        #expect(answer.body.texts("told") == [queued.message])
    }

    @Test("what was told in words is a line too, by the person's own place in its entry")
    func spoken() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let rows = try await test.desk.read { transaction in
            try filed.persons.compactMap { PersonID($0) }.compactMap { try transaction.person($0) }
        }
        let subjects = try test.desk.subjectKeys(rows)
        func say(_ facts: [String: AuditFact], about subjects: [JournalSubject]) async throws {
            let common: [String: AuditFact] = [
                "recipient": .text(test.care.oin.description), "purpose": .text("careSupport"), "ground": .text("consent"),
                "articles": .list(["test-care/1/4.1"]),
            ]
            let entry = test.desk.entry(
                .spokenDisclosure, by: member, about: subjects, facts: common.merging(facts) { $1 })
            _ = try await test.desk.commit { try $0.append([entry]) }
        }
        try await say(
            [
                "fields": .list(["0.identification.name", "1.domains.health.concern", "1.identification.name"]),
                "outcome": .text("permitted"),
            ],
            about: subjects)
        test.clock.advance(days: 1)
        try await say(["fields": .list(["0.domains.health.observation"]), "outcome": .text("refused")], about: [subjects[1]])
        test.clock.advance(days: 1)
        // One entry a person, as a table writes it, names the fields alone.
        try await say(
            ["fields": .list(["household.members", "domains.debts.concern"]), "outcome": .text("permitted")], about: [subjects[0]])
        let (hers, his) = (await items(filed, 0), await items(filed, 1))
        #expect(hers.map { $0.texts("fields") } == [["identification.name"], ["household.members", "domains.debts.concern"]])
        #expect(his.map { $0.texts("fields") } == [["identification.name", "domains.health.concern"], ["domains.health.observation"]])
        #expect(his.map { $0.text("state") } == ["told", "toldUnpermitted"])
        #expect(his.allSatisfy { $0.text("how") == "spoken" && $0.text("name") == "Testzorg" })
        #expect(hers.first?["covenant"] == [["id": "test-care", "version": 1, "article": "4.1"]])
    }

    @Test("under the case that a signal was joined to as well; an erased person, a stranger and a wrong case are not found")
    func whom() async throws {
        let filed = try await test.openCase(by: member)
        let other = try await test.openCase([.father], triage: "single", by: member)
        #expect(await ask(filed.casefile, other.persons[0]).status == 404)
        let second = try await test.desk.fileSignal(signal([.father]), by: .partner(test.debt.oin), idempotency: nil).body.text("signalId")
        _ = try await test.desk.joinSignal(second, ["casefileId": .string(filed.casefile)], by: member)
        let joined = try #require(
            try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue?.last?.text("personId"))
        #expect(await ask(filed.casefile, joined).status == 200)
        #expect(await ask("x", joined).status == 400)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: joined, because: "requested", by: .daemon)
        #expect(await ask(filed.casefile, joined).status == 404)
        #expect(try test.logIsIntact())
    }

    @Test("only the municipality's own officers ask", arguments: StaffRole.allCases)
    func roles(_ role: StaffRole) async throws {
        let filed = try await test.openCase(by: member)
        let isOfficer = role == .privacyOfficer || role == .dataProtectionOfficer
        let caller = try await test.staff("someone", role, of: isOfficer ? test.care.oin : nil)
        #expect(await ask(filed.casefile, filed.persons[0], by: caller).body.text("code") == "role-may-not")
        #expect(await ask(filed.casefile, filed.persons[0], by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
    }
}
