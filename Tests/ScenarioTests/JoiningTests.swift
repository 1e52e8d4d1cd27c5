import Casework
import ConvenantTestSupport
import Disclosure
import Foundation
import GRDB
import StrictJSON
import Testing

@testable import Exchange
@testable import Storage

@Suite("Joining signals and parting them")
struct JoiningTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func file(_ members: [Resident], freeText: String? = nil, by filer: PartnerFixture? = nil) async throws -> FiledCase {
        let filed = try await test.desk.fileSignal(
            signal(members, freeText: freeText), by: .partner((filer ?? test.debt).oin), idempotency: nil)
        let id = filed.body.text("signalId")
        let casefile = try await test.desk.showSignal(id, by: member).body.text("casefileId")
        return FiledCase(signal: id, casefile: casefile, persons: try await persons(of: casefile))
    }

    private func persons(of casefile: String) async throws -> [String] {
        (try await test.desk.showCasefile(casefile, by: member).body["persons"]?.arrayValue ?? []).map { $0.text("personId") }
    }

    private func join(_ signal: String, to casefile: String, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.joinSignal(signal, ["casefileId": .string(casefile)], by: caller ?? member)
        }
    }

    private func part(_ signal: String, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.partSignal(signal, by: caller ?? member) }
    }

    private func refer(_ body: JSONValue) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.dispatchReferral(body, by: member, idempotency: nil) }
    }

    private func proposals() async throws -> [[String]] {
        (try await test.desk.showDesk(by: member).body["proposedJoins"]?.arrayValue ?? []).map {
            [$0.text("signalId"), $0.text("casefileId"), $0.text("because")]
        }
    }

    private func data(_ id: String) throws -> Data { Data(try #require(PersonID(id)).bytes) }

    /// Every row that joining touches, as text, but the revisions that make decisions look again.
    private func rows() throws -> [String] {
        try ["SELECT id, casefile, status FROM signal", "SELECT * FROM deadline", "SELECT * FROM casefile", "SELECT * FROM casefile_part"]
            .flatMap { try test.sql($0).map { "\($0)" }.sorted() }
    }

    @Test("R11 two intermediaries file one household in one week: two signals, and one case only after a person joined them")
    func twoSignalsOneCase() async throws {
        let first = try await file([.mother, .father])
        test.clock.advance(days: 3)
        let second = try await file([.mother], by: test.debt)
        #expect(try test.number("SELECT count(*) FROM signal") == 2)
        #expect(try test.number("SELECT count(DISTINCT casefile) FROM signal") == 2)
        // The number of the mother stands in one other open case: proposed, later to earlier, and nothing more.
        #expect(try await proposals() == [[second.signal, first.casefile, "onlyCase"]])
        #expect(try test.number("SELECT count(*) FROM casefile_part") == 0)
        let before = try rows()
        let entries = try test.entries().count

        #expect(
            await join(second.signal, to: first.casefile)
                == DeskAnswer(
                    status: 200, body: ["signalId": .string(second.signal), "casefileId": .string(first.casefile)]))
        #expect(try test.number("SELECT count(*) FROM signal") == 2)
        #expect(try test.number("SELECT count(DISTINCT casefile) FROM signal") == 1)
        #expect(try await persons(of: first.casefile) == first.persons + second.persons)
        #expect(try await proposals().isEmpty)
        let joined = try #require(try test.entries().dropFirst(entries).first)
        #expect(joined.event == "signal.joined")
        #expect(joined.refs == ["signal": second.signal])
        #expect(joined.facts == ["with": .text(first.signal)])
        #expect(joined.subjects.count == 1)
        // Again is the same, and says nothing new.
        let count = try test.entries().count
        #expect(await join(second.signal, to: first.casefile).status == 200)
        #expect(try test.entries().count == count)
        #expect(await part(second.signal).body.text("casefileId") == second.casefile)
        #expect(try rows() == before)
        #expect(try await persons(of: first.casefile) == first.persons)
        #expect(try await proposals() == [[second.signal, first.casefile, "onlyCase"]])
        #expect(try test.events(after: count).first == "signal.parted")
        // Again is the same here too; one that was never joined has nothing to part.
        #expect(await part(second.signal).body.text("casefileId") == second.casefile)
        #expect(try test.events().filter { $0 == "signal.parted" }.count == 1)
        #expect(await part(first.signal).body.text("because") == "not-joined")
        #expect(try test.logIsIntact())
    }

    @Test("R11 an older signal joined to a newer case does not become the one by which the log speaks of it")
    func firstSignal() async throws {
        let older = try await file([.father])
        let newer = try await file([.mother])
        #expect(await join(older.signal, to: newer.casefile).status == 200)
        let before = try test.entries().count
        _ = try await test.desk.triageSignal(newer.signal, ["outcome": "multipleUnrelated"], by: member, idempotency: nil)
        #expect(try test.entries().dropFirst(before).first?.refs["signal"] == newer.signal)
    }

    @Test("R11 a number in several open cases is below those in one; joined, closed and parted cases count as they stand")
    func severalCases() async throws {
        var other = Resident.father
        other.bsn = "999910024"
        let cases = [try await file([.mother]), try await file([.mother]), try await file([.mother])]
        let single = [try await file([other]), try await file([other])]
        #expect(
            try await proposals() == [
                [cases[1].signal, cases[0].casefile, "onlyCase"], [single[1].signal, single[0].casefile, "onlyCase"],
                [cases[2].signal, cases[0].casefile, "oneOfSeveral"], [cases[2].signal, cases[1].casefile, "oneOfSeveral"],
            ])
        #expect(await join(cases[1].signal, to: cases[0].casefile).status == 200)
        #expect(try await proposals().contains([cases[2].signal, cases[0].casefile, "onlyCase"]))
        try test.sql("UPDATE casefile SET state = 'closed', closed_at = 1 WHERE id = (SELECT casefile FROM signal ORDER BY id LIMIT 1)")
        let left = [[single[1].signal, single[0].casefile, "onlyCase"], [cases[2].signal, cases[0].casefile, "closedCase"]]
        #expect(try await proposals() == left)
        let first = try await test.desk.read { try $0.joinProposals(limit: 1).map(\.signal.description) }
        #expect(first == [single[1].signal], "a closed case pushes no open one off a list that is full")
    }

    @Test("R36 what cases are compared by is no number: the index holds keyed digests only")
    func noNumber() async throws {
        _ = try await file([.mother])
        let macs = try test.sql("SELECT bsn_mac FROM person WHERE bsn_mac IS NOT NULL").map { $0["bsn_mac"] as Data }
        #expect(macs.map(\.count) == [32])
        for path in [test.folder.database, test.folder.database + "-wal"] {
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            #expect(bytes.range(of: Data("999910012".utf8)) == nil)
        }
    }

    @Test("R10 the filer of a joined signal sees received, picked up, closed, and received again when it is parted")
    func filerSees() async throws {
        let first = try await file([.mother])
        let second = try await file([.father], by: test.care)
        let filer = Caller.partner(test.care.oin)
        func seen() async throws -> JSONValue { try await test.desk.showSignal(second.signal, by: filer).body }
        #expect(try await seen() == ["signalId": .string(second.signal), "status": "received"])
        #expect(await join(second.signal, to: first.casefile).status == 200)
        #expect(try await seen() == ["signalId": .string(second.signal), "status": "pickedUp"])
        #expect(await part(second.signal).status == 200)
        #expect(try await seen().text("status") == "received")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        _ = try await test.desk.triageSignal(first.signal, ["outcome": "multipleUnrelated"], by: member, idempotency: nil)
        try test.sql("UPDATE signal SET status = 'closed' WHERE casefile = (SELECT casefile FROM signal ORDER BY id LIMIT 1)")
        #expect(try await seen() == ["signalId": .string(second.signal), "status": "closed"])
    }

    @Test("only the desk joins and parts", arguments: StaffRole.allCases)
    func roles(_ role: StaffRole) async throws {
        let (first, second) = (try await file([.mother]), try await file([.father]))
        let caller = try await test.staff("someone", role, of: role == .contactPoint ? test.care.oin : nil)
        #expect(await join(second.signal, to: first.casefile, by: caller).body.text("code") == "role-may-not")
        #expect(await part(second.signal, by: caller).body.text("code") == "role-may-not")
        #expect(await join(second.signal, to: first.casefile, by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
    }

    @Test("what cannot be joined says why")
    func obstacles() async throws {
        let first = try await file([.mother])
        let second = try await file([.father])
        let third = try await file([.mother])
        let nobody = try await test.desk.fileSignal(signal(nil), by: .partner(test.debt.oin), idempotency: nil).body.text("signalId")
        func because(_ signal: String, _ casefile: String) async -> String { await join(signal, to: casefile).body.text("because") }
        #expect(await join("no-id", to: first.casefile).status == 404)
        #expect(await join(second.signal, to: "0190b2f0-0000-7000-8000-000000000000").status == 404)
        #expect(await join(second.signal, to: "x").status == 400)
        #expect(await because(nobody, first.casefile) == "nobody-named")
        #expect(await because(first.signal, first.casefile) == "same-case")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        #expect(await because(second.signal, third.casefile) == "already-joined")
        // Its own case stands under another one now, and holds nothing that could be joined to.
        #expect(await because(third.signal, second.casefile) == "already-joined")
        // The one that another was joined to does not go under a third.
        #expect(await because(first.signal, third.casefile) == "own-case-under-way")
        _ = try await test.desk.triageSignal(third.signal, ["outcome": "single"], by: member, idempotency: nil)
        let fourth = try await file([.father])
        #expect(await because(third.signal, fourth.casefile) == "own-case-under-way")
        #expect(await join(fourth.signal, to: third.casefile).status == 200)
        let fifth = try await file([.father])
        try test.sql("UPDATE casefile SET state = 'closed', closed_at = 1 WHERE triage IS NOT NULL")
        #expect(await because(fifth.signal, third.casefile) == "case-closed")
        #expect(Obstacle.allCases.allSatisfy { !$0.detail.isEmpty })
    }

    @Test("persons of a joined signal are referred, asked about and answered for under the case; parted, no more")
    func workOnTheCase() async throws {
        let manager = try await test.staff("manager-1", .socialCaseManager)
        let first = try await test.openCase([.mother], by: member)
        _ = try await test.desk.triageSignal(
            first.signal, ["outcome": "multipleUnrelated", "caseManager": "manager-1"], by: member, idempotency: nil)
        let second = try await file([.father])
        let both = test.referral(first, fields: ["identification", "domains.debts"], subjects: first.persons + second.persons)
        #expect(await refer(both).status == 400)
        #expect(await join(second.signal, to: first.casefile).status == 200)
        let queued = try await test.refer(both, by: manager)
        let payload = try await test.fetch(queued.message, as: test.debt).payload
        #expect(payload.kind == .referral)
        #expect(try test.number("SELECT count(*) FROM message_subject") == 2)
        #expect(try await test.desk.askDecision(both, by: manager).status == 200)
        let consent = Consents.debt.with("personId", .string(second.persons[0])).with("recordedHow", "spoken")
        #expect(try await test.desk.recordConsent(consent, by: manager, idempotency: nil).status == 201)
        #expect(await part(second.signal).status == 200)
        #expect(await refer(both).status == 400)
        #expect(await ask { () async throws(DeskRefusal) in try await test.desk.askDecision(both, by: manager) }.status == 404)
        #expect(
            await ask { () async throws(DeskRefusal) in try await test.desk.recordConsent(consent, by: manager, idempotency: nil) }.status
                == 404)
        // What was shared stays what it was.
        #expect(try test.state(of: queued.message) == "left")
        #expect(try test.task(queued.task).state == "requested")
        #expect(try test.logIsIntact())
    }

    @Test("what a household said together goes only when everybody who was filed with it is asked about, part by part")
    func householdContent() async throws {
        let first = try await test.openCase([.mother], freeText: "van het eerste gezin", by: member)
        let second = try await file([.father], freeText: "van de tweede melding")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        let shown = try await test.desk.showCasefile(first.casefile, by: member).body
        let texts = (shown["household"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue }
        #expect(Set(texts).isSuperset(of: ["van het eerste gezin", "van de tweede melding"]))
        func sent(_ subjects: [String]) async throws -> String {
            let queued = try await test.refer(
                test.referral(first, fields: ["identification", "freeText"], subjects: subjects), by: member)
            return JSONValue.object(try await test.fetch(queued.message, as: test.debt).payload.fields).canonicalText
        }
        let own = try await sent(first.persons)
        #expect(own.contains("van het eerste gezin") && !own.contains("van de tweede melding"))
        let joined = try await sent(second.persons)
        #expect(!joined.contains("van het eerste gezin") && joined.contains("van de tweede melding"))
    }

    @Test("erasing the last person of a part dooms the part's key only; the case goes on")
    func eraseOfPart() async throws {
        let first = try await test.openCase([.mother], freeText: "van het eerste gezin", by: member)
        let second = try await file([.father], freeText: "van de tweede melding")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        let keys = try test.sql("SELECT key FROM casefile ORDER BY id").map { $0["key"] as Int64 }
        let answer = try await test.desk.erasePerson(
            casefile: first.casefile, person: second.persons[0], because: "requested", by: .daemon)
        #expect(answer.status == 200)
        #expect(try test.desk.vault.key(keys[0]) != nil)
        #expect(try test.desk.vault.key(keys[1]) == nil)
        let shown = try await test.desk.showCasefile(first.casefile, by: member).body
        #expect(shown["persons"]?.arrayValue?.count == 1)
        #expect(shown.canonicalText.contains("van het eerste gezin") && !shown.canonicalText.contains("van de tweede melding"))
        // Nobody is left who could be told of that signal, or who could wait for triage.
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'telling'") == 1)
        #expect(await part(second.signal).body.text("because") == "nobody-named")
        #expect(try test.logIsIntact())
        #expect(
            try await test.desk.erasePerson(casefile: first.casefile, person: first.persons[0], because: "requested", by: .daemon).status
                == 200)
        #expect(try test.desk.vault.key(keys[0]) == nil)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'telling'") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("when nobody who was filed with a case is left, its household's content goes, and it goes on under a new key for its parts")
    func eraseOfWhole() async throws {
        let first = try await test.openCase([.mother], freeText: "van het eerste gezin", by: member)
        let second = try await file([.father], freeText: "van de tweede melding")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        let key = try #require(try test.sql("SELECT key FROM casefile ORDER BY id").first?["key"] as Int64?)
        #expect(
            try await test.desk.erasePerson(casefile: first.casefile, person: first.persons[0], because: "requested", by: .daemon).status
                == 200)
        #expect(try test.desk.vault.key(key) == nil)
        #expect(try test.number("SELECT count(*) FROM content WHERE person IS NULL") == 1)
        let queued = try await test.refer(
            test.referral(first, fields: ["identification", "domains.debts"], subjects: second.persons), by: member)
        _ = try await test.fetch(queued.message, as: test.debt)
        #expect(try test.logIsIntact())
        #expect(
            try await test.desk.erasePerson(casefile: second.casefile, person: second.persons[0], because: "requested", by: .daemon).status
                == 200)
        #expect(try test.number("SELECT count(*) FROM content") == 0)
        for row in try test.sql("SELECT abs(key) AS key FROM casefile") { #expect(try test.desk.vault.key(row["key"]) == nil) }
        test.crash()
        try await test.open()
        #expect(try test.logIsIntact())
    }

    @Test("a case that goes on from a closed one shows its persons, and who works on it may refer them")
    func linkedCase() async throws {
        let manager = try await test.staff("manager-1", .socialCaseManager)
        let first = try await test.openCase([.mother], triage: "single", freeText: "van het eerste gezin", by: member)
        let key = try await test.desk.newKey()
        let linked: CasefileID = test.desk.world.newID()
        let old = try #require(CasefileID(first.casefile))
        guard case .staff(let someone) = manager else { return }
        let now = test.clock.calendar
        _ = try await test.desk.commit { transaction in
            guard let row = try transaction.casefile(old) else { return }
            try transaction.insertCasefile(linked, terms: row.terms, ladder: row.ladder, key: key.id, at: now, follows: old)
            try transaction.setTriage(.single, of: linked)
            try transaction.assign(someone.account, role: .socialCaseManager, to: linked, at: now)
        }
        #expect(try await persons(of: linked.description) == first.persons)
        let queued = try await test.refer(
            test.referral(FiledCase(signal: "", casefile: linked.description, persons: first.persons)), by: manager)
        _ = try await test.fetch(queued.message, as: test.debt)
        let consent = Consents.debt.with("personId", .string(first.persons[0])).with("recordedHow", "spoken")
        #expect(try await test.desk.recordConsent(consent, by: manager, idempotency: nil).status == 201)
        #expect(await ask { () async throws(DeskRefusal) in try await test.desk.showCasefile(first.casefile, by: manager) }.status == 404)
        // It cannot be joined to what it shows.
        let filed = try await file([.father])
        #expect(await join(filed.signal, to: linked.description).status == 200)
        #expect(try await persons(of: linked.description) == first.persons + filed.persons)
        #expect(try test.logIsIntact())
    }

    @Test(
        "of a resident who was filed twice a no and an objection in one row count in the other while one case shows both, and a yes only in its own"
    )
    func oneResidentTwice() async throws {
        let first = try await test.openCase([.mother], by: member)
        let filed = try await file([.mother])
        let second = FiledCase(signal: filed.signal, casefile: first.casefile, persons: filed.persons)
        _ = try await test.justified(test.protection(first))
        func ask(_ filed: FiledCase) async -> DeskAnswer {
            await refer(test.referral(filed, fields: ["identification.name", "domains.debts"]))
        }
        func record(_ filed: FiledCase, _ answer: JSONValue) async throws {
            test.clock.advance(milliseconds: 1000)
            let body = answer.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
            #expect(try await test.desk.recordConsent(body, by: member, idempotency: nil).status == 201)
        }
        try await record(second, Consents.refused)
        #expect(await ask(first).status == 201, "what was said in another case is not asked here")
        #expect(await join(second.signal, to: first.casefile).status == 200)
        #expect(await ask(first).body["reasons"] == ["consent-refused"])
        let shown = try await test.desk.showCasefile(first.casefile, by: member).body["persons"]?.arrayValue?.first
        #expect(shown?["consents"]?.arrayValue?.contains { $0["counts"] == true } == false)
        #expect(await part(second.signal).status == 200)
        #expect(await ask(first).status == 201)
        #expect(await join(second.signal, to: first.casefile).status == 200)

        try await record(first, Consents.debt)
        let waiting = await ask(first)
        #expect(waiting.status == 201, "an own yes after the no wins, as in one row")
        #expect(await ask(second).body["reasons"] == ["consent-refused"])
        try await record(second, Consents.refused)
        let message = waiting.body.text("messageId")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(message, by: .partner(test.debt.oin)) }
                == "ended")

        #expect(await refer(test.protection(first)).status == 201)
        let objected = try await test.desk.makeObjection(["personId": .string(second.persons[0])], by: member, idempotency: nil)
        #expect(await refer(test.protection(first)).body["reasons"] == ["objection-pending"])
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        _ = try await test.desk.weighObjection(
            objected.body.text("objectionId"), ["outcome": "withdrawn"], by: officer, idempotency: nil)
        #expect(await refer(test.protection(first)).status == 201)
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
        #expect(try test.logIsIntact())
    }

    @Test("joining and parting at once leave one of both, and never a half of either")
    func atOnce() async throws {
        let (first, second) = (try await file([.mother]), try await file([.father]))
        await withTaskGroup(of: Int.self) { group in
            for round in 0..<24 {
                group.addTask {
                    switch round % 3 {
                    case 0: await join(second.signal, to: first.casefile).status
                    case 1: await join(first.signal, to: second.casefile).status
                    default: await part(round % 2 == 0 ? first.signal : second.signal).status
                    }
                }
            }
            for await status in group { #expect([200, 409, 503].contains(status)) }
        }
        let parts = try test.number("SELECT count(*) FROM casefile_part")
        #expect(parts <= 1)
        #expect(try test.number("SELECT count(DISTINCT casefile) FROM signal") == 2 - parts)
        #expect(try test.number("SELECT count(*) FROM signal WHERE status = 'pickedUp'") == parts)
        #expect(
            try test.number(
                "SELECT count(*) FROM deadline JOIN signal ON signal.id = deadline.subject WHERE signal.casefile <> deadline.casefile") == 0
        )
        #expect(try test.logIsIntact())
    }
}
