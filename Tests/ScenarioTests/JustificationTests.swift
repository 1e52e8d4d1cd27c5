import AuditTrail
import Casework
import ConvenantTestSupport
import Crypto
import Disclosure
import Exchange
import Foundation
import GRDB
import StrictJSON
import Testing

@Suite("Sharing without consent")
struct JustificationTests {
    private let test: TestDesk
    private let member: Caller
    private let manager: Caller
    private let officer: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        manager = try await test.staff("manager-1", .socialCaseManager)
        officer = try await test.staff("privacy-1", .privacyOfficer)
    }

    private func make(_ filed: FiledCase, _ body: JSONValue? = nil, by caller: Caller? = nil, key: IdempotencyKey? = nil) async throws
        -> DeskAnswer
    {
        let body = try body ?? test.justification(for: test.protection(filed))
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.makeJustification(filed.casefile, body, by: caller ?? member, idempotency: key)
        }
    }

    private func answer(_ id: String, _ answer: String = "agreed", by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.answerJustification(id, ["answer": .string(answer)], by: caller, idempotency: nil)
        }
    }

    private func end(_ id: String, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.endJustification(id, [:], by: caller, idempotency: nil)
        }
    }

    private func refer(_ filed: FiledCase) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.protection(filed), by: member, idempotency: nil)
        }
    }

    @Test("nothing goes without a justification, nothing before a second person agreed, and then all that it names")
    func threeSteps() async throws {
        let filed = try await test.openCase(by: member)
        let bare = await refer(filed)
        #expect(bare.status == 422 && bare.body.texts("reasons") == ["justification-missing"])
        let made = try await make(filed)
        #expect(made.status == 201 && made.body.text("state") == "waiting", "\(made.body.canonicalText)")
        #expect(await refer(filed).body.texts("reasons") == ["second-person-missing"])
        let id = made.body.text("justificationId")
        #expect(await answer(id, by: officer).body.text("state") == "agreed")
        let sent = await refer(filed)
        #expect(sent.status == 201)
        #expect(sent.body["decision"]?.texts("allowed").contains("identification.name") == true)
        let decision = try #require(try test.entries().last { $0.event == "decision.permitted" })
        #expect(decision.facts["justifications"] == .list([id]))
        #expect(try await test.fetch(sent.body.text("messageId"), as: test.care).payload.ground?.kind == "publicTask")
        #expect(try test.logIsIntact())
    }

    @Test("the second person is never the decider, nor the data protection officer, nor somebody without the case")
    func secondPerson() async throws {
        let filed = try await test.openCase(by: member)
        let id = try await make(filed).body.text("justificationId")
        #expect(await answer(id, by: member).status == 403)
        let protectionOfficer = try await test.staff("fg-1", .dataProtectionOfficer)
        #expect(await answer(id, by: protectionOfficer).status == 403)
        let welfare = try #require(OrganisationNumber("00000099000000005000"))
        #expect(await answer(id, by: try await test.staff("helper-1", .intermediary, of: welfare)).status == 403)
        #expect(await answer(id, by: manager).status == 404)
        #expect(await refer(filed).body.texts("reasons") == ["second-person-missing"])
        #expect(await answer(id, "declined", by: officer).body.text("state") == "declined")
        #expect(await answer(id, by: officer).body.text("code") == "already-decided")
        #expect(await refer(filed).body.texts("reasons") == ["justification-missing"])
    }

    @Test("it counts for its partner, purpose, ground, persons and fields, and for nothing beside them")
    func exactly() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let asked = test.protection(filed)
        let narrow = try test.justification(for: asked, fields: ["identification.name"])
        var one = try #require(narrow.objectValue)
        one["subjects"] = [.string(filed.persons[0])]
        let made = try await make(filed, .object(one))
        #expect(await answer(made.body.text("justificationId"), by: officer).status == 200)
        let sent = await refer(filed)
        #expect(sent.body["decision"]?.texts("allowed") == ["identification.name"])
        let left = (sent.body["decision"]?["leftOut"]?.arrayValue ?? []).map {
            "\($0.text("personId") == filed.persons[1]) \($0.text("field"))"
        }
        #expect(left.contains("true identification.name") && left.contains("false domains.health.concern"))
    }

    @Test("a field without its necessity is left out, with that reason")
    func necessity() async throws {
        let filed = try await test.openCase(by: member)
        let body = try test.justification(for: test.protection(filed), necessity: ["identification.name"])
        let made = try await make(filed, body)
        let left = made.body["leftOut"]?.arrayValue ?? []
        #expect(made.status == 201 && Set(left.map { $0.text("reason") }) == ["necessity-missing"] && left.count == 2)
        #expect(await answer(made.body.text("justificationId"), by: officer).status == 200)
        #expect(await refer(filed).body["decision"]?.texts("allowed") == ["identification.name"])
    }

    @Test("what is written must be whole: every fault is listed, and nothing is stored")
    func faults() async throws {
        let filed = try await test.openCase(by: member)
        func codes(_ change: (inout JSONObject) -> Void) async throws -> [String] {
            var body = try #require(try test.justification(for: test.protection(filed)).objectValue)
            change(&body)
            return try await make(filed, .object(body)).body["errors"]?.arrayValue?.map { $0.text("code") } ?? []
        }
        #expect(try await codes { $0["exception"] = nil } == ["missing-exception"])
        #expect(try await codes { $0["ground"] = ["kind": "consent"] } == ["invalid-ground"])
        #expect(try await codes { $0["until"] = "2027-06-01" } == ["out-of-range"])
        #expect(try await codes { $0["consent"] = ["sought": "notAsked"] } == ["contradictory"])
        #expect(try await codes { $0["tell"] = [:] } == ["one-of"])
        #expect(try await codes { $0["proportionality"] = "  " } == ["empty"])
        #expect(try await codes { $0["secrecy"] = ["conflictOfDuties": "Ja.", "consulted": "desk-1"] } == ["unknown-colleague"])
        #expect(try await codes { $0["necessity"] = ["identification.bsn": "Ja."] } == ["not-asked"])
        #expect(try test.number("SELECT count(*) FROM justification") == 0)
    }

    @Test("who said no is shown: a justification must say that consent was refused")
    func refused() async throws {
        var unwilling = Resident.mother
        unwilling.consents = [Consents.intake, ["answer": "refused", "recipients": ["00000099000000003000"]]]
        let filed = try await test.openCase([unwilling], by: member)
        let silent = try await make(filed)
        #expect(silent.body["errors"]?.arrayValue?.map { $0.text("code") } == ["was-refused"])
        let open = try await make(filed, try test.justification(for: test.protection(filed), consent: ["sought": "refused"]))
        #expect(open.status == 201)
        let shown = try await test.desk.showJustifications(of: filed.casefile, by: officer).body["items"]?.arrayValue ?? []
        #expect(shown.first?["refusals"]?.arrayValue?.map { $0.text("answer") } == ["refused"])
        #expect(shown.first?["sentences"]?.text("proportionality") == "Minder delen helpt niet.")
    }

    @Test("it is refused where no covenant and no act would carry it, and the same key makes one")
    func refusedAtOnce() async throws {
        let filed = try await test.openCase(by: member)
        var body = try #require(try test.justification(for: test.protection(filed)).objectValue)
        body["ground"] = ["kind": "vitalInterest"]
        let refused = try await make(filed, .object(body))
        #expect(refused.status == 422 && refused.body.texts("reasons") == ["ground-not-allowed"])
        let key = IdempotencyKey(route: "test", key: "j-1", body: [1])
        let first = try await make(filed, key: key)
        #expect(try await make(filed, key: key) == first)
        #expect(try test.number("SELECT count(*) FROM justification") == 1)
    }

    @Test("ending it stops what waits, and a day too late nothing leaves either")
    func ends() async throws {
        let filed = try await test.openCase(by: member)
        let first = try await test.refer(test.justified(test.protection(filed)), by: member)
        let made = try await test.desk.listJustifications(after: nil, limit: 10, by: officer).body["items"]?.arrayValue ?? []
        let id = try #require(made.first?.text("justificationId"))
        #expect(await end(id, by: officer).body.text("state") == "ended")
        #expect(try test.state(of: first.message) == "ended")
        #expect(try test.task(first.task).state == "cancelled")
        #expect(await end(id, by: officer).body.text("code") == "already-decided")

        let second = try await test.refer(test.justified(test.protection(filed)), by: member)
        test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: 29 * 86_400_000))
        let late = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(second.message, by: .partner(test.care.oin))
        }
        #expect(late == "ended")
        #expect(try test.state(of: second.message) == "ended")
        #expect(try test.logIsIntact())
    }

    @Test("the resident is to be told by a day of its own, by the safe way only; too late it stands on the desk's page")
    func telling() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.justified(test.protection(filed))
        let id = try #require(
            try await test.desk.listJustifications(after: nil, limit: 1, by: officer).body["items"]?.arrayValue?.first?.text(
                "justificationId"))
        func due() async throws -> [JSONValue] {
            (try await test.page(of: member)["tellings"]?.arrayValue ?? []).filter { $0["justificationId"] != nil }
        }
        #expect(try await due().map { $0.text("justificationId") } == [id])
        test.clock.advance(days: 16)
        _ = try await test.desk.sweepDeadlines()
        #expect(try await due().first?["overdue"] == true)
        func tell(_ told: JSONValue) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.tellResident(
                    filed.casefile, ["justificationId": .string(id), "told": told], by: member, idempotency: nil)
            }
        }
        #expect(await tell(["way": "phone"]).body["errors"]?.arrayValue?.map { $0.text("code") } == ["unsafe-way"])
        #expect(await tell(["way": "phone", "bySafeWay": true]).status == 200)
        #expect(try await due().isEmpty)
        #expect(try test.entries().last?.facts["justification"] == .text(id))
    }

    @Test("telling is postponed only with a ground and a day on which that is looked at again")
    func postponed() async throws {
        let filed = try await test.openCase(by: member)
        let review = WorkingCalendar().localDate(of: test.clock.calendar).adding(days: 10).description
        let body = try test.justification(
            for: test.protection(filed), tell: ["postponed": ["ground": "safetyOfOthers", "reviewOn": .string(review)]])
        let made = try await make(filed, body)
        #expect(await answer(made.body.text("justificationId"), by: officer).status == 200)
        let sent = await refer(filed)
        _ = try await test.fetch(sent.body.text("messageId"), as: test.care)
        // The first disclosure hastens what nobody postponed, and not this.
        let rows = try test.sql("SELECT postponed, due_at FROM deadline WHERE subject_kind = 'justification' AND kind = 'telling'")
        #expect(rows.count == 1 && rows[0]["postponed"] == 1 && (rows[0]["due_at"] as Int64) > test.clock.calendar.millisecondsSince1970)
    }

    @Test("what is written is sealed and never in the log; erasing one of its persons erases it, and every decision still replays")
    func erasure() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        let log = try test.entries().map { "\($0)" }.joined()
        #expect(!log.contains("Minder delen"))
        let sealed = try #require(try test.sql("SELECT sealed FROM justification").first?["sealed"] as Data?)
        #expect(String(decoding: sealed, as: UTF8.self).contains("Minder") == false)
        let made = try #require(try test.entries().first { $0.event == "justification.made" })
        #expect(made.facts["sentences"] != nil && made.subjects.count == 2)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try test.number("SELECT count(*) FROM justification WHERE sealed IS NULL") == 1)
        let shown = try await test.desk.listJustifications(after: nil, limit: 1, by: officer).body["items"]?.arrayValue?.first
        #expect(shown?["sentences"] == nil && shown?.texts("subjects") == [filed.persons[1]])
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
        #expect(try test.logIsIntact())
    }

    @Test("a decision from before there were justifications still comes out as it did")
    func older() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        let decided = try test.sql("SELECT id FROM decision WHERE question LIKE '%publicTask%'")
        let id = try #require(DecisionID(bytes: decided.first?["id"] as Data? ?? Data()))
        /// Keeps the facts again, without the justifications or with none, and decides once more.
        func again(_ justifications: JSONValue?) throws -> DisclosureDecision {
            let row = try #require(
                try test.sql(
                    "SELECT subject_facts.digest, subject_facts.facts FROM subject_facts JOIN decision ON decision.facts = digest WHERE id = ?",
                    [Data(id.bytes)]
                ).first)
            var facts = try #require(try parseJSON(Array((row["facts"] as String).utf8)).objectValue)
            facts["justifications"] = justifications
            let text = JSONValue.object(facts).canonicalText
            let digest = Data(SHA256.hash(data: Data(text.utf8)))
            try test.sql("UPDATE subject_facts SET facts = ?, digest = ? WHERE digest = ?", [text, digest, row["digest"] as Data])
            try test.sql("UPDATE decision SET facts = ? WHERE id = ?", [digest, Data(id.bytes)])
            return try #require(try DecisionArchive(test.folder).decideAgain(id)).get().decision
        }
        guard case .permitted(let before) = try again(nil) else { throw StoryFault(description: "it was refused") }
        #expect(before.justifications.isEmpty && before.leftOut.isEmpty)
        #expect(try again([]) == .refused([.justificationMissing]))
    }

    @Test("the month's list counts what left without consent, once, and what was told, and names nobody")
    func month() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let consented = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(consented.message, as: test.debt)
        let bare = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = try await test.refer(test.protection(filed), by: member)
        for _ in 0..<2 { _ = try await test.fetch(bare.message, as: test.care) }
        let spoken: JSONValue = [
            "to": [.string(test.care.oin.description)], "purpose": "protection", "fields": ["identification.name"],
            "subjects": .array(filed.persons.map(JSONValue.string)),
            "ground": ["kind": "publicTask", "article": "socialSupportAct.5.2.6"],
        ]
        _ = try await test.desk.recordSpoken(filed.casefile, spoken, by: member, idempotency: nil)
        let list = try await test.desk.listWithoutConsent(from: "2026-11-01", to: "2026-12-31", by: officer).body
        let months = list["months"]?.arrayValue ?? []
        #expect(months.map { $0.text("month") } == ["2026-11"])
        #expect(months.first?["messages"] == 1 && months.first?["spoken"] == 1 && months.first?["overrides"] == 0)
        #expect(months.first?["items"]?.arrayValue?.last?.text("ground") == "publicTask:socialSupportAct.5.2.6")
        for name in [Resident.mother.family] + filed.persons { #expect(!list.canonicalText.contains(name)) }
        let none = try await test.desk.listWithoutConsent(from: "2026-12-01", to: "2026-12-31", by: officer).body
        #expect(none["months"]?.arrayValue?.isEmpty == true)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listWithoutConsent(from: "2026-11-01", to: "2026-11-30", by: manager)
            } == "role-may-not")
    }

    @Test("each look at the list of all is an entry, and is for the two officers only")
    func list() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await make(filed)
        let before = try test.entries().count
        _ = try await test.desk.listJustifications(after: nil, limit: 10, by: officer)
        _ = try await test.desk.showJustifications(of: filed.casefile, by: member)
        #expect(try test.events(after: before) == ["log.read", "casefile.read"])
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listJustifications(after: nil, limit: 10, by: member)
            } == "role-may-not")
    }
}
