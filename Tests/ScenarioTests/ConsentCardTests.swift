import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("The card that stays behind at the door")
struct ConsentCardTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func confirm(_ filed: FiledCase, _ code: String, person: Int = 0, by caller: Caller? = nil, key: IdempotencyKey? = nil) async
        -> DeskAnswer
    {
        let body: JSONValue = ["personId": .string(filed.persons[person]), "code": .string(code)]
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.confirmConsent(filed.casefile, body, by: caller ?? member, idempotency: key)
        }
    }

    /// Which answers of a person stand as unconfirmed.
    private func unconfirmed(_ filed: FiledCase, person: Int = 0) async throws -> Int {
        let persons = try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue ?? []
        let shown = try #require(persons.first { $0.text("personId") == filed.persons[person] })
        return (shown["consents"]?.arrayValue ?? []).filter { $0["confirmed"] == false }.count
    }

    private func residentWithCard(_ card: JSONValue) throws -> Resident {
        var resident = Resident.mother
        var yes = try #require(Consents.intake.objectValue)
        yes["card"] = card
        resident.consents = [.object(yes), Consents.debt]
        return resident
    }

    @Test("a yes that was not free is none; of one that was looked at it is told, of another one that nobody did")
    func freely() async throws {
        let filed = try await test.openCase(by: member)
        func record(_ body: JSONValue) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.recordConsent(
                    body.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken"), by: member, idempotency: nil)
            }
        }
        for (body, code) in [(Consents.debt.with("freely", false), "not-free"), (Consents.refused.with("freely", true), "contradictory")] {
            let faults = await record(body).body["errors"]?.arrayValue ?? []
            #expect(faults.map { "\($0.text("pointer")) \($0.text("code"))" } == ["/freely \(code)"])
        }
        var pressed = Resident.mother
        pressed.consents = [Consents.intake.with("freely", false)]
        let filing = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(signal([pressed]), by: .partner(test.debt.oin), idempotency: nil)
        }
        #expect(filing.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/household/members/0/consents/0/freely"])

        let recorded = await record(Consents.debt.with("freely", true))
        #expect(recorded.status == 201)
        let persons = try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue ?? []
        let consents = persons.first?["consents"]?.arrayValue ?? []
        #expect(consents.map { $0["freely"]?.boolValue } == [false, false, false, true])
        let receipt = try await test.desk.showConsentReceipt(recorded.body.text("consentId"), by: member).body
        let purposes = receipt["pii_processing"]?["purposes"]?.arrayValue ?? []
        #expect(purposes.allSatisfy { $0.text("freely_given") == "looked at when it was recorded" } && !purposes.isEmpty)
    }

    @Test("a yes that somebody else recorded is unconfirmed until the resident says the code; then that one is confirmed, once, and logged")
    func confirmed() async throws {
        let filed = try await test.openCase([residentWithCard("k7qp 2mxd"), .father], by: member)
        #expect(try await unconfirmed(filed) == 2)
        #expect(await confirm(filed, "K7QP-2MXE").body["errors"]?.arrayValue?.map { $0.text("code") } == ["unknown-code"])
        #expect(await confirm(filed, "K7QP-2MXD", person: 1).body["errors"]?.arrayValue?.map { $0.text("code") } == ["unknown-code"])
        let key = IdempotencyKey(route: "test", key: "c-1", body: [1])
        let done = await confirm(filed, "K7QP-2MXD", key: key)
        #expect(done.status == 200 && done.body.texts("confirmed").count == 1)
        #expect(await confirm(filed, "K7QP-2MXD", key: key) == done)
        #expect(await confirm(filed, "k7qp2mxd").body.text("code") == "already-decided")
        #expect(try await unconfirmed(filed) == 1)
        let entries = try test.entries().filter { $0.event == "consent.confirmed" }
        #expect(entries.count == 1 && entries[0].refs["consent"] == done.body.texts("confirmed")[0] && entries[0].subjects.count == 1)
        #expect(!(try test.entries().map { "\($0)" }.joined().contains("2MXD")))
        #expect(try test.logIsIntact())
    }

    @Test("what was signed needs no card; one may be left with what is recorded later, and never with a no")
    func later() async throws {
        let filed = try await test.openCase([.mother], by: member)
        let before = try await unconfirmed(filed)
        func record(_ how: String, _ answer: JSONValue, _ card: String?) async throws -> DeskAnswer {
            var body = try #require(answer.objectValue)
            body["personId"] = .string(filed.persons[0])
            body["recordedHow"] = .string(how)
            if let card { body["card"] = .string(card) }
            let sent = JSONValue.object(body)
            return await ask { () async throws(DeskRefusal) in try await test.desk.recordConsent(sent, by: member, idempotency: nil) }
        }
        #expect(try await record("signed", Consents.debt, nil).status == 201)
        #expect(try await unconfirmed(filed) == before)
        #expect(try await record("spoken", Consents.care, "ABCD-EFGH").status == 201)
        #expect(try await unconfirmed(filed) == before + 1)
        #expect(await confirm(filed, "abcdefgh").status == 200)
        #expect(try await unconfirmed(filed) == before)
        #expect(
            try await record("spoken", Consents.refused, "ABCD-EFGH").body["errors"]?.arrayValue?.map { $0.text("code") } == [
                "contradictory"
            ])
        for code in ["ABCD-EFG", "ABCD-EFG0", "ABCD-EFGI", "ABCDEFGHJ"] {
            #expect(try await record("spoken", Consents.debt, code).body["errors"]?.arrayValue?.map { $0.text("code") } == ["invalid-code"])
        }
    }

    @Test("only who works on the case confirms; the code is kept as a hash that dies with the person")
    func kept() async throws {
        let filed = try await test.openCase([residentWithCard("K7QP-2MXD")], by: member)
        let stranger = try await test.staff("manager-1", .socialCaseManager)
        #expect(await confirm(filed, "K7QP-2MXD", by: stranger).status == 404)
        let rows = try test.sql("SELECT code FROM consent_card")
        #expect(rows.count == 1 && (rows[0]["code"] as Data).count == 32)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try test.number("SELECT count(*) FROM consent_card") == 0)
        #expect(await confirm(filed, "K7QP-2MXD").status == 404)
    }

    @Test("the receipt says what was answered to whom, for what and by which text, what became of it, and no value of the person's")
    func receipt() async throws {
        var resident = try residentWithCard("K7QP-2MXD")
        var yes = try #require(Consents.debt.objectValue)
        for (name, value) in [("language", "tr"), ("textVersion", "doorstep-1"), ("card", "K7QP-2MXD")] { yes[name] = .string(value) }
        resident.consents = [Consents.intake, .object(yes)]
        let filed = try await test.openCase([resident], by: member)
        let persons = try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue ?? []
        let consents = persons.first?["consents"]?.arrayValue ?? []
        let id = try #require(consents.first { $0.texts("purposes") == ["debtAssistance"] }).text("consentId")
        #expect(await confirm(filed, "K7QP-2MXD").status == 200)
        _ = try await test.desk.withdrawConsent(id, ["how": "telephone"], by: member, idempotency: nil)
        let before = try test.entries().count
        let receipt = try await test.desk.showConsentReceipt(id, by: member).body
        #expect(receipt.text("record_id") == id && receipt.text("pii_principal_id") == filed.persons[0])
        let processing = try #require(receipt["pii_processing"])
        #expect(processing.text("language") == "tr" && processing.text("privacy_notice") == "doorstep-1")
        let purpose = try #require(processing["purposes"]?.arrayValue?.first)
        #expect(purpose.text("purpose") == "debtAssistance" && purpose.text("lawful_basis") == "consent")
        #expect(purpose["pii_information"]?.arrayValue?.contains { $0.text("pii_type") == "identification.name" } == true)
        #expect(
            purpose["pii_information"]?.arrayValue?.first { $0.text("pii_type") == "domains.health.concern" }?["special_pii_category"]
                == true)
        #expect(receipt["events"]?.arrayValue?.map { $0.text("event_state") } == ["given", "confirmed", "withdrawn"])
        let events = receipt["events"]?.arrayValue ?? []
        let municipality = test.municipality
        #expect(events.map { $0.text("entity_id") } == [test.debt.oin, municipality.oin, municipality.oin].map(\.description))
        #expect(events.map { $0.text("entity_name") } == [test.debt.name, municipality.name, municipality.name])
        #expect(events.map { $0["entity_role"]?.stringValue } == [nil, "contactPoint", "contactPoint"])
        for secret in ["desk-1", "handle"] { #expect(!receipt.canonicalText.contains(secret)) }
        #expect(receipt["party_identification"]?.arrayValue?.map { $0.text("party_role") } == ["pii_controller", "recipient_third_party"])
        for secret in ["Waterdrinkster", "999910012", "2MXD"] { #expect(!receipt.canonicalText.contains(secret)) }
        #expect(try test.events(after: before) == ["casefile.read"])
        let stranger = try await test.staff("manager-1", .socialCaseManager)
        for (id, caller) in [(id, stranger), ("00000000-0000-7000-8000-000000000000", member)] {
            #expect(
                await refusal { () async throws(DeskRefusal) in try await test.desk.showConsentReceipt(id, by: caller) } == "not-found")
        }
        // A damaged entry of the log leaves out who recorded that event, and not the receipt.
        try test.sql(
            "UPDATE audit_entry SET entry = CAST('x' || CAST(entry AS TEXT) AS BLOB) WHERE CAST(entry AS TEXT) LIKE '%consent.confirmed%'")
        let damaged = try await test.desk.showConsentReceipt(id, by: member).body["events"]?.arrayValue ?? []
        #expect(damaged.map { $0["entity_role"]?.stringValue } == [nil, nil, "contactPoint"])
    }

    @Test("codes have no sign that is mistaken for another, and do not repeat")
    func codes() {
        var generator = SystemRandomNumberGenerator()
        let codes = (0..<2_000).map { _ in ConsentCard(random: (0..<16).map { _ in generator.next() }).text }
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0.wholeMatch(of: /[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/) != nil && ConsentCard($0)?.text == $0 })
    }
}
