import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@Suite("Each deadline once")
struct ChaseOnceTests {
    @Test("a clock that steps back an hour repeats nothing, and one that comes forward again neither")
    func stepsBack() async throws {
        var policy = Chase.policy
        policy.ladder = ["messageToHelper"]
        let chase = try await Chase(policy)
        _ = try await chase.received(try await chase.openCase())
        chase.set("2009-03-09T10:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        let before = try chase.test.entries().count
        for moment in ["2009-03-09T09:00:00+01:00", "2009-03-09T09:59:59+01:00", "2009-03-09T10:00:00+01:00", "2009-03-09T11:00:00+01:00"] {
            chase.set(moment)
            #expect(try await chase.sweep() == 0)
        }
        #expect(try chase.test.entries().count == before)
        #expect(try await chase.test.inbox(of: chase.test.debt).count == 1)
    }

    @Test("two sweeps at once handle each of forty tasks once")
    func together() async throws {
        let chase = try await Chase()
        for _ in 0..<5 {
            let filed = try await chase.openCase()
            for _ in 0..<8 { _ = try await chase.received(filed) }
        }
        chase.set("2009-03-09T10:00:00+01:00")
        let handled = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 { group.addTask { try await chase.sweep() } }
            return try await group.reduce(0, +)
        }
        #expect(handled == 40)
        let fell = try chase.test.entries().filter { $0.event == "deadline.fell-due" }.compactMap { $0.refs["task"] }
        #expect(fell.count == 40 && Set(fell).count == 40)
        #expect(try chase.test.number("SELECT count(*) FROM open_task WHERE fell_due_at IS NOT NULL") == 40)
        #expect(try chase.test.logIsIntact())
    }

    /// The story of R55, with something done between any two steps; what the log tells of it, without the daemon's own comings and goings.
    private func story(_ between: (Chase) async throws -> Void) async throws -> [String] {
        let chase = try await Chase()
        let filed = try await chase.openCase()
        try await between(chase)
        let debt = try await chase.received(filed).task
        try await between(chase)
        _ = try await chase.received(filed, by: chase.test.care)
        for moment in [
            "2009-03-06T12:00:00+01:00", "2009-03-09T08:30:00+01:00", "2009-03-09T11:00:00+01:00", "2009-03-16T08:30:00+01:00",
            "2009-03-16T12:00:00+01:00", "2009-03-31T12:00:00+02:00",
        ] {
            chase.set(moment)
            try await between(chase)
            try await chase.sweep()
            try await between(chase)
            if moment == "2009-03-09T11:00:00+01:00" { #expect(await chase.contact(filed, debt).status == 201) }
        }
        #expect(try chase.meetings() == 1)
        #expect(try chase.test.tasksWithoutDeadline() == 0)
        #expect(try chase.test.logIsIntact())
        return try chase.test.entries().filter { !$0.event.hasPrefix("daemon.") }.map { "\($0.at) \($0.event)" }
    }

    @Test("killed and started again between any two steps: the log tells the same")
    func killed() async throws {
        let undisturbed = try await story { _ in }
        let killed = try await story { chase in
            try await chase.test.desk.beat()
            chase.test.crash()
            try await chase.test.open(Chase.policy)
        }
        #expect(killed == undisturbed)
    }

    @Test("R53 R51 a pick-up is one notice to the desk; delivered twice, still one")
    func pickUp() async throws {
        let chase = try await Chase()
        let task = try await chase.received(try await chase.openCase()).task
        let first = await chase.move(task, ["to": "accepted"], key: "k-1")
        #expect(first.status == 200)
        #expect(await chase.move(task, ["to": "accepted"], key: "k-1") == first)
        // A partner that makes a new key for the same call is told that it is there already.
        #expect(await chase.move(task, ["to": "accepted"], key: "k-2").status == 409)
        #expect(try await chase.list("tasks").map { $0.text("news") } == ["pickedUp"])
        #expect(try chase.test.events().filter { $0 == "task.moved" }.count == 2)  // received, accepted
    }

    @Test("R48 sent and not accepted is still the desk's; accepted is the partner's, with its time")
    func acceptance() async throws {
        let chase = try await Chase()
        let filed = try await chase.openCase("single")
        let task = try await chase.received(filed).task
        #expect(try chase.test.task(task) == ("received", "pickUp"))
        #expect(try chase.test.number("SELECT count(*) FROM casefile WHERE state = 'open'") == 1)
        chase.set("2009-03-04T11:00:00+01:00")
        #expect(await chase.move(task, ["to": "accepted"]).status == 200)
        #expect(try chase.test.task(task) == ("accepted", "progress"))
        let moved = try #require(try chase.test.entries().last { $0.event == "task.moved" })
        #expect(moved.at == milliseconds("2009-03-04T11:00:00+01:00") && moved.actor["organisation"] == chase.test.debt.oin.description)
        #expect(
            try chase.test.number("SELECT moved_at FROM task") == Int(instant("2009-03-04T11:00:00+01:00").millisecondsSince1970))
        #expect(try chase.test.number("SELECT count(*) FROM casefile WHERE state = 'closed' AND outcome = 'handedOver'") == 1)
        #expect(try await chase.list("aftercare").first?.text("dueAt") == "2009-09-04T09:00:00.000Z")
    }

    @Test("R52 what became of a hundred referrals: six counts that sum to 100")
    func outcomes() async throws {
        let chase = try await Chase()
        let filed = try await chase.openCase()
        let ways: [(count: Int, body: JSONValue)] = [
            (40, ["to": "accepted"]), (20, ["to": "rejected", "reason": "wrongAddress"]), (15, ["to": "rejected", "reason": "noFit"]),
            (10, ["to": "onHold", "expectedOn": "2009-04-01"]), (8, ["to": "rejected", "reason": "clientDeclined"]),
            (7, ["to": "rejected", "reason": "noCapacity"]),
        ]
        for (count, body) in ways {
            for _ in 0..<count { #expect(await chase.move(try await chase.received(filed).task, body).status == 200) }
        }
        let counts = try chase.test.sql("SELECT count(*) AS n FROM task GROUP BY state, reason").map { $0["n"] as Int }
        #expect(counts.sorted() == [7, 8, 10, 15, 20, 40] && counts.reduce(0, +) == 100)
        #expect(try chase.test.tasksWithoutDeadline() == 0)
    }
}
