import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Closing and aftercare")
struct AftercareTests {
    /// A desk with an account, at this time of the case.
    private func desk(at text: String? = nil) async throws -> (test: TestDesk, member: Caller) {
        let start = try text.map { try #require(Instant(rfc3339: $0)) }
        let test = try await TestDesk(TestPolicy { $0.validFrom = "2000-01-01T00:00:00+01:00" }, calendar: start)
        return (test, try await test.staff("desk-1", .contactPoint))
    }

    private func close(_ filed: FiledCase, _ outcome: String, _ test: TestDesk, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.closeCase(filed.casefile, ["outcome": .string(outcome)], by: caller, idempotency: nil)
        }
    }

    private func aftercare(_ filed: FiledCase, _ body: JSONValue, _ test: TestDesk, by caller: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.contactForAftercare(filed.casefile, body, by: caller, idempotency: nil)
        }
    }

    @Test(
        "R84: somebody looks again six calendar months after closing, at the latest on the month's last day",
        arguments: [
            ("2009-02-27T10:00:00+01:00", "2009-08-27", "2009-08-27T10:00:00+02:00"),
            ("2009-08-31T10:00:00+02:00", "2010-02-28", "2010-02-28T10:00:00+01:00"),
        ])
    func halfAYear(_ closedAt: String, _ on: String, _ dueAt: String) async throws {
        let (test, member) = try await desk(at: closedAt)
        let filed = try await test.openCase(by: member)
        let answer = await close(filed, "solved", test, by: member)
        #expect(answer.status == 200)
        #expect(answer.body == ["casefileId": .string(filed.casefile), "state": "closed", "aftercareOn": .string(on)])
        let due = try #require(Instant(rfc3339: dueAt))
        #expect(try test.number("SELECT due_at FROM deadline WHERE kind = 'aftercare'") == Int(due.millisecondsSince1970))
        // A Sunday waits for Monday's office hours before it does something to people.
        let acts = try test.number("SELECT act_at FROM deadline WHERE kind = 'aftercare'")
        #expect(acts == Int(WorkingCalendar().nextOfficeHour(onOrAfter: due).millisecondsSince1970))
    }

    @Test("R84: the term is the one frozen into the case when it started")
    func frozen() async throws {
        let (test, member) = try await desk(at: "2009-02-27T10:00:00+01:00")
        let filed = try await test.openCase(by: member)
        try test.sql("UPDATE casefile SET terms = replace(terms, 'P6M', 'P1M')")
        #expect(await close(filed, "solved", test, by: member).body.text("aftercareOn") == "2009-03-27")
    }

    @Test("R85: of 42 contacts after closing 14 are stable, 14 a new question and 14 not reached; each is made once")
    func outcomes() async throws {
        let (test, member) = try await desk()
        var files: [FiledCase] = []
        for _ in 0..<42 {
            let filed = try await test.openCase(visited: false, by: member)
            #expect(await aftercare(filed, ["outcome": "stable"], test, by: member).body.text("because") == "case-open")
            #expect(await close(filed, "partlySolved", test, by: member).status == 200)
            files.append(filed)
        }
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'aftercare'") == 42)
        test.clock.advance(days: 184)
        for (number, filed) in files.enumerated() {
            let body: JSONValue = [
                ["outcome": "stable"], ["outcome": "newQuestion", "channel": "phone"], ["outcome": "notReached"],
            ][number % 3]
            #expect(await aftercare(filed, body, test, by: member).status == 200)
            #expect(await aftercare(filed, body, test, by: member).body.text("because") == "aftercare-held")
        }
        let held = try test.entries().filter { $0.event == "aftercare.held" }
        let counts = Dictionary(held.map { ($0.facts["outcome"], 1) }, uniquingKeysWith: +)
        #expect(counts == [.text("stable"): 14, .text("newQuestion"): 14, .text("notReached"): 14])
        #expect(counts.values.reduce(0, +) == 42)
        #expect(Set(held.compactMap { $0.refs["signal"] }) == Set(files.map(\.signal)))
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind = 'aftercare'") == 0)
        #expect(try test.number("SELECT count(*) FROM contact WHERE kind = 'aftercare'") == 42)
        #expect(try test.number("SELECT count(*) FROM casefile_part WHERE because = 'follows'") == 14)
        #expect(try test.number("SELECT count(*) FROM signal") == 56)
    }

    @Test("R85: a new question opens a case that is linked to the first, with a signal of its own and the policy of now")
    func newQuestion() async throws {
        let (test, member) = try await desk()
        let filed = try await test.openCase(by: member)
        _ = await close(filed, "solved", test, by: member)
        test.clock.advance(days: 184)
        try await test.adopt(TestPolicy { $0.pickUp = 3 })
        let before = try test.entries().count
        let stored = try test.number("SELECT count(*) FROM content")
        let answer = await aftercare(filed, ["outcome": "newQuestion", "channel": "phone"], test, by: member)
        #expect(answer.status == 200)
        let opened = try #require(answer.body["opened"])
        #expect(try test.events(after: before) == ["aftercare.held", "signal.filed"])
        let entry = try #require(try test.entries().last)
        #expect(entry.refs == ["signal": opened.text("signalId")])
        #expect(entry.facts == ["channel": .text("phone"), "outcome": .text("accepted")])
        #expect(entry.subjects == [] && entry.commitments == [:])
        let linked = try #require(
            try test.sql(
                """
                SELECT new.id, new.terms, new.key <> old.key AS own_key FROM casefile_part
                JOIN casefile AS new ON new.id = casefile_part.casefile JOIN casefile AS old ON old.id = casefile_part.part
                WHERE because = 'follows'
                """
            )
            .first)
        #expect(linked["own_key"] == true)
        #expect((linked["terms"] as String).hasPrefix("workingDays:3|"))
        #expect(try test.number("SELECT count(*) FROM casefile_part WHERE because = 'follows'") == 1)
        #expect(try test.number("SELECT count(*) FROM content") == stored)
        // The first case stays closed; the new one waits at the desk, of a filer who is the municipality.
        #expect(try await test.desk.showCasefile(filed.casefile, by: member).body.text("state") == "closed")
        let waiting = try await test.page(of: member)["newSignals"]?.arrayValue ?? []
        #expect(waiting.map { $0.text("signalId") } == [opened.text("signalId")])
        let triaged = await ask { () async throws(DeskRefusal) in
            try await test.desk.triageSignal(opened.text("signalId"), ["outcome": "multipleUnrelated"], by: member, idempotency: nil)
        }
        #expect(triaged.body.text("casefileId") == opened.text("casefileId"))
        #expect(try test.logIsIntact())
    }

    @Test("closing and aftercare need their outcome, and nothing that is still open")
    func refused() async throws {
        let (test, member) = try await desk()
        let filed = try await test.openCase(by: member)
        let referral = try await test.refer(test.referral(filed), by: member)
        #expect(await close(filed, "solved", test, by: member).body.text("because") == "tasks-open")
        _ = try await test.desk.moveTask(referral.task, ["to": "cancelled"], by: member, idempotency: nil)
        #expect(await close(filed, "unsolved", test, by: member).status == 400)
        let other = try await test.staff("manager-1", .socialCaseManager)
        #expect(await close(filed, "solved", test, by: other).body.text("code") == "not-found")
        #expect(await close(filed, "solved", test, by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
        _ = try await test.desk.recordHomeVisit(filed.casefile, ["on": "2026-12-01"], by: member, idempotency: nil)
        let before = try test.entries().count
        #expect(await close(filed, "movedAway", test, by: member).status == 200)
        let closed = try #require(try test.entries().last)
        #expect(try test.events(after: before) == ["case.closed"])
        #expect(closed.facts == ["outcome": .text("movedAway"), "direct": .text("no")] && closed.refs["signal"] == filed.signal)
        // Nobody goes to the door of a closed case.
        #expect(try await test.page(of: member)["visits"]?["planned"] == [])
        #expect(await close(filed, "solved", test, by: member).body.text("because") == "case-closed")
        for (body, code) in [
            ([:], "missing-member"), (["outcome": "newQuestion"], "missing-member"), (["outcome": "fine"], "not-in-list"),
            (["outcome": "stable", "channel": "phone"], "unknown-member"), (["outcome": "newQuestion", "channel": "fax"], "not-in-list"),
        ] as [(JSONValue, String)] {
            let answer = await aftercare(filed, body, test, by: member)
            #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == [code])
        }
        let open = await aftercare(filed, ["outcome": "newQuestion"], test, by: member)
        #expect(open.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/channel"])
        #expect(await aftercare(filed, ["outcome": "stable"], test, by: other).body.text("code") == "not-found")
    }

    @Test("R38 a household that comes back after its case closed is recognised, and its signal is not joined to that case; erased, no more")
    func comesBack() async throws {
        let (test, member) = try await desk()
        let first = try await test.openCase(by: member)
        _ = await close(first, "movedAway", test, by: member)
        let again = try await test.desk.fileSignal(signal([.mother]), by: .partner(test.debt.oin), idempotency: nil).body.text("signalId")
        func proposals() async throws -> [[String]] {
            (try await test.page(of: member)["proposedJoins"]?.arrayValue ?? []).map {
                [$0.text("signalId"), $0.text("casefileId"), $0.text("because")]
            }
        }
        #expect(try await proposals() == [[again, first.casefile, "closedCase"]])
        let joined = await ask { () async throws(DeskRefusal) in
            try await test.desk.joinSignal(again, ["casefileId": .string(first.casefile)], by: member)
        }
        #expect(joined.body.text("because") == "case-closed")
        _ = try await test.desk.erasePerson(
            casefile: first.casefile, person: first.persons[0], because: "retentionEnded", by: .daemon)
        #expect(try await proposals().isEmpty)
    }
}
