import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Triage as a whole")
struct WholeTriageTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func triage(_ signal: String, _ body: JSONValue) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.triageSignal(signal, body, by: member, idempotency: nil) }
    }

    private func refer(_ body: JSONValue) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.dispatchReferral(body, by: member, idempotency: nil) }
    }

    private func status(of signal: String) async throws -> JSONValue {
        try await test.desk.showSignal(signal, by: .partner(test.debt.oin)).body
    }

    /// Debt help takes its task on.
    private func accept(_ task: String) async throws {
        _ = try await test.desk.moveTask(task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
    }

    @Test("R10: the filer of a signal sees received, picked up and closed, and nothing else")
    func filerSeesStatus() async throws {
        let filed = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(signal([.mother]), by: .partner(test.debt.oin), idempotency: nil)
        }.body.text("signalId")
        var seen = [try await status(of: filed)]
        let casefile = await triage(filed, ["outcome": "multipleUnrelated"]).body.text("casefileId")
        seen.append(try await status(of: filed))
        _ = try await test.desk.closeCase(casefile, ["outcome": "residentDeclined"], by: member, idempotency: nil)
        seen.append(try await status(of: filed))
        #expect(seen == ["received", "pickedUp", "closed"].map { ["signalId": .string(filed), "status": .string($0)] })
    }

    @Test("R12: single or multiple is decided at the desk and logged with who and when; 12 signals are 5 and 7")
    func decidedAtTheDesk() async throws {
        for number in 0..<12 {
            test.clock.advance(milliseconds: 60_000)
            _ = try await test.openCase(triage: number < 5 ? "single" : "multipleUnrelated", visited: false, by: member)
        }
        let made = try test.entries().filter { $0.event == "triage.made" }
        let counts = Dictionary(made.map { ($0.facts["outcome"], 1) }, uniquingKeysWith: +)
        #expect(counts == [.text("single"): 5, .text("multipleUnrelated"): 7])
        #expect(Set(made.compactMap { $0.refs["signal"] }).count == 12)
        #expect(made.allSatisfy { $0.actor["kind"] == "staff" && $0.actor["role"] == "contactPoint" && $0.actor["handle"] != nil })
        #expect(Set(made.map(\.at)).count == 12)
    }

    @Test("R13: 42 single cases close without a case manager, each with one forwarding and one destination")
    func single() async throws {
        for _ in 0..<42 {
            let filed = try await test.openCase(triage: "single", by: member)
            let referral = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
            try await accept(referral.task)
        }
        let closed = try test.entries().filter { $0.event == "case.closed" }
        #expect(closed.count == 42)
        #expect(closed.allSatisfy { $0.facts == ["outcome": .text("handedOver"), "direct": .text("yes")] && $0.refs["signal"] != nil })
        #expect(Set(closed.compactMap { $0.refs["signal"] }).count == 42)
        #expect(
            try test.number("SELECT count(*) FROM casefile WHERE state = 'closed' AND coordinator IS NULL AND visited_at IS NULL") == 42)
        #expect(try test.number("SELECT count(*) FROM assignment") == 0)
        #expect(try test.number("SELECT max(n) FROM (SELECT count(*) AS n FROM task GROUP BY casefile)") == 1)
        #expect(try test.number("SELECT count(DISTINCT casefile) FROM task") == 42)
        #expect(try test.number("SELECT count(*) FROM signal WHERE status = 'closed'") == 42)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'aftercare'") == 42)
    }

    @Test("R14: a multiple case expects a visit before any referral; an earlier one is refused and says why")
    func visitFirst() async throws {
        _ = try await test.staff("manager-1", .socialCaseManager)
        let filed = try await test.openCase(visited: false, by: member)
        let due = try test.number("SELECT due_at FROM deadline WHERE kind = 'homeVisit'")
        #expect(due == Int(WorkingCalendar().adding(.workingDays(10), to: test.clock.calendar).millisecondsSince1970))
        let before = try test.entries().count
        let early = await refer(test.referral(filed))
        #expect(early.status == 409)
        #expect(early.body.text("code") == "illegal-transition" && early.body.text("because") == "visit-first")
        #expect(try test.entries().count == before)
        // Nobody at home is no visit; being sent away is one.
        for (outcome, allowed) in [("noResponse", 409), ("declined", 201)] {
            _ = try await test.desk.recordHomeVisit(filed.casefile, ["outcome": .string(outcome)], by: member, idempotency: nil)
            #expect(await refer(test.referral(filed)).status == allowed)
        }
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'homeVisit'") == 0)
        // What is triaged upward later has been visited, and expects nothing more.
        #expect(await triage(filed.signal, ["outcome": "multipleInterrelated", "caseManager": "manager-1"]).status == 200)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'homeVisit'") == 0)
    }

    @Test("R14: while the term of the visit is undecided, no case is triaged multiple")
    func undecidedTerm() async throws {
        var policy = TestPolicy()
        policy.homeVisit = nil
        try await test.adopt(policy)
        let filed = try await test.openCase(triage: "single", by: member)
        let answer = await triage(filed.signal, ["outcome": "multipleUnrelated"])
        #expect(answer.status == 422 && answer.body["missing"] == ["terms.homeVisit"])
    }

    @Test("R15: three problems without relation are three referrals, coordinated by the case manager, and no meeting")
    func unrelated() async throws {
        let manager = try await test.staff("manager-1", .socialCaseManager)
        let filed = try await test.openCase(by: member)
        #expect(try test.number("SELECT count(*) FROM casefile WHERE coordinator IS NULL") == 1)
        #expect(await triage(filed.signal, ["outcome": "multipleUnrelated", "caseManager": "manager-1"]).status == 200)
        for body in [
            test.referral(filed),
            test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification", "domains.health"]),
            try await test.justified(test.protection(filed)),
        ] { _ = try await test.refer(body, by: manager) }
        #expect(try test.number("SELECT count(*) FROM task") == 3)
        #expect(try test.number("SELECT count(*) FROM meeting") == 0)
        #expect(
            try test.number("SELECT count(*) FROM casefile JOIN account ON account.id = casefile.coordinator WHERE name = 'manager-1'") == 1
        )
        let set = try test.entries().filter { $0.event == "coordinator.set" }
        #expect(set.count == 1 && set.first?.facts["caseManager"] != nil)
    }

    @Test("R15: problems that hang together are planned before anybody is referred")
    func interrelated() async throws {
        let filed = try await test.openCase(triage: "multipleInterrelated", by: member)
        let early = await refer(test.referral(filed))
        #expect(early.status == 409 && early.body.text("because") == "plan-first")
        #expect(try test.number("SELECT count(*) FROM task") == 0)
    }

    @Test("R16: a case that closed as single opens again as multiple, and its signal stays one")
    func retriaged() async throws {
        _ = try await test.staff("manager-1", .socialCaseManager)
        let filed = try await test.openCase(triage: "single", by: member)
        let referral = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        try await accept(referral.task)
        #expect(try await status(of: filed.signal).text("status") == "closed")
        #expect(await refer(test.referral(filed)).body.text("because") == "case-closed")
        test.clock.advance(days: 30)
        #expect(await triage(filed.signal, ["outcome": "single"]).body.text("because") == "case-closed")
        let before = try test.entries().count
        #expect(await triage(filed.signal, ["outcome": "multipleUnrelated", "caseManager": "manager-1"]).status == 200)
        #expect(try test.events(after: before) == ["case.reopened", "triage.made", "coordinator.set"])
        #expect(try await status(of: filed.signal).text("status") == "pickedUp")
        // Nobody looks again after a closing that no longer holds; somebody is to be at the door.
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'aftercare'") == 0)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'homeVisit'") == 1)
        #expect(await refer(test.referral(filed)).body.text("because") == "visit-first")
        // Once per status, with its date; one signal, one case.
        let triages = try test.entries().filter { $0.event == "triage.made" }
        #expect(triages.map { $0.facts["outcome"] } == [.text("single"), .text("multipleUnrelated")])
        #expect(triages.allSatisfy { $0.refs["signal"] == filed.signal })
        #expect(triages[1].at - triages[0].at == 30 * 86_400_000)
        #expect(try test.number("SELECT count(*) FROM signal") == 1)
        #expect(try test.number("SELECT count(*) FROM casefile WHERE state = 'open'") == 1)
        // What closed by a person does not open again this way.
        _ = try await test.desk.moveTask(referral.task, ["to": "cancelled"], by: member, idempotency: nil)
        _ = try await test.desk.closeCase(filed.casefile, ["outcome": "solved"], by: member, idempotency: nil)
        #expect(await triage(filed.signal, ["outcome": "multipleInterrelated"]).body.text("because") == "case-closed")
        #expect(try test.logIsIntact())
    }

    @Test("R13: when the helper of a single case gives it back, the case is open again, and is referred anew")
    func givenBack() async throws {
        let filed = try await test.openCase(triage: "single", by: member)
        let referral = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        try await accept(referral.task)
        #expect(await refer(test.referral(filed)).body.text("because") == "case-closed")
        let before = try test.entries().count
        _ = try await test.desk.moveTask(
            referral.task, ["to": "rejected", "reason": "noCapacity"], by: .partner(test.debt.oin), idempotency: nil)
        #expect(try test.events(after: before) == ["task.moved", "case.reopened"])
        #expect(try test.entries().last?.facts == ["because": .text("no-helper")])
        #expect(try await status(of: filed.signal).text("status") == "pickedUp")
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'aftercare'") == 0)
        #expect(await refer(test.referral(filed)).status == 201)
        #expect(try test.logIsIntact())
    }

    @Test("R48: a referral ends with acceptance, not with sending")
    func acceptance() async throws {
        let filed = try await test.openCase(triage: "single", by: member)
        let referral = try await test.refer(test.referral(filed), by: member)
        func isOpen() throws -> Bool { try test.number("SELECT count(*) FROM casefile WHERE state = 'open'") == 1 }
        #expect(try isOpen() && test.task(referral.task) == ("requested", "delivery"))
        try await test.receive(referral.message, as: test.debt)
        // Sent and received, not accepted: still open, and it is the desk's to follow.
        #expect(try isOpen() && test.task(referral.task) == ("received", "pickUp"))
        test.clock.advance(days: 1)
        try await accept(referral.task)
        #expect(try !isOpen())
        let moved = try #require(try test.entries().last { $0.event == "task.moved" })
        #expect(moved.facts["to"] == .text("accepted") && moved.at == test.clock.calendar.millisecondsSince1970)
        #expect(moved.actor["organisation"] == test.debt.oin.description)
        #expect(try test.number("SELECT moved_at FROM task") == Int(moved.at))
        // The partner's work goes on in a closed case.
        _ = try await test.desk.moveTask(referral.task, ["to": "inProgress"], by: .partner(test.debt.oin), idempotency: nil)
    }
}
