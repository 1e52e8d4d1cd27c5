import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Tasks that stay open are chased")
struct ChaseTests {
    @Test("R54 P5D from Monday 2 March 2009 falls due on Saturday the 7th and is chased on Monday morning; the entry carries both")
    func term() async throws {
        let chase = try await Chase()
        let test = chase.test
        let queued = try await chase.received(try await chase.openCase())
        #expect(try chase.due(queued.task) == "2009-03-07T09:00:00.000Z")
        let before = try test.entries().count
        for moment in [
            "2009-03-06T16:59:59+01:00", "2009-03-07T10:00:00+01:00", "2009-03-08T12:00:00+01:00", "2009-03-09T08:29:59.999+01:00",
        ] {
            chase.set(moment)
            #expect(try await chase.sweep() == 0, "\(moment)")
        }
        #expect(try test.entries().count == before)
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        let told = try test.entries().dropFirst(before)
        #expect(told.map(\.event) == ["deadline.fell-due", "escalated"])
        for entry in told {
            #expect(entry.refs["task"] == queued.task)
            #expect(entry.facts["due"] == .text("2009-03-07T09:00:00.000Z"))
            #expect(entry.at == milliseconds("2009-03-09T08:30:00+01:00"))
        }
        #expect(told.first?.facts["kind"] == .text("pickUp"))
        #expect(told.last?.facts["rung"] == .text("deskContactsHelper"))
        #expect(told.last?.facts["step"] == .integer(1))
        let call = try #require(try await chase.list("callList").first)
        #expect(call.text("taskId") == queued.task && call.text("rung") == "deskContactsHelper")
        #expect(call["daysOpen"] == 7 && call["contacts"] == 0)
        #expect(call.text("partnerName") == "Testschuldhulp" && call.text("telephone") == "070 100 2000")
        #expect(call.text("purpose") == "debtAssistance" && call.text("dueAt") == "2009-03-07T09:00:00.000Z")
        #expect(try await chase.tasks("stalled") == [])
        #expect(try test.logIsIntact())
    }

    @Test("a row that cannot be read holds up no other: it is told of, and found again once it can be read")
    func damagedRow() async throws {
        let chase = try await Chase()
        let (first, second) = (try await chase.openCase(), try await chase.openCase())
        let damaged = try await chase.received(first)
        let sound = try await chase.received(second)
        let terms = try #require(try chase.test.sql("SELECT terms FROM casefile LIMIT 1").first?["terms"] as String?)
        try chase.test.sql("UPDATE casefile SET terms = 'nothing' WHERE id = ?", [Data(try chase.id(first.casefile))])
        chase.set("2009-03-09T08:30:00+01:00")
        let outcome = try await chase.test.desk.sweepDeadlines()
        #expect(outcome.handled == 1 && outcome.failed == 1)
        #expect(try chase.test.number("SELECT count(*) FROM open_task WHERE fell_due_at IS NOT NULL") == 1)
        try chase.test.sql("UPDATE casefile SET terms = ?", [terms])
        #expect(try await chase.sweep() == 1)
        #expect(Set(try await chase.tasks("callList")) == [damaged.task, sound.task])
    }

    @Test("more rows that cannot be read than are read at once hold up no task, delivery or deadline behind them")
    func damagedPage() async throws {
        let chase = try await Chase()
        let (first, second) = (try await chase.openCase(), try await chase.openCase())
        _ = try await chase.received(second)
        _ = try await chase.refer(second)
        let (damaged, sound) = (Data(try chase.id(first.casefile)), Data(try chase.id(second.casefile)))
        // Of each kind one more than a page.
        let rows = """
            WITH RECURSIVE n (i, id) AS (SELECT 1, CAST('0000000000000001' AS BLOB)
                UNION ALL SELECT i + 1, CAST(substr('000000000000000' || (i + 1), -16) AS BLOB) FROM n WHERE i < 66)
            """
        try chase.test.sql(
            """
            INSERT INTO referral (id, casefile, partner, purpose, made_by, made_at)
            \(rows) SELECT n.id, ?, partner, purpose, made_by, made_at FROM n, (SELECT * FROM referral LIMIT 1)
            """, [damaged])
        try chase.test.sql(
            """
            INSERT INTO task (id, referral, casefile, partner, state, created_at, moved_at)
            \(rows) SELECT n.id, n.id, ?, referral.partner, iif(i > 33, 'requested', 'received'), 1, 1 FROM n JOIN referral ON referral.id = n.id
            """, [damaged])
        try chase.test.sql(
            """
            INSERT INTO open_task (task, casefile, state, due_at, due_kind, act_at, counts_from, partner)
            SELECT id, casefile, state, 1, iif(state = 'requested', 'delivery', 'pickUp'), 1, 1, partner FROM task WHERE casefile = ?
            """, [damaged])
        for (subject, kind) in [("casefile", "homeVisit"), ("lever", "ending")] {
            let columns = "deadline (subject_kind, subject, kind, casefile, due_at, act_at)"
            try chase.test.sql("INSERT INTO \(columns) \(rows) SELECT ?, id, ?, ?, 1, 1 FROM n LIMIT 33", [subject, kind, damaged])
            try chase.test.sql("INSERT INTO \(columns) VALUES (?1, ?3, ?2, ?3, 2, 2)", [subject, kind, sound])
        }
        try chase.test.sql("UPDATE casefile SET terms = 'nothing' WHERE id = ?", [damaged])
        chase.set("2009-03-10T10:00:00+01:00")
        let outcome = try await chase.test.desk.sweepDeadlines()
        #expect(outcome.handled == 4 && outcome.failed == 4 * 33, "\(outcome)")
        #expect(try chase.test.number("SELECT count(*) FROM open_task WHERE fell_due_at IS NOT NULL") == 1)
        let now = milliseconds("2009-03-10T10:00:00+01:00")
        #expect(try chase.test.number("SELECT count(*) FROM open_task WHERE due_kind = 'delivery' AND act_at > ?", [now]) == 1)
        #expect(try chase.test.number("SELECT count(*) FROM deadline WHERE kind = 'homeVisit' AND fell_due_at IS NOT NULL") == 1)
        #expect(try chase.test.number("SELECT count(*) FROM deadline WHERE kind = 'ending'") == 33)
    }

    @Test("R54 picked up on 6 March: no chase")
    func inTime() async throws {
        let chase = try await Chase()
        let queued = try await chase.received(try await chase.openCase())
        chase.set("2009-03-06T10:00:00+01:00")
        #expect(await chase.move(queued.task, ["to": "accepted"]).status == 200)
        for day in 9...13 {
            chase.set("2009-03-\(day < 10 ? "0" : "")\(day)T12:00:00+01:00")
            #expect(try await chase.sweep() == 0)
        }
        #expect(try await chase.list("callList") == [])
        #expect(try !chase.test.events().contains("deadline.fell-due"))
    }

    @Test("R54 a term that is not decided refuses the referral instead of inventing one")
    func undecided() async throws {
        let chase = try await Chase(
            TestPolicy {
                $0.validFrom = "2009-01-01T00:00:00+01:00"; $0.pickUp = nil
            })
        let filed = try await chase.openCase()
        let answer = await ask { () async throws(DeskRefusal) in
            try await chase.test.desk.dispatchReferral(chase.test.referral(filed), by: chase.member, idempotency: nil)
        }
        #expect(answer.status == 422 && answer.body.texts("missing") == ["terms.pickUp"])
    }

    /// Two tasks of two organisations, both on the call list since Monday 9 March.
    private func leftOpen(_ chase: Chase) async throws -> (filed: FiledCase, debt: String, care: String) {
        let filed = try await chase.openCase()
        let debt = try await chase.received(filed).task
        let care = try await chase.received(filed, by: chase.test.care).task
        chase.set("2009-03-09T09:00:00+01:00")
        #expect(try await chase.sweep() == 2)
        #expect(Set(try await chase.tasks("callList")) == [debt, care])
        return (filed, debt, care)
    }

    @Test("R55 chased, the contact recorded, still open after its term: one MDA that names its trigger")
    func meeting() async throws {
        let chase = try await Chase()
        let test = chase.test
        let (filed, debt, care) = try await leftOpen(chase)
        let answer = await chase.contact(filed, debt)
        #expect(answer.status == 201)
        #expect(answer.body.text("dueAt") == "2009-03-14T08:00:00.000Z")
        #expect(try test.number("SELECT count(*) FROM contact WHERE kind = 'helper' AND outcome = 'promised'") == 1)
        let made = try #require(try test.entries().last { $0.event == "contact.made" })
        #expect(made.facts == ["kind": .text("helper"), "outcome": .text("promised"), "daysOpen": .integer(7)])
        #expect(made.refs["task"] == debt && made.refs["signal"] == filed.signal)
        #expect(try await chase.tasks("callList") == [care])
        // Nobody called care: it waits on the list, for however long.
        chase.set("2009-03-16T08:29:59+01:00")
        #expect(try await chase.sweep() == 0)
        chase.set("2009-03-16T08:30:00+01:00")
        let before = try test.entries().count
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        #expect(try test.events(after: before) == ["deadline.fell-due", "escalated", "meeting.opened"])
        let opened = try #require(try test.entries().last)
        #expect(opened.facts == ["kind": .text("mda"), "trigger": .text("tasksLeftOpen")])
        #expect(opened.refs["task"] == debt && opened.refs["signal"] == filed.signal)
        #expect(try chase.meetings() == 1)
        let planned = try #require(try await chase.list("meetingsToPlan").first)
        #expect(planned.text("meetingId") == opened.refs["meeting"] && planned.text("trigger") == "tasksLeftOpen")
        #expect(planned["overdue"] == false && planned.text("casefileId") == filed.casefile)
        // The involved are the two organisations whose tasks are open.
        #expect(
            try test.number(
                "SELECT count(DISTINCT task.partner) FROM open_task JOIN task ON task.id = open_task.task WHERE open_task.casefile = (SELECT casefile FROM meeting)"
            ) == 2)
        #expect(try await chase.list("callList") == [])
        #expect(try test.logIsIntact())
    }

    @Test("how long tasks wait is counted from their receipt, also where a term began anew since")
    func waitsFromReceipt() async throws {
        let chase = try await Chase()
        let manager = try await chase.test.staff("manager-1", .manager)
        var left: [(filed: FiledCase, task: String)] = []
        for _ in 0..<5 {
            let filed = try await chase.openCase()
            left.append((filed, try await chase.received(filed).task))
        }
        chase.set("2009-03-09T09:00:00+01:00")
        #expect(try await chase.sweep() == 5)
        for (filed, task) in left { #expect(await chase.contact(filed, task).status == 201) }
        chase.set("2009-03-10T10:00:00+01:00")
        let work = try await chase.test.desk.showOpenWork(by: manager).body["work"]?.arrayValue ?? []
        let waiting = try #require(work.first { $0.text("kind") == "waitingTasks" })
        #expect(waiting["total"] == 5)
        #expect(waiting["spans"]?.arrayValue?.map { $0["count"]?.integerValue } == [0, 5, 0, 0])
    }

    @Test("R55 picked up one second before: none")
    func lastMoment() async throws {
        let chase = try await Chase()
        let (filed, debt, _) = try await leftOpen(chase)
        #expect(await chase.contact(filed, debt).status == 201)
        chase.set("2009-03-16T08:29:59+01:00")
        #expect(await chase.move(debt, ["to": "accepted"]).status == 200)
        chase.set("2009-03-16T08:30:00+01:00")
        #expect(try await chase.sweep() == 0)
        #expect(try chase.meetings() == 0)
    }

    @Test("a second task that reaches the end of the ladder comes to the same table")
    func oneTable() async throws {
        let chase = try await Chase()
        let (filed, debt, care) = try await leftOpen(chase)
        for task in [debt, care] { #expect(await chase.contact(filed, task, "busy").status == 201) }
        chase.set("2009-03-16T09:00:00+01:00")
        #expect(try await chase.sweep() == 2)
        #expect(try chase.meetings() == 1)
        #expect(try chase.test.events().filter { $0 == "meeting.opened" }.count == 1)
        #expect(try chase.test.events().filter { $0 == "escalated" }.count == 4)
        #expect(try await chase.list("stalled") == [])
    }

    @Test("R16 a single case that stalls goes back to the desk, and no meeting opens")
    func single() async throws {
        let chase = try await Chase()
        let filed = try await chase.openCase("single")
        let task = try await chase.received(filed).task
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(await chase.contact(filed, task, "notReached").status == 201)
        chase.set("2009-03-16T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try chase.meetings() == 0)
        #expect(try await chase.tasks("stalled") == [task])
        #expect(try await chase.tasks("callList") == [])
        #expect(try await chase.list("tasks").map { $0.text("news") } == ["stalled"])
        #expect(try chase.test.entries().last?.event == "deadline.fell-due")
        // The desk calls once more, and it can stall once more; it is never forgotten.
        #expect(await chase.contact(filed, task, "busy").status == 201)
        #expect(try await chase.tasks("stalled") == [])
        chase.set("2009-03-23T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.tasks("stalled") == [task])
        #expect(try await chase.list("stalled").first?["contacts"] == 2)
    }

    @Test("R64 R67 messages to the helper and to the mandated contact: each once, in their order, and one audit line a step")
    func messages() async throws {
        var policy = Chase.policy
        policy.ladder = ["messageToHelper", "messageToMandatedContact"]
        let chase = try await Chase(policy)
        let test = chase.test
        let queued = try await chase.received(try await chase.openCase("single"))
        var codes: [String] = []
        for day in ["2009-03-09", "2009-03-16"] {
            chase.set(day + "T09:00:00+01:00")
            #expect(try await chase.sweep() == 1)
            #expect(try await chase.sweep() == 0)
            for waiting in try await test.inbox(of: test.debt) where waiting.kind == "notice" {
                let (bytes, payload) = try await test.fetch(waiting.id, as: test.debt)
                codes.append(payload.notice?.code ?? "")
                #expect(payload.notice?.about == [queued.message])
                _ = try await test.desk.takeReceipt(
                    waiting.id, test.debt.receipt(for: waiting.id, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
            }
        }
        #expect(codes.count == 2 && Set(codes).count == 2)
        let sent = try test.entries().filter { $0.event == "nudge.sent" }
        #expect(sent.map { $0.facts["rung"] } == [.text("messageToHelper"), .text("messageToMandatedContact")])
        #expect(sent.allSatisfy { $0.refs["task"] == queued.task && $0.refs["message"] != nil })
        let steps = try test.entries().filter { $0.event == "escalated" }.map { $0.facts["step"] }
        #expect(steps == [.integer(1), .integer(2)])
        #expect(try await chase.list("callList") == [])
        #expect(try test.logIsIntact())
    }

    @Test("a partner for whom nothing can be sealed is not reminded, which the desk hears; its task climbs on, and others are reminded")
    func cannotBeReminded() async throws {
        var policy = Chase.policy
        policy.ladder = ["messageToHelper", "messageToMandatedContact"]
        let chase = try await Chase(policy)
        let test = chase.test
        let filed = try await chase.openCase()
        let debt = try await chase.received(filed).task
        let care = try await chase.received(filed, by: test.care).task
        try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [test.debt.oin.description])
        for day in ["2009-03-09", "2009-03-16"] {
            chase.set(day + "T09:00:00+01:00")
            #expect(try await chase.sweep() == 2)
        }
        #expect(try await test.inbox(of: test.debt).isEmpty)
        #expect(try await test.inbox(of: test.care).map(\.kind) == ["notice", "notice"])
        #expect(try await chase.list("tasks").map { $0.text("news") } == ["stalled", "stalled"])
        #expect(try await chase.tasks("tasks") == [debt, debt])
        let entries = try test.entries()
        #expect(entries.filter { $0.event == "nudge.sent" }.map { $0.refs["task"] } == [care, care])
        let steps = entries.filter { $0.event == "escalated" && $0.refs["task"] == debt }.map { $0.facts["rung"] }
        #expect(steps == [.text("messageToHelper"), .text("messageToMandatedContact")])
        #expect(try test.logIsIntact())
    }

    @Test(
        "five days across a change of the clocks end at the same local time",
        arguments: [
            ("2009-03-27T10:00:00+01:00", "2009-04-01T08:00:00.000Z"), ("2009-10-23T10:00:00+02:00", "2009-10-28T09:00:00.000Z"),
        ])
    func clocksChange(_ start: String, _ end: String) async throws {
        let chase = try await Chase(Chase.policy, at: start)
        let queued = try await chase.received(try await chase.openCase())
        #expect(try chase.due(queued.task) == end)
        chase.test.clock.setCalendar(instant(end).advanced(byMilliseconds: -1))
        #expect(try await chase.sweep() == 0)
        chase.set(end)
        #expect(try await chase.sweep() == 1)
    }
}
