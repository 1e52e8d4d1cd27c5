import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Who may open a case")
struct CaseAccessTests {
    private let test: TestDesk
    private let desk: Caller
    private let manager: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk()
        desk = try await test.staff("desk-1", .contactPoint)
        manager = try await test.staff("manager-1", .socialCaseManager)
        filed = try await test.openCase([.mother, .father], by: desk)
    }

    private func show(_ filed: FiledCase, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.showCasefile(filed.casefile, by: caller) }
    }
    private func assign(_ account: String, by caller: Caller, ends: Bool = false, key: IdempotencyKey? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            let body: JSONValue = ["account": .string(account)]
            return ends
                ? try await test.desk.unassignCase(filed.casefile, body, by: caller, idempotency: key)
                : try await test.desk.assignCase(filed.casefile, body, by: caller, idempotency: key)
        }
    }
    private func breakGlass(_ body: JSONValue = Self.because, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.breakGlass(filed.casefile, body, by: caller, idempotency: nil)
        }
    }
    private func list(by caller: Caller, after: String? = nil, limit: Int = 50) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.listBrokenGlass(after: after, limit: limit, by: caller) }
    }
    private func code(_ answer: DeskAnswer) -> String? { answer.body["errors"]?.arrayValue?.first?.text("code") }

    private static let because: JSONValue = ["reason": "immediateDanger", "because": "buurvrouw belt over geschreeuw"]

    @Test("R109: the same colleague has the case that was given and not the other; every read is an entry")
    func perCase() async throws {
        let other = try await test.openCase(by: desk)
        #expect(await show(filed, by: manager).status == 404)
        #expect(await assign("manager-1", by: desk).body.text("role") == "socialCaseManager")
        let before = try test.entries().count
        let shown = await show(filed, by: manager)
        #expect(shown.status == 200)
        #expect(shown.body["assigned"]?.arrayValue?.map { $0.text("account") } == ["manager-1"])
        #expect(await show(other, by: manager).status == 404)
        #expect(try test.events(after: before) == ["casefile.read"], "a read is one; a refusal read nothing")
        let list = try await test.desk.listCasefiles(after: nil, limit: 10, by: manager).body
        #expect(list["items"]?.arrayValue?.map { $0.text("casefileId") } == [filed.casefile])
    }

    @Test("a case is given once, taken back, and no longer open then; the log tells each")
    func takenBack() async throws {
        let before = try test.entries().count
        #expect(await assign("manager-1", by: desk).status == 201)
        #expect(await assign("manager-1", by: desk).status == 201)
        #expect(await assign("manager-1", by: desk, ends: true).status == 200)
        #expect(code(await assign("manager-1", by: desk, ends: true)) == "not-assigned")
        #expect(await show(filed, by: manager).status == 404)
        let entries = try test.entries().dropFirst(before)
        #expect(entries.map(\.event) == ["case.assigned", "case.unassigned"])
        #expect(entries.allSatisfy { $0.casefile != nil && $0.facts["role"] == .text("socialCaseManager") })
        #expect(Set(entries.compactMap { $0.facts["handle"] }).count == 1)
        #expect(try test.logIsIntact())
    }

    @Test("only colleagues of the municipality who work on cases get one, and its coordinator keeps it")
    func whom() async throws {
        _ = try await test.staff("officer-1", .privacyOfficer)
        _ = try await test.staff("manager-2", .socialCaseManager, of: test.care.oin)
        _ = try await test.staff("manager-3", .socialCaseManager)
        _ = try await test.desk.disableStaff("manager-3")
        for name in ["officer-1", "manager-2", "manager-3", "desk-1", "nobody"] {
            #expect(code(await assign(name, by: desk)) == "not-a-case-worker", "\(name)")
        }
        let workers = try await test.desk.listCaseWorkers(by: desk).body["items"]?.arrayValue
        #expect(workers?.map { $0.text("account") } == ["manager-1"])
        _ = try await test.desk.makePlan(filed.casefile, ["coordinator": "manager-1"], by: desk, idempotency: nil)
        #expect(code(await assign("manager-1", by: desk, ends: true)) == "coordinates")
        #expect(await show(filed, by: manager).status == 200)
    }

    private func name(_ coordinator: String, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.nameCoordinator(filed.casefile, ["coordinator": .string(coordinator)], by: caller, idempotency: nil)
        }
    }

    @Test("R81: the coordination is taken over and handed back, each one record; who only coordinated loses the case")
    func takeover() async throws {
        let regie = try await test.staff("regie-1", .planCoordinator)
        #expect(await assign("manager-1", by: desk).status == 201)
        _ = try await test.desk.makePlan(filed.casefile, ["coordinator": "manager-1"], by: desk, idempotency: nil)
        func coordinator() async -> String { await show(filed, by: desk).body.text("coordinator") }
        #expect(await show(filed, by: regie).status == 404)
        let before = try test.entries().count
        #expect(await name("regie-1", by: desk).status == 200)
        #expect(try test.events(after: before) == ["coordinator.set"])
        #expect(await coordinator() == "regie-1")
        #expect(await show(filed, by: regie).status == 200)
        #expect(await show(filed, by: manager).status == 200, "the case was given to them besides")
        let taken = try test.entries().count
        #expect(await name("regie-1", by: desk).status == 200)
        #expect(try test.events(after: taken) == [], "the same one again changes nothing")
        #expect(await name("manager-1", by: desk).status == 200)
        #expect(try test.events(after: taken) == ["coordinator.set", "case.unassigned"])
        #expect(await coordinator() == "manager-1")
        #expect(await show(filed, by: regie).status == 404)
        #expect(try test.number("SELECT count(*) FROM plan WHERE ended_at IS NULL") == 1)
        #expect(try test.logIsIntact())
    }

    @Test("R72, R81: a plan with another coordinator takes the case from who only coordinated it")
    func takeoverByPlan() async throws {
        let regie = try await test.staff("regie-1", .planCoordinator)
        #expect(await name("regie-1", by: desk).status == 200)
        #expect(await show(filed, by: regie).status == 200)
        let before = try test.entries().count
        _ = try await test.desk.makePlan(filed.casefile, ["coordinator": "manager-1"], by: desk, idempotency: nil)
        #expect(try test.events(after: before) == ["coordinator.set", "case.unassigned", "plan.made"])
        #expect(await show(filed, by: regie).status == 404)
        #expect(await show(filed, by: manager).status == 200)
    }

    @Test("R81: who loses the case by naming another in a plan still gets the same answer again")
    func takeoverRepeated() async throws {
        let regie = try await test.staff("regie-1", .planCoordinator)
        #expect(await name("regie-1", by: desk).status == 200)
        let body: JSONValue = ["coordinator": "manager-1"]
        let key = IdempotencyKey(route: "POST /v1/casefiles/{casefileId}/plans", key: "plan-1", body: body.canonicalBytes())
        func plan(_ key: IdempotencyKey?) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.makePlan(filed.casefile, body, by: regie, idempotency: key)
            }
        }
        let made = await plan(key)
        #expect(made.status == 201)
        #expect(await plan(key) == made)
        #expect(await plan(nil).status == 404, "without the key it is another request, about a case that is not theirs")
    }

    @Test("R81: who is given a case that they only coordinate keeps it when another coordinates")
    func givenBesides() async throws {
        _ = try await test.staff("regie-1", .planCoordinator)
        #expect(await name("manager-1", by: desk).status == 200)
        let before = try test.entries().count
        for _ in 0..<2 { #expect(await assign("manager-1", by: desk).status == 201) }
        #expect(try test.events(after: before) == ["case.assigned"])
        #expect(await name("regie-1", by: desk).status == 200)
        #expect(await show(filed, by: manager).status == 200)
    }

    @Test("the coordination goes only to who can coordinate, by the desk, while the case is open")
    func whoCoordinates() async throws {
        _ = try await test.staff("officer-1", .privacyOfficer)
        _ = try await test.staff("manager-2", .socialCaseManager, of: test.care.oin)
        _ = try await test.staff("manager-3", .socialCaseManager)
        _ = try await test.desk.disableStaff("manager-3")
        #expect(await assign("manager-1", by: desk).status == 201)
        let before = try test.entries().count
        for other in ["officer-1", "manager-2", "manager-3", "desk-1", "nobody"] {
            #expect(code(await name(other, by: desk)) == "not-a-coordinator", "\(other)")
        }
        for caller in [manager, Caller.partner(test.care.oin), .daemon] { #expect(await name("manager-1", by: caller).status == 403) }
        #expect(try test.entries().count == before)
        _ = try await test.desk.closeCase(filed.casefile, ["outcome": "residentDeclined"], by: desk, idempotency: nil)
        #expect(await name("manager-1", by: desk).status == 409)
    }

    @Test("whoever breaks the glass sees the case for four hours; each read says so, and the officer sees who and why")
    func broken() async throws {
        let officer = try await test.staff("officer-1", .privacyOfficer)
        let opened = await breakGlass(by: manager)
        #expect(opened.status == 201)
        #expect(opened.body.text("until") == test.clock.wall.advanced(byMilliseconds: 4 * 3_600_000).rfc3339)
        #expect(await breakGlass(by: manager).status == 409, "it is open")
        #expect(await show(filed, by: manager).status == 200)
        let signal = try await test.desk.showSignal(filed.signal, by: manager)
        #expect(signal.status == 200)
        let reads = try test.entries().suffix(2)
        #expect(reads.map(\.event) == ["casefile.read", "casefile.read"] && reads.allSatisfy { $0.facts["access"] == .text("breakGlass") })
        let entry = try #require(try test.entries().last { $0.event == "break-glass" })
        #expect(entry.facts["reason"] == .text("immediateDanger") && entry.subjects.count == 2 && entry.casefile != nil)

        let before = try test.entries().count
        let seen = await list(by: officer)
        let item = try #require(seen.body["items"]?.arrayValue?.first)
        #expect(item.text("account") == "manager-1" && item.text("because") == "buurvrouw belt over geschreeuw")
        #expect(item.text("casefileId") == filed.casefile && item.text("reason") == "immediateDanger")
        #expect(try test.events(after: before) == ["log.read"])

        test.clock.advance(milliseconds: 4 * 3_600_000)
        #expect(await show(filed, by: manager).status == 404)
        #expect(await breakGlass(by: manager).status == 201)
        let first = await list(by: officer, limit: 1)
        #expect(first.body["items"]?.arrayValue?.count == 1)
        let rest = await list(by: officer, after: first.body.text("next"), limit: 1)
        #expect(rest.body["items"]?.arrayValue?.map { $0.text("breakGlassId") } == [opened.body.text("breakGlassId")])
        #expect(rest.body["next"] == nil)
        #expect(try test.logIsIntact())
    }

    @Test("a look at a meeting, at justifications and at a receipt of consent says so too, and of a case that was given it says nothing")
    func everyRead() async throws {
        let body: JSONValue = [
            "casefileId": .string(filed.casefile), "kind": "mda", "trigger": "interrelated",
            "parties": [
                ["oin": .string(test.debt.oin.description), "purpose": "debtAssistance"],
                ["oin": .string(test.care.oin.description), "purpose": "careSupport"],
            ],
        ]
        let opened = await ask { () async throws(DeskRefusal) in
            try await test.desk.openMeeting(body, by: desk, idempotency: nil)
        }
        #expect(opened.status == 201, "\(opened.body.canonicalText)")
        let persons = await show(filed, by: desk).body["persons"]?.arrayValue ?? []
        let consent = try #require(persons.first?["consents"]?.arrayValue?.first).text("consentId")
        func facts() async throws -> [[String: AuditFact]] {
            let before = try test.entries().count
            _ = try await test.desk.showMeeting(opened.body.text("meetingId"), by: manager)
            _ = try await test.desk.showJustifications(of: filed.casefile, by: manager)
            _ = try await test.desk.showConsentReceipt(consent, by: manager)
            return try test.entries().dropFirst(before).map(\.facts)
        }
        let what: [[String: AuditFact]] = [[:], ["what": .text("justifications")], ["what": .text("consentReceipt")]]
        let broken: [[String: AuditFact]] = what.map { $0.merging(["access": .text("breakGlass")]) { $1 } }
        #expect(await breakGlass(by: manager).status == 201)
        #expect(try await facts() == broken)
        test.clock.advance(milliseconds: 4 * 3_600_000)
        #expect(await assign("manager-1", by: desk).status == 201)
        #expect(try await facts() == what)
    }

    @Test("why it was broken is content: it stands in no file or entry, and goes with the household")
    func content() async throws {
        let officer = try await test.staff("officer-1", .privacyOfficer)
        _ = await breakGlass(by: manager)
        for name in try FileManager.default.subpathsOfDirectory(atPath: test.folder.path) {
            guard let data = FileManager.default.contents(atPath: test.folder.path + "/" + name) else { continue }
            #expect(data.range(of: Data("geschreeuw".utf8)) == nil, "\(name)")
        }
        for person in filed.persons {
            _ = try await test.desk.erasePerson(casefile: filed.casefile, person: person, because: "requested", by: .daemon)
        }
        let item = try #require(await list(by: officer).body["items"]?.arrayValue?.first)
        #expect(item["because"] == nil && item.text("reason") == "immediateDanger")
        #expect(try test.number("SELECT count(*) FROM break_glass WHERE sealed IS NOT NULL") == 0)
    }

    @Test("a reason of the list and a text are demanded, and a case that is the caller's needs neither")
    func demanded() async throws {
        #expect(code(await breakGlass(["reason": "curious", "because": "zomaar"], by: manager)) == "not-in-list")
        #expect(code(await breakGlass(["reason": "other"], by: manager)) == "missing-member")
        #expect(await breakGlass(["reason": "other", "because": ""], by: manager).status == 400)
        #expect(await show(filed, by: manager).status == 404)
        #expect(await assign("manager-1", by: desk).status == 201)
        #expect(await breakGlass(by: manager).status == 409)
        let unknown = await ask { () async throws(DeskRefusal) in
            try await test.desk.breakGlass(filed.signal, Self.because, by: manager, idempotency: nil)
        }
        #expect(unknown.status == 404)
    }

    @Test("what each role may do with a case that is not theirs", arguments: StaffRole.allCases)
    func roles(role: StaffRole) async throws {
        let own = try await test.staff("some-1", role)
        let foreign = try await test.staff("some-2", role, of: test.care.oin)
        let (isDesk, isOfficer) = (role == .contactPoint, [.privacyOfficer, .dataProtectionOfficer].contains(role))
        let worksOnCases = [.socialCaseManager, .planCoordinator, .meetingChair, .processManager].contains(role)
        for caller in [own, foreign] {
            let ours = caller == own
            #expect(await assign("manager-1", by: caller).status == (ours && isDesk ? 201 : 403))
            #expect(await assign("manager-1", by: caller, ends: true).status == (ours && isDesk ? 200 : 403))
            let workers = await ask { () async throws(DeskRefusal) in try await test.desk.listCaseWorkers(by: caller) }
            #expect(workers.status == (ours && isDesk ? 200 : 403))
            #expect(await show(filed, by: caller).status == (!ours || worksOnCases ? 404 : isDesk ? 200 : 403))
            #expect(await breakGlass(by: caller).status == (ours && worksOnCases ? 201 : 403))
            #expect(await show(filed, by: caller).status == (ours && (isDesk || worksOnCases) ? 200 : ours ? 403 : 404))
            #expect(await list(by: caller).status == (ours && isOfficer ? 200 : 403))
        }
        for caller in [Caller.partner(test.care.oin), .daemon] {
            #expect(await assign("manager-1", by: caller).status == 403)
            #expect(await breakGlass(by: caller).status == 403)
            #expect(await list(by: caller).status == 403)
        }
    }
}
