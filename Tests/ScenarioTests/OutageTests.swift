import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@Suite("Time in which we were down counts against nobody")
struct OutageScenarioTests {
    /// Down from one moment of the case's calendar to another.
    private func down(_ chase: Chase, _ from: String, _ until: String) async throws {
        chase.set(from)
        try await chase.test.desk.beat()
        chase.test.crash()
        chase.set(until)
        try await chase.test.open(Chase.policy)
    }

    private func credits(_ chase: Chase) throws -> [[String: AuditFact]] {
        try chase.test.entries().filter { $0.event == "deadline.moved" }.map(\.facts)
    }

    @Test("an outage of two days gives two days back before anything is escalated, once")
    func twoDays() async throws {
        let chase = try await Chase()
        let task = try await chase.received(try await chase.openCase()).task
        try await down(chase, "2009-03-04T10:00:00+01:00", "2009-03-06T10:00:00+01:00")
        let started = try #require(try chase.test.entries().last)
        #expect(started.event == "daemon.started")
        #expect(
            started.facts == ["outageFrom": .text("2009-03-04T09:00:00.000Z"), "outageUntil": .text("2009-03-06T09:00:00.000Z")])
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        #expect(try await chase.list("callList") == [])
        #expect(try chase.due(task) == "2009-03-09T09:00:00.000Z")
        #expect(
            try credits(chase) == [
                [
                    "kind": .text("pickUp"), "from": .text("2009-03-07T09:00:00.000Z"), "to": .text("2009-03-09T09:00:00.000Z"),
                    "because": .text("outage"),
                ]
            ])
        chase.set("2009-03-09T09:59:59+01:00")
        #expect(try await chase.sweep() == 0)
        chase.set("2009-03-09T10:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.tasks("callList") == [task])
        #expect(try credits(chase).count == 1)
    }

    @Test("an outage within the time given back is given back, too, and the first one not again")
    func again() async throws {
        let chase = try await Chase()
        let task = try await chase.received(try await chase.openCase()).task
        try await down(chase, "2009-03-04T10:00:00+01:00", "2009-03-06T10:00:00+01:00")
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        try await down(chase, "2009-03-09T09:00:00+01:00", "2009-03-09T11:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try chase.due(task) == "2009-03-09T11:00:00.000Z")
        #expect(try await chase.list("callList") == [])
        chase.set("2009-03-09T12:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.tasks("callList") == [task])
        #expect(try credits(chase).count == 2)
    }

    @Test("down over the deadline itself: what was left of the term begins when we are back")
    func overTheEnd() async throws {
        let chase = try await Chase()
        let task = try await chase.received(try await chase.openCase()).task
        try await down(chase, "2009-03-06T16:00:00+01:00", "2009-03-10T09:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        // Eighteen hours were left on Friday at four.
        #expect(try chase.due(task) == "2009-03-11T02:00:00.000Z")
        chase.set("2009-03-11T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.tasks("callList") == [task])
    }

    @Test("no outage: a new folder, a short stop, a clock that stepped back, a calendar that was moved while we ran")
    func none() async throws {
        let chase = try await Chase()
        #expect(try chase.test.entries().first { $0.event == "daemon.started" }?.facts == [:])
        try await down(chase, "2009-03-04T10:00:00+01:00", "2009-03-04T10:02:00+01:00")
        try await down(chase, "2009-03-05T10:00:00+01:00", "2009-03-05T09:00:00+01:00")
        chase.set("2009-03-09T10:00:00+01:00")
        try await chase.test.desk.beat()
        #expect(try chase.test.number("SELECT count(*) FROM outage") == 0)
        // A machine that slept shows on both clocks.
        chase.test.clock.advance(days: 1)
        try await chase.test.desk.beat()
        #expect(try chase.test.number("SELECT sum(until_at - from_at) FROM outage") == 86_400_000)
        // Closing is a sign of life.
        await chase.test.desk.close()
        chase.test.crash()
        try await chase.test.open(Chase.policy)
        #expect(try chase.test.number("SELECT count(*) FROM outage") == 1)
    }

    @Test("a task given after the outage gets nothing of it")
    func later() async throws {
        let chase = try await Chase()
        let filed = try await chase.openCase()
        try await down(chase, "2009-03-02T10:00:00+01:00", "2009-03-03T10:00:00+01:00")
        let task = try await chase.received(filed).task
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.tasks("callList") == [task])
        #expect(try credits(chase) == [])
    }
}
