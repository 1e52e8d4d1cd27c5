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

@Suite("Compulsion rests on a lever")
struct LeverTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk(TestPolicy { $0.hasCompulsion = true })
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openCase(by: member)
    }

    private func refer(_ body: JSONValue? = nil) async -> DeskAnswer {
        let body = body ?? test.compelled(filed)
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(body, by: member, idempotency: nil)
        }
    }
    private func review(_ id: String, days: Int, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            let body: JSONValue = ["reviewBy": .string(test.day(days)), "because": "Zij laat nog niemand binnen."]
            return try await test.desk.reviewLever(id, body, by: caller ?? member, idempotency: nil)
        }
    }
    private func end(_ id: String, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.endLever(id, ["because": "Het gezin werkt mee."], by: caller ?? member, idempotency: nil)
        }
    }
    /// Justifies the share and sends it.
    private func send() async throws -> QueuedReferral { try await test.refer(test.justified(test.compelled(filed)), by: member) }
    /// By which id care knows this lever, as the case shows the desk.
    private func reference(_ lever: String, of partner: PartnerFixture? = nil, in casefile: String? = nil) async throws -> String? {
        let oin = (partner ?? test.care).oin.description
        let found = try await shown(of: casefile).first { $0.text("leverId") == lever }?["references"]?.arrayValue
        return found?.first { $0.text("partner") == oin }?.text("reference")
    }
    private func shown(of casefile: String? = nil) async throws -> [JSONValue] {
        let persons = try await test.desk.showCasefile(casefile ?? filed.casefile, by: member).body["persons"]?.arrayValue ?? []
        return persons.flatMap { $0["levers"]?.arrayValue ?? [] }
    }

    @Test("R24 Gouda: a family without benefit and tenancy condition is not compelled; with a benefit it is, and the message says on what")
    func gouda() async throws {
        let refused = await refer()
        #expect(refused.status == 422 && refused.body.texts("reasons") == ["lever-missing"])
        #expect(refused.body.text("detail").contains("No lever holds for this person now."))
        let unjustified = await ask { () async throws(DeskRefusal) in
            guard let body = try? test.justification(for: test.compelled(filed)) else { throw .notFound }
            return try await test.desk.makeJustification(filed.casefile, body, by: member, idempotency: nil)
        }
        #expect(unjustified.body.texts("reasons") == ["lever-missing"], "nobody writes down why in vain")

        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        #expect(await refer().body.texts("reasons") == ["justification-missing"], "a lever opens nothing by itself")
        let sent = try await send()
        #expect(sent.answer.body["decision"]?.texts("levers") == [id])
        #expect(try await reference(id) == nil, "nothing has left that names it")
        let ground = try await test.fetch(sent.message, as: test.care).payload.ground
        let known = try #require(try await reference(id))
        #expect(ground?.kind == "compulsory" && ground?.article == "participationAct.55" && ground?.levers == [known] && known != id)
        let decision = try #require(try test.entries().last { $0.event == "decision.permitted" })
        #expect(decision.facts["levers"] == .list([id]))
        let other = try await test.refer(test.justified(test.protection(filed)), by: member)
        #expect(try await test.fetch(other.message, as: test.care).payload.ground?.levers == [])
        #expect(try test.logIsIntact())
    }

    @Test("R24 each person of a question needs a lever of their own, and one of another case is none")
    func eachPerson() async throws {
        let both = try await test.openCase([.mother, .father], by: member)
        _ = try await test.compel(filed.persons[0], in: filed, by: member)
        #expect(await refer(test.compelled(both)).body.texts("reasons") == ["lever-missing"])
        let id = try await test.compel(both.persons[1], in: both, by: member, kind: "tenancyCondition")
        let sent = try await test.refer(test.justified(test.compelled(both)), by: member)
        let left = sent.answer.body["decision"]?["leftOut"]?.arrayValue ?? []
        #expect(Set(left.map { "\($0.text("personId") == both.persons[0]) \($0.text("reason"))" }) == ["true lever-missing"])
        let levers = try await test.fetch(sent.message, as: test.care).payload.ground?.levers
        let known = try await reference(id, in: both.casefile)
        #expect(levers?.count == 1 && levers?.first == known)
    }

    @Test("each partner knows a lever by an id of its own, the same in every message, by which the desk finds it")
    func references() async throws {
        try await test.adopt(
            TestPolicy {
                $0.hasCompulsion = true
                $0.addCompulsion(oin: test.debt.oin.description)
            })
        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        let body = test.compelled(filed)
        let other = body.with("to", .string(test.debt.oin.description))
        var seen: [[String]] = []
        for (body, partner) in [(body, test.care), (body, test.care), (other, test.debt)] {
            let sent = try await test.refer(test.justified(body), by: member)
            seen.append(try await test.fetch(sent.message, as: partner).payload.ground?.levers ?? [])
        }
        #expect(seen[0].count == 1 && seen[0] == seen[1] && seen[2].count == 1 && seen[0] != seen[2])
        #expect(!seen.joined().contains(id))
        #expect(try await reference(id) == seen[0].first)
        #expect(try await reference(id, of: test.debt) == seen[2].first)
        #expect(try await shown().first?["references"]?.arrayValue?.map { $0.text("partnerName") } == ["Testschuldhulp", "Testzorg"])
    }

    @Test("R24 a lever that is ended ends what waits on it")
    func ended() async throws {
        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        let sent = try await send()
        #expect(await end(id).body.text("state") == "ended")
        #expect(try test.state(of: sent.message) == "ended")
        #expect(try test.task(sent.task).state == "cancelled")
        #expect(await refer().body.texts("reasons") == ["lever-missing"])
        #expect(await end(id).body.text("code") == "already-decided")
        #expect(await review(id, days: 10).body.text("code") == "already-decided")
        #expect(try test.entries().last { $0.event == "lever.ended" }?.facts["lever"] == .text(id))
        #expect(try test.logIsIntact())
    }

    @Test("R24 where another lever still holds, what waits goes on and names that one alone")
    func another() async throws {
        let first = try await test.compel(filed.persons[0], in: filed, by: member)
        let second = try await test.compel(filed.persons[0], in: filed, by: member, kind: "tenancyCondition")
        let sent = try await send()
        #expect(sent.answer.body["decision"]?.texts("levers") == [first, second].sorted())
        #expect(await end(first).status == 200)
        #expect(try test.state(of: sent.message) == "superseded")
        let waiting = try await test.inbox(of: test.care).filter { $0.kind == "referral" }.map(\.id)
        #expect(waiting.count == 1)
        let payload = try await test.fetch(try #require(waiting.first), as: test.care).payload
        let known = try await reference(second)
        #expect(payload.ground?.levers.count == 1 && payload.ground?.levers.first == known && payload.replaces == sent.message)
        #expect(try test.task(sent.task).state == "requested")
    }

    @Test("R24 a lever that nobody reviewed in time stops what waits; a late review makes it hold again; after its end nothing does")
    func reviewed() async throws {
        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: 100 * 86_400_000))
        let sent = try await send()
        test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: 86_400_000))
        #expect(try await shown().map { $0.text("state") } == ["unreviewed"])
        let late = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(sent.message, by: .partner(test.care.oin))
        }
        #expect(late == "ended")
        #expect(await refer().body.texts("reasons") == ["lever-missing"])

        #expect(await review(id, days: 30).body.text("state") == "holding")
        _ = try await test.fetch(try await send().message, as: test.care)
        #expect(try await shown().first?["words"]?.arrayValue?.map { $0.text("act") } == ["recorded", "reviewed"])
        test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: 250 * 86_400_000))
        #expect(try await shown().map { $0.text("state") } == ["expired"])
        #expect(await review(id, days: 10).body.text("code") == "already-decided")
        #expect(await end(id).body.text("code") == "already-decided")
        #expect(await refer().body.texts("reasons") == ["lever-missing"])
    }

    @Test("R24 a lever counts only where the sender signed it, for its own article, and from its first day on")
    func whoseAndWhen() async throws {
        func refused(_ changes: [String: JSONValue]) async throws {
            var body = test.lever(about: filed.persons[0])
            for (name, value) in changes { body = body.with(name, value) }
            let answer = await test.record(body, in: filed, by: member)
            #expect(answer.status == 201, "\(answer.body.canonicalText)")
            #expect(await refer().body.texts("reasons") == ["lever-missing"], "\(changes)")
        }
        try await refused(["signers": [.string(test.care.oin.description)]])
        try await refused(["article": "participationAct.18"])
        try await refused(["from": .string(test.day(1))])
        #expect(try await shown().map { $0.text("state") } == ["upcoming", "holding", "holding"])
        test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: 86_400_000))
        #expect(await refer().body.texts("reasons") == ["justification-missing"])
    }

    @Test("R25 Arnhem: an ultimatum of 1 March 2009 lets measures open on 1 March 2010, and not on 28 February")
    func arnhem() async throws {
        let old = Instant(millisecondsSince1970: 1_267_000_000_000)  // 24 February 2010
        let test = try await TestDesk(TestPolicy { $0.validFrom = "2009-01-01T00:00:00+01:00" }, calendar: old)
        let member = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openCase(by: member)
        func record(from: String, until: String? = nil) async -> DeskAnswer {
            var body = test.lever(about: filed.persons[0], kind: "agreedMeasures").with("from", .string(from))
            body = body.with("voluntaryOn", "2008-10-01").with("ultimatumOn", "2009-03-01")
            if let until { body = body.with("ultimatumUntil", .string(until)) }
            return await test.record(body, in: filed, by: member)
        }
        let early = await record(from: "2010-02-28")
        #expect(early.status == 400)
        #expect(early.body["errors"]?.arrayValue?.map { "\($0.text("pointer")) \($0.text("code"))" } == ["/from ultimatum-runs"])
        #expect(await record(from: "2010-03-01").status == 201)
        #expect(await record(from: "2010-02-26", until: "2010-02-27").status == 400, "the time that was given counts")
        #expect(await record(from: "2010-02-27", until: "2010-02-27").status == 201)
    }

    @Test("R25 Utrecht: without a voluntary attempt nothing is recorded, and pressure comes after help")
    func utrecht() async throws {
        func faults(_ changes: [String: JSONValue?]) async -> [String] {
            var body = test.lever(about: filed.persons[0])
            for (name, value) in changes { body = body.with(name, value) }
            let answer = await test.record(body, in: filed, by: member)
            return answer.body["errors"]?.arrayValue?.map { "\($0.text("pointer")) \($0.text("code"))" } ?? ["\(answer.status)"]
        }
        let (today, tomorrow, before) = (test.day(0), test.day(1), test.day(-90))
        #expect(await faults(["voluntaryOn": nil]) == ["/voluntaryOn missing-member"])
        #expect(await faults(["voluntaryOn": .string(tomorrow)]) == ["/voluntaryOn in-the-future"])
        #expect(await faults(["from": .string(before)]) == ["/voluntaryOn after-from"])
        #expect(await faults(["ultimatumOn": .string(before), "from": .string(tomorrow)]).first == "/ultimatumOn before-voluntary")
        #expect(await faults(["ultimatumUntil": .string(tomorrow)]) == ["/ultimatumUntil contradictory"])
        #expect(await faults(["ultimatumOn": .string(tomorrow), "from": .string(test.day(299))]).first == "/ultimatumOn in-the-future")
        #expect(
            await faults(["ultimatumOn": .string(test.day(-30)), "ultimatumUntil": .string(test.day(-30))]) == [
                "/ultimatumUntil out-of-range"
            ])
        #expect(try test.number("SELECT count(*) FROM lever") == 0)
        #expect(await faults(["voluntaryOn": .string(today)]) == ["201"])
    }

    @Test(
        "what does not fit is refused with its place, and nothing is stored",
        arguments: [
            ("personId", "x", "invalid-id"), ("kind", "fine", "not-in-list"), ("article", "nonsense", "invalid-article"),
            ("from", "tomorrow", "invalid-date"), ("until", "2026-13-01", "invalid-date"), ("until", "2026-11-22", "out-of-range"),
            ("until", "2031-12-01", "out-of-range"), ("from", "2027-11-24", "out-of-range"),
            ("reviewBy", "2020-01-01", "out-of-range"), ("reviewBy", "2027-12-24", "out-of-range"), ("voluntaryOn", "soon", "invalid-date"),
            ("ultimatumOn", "once", "invalid-date"), ("because", " ", "empty"), ("extra", "x", "unknown-member"),
        ])
    func badInput(name: String, value: String, code: String) async throws {
        let body = test.lever(about: filed.persons[0], days: 600).with(name, .string(value))
        let answer = await test.record(body, in: filed, by: member)
        #expect(answer.status == 400)
        let faults = answer.body["errors"]?.arrayValue?.map { "\($0.text("pointer")) \($0.text("code"))" } ?? []
        #expect(faults.contains("/\(name) \(code)"), "\(faults)")
        for required in ["personId", "kind", "article", "signers", "from", "until", "reviewBy", "because"] {
            let missing = await test.record(test.lever(about: filed.persons[0]).with(required, nil), in: filed, by: member)
            #expect(missing.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/\(required)"], "\(required)")
        }
        #expect(try test.number("SELECT count(*) FROM lever") == 0 && test.entries().allSatisfy { $0.event != "lever.recorded" })
    }

    @Test("who signed it is named, each once; a person of another case is none of this one; a review is within a year and while it holds")
    func signersAndPersons() async throws {
        let oin = JSONValue.string(test.municipality.oin.description)
        func codes(_ name: String, _ value: JSONValue) async -> [String] {
            let answer = await test.record(test.lever(about: filed.persons[0]).with(name, value), in: filed, by: member)
            return answer.body["errors"]?.arrayValue?.map { $0.text("code") } ?? []
        }
        #expect(await codes("signers", []) == ["empty"])
        #expect(await codes("signers", [oin, oin]) == ["duplicate"])
        #expect(await codes("signers", ["12"]) == ["invalid-oin"])
        let other = try await test.openCase(by: member)
        #expect(await codes("personId", .string(other.persons[0])) == ["unknown-person"])
        #expect(await codes("personId", "01970000-0000-7000-8000-000000000007") == ["unknown-person"])
        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        for days in [-1, 301, 400] {
            #expect(await review(id, days: days).body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/reviewBy"], "\(days)")
        }
        #expect(await review(id, days: 300).status == 200)
    }

    @Test("who may not know of the case learns nothing of its levers, and changes none")
    func access() async throws {
        let id = try await test.compel(filed.persons[0], in: filed, by: member)
        let unknown = "01970000-0000-7000-8000-000000000007"
        let stranger = try await test.staff("manager-9", .socialCaseManager)
        for lever in [id, unknown] {
            #expect(await review(lever, days: 20, by: stranger).status == 404)
            #expect(await end(lever, by: stranger).status == 404)
        }
        #expect(await test.record(test.lever(about: filed.persons[0]), in: filed, by: stranger).status == 404)
        for role in [StaffRole.privacyOfficer, .dataProtectionOfficer, .meetingChair, .manager, .controller, .administrator] {
            let caller = try await test.staff("x-\(role.rawValue.lowercased())", role)
            #expect(await end(id, by: caller).status == 403, "\(role)")
            #expect(await test.record(test.lever(about: filed.persons[0]), in: filed, by: caller).status == 403, "\(role)")
        }
        let foreign = try await test.staff("helper-9", .socialCaseManager, of: test.care.oin)
        #expect(await end(id, by: foreign).status == 403)
        #expect(await end(id, by: .partner(test.care.oin)).status == 403)
        let process = try await test.staff("process-1", .processManager)
        #expect(await end(id, by: process).status == 404)
        _ = try await test.desk.assignCase(filed.casefile, ["account": "process-1"], by: member, idempotency: nil)
        #expect(await end(id, by: process).status == 200)
    }

    @Test("the same key records one; what is written is sealed, is shown on the case, and never stands in the log")
    func onceAndSealed() async throws {
        let key = IdempotencyKey(route: "test", key: "l-1", body: [1])
        let body = test.lever(about: filed.persons[0])
        let first = await test.record(body, in: filed, by: member, key: key)
        #expect(first.status == 201)
        #expect(await test.record(body, in: filed, by: member, key: key) == first)
        #expect(try test.number("SELECT count(*) FROM lever") == 1)
        let lever = try #require(try await shown().first)
        #expect(lever.text("leverId") == first.body.text("leverId") && lever.text("state") == "holding")
        #expect(lever["words"]?.arrayValue?.map { $0.text("because") } == ["Zij weigert al een jaar elke hulp."])
        let sealed = try #require(try test.sql("SELECT sealed FROM lever_word").first?["sealed"] as Data?)
        #expect(!String(decoding: sealed, as: UTF8.self).contains("weigert"))
        #expect(!(try test.entries().map { "\($0)" }.joined().contains("weigert")))
        let recorded = try #require(try test.entries().first { $0.event == "lever.recorded" })
        #expect(recorded.subjects.count == 1 && recorded.casefile != nil && recorded.facts["kind"] == .text("benefitObligation"))
    }

    @Test("it is erased with its person, and every decision still replays")
    func erased() async throws {
        let both = try await test.openCase([.mother, .father], by: member)
        for person in both.persons { _ = try await test.compel(person, in: both, by: member) }
        let sent = try await test.refer(test.justified(test.compelled(both)), by: member)
        _ = try await test.fetch(sent.message, as: test.care)
        _ = try await test.desk.erasePerson(casefile: both.casefile, person: both.persons[0], because: "requested", by: .daemon)
        #expect(try test.number("SELECT count(*) FROM lever") == 1 && test.number("SELECT count(*) FROM lever_word") == 1)
        #expect(try await shown(of: both.casefile).map { $0.text("personId") } == [both.persons[1]])
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
        #expect(try test.logIsIntact())
    }

    @Test("a decision from before there were levers still comes out as it did")
    func older() async throws {
        _ = try await test.compel(filed.persons[0], in: filed, by: member)
        _ = try await send()
        let decided = try test.sql("SELECT id FROM decision WHERE question LIKE '%compulsory%' AND outcome = 'permitted'")
        let id = try #require(DecisionID(bytes: decided.last?["id"] as Data? ?? Data()))
        /// Keeps the facts again, without the levers or with none, and decides once more.
        func again(_ levers: JSONValue?) throws -> DisclosureDecision {
            let row = try #require(
                try test.sql(
                    "SELECT subject_facts.digest, subject_facts.facts FROM subject_facts JOIN decision ON decision.facts = digest WHERE id = ?",
                    [Data(id.bytes)]
                ).first)
            var facts = try #require(try parseJSON(Array((row["facts"] as String).utf8)).objectValue)
            facts["levers"] = levers
            let text = JSONValue.object(facts).canonicalText
            let digest = Data(SHA256.hash(data: Data(text.utf8)))
            try test.sql("UPDATE subject_facts SET facts = ?, digest = ? WHERE digest = ?", [text, digest, row["digest"] as Data])
            try test.sql("UPDATE decision SET facts = ? WHERE id = ?", [digest, Data(id.bytes)])
            return try #require(try DecisionArchive(test.folder).decideAgain(id)).get().decision
        }
        guard case .permitted(let before) = try again(nil) else { throw StoryFault(description: "it was refused") }
        #expect(before.levers.isEmpty && !before.justifications.isEmpty && before.leftOut.isEmpty)
        #expect(try again([]) == .refused([.leverMissing]))
    }

    @Test("no other ground reads levers, and compulsion does")
    func readOnlyWhenAsked() async throws {
        _ = try await test.compel(filed.persons[0], in: filed, by: member)
        func kept() throws -> [String] { try test.sql("SELECT facts FROM subject_facts").map { $0["facts"] as String } }
        _ = try await test.refer(test.referral(filed), by: member)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        #expect(try kept().allSatisfy { !$0.contains("\"levers\"") })
        _ = await refer()
        #expect(try kept().contains { $0.contains("\"levers\"") })
    }
}
