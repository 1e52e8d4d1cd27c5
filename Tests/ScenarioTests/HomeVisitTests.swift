import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Home visits")
struct HomeVisitTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func visit(_ filed: FiledCase, _ body: JSONValue, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.recordHomeVisit(filed.casefile, body, by: caller ?? member, idempotency: nil)
        }
    }

    private func plan(_ task: String, on date: String, as partner: PartnerFixture) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.planPartnerVisit(task, ["on": .string(date)], by: .partner(partner.oin), idempotency: nil)
        }
    }

    private func care(_ filed: FiledCase) -> JSONValue {
        test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification", "contact", "domains.health"])
    }

    private func visits() async throws -> JSONValue { try await test.page(of: member)["visits"] ?? .null }

    private func visitDate(_ task: String, as partner: PartnerFixture) async throws -> String? {
        let tasks = try await test.desk.listTasks(state: nil, after: nil, limit: 50, by: .partner(partner.oin)).body
        return tasks["items"]?.arrayValue?.first { $0.text("taskId") == task }?["visitOn"]?.stringValue
    }

    @Test("R9: what came of 1,299 visits is 433 talks, 433 times declined and 433 times nobody, and each is counted")
    func outcomes() async throws {
        var files: [FiledCase] = []
        for _ in 0..<3 { files.append(try await test.openCase(visited: false, by: member)) }
        for (filed, outcome) in zip(files, VisitOutcome.allCases) {
            let before = try test.number("SELECT max(due_at) FROM deadline WHERE kind = 'homeVisit'")
            test.clock.advance(milliseconds: 60_000)
            let first = await visit(filed, ["outcome": .string(outcome.rawValue)])
            #expect(first.status == 200)
            #expect(first.body.text("outcome") == outcome.rawValue && !first.body.text("visitId").isEmpty)
            if outcome == .noResponse {
                // Nobody answered: it is still to be made, by a later day.
                #expect(try test.number("SELECT max(due_at) FROM deadline WHERE kind = 'homeVisit'") > before)
            }
            for start in stride(from: 1, to: 433, by: 16) {
                let answers = await withTaskGroup(of: Int.self) { group in
                    for _ in start..<min(start + 16, 433) {
                        group.addTask { await visit(filed, ["outcome": .string(outcome.rawValue)]).status }
                    }
                    return await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(answers == [200])
            }
        }
        let told = try test.entries().filter { $0.event == "contact.made" && $0.facts["kind"] == .text("homeVisit") }
        let counts = Dictionary(told.map { ($0.facts["outcome"], 1) }, uniquingKeysWith: +)
        #expect(counts == [.text("spoke"): 433, .text("declined"): 433, .text("noResponse"): 433])
        #expect(told.allSatisfy { $0.refs["signal"] != nil && $0.facts.count == 2 })
        #expect(try test.number("SELECT count(*) FROM home_visit WHERE state = 'held'") == 1_299)
        // Two cases were visited; the third still waits.
        #expect(try test.number("SELECT count(*) FROM casefile WHERE visited_at IS NOT NULL") == 2)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'homeVisit'") == 1)
    }

    @Test("a planned visit is made, and cannot be made twice")
    func planned() async throws {
        let filed = try await test.openCase(visited: false, by: member)
        let planned = await visit(filed, ["on": "2026-11-30"])
        #expect(planned.status == 201)
        #expect(planned.body["joined"] == [] && planned.body.text("on") == "2026-11-30")
        let id = planned.body["visitId"] ?? .null
        #expect(try await visits()["planned"]?.arrayValue?.map { $0["visitId"] } == [id])
        #expect(try await visits()["planned"]?.arrayValue?.first?.text("by") == "municipality")
        #expect(await visit(filed, ["outcome": "spoke", "visitId": id]).status == 200)
        #expect(await visit(filed, ["outcome": "spoke", "visitId": id]).body.text("code") == "already-decided")
        #expect(try await visits()["planned"] == [])
        let entry = try #require(try test.entries().last { $0.event == "visit.planned" })
        #expect(entry.facts == ["by": .text("municipality")])
    }

    @Test("a visit that is no visit is refused, and nothing is written")
    func refused() async throws {
        let filed = try await test.openCase(visited: false, by: member)
        let single = try await test.openCase(triage: "single", by: member)
        let before = try test.entries().count
        for (body, code) in [
            ([:], "missing-member"), (["on": "2026-12-01", "outcome": "spoke"], "missing-member"), (["on": "2026-11-22"], "in-the-past"),
            (["on": "soon"], "invalid-date"), (["outcome": "left"], "not-in-list"), (["outcome": "spoke", "join": []], "unknown-member"),
            (["on": "2026-12-01", "visitId": .string(filed.casefile)], "unknown-member"),
            (["on": "2026-12-01", "join": [.string(filed.casefile)]], "too-few"),
            (["on": "2026-12-01", "join": [.string(filed.casefile), .string(filed.signal)]], "unknown-visit"),
        ] as [(JSONValue, String)] {
            let answer = await visit(filed, body)
            #expect(answer.status == 400, "\(code)")
            #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == [code])
        }
        #expect(await visit(single, ["outcome": "spoke"]).body.text("because") == "not-multiple")
        #expect(await visit(single, ["on": "2026-12-01"]).body.text("because") == "not-multiple")
        let other = try await test.staff("manager-1", .socialCaseManager)
        #expect(await visit(filed, ["outcome": "spoke"], by: other).status == 404)
        #expect(await visit(filed, ["outcome": "spoke"], by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
        #expect(try test.entries().count == before + 1)  // the account
    }

    @Test("R114: two partners plan a visit to one household; a person makes them one, and each learns only its own new date")
    func joined() async throws {
        let filed = try await test.openCase(by: member)
        let debt = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let care = try await test.referAndReceive(care(filed), to: test.care, by: member)
        let first = await plan(debt.task, on: "2026-12-01", as: test.debt)
        #expect(first.status == 201)
        #expect(try await visits()["offers"] == [])
        let second = await plan(care.task, on: "2026-12-10", as: test.care)
        #expect(second.body == ["visitId": second.body["visitId"] ?? .null, "on": "2026-12-10"])
        let ids = [first, second].map { $0.body["visitId"] ?? .null }

        let offers = try await visits()["offers"]?.arrayValue ?? []
        #expect(offers.map { $0.text("casefileId") } == [filed.casefile])
        #expect(offers.first?["visits"]?.arrayValue?.map { $0["visitId"] ?? .null } == ids)
        #expect(try await visitDate(debt.task, as: test.debt) == "2026-12-01")

        let before = try test.entries().count
        let joined = await visit(filed, ["on": "2026-12-03", "join": .array(ids)])
        #expect(joined.status == 201 && joined.body["joined"] == .array(ids))
        #expect(try await visits()["offers"] == [])
        #expect(try await visits()["planned"]?.arrayValue?.map { $0["visitId"] } == [joined.body["visitId"]])
        let events = try test.entries().dropFirst(before)
        #expect(events.map(\.event) == ["visit.planned", "visit.joined", "message.sealed", "message.sealed"])
        #expect(events.first { $0.event == "visit.joined" }?.facts == ["visits": .integer(2)])

        for (partner, referral) in [(test.debt, debt), (test.care, care)] {
            #expect(try await visitDate(referral.task, as: partner) == "2026-12-03")
            let waiting = try await test.inbox(of: partner)
            #expect(waiting.map(\.kind) == ["notice"])
            let payload = try await test.fetch(waiting[0].id, as: partner).payload
            #expect(payload.notice?.code == "taskChanged" && payload.notice?.about == [referral.message])
            #expect(payload.fields == [:])
            // Whose visit it has become one with is nobody's business but the desk's.
            let seen = try await test.desk.listTasks(state: nil, after: nil, limit: 50, by: .partner(partner.oin)).body.canonicalText
            let other = partner.oin == test.debt.oin ? test.care.oin : test.debt.oin
            #expect(!seen.contains(other.description) && !seen.contains(care.task) == (partner.oin == test.debt.oin))
            // The date is the municipality's now.
            #expect(await plan(referral.task, on: "2026-12-04", as: partner).body.text("code") == "already-decided")
        }
        #expect(await visit(filed, ["outcome": "spoke", "visitId": joined.body["visitId"] ?? .null]).status == 200)
        #expect(try await visitDate(debt.task, as: test.debt) == nil)
        #expect(try test.logIsIntact())
    }

    @Test("R114: a partner that cannot be told of its new date is named in the answer, and the others are told")
    func untold() async throws {
        let filed = try await test.openCase(by: member)
        let debt = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let care = try await test.referAndReceive(care(filed), to: test.care, by: member)
        let ids = [
            await plan(debt.task, on: "2026-12-01", as: test.debt), await plan(care.task, on: "2026-12-10", as: test.care),
        ].map { $0.body["visitId"] ?? .null }
        try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [test.care.oin.description])
        let joined = await visit(filed, ["on": "2026-12-03", "join": .array(ids)])
        #expect(joined.status == 201 && joined.body["notTold"] == [.string(care.message)])
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        #expect(try await test.inbox(of: test.care).isEmpty)
    }

    @Test("R114: a joint visit that becomes one with a third says so in the log, so that none is counted twice")
    func joinedInSteps() async throws {
        let filed = try await test.openCase(by: member)
        func newVisit(_ day: Int) async -> JSONValue { await visit(filed, ["on": .string("2026-12-0\(day)")]).body["visitId"] ?? .null }
        let first = [await newVisit(1), await newVisit(2)]
        let joint = await visit(filed, ["on": "2026-12-02", "join": .array(first)])
        #expect(joint.status == 201)
        let third = await newVisit(3)
        #expect(await visit(filed, ["on": "2026-12-03", "join": [joint.body["visitId"] ?? .null, third]]).status == 201)
        let facts = try test.entries().filter { $0.event == "visit.joined" }.map(\.facts)
        #expect(facts == [["visits": .integer(2)], ["visits": .integer(2), "joint": .integer(1)]])
    }

    @Test("R114: visits of one organisation, or more than a fortnight apart, are not offered as one; a partner may move its own date")
    func notOffered() async throws {
        let filed = try await test.openCase(by: member)
        let debt = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let again = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let care = try await test.referAndReceive(care(filed), to: test.care, by: member)
        #expect(await plan(debt.task, on: "2026-12-01", as: test.debt).status == 201)
        #expect(await plan(again.task, on: "2026-12-02", as: test.debt).status == 201)
        #expect(await plan(care.task, on: "2026-12-17", as: test.care).status == 201)
        #expect(try await visits()["planned"]?.arrayValue?.count == 3)
        #expect(try await visits()["offers"] == [])
        // The fifteenth day after the second becomes its fourteenth.
        #expect(await plan(care.task, on: "2026-12-16", as: test.care).status == 201)
        let offers = try await visits()["offers"]?.arrayValue ?? []
        #expect(offers.map { $0["visits"]?.arrayValue?.map { $0.text("on") } } == [["2026-12-02", "2026-12-16"]])
        #expect(try await visitDate(care.task, as: test.care) == "2026-12-16")
        #expect(try test.number("SELECT count(*) FROM home_visit WHERE state = 'cancelled'") == 1)
        // The municipality's own visit counts as an organisation's.
        let own = await visit(filed, ["on": "2026-12-01"])
        #expect(own.status == 201)
        #expect(try await visits()["offers"]?.arrayValue?.first?["visits"]?.arrayValue?.count == 3)
        // What has ended is not visited any more.
        _ = try await test.desk.moveTask(care.task, ["to": "cancelled"], by: member, idempotency: nil)
        #expect(try await visits()["planned"]?.arrayValue?.count == 3)
        // Nor what lies behind us, where a partner would come.
        test.clock.advance(days: 10)
        #expect(try await visits()["planned"]?.arrayValue?.map { $0["visitId"] ?? .null } == [own.body["visitId"] ?? .null])
    }

    @Test("R114: a partner's visit is known within covenant: when the ground is gone it is refused, without a reason")
    func withinCovenant() async throws {
        let filed = try await test.openCase(by: member)
        let debt = try await test.refer(test.referral(filed), by: member)
        #expect(await plan(debt.task, on: "2026-12-01", as: test.debt).body.text("code") == "illegal-transition")
        try await test.receive(debt.message, as: test.debt)
        #expect(await plan(debt.task, on: "2026-12-01", as: test.care).body.text("code") == "not-found")
        #expect(await plan(debt.task, on: "2026-11-22", as: test.debt).status == 400)
        var policy = TestPolicy()
        policy.debtFields = ["domains.income"]
        try await test.adopt(policy)
        let before = try test.entries().count
        let refused = await plan(debt.task, on: "2026-12-01", as: test.debt)
        #expect(refused.status == 422 && refused.body.text("code") == "disclosure-refused")
        #expect(refused.body["reasons"] == [] && refused.body["decision"] == nil)
        #expect(try test.events(after: before) == ["decision.changed"])
        #expect(try test.number("SELECT count(*) FROM home_visit WHERE partner IS NOT NULL") == 0)
        try await test.adopt(TestPolicy())
        #expect(await plan(debt.task, on: "2026-12-01", as: test.debt).status == 201)
        let entry = try #require(try test.entries().last)
        #expect(entry.event == "visit.planned" && entry.facts["by"] == .text("partner") && entry.refs["task"] == debt.task)
        #expect(entry.actor["organisation"] == test.debt.oin.description)
    }
}
