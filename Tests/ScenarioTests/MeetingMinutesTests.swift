import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Holding a meeting")
struct MeetingMinutesTests {
    private let town: MeetingTown
    private let filed: FiledCase
    private let meeting: String
    private var debt: MeetingTown.Helper { town.helpers[0] }
    private var care: MeetingTown.Helper { town.helpers[1] }

    init() async throws {
        town = try await MeetingTown([("youthTeam", ["identification", "domains.health"])])
        filed = try await town.file()
        meeting = try await town.opened(filed, Array(town.helpers.prefix(2)))
        _ = try await town.dated(meeting, filed, ["debts", "health"])
    }

    private func body(_ decisions: [JSONValue] = [], told: [JSONValue] = [], coordinator: String? = "manager-1") -> JSONValue {
        var body: JSONObject = [
            "present": [.string(debt.oin), .string(care.oin)], "decisions": .array(decisions), "told": .array(told),
        ]
        if let coordinator { body["coordinator"] = .string(coordinator) }
        return .object(body)
    }

    private var staffAction: JSONValue {
        [
            "owner": ["account": "manager-1"], "action": "homeVisit", "domain": "debts",
            "subjects": .array(filed.persons.map(JSONValue.string)),
            "dueOn": "2026-12-11",
        ]
    }

    @Test("R61, R77 each decision becomes a task with an owner and a date; what the gate refuses is answered and logged as refused")
    func decisions() async throws {
        town.test.clock.advance(days: 3)
        let before = try town.test.entries().count
        let held = await town.minutes(
            meeting,
            body([
                town.decision(debt, filed, fields: ["identification", "domains.debts"], domain: "debts"),
                town.decision(care, filed, fields: ["domains.debts"], domain: "debts"), staffAction,
            ]))
        #expect(held.status == 200, "\(held.body.canonicalText)")
        let decided = held.body["decisions"]?.arrayValue ?? []
        #expect(decided.map { $0.text("outcome") } == ["task", "refused", "task"])
        #expect(decided[1].texts("reasons") == ["field-not-covered"] && decided[1]["taskId"] == nil)
        #expect(try town.test.task(decided[0].text("taskId")) == ("requested", "delivery"))
        let events = try town.test.events(after: before)
        #expect(events.filter { $0 == "decision.refused" }.count == 1)
        #expect(events.first == "meeting.held" && events.contains("plan.made") && events.contains("coordinator.set"))
        // What a member of staff is to do is due at the end of its day, Amsterdam time.
        let due = try town.test.sql("SELECT due_at FROM deadline WHERE kind = 'action'").first?["due_at"] as Int64?
        #expect(due == Instant(rfc3339: "2026-12-11T23:00:00Z")?.millisecondsSince1970)
        let action = decided[2].text("actionId")
        let onDesk = try await town.test.desk.showDesk(by: town.desk).body["planActions"]?.arrayValue ?? []
        #expect(onDesk.map { $0.text("actionId") } == [action] && onDesk[0].text("account") == "manager-1")
        #expect(try await town.test.desk.finishAction(action, [:], by: town.manager).body.text("state") == "done")
        #expect(try await town.test.desk.finishAction(action, [:], by: town.manager).body.text("state") == "done")
        #expect(try town.test.events().filter { $0 == "plan.action-done" }.count == 1)
        #expect(try town.test.number("SELECT count(*) FROM deadline WHERE kind IN ('action', 'planning')") == 0)
        // The export holds actions: what, who, when.
        let shown = try await town.test.desk.showMeeting(meeting, by: town.chair).body
        #expect(shown.text("state") == "held")
        #expect((shown["actions"]?.arrayValue ?? []).map { $0.text("dueOn") } == ["2026-12-18", "2026-12-11"])
        #expect(try town.test.tasksWithoutDeadline() == 0)
        #expect(try town.test.logIsIntact())
    }

    @Test("R61 a decision that lacks a part is not taken, and nothing of the minutes is")
    func incomplete() async throws {
        town.test.clock.advance(days: 3)
        for part in ["owner", "action", "domain", "subjects", "dueOn"] {
            let answer = await town.minutes(meeting, body([staffAction.with(part, nil)]))
            #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["missing-member"])
        }
        let past = await town.minutes(meeting, body([staffAction.with("dueOn", "2026-11-01")]))
        #expect((past.body["errors"]?.arrayValue ?? []).map { $0.text("pointer") } == ["/decisions/0/dueOn"])
        let narrative = await town.minutes(meeting, body().with("notes", "het was gezellig"))
        #expect((narrative.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["unknown-member"])
        #expect(try town.test.number("SELECT count(*) FROM plan_action") == 0)
        #expect(try town.test.number("SELECT count(*) FROM meeting WHERE state = 'dated'") == 1)
    }

    @Test("the first MDA makes the plan and names its coordinator; minutes before the day, or twice, are not taken")
    func coordinator() async throws {
        #expect(await town.minutes(meeting, body()).body.text("because") == "meeting-not-begun")
        town.test.clock.advance(days: 3)
        let without = await town.minutes(meeting, body(coordinator: nil))
        #expect((without.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["missing-member"])
        #expect((without.body["errors"]?.arrayValue ?? []).map { $0.text("pointer") } == ["/coordinator"])
        let wrong = await town.minutes(meeting, body(coordinator: "desk-1"))
        #expect((wrong.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["not-a-coordinator"])
        _ = try await town.test.staff("coordinator-1", .planCoordinator)
        let held = await town.minutes(meeting, body(coordinator: "coordinator-1"))
        #expect(held.status == 200 && !held.body.text("planId").isEmpty)
        let named = try town.test.sql(
            "SELECT account.name, assignment.role FROM casefile JOIN account ON account.id = coordinator JOIN assignment ON assignment.account = account.id"
        )
        #expect(named.map { $0["name"] as String? } == ["coordinator-1"])
        #expect(named.map { $0["role"] as String? } == ["planCoordinator"])
        #expect(await town.minutes(meeting, body()).body.text("because") == "no-meeting")
    }

    @Test("R81 who loses the case by naming another in the minutes still gets the same answer again")
    func coordinatorLeaves() async throws {
        let regie = try await town.test.staff("coordinator-1", .planCoordinator)
        _ = try await town.test.desk.nameCoordinator(filed.casefile, ["coordinator": "coordinator-1"], by: town.desk, idempotency: nil)
        town.test.clock.advance(days: 3)
        let body = body()
        let key = IdempotencyKey(route: "POST /v1/meetings/{meetingId}/minutes", key: "minutes-1", body: body.canonicalBytes())
        func minutes(_ key: IdempotencyKey?) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await town.test.desk.keepMinutes(meeting, body, by: regie, idempotency: key)
            }
        }
        let held = await minutes(key)
        #expect(held.status == 200)
        #expect(await minutes(key) == held)
        #expect(await minutes(nil).status == 404)
    }

    @Test("R72 a second open plan is refused by the use case and by the schema, and none stands without a coordinator")
    func onePlan() async throws {
        func plan() async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await town.test.desk.makePlan(filed.casefile, ["coordinator": "manager-1"], by: town.manager, idempotency: nil)
            }
        }
        let first = await plan()
        #expect(first.status == 201)
        let second = await plan()
        #expect(second.status == 409 && second.body.text("because") == "plan-exists")
        town.test.clock.advance(days: 3)
        // Nor by minutes that name another coordinator.
        #expect(await town.minutes(meeting, body()).body.text("because") == "plan-exists")
        #expect(await town.minutes(meeting, body(coordinator: nil)).status == 200)
        #expect(throws: (any Error).self) {
            try town.test.sql(
                "INSERT INTO plan (id, casefile, made_at) VALUES (zeroblob(16), ?, 1)", [town.blob(filed.casefile)])
        }
        #expect(throws: (any Error).self) {
            try town.test.sql("UPDATE casefile SET coordinator = NULL WHERE id = ?", [town.blob(filed.casefile)])
        }
        let other = try await town.file()
        try town.test.sql("UPDATE casefile SET coordinator = NULL WHERE id = ?", [town.blob(other.casefile)])
        #expect(throws: (any Error).self) {
            try town.test.sql(
                "INSERT INTO plan (id, casefile, made_at) VALUES (zeroblob(16), ?, 1)", [town.blob(other.casefile)])
        }
        #expect(try town.test.number("SELECT count(*) FROM plan") == 1)
    }

    @Test("what was told at the table is a disclosure: decided, and recorded by recipient and person, also when it was refused")
    func told() async throws {
        town.test.clock.advance(days: 3)
        let before = try town.test.entries().count
        func said(_ helper: MeetingTown.Helper, _ field: String) -> JSONValue {
            [
                "to": .string(helper.oin), "purpose": .string(helper.purpose), "fields": [.string(field)],
                "subjects": .array(filed.persons.map(JSONValue.string)),
            ]
        }
        let held = await town.minutes(meeting, body(told: [said(debt, "domains.debts"), said(care, "domains.debts")]))
        #expect(held.status == 200, "\(held.body.canonicalText)")
        #expect((held.body["told"]?.arrayValue ?? []).map { $0.text("outcome") } == ["permitted", "refused"])
        let spoken = try town.test.entries().dropFirst(before).filter { $0.event == "spoken.disclosure" }
        #expect(spoken.map { $0.facts["outcome"] } == [.text("permitted"), .text("refused")])
        #expect(spoken.map { $0.facts["recipient"] } == [.text(debt.oin), .text(care.oin)])
        #expect(spoken.allSatisfy { $0.refs["meeting"] == meeting && $0.refs["decision"] != nil && $0.subjects.count == 1 })
        let absent = await ask { () async throws(DeskRefusal) in
            try await town.test.desk.recordSpoken(
                filed.casefile,
                said(care, "domains.health").with("to", [.string(care.oin), .string(debt.oin)]).with("meetingId", .string(meeting)),
                by: town.chair, idempotency: nil)
        }
        #expect(absent.status == 201)
        #expect((absent.body["items"]?.arrayValue ?? []).map { $0.text("outcome") } == ["permitted", "refused"])
        #expect(absent.body["items"]?.arrayValue?.last?.texts("reasons") == ["purpose-not-covered"])
        #expect(try town.test.logIsIntact())
    }

    @Test("only who was there can be told something, and only a party was there")
    func present() async throws {
        town.test.clock.advance(days: 3)
        let told: JSONValue = [
            "to": .string(town.helpers[2].oin), "purpose": "youthTeam", "fields": ["domains.health"],
            "subjects": .array(filed.persons.map(JSONValue.string)),
        ]
        let answer = await town.minutes(meeting, body(told: [told]))
        #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["not-present"])
        let stranger = await town.minutes(meeting, body().with("present", [.string(town.helpers[2].oin)]))
        #expect((stranger.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["not-a-party"])
    }

    @Test("a meeting whose day passes without minutes comes before the desk again on the next working day, until it is held or dated anew")
    func missed() async throws {
        func toPlan() async throws -> [JSONValue] {
            try await town.test.desk.showDesk(by: town.desk).body["meetingsToPlan"]?.arrayValue ?? []
        }
        // Dated for Thursday 26 November.
        town.test.clock.setCalendar(instant("2026-11-27T08:29:59+01:00"))
        #expect(try await toPlan().isEmpty)
        town.test.clock.setCalendar(instant("2026-11-27T08:30:00+01:00"))
        _ = try await town.test.desk.sweepDeadlines()
        let missed = try #require(try await toPlan().first)
        #expect(missed.text("meetingId") == meeting && missed["overdue"] == true)
        #expect(missed.text("at") == "2026-11-26T09:00:00.000Z" && missed.text("dueAt") == "2026-11-27T07:30:00.000Z")
        let fell = try town.test.entries().filter { $0.facts["kind"] == .text("planning") }
        #expect(fell.map(\.event) == ["deadline.fell-due"] && fell.first?.refs["meeting"] == meeting)
        // Now it is on Monday 30 November, and nobody keeps its minutes that day either.
        _ = try await town.dated(meeting, filed, ["debts", "health"])
        #expect(try await toPlan().isEmpty)
        town.test.clock.setCalendar(instant("2026-12-01T08:30:00+01:00"))
        #expect(try await toPlan().map { $0["overdue"] } == [false])
        #expect(await town.minutes(meeting, body()).status == 200)
        #expect(try await toPlan().isEmpty)
        #expect(try town.test.number("SELECT count(*) FROM deadline WHERE kind = 'planning'") == 0)
        #expect(try town.test.logIsIntact())
    }

    @Test("R66 a case is passed on to a platform through the gate; one without a covenant refuses")
    func platforms() async throws {
        town.test.clock.advance(days: 3)
        #expect(await town.minutes(meeting, body()).status == 200)
        func transfer(to oin: String, purpose: String = "youthTeam") async -> DeskAnswer {
            let body: JSONValue = [
                "platform": "cjg", "to": .string(oin), "purpose": .string(purpose), "fields": ["identification", "domains.health"],
                "subjects": .array(filed.persons.map(JSONValue.string)),
            ]
            return await ask { () async throws(DeskRefusal) in
                try await town.test.desk.transferCase(meeting, body, by: town.chair, idempotency: nil)
            }
        }
        let none = await transfer(to: "00000099000000099000")
        #expect(none.status == 422 && none.body.texts("reasons") == ["no-covenant"])
        #expect(try town.test.number("SELECT count(*) FROM transfer") == 0)
        let passed = await transfer(to: town.helpers[2].oin)
        #expect(passed.status == 201 && passed.body.text("platform") == "cjg")
        #expect(try await town.test.fetch(passed.body.text("messageId"), as: town.helpers[2].partner).payload.purpose == "youthTeam")
        let entry = try #require(try town.test.entries().first { $0.event == "case.transferred" })
        #expect(entry.facts["platform"] == .text("cjg") && entry.refs["meeting"] == meeting && entry.refs["signal"] == filed.signal)
        #expect(try town.test.number("SELECT count(*) FROM transfer WHERE platform = 'cjg'") == 1)
        #expect(try town.test.logIsIntact())
    }

    @Test("R55 a task that had been left open begins its term again when the meeting was held, and is told of when it was cancelled")
    func fallenTasks() async throws {
        _ = try await town.test.desk.makePlan(filed.casefile, ["coordinator": "manager-1"], by: town.manager, idempotency: nil)
        let task = try await town.test.refer(town.test.referral(filed), by: town.manager)
        try await town.receive(task.message, debt.partner)
        try town.test.sql("UPDATE task SET rung = 2")
        try town.test.sql("UPDATE open_task SET fell_due_at = 5")
        town.test.clock.advance(days: 3)
        #expect(await town.minutes(meeting, body(coordinator: nil)).status == 200)
        let row = try #require(try town.test.sql("SELECT rung, fell_due_at, due_at FROM task JOIN open_task ON task = task.id").first)
        #expect(row["rung"] == 0 && (row["fell_due_at"] as Int64?) == nil)
        #expect(row["due_at"] as Int64 > town.test.clock.calendar.millisecondsSince1970)
        let next = try await town.opened(filed, kind: "followUp")
        try town.test.sql("UPDATE task SET rung = 2")
        try town.test.sql("UPDATE open_task SET fell_due_at = 5")
        #expect(await town.cancel(next).status == 200)
        #expect(try town.test.number("SELECT count(*) FROM desk_news WHERE kind = 'stalled'") == 1)
    }

    @Test("R83 a case is not solved while staff has not done what a meeting decided; another outcome ends the action, and names it")
    func undone() async throws {
        town.test.clock.advance(days: 3)
        let held = await town.minutes(meeting, body([staffAction]))
        let action = try #require(held.body["decisions"]?.arrayValue?.first).text("actionId")
        func close(_ outcome: String) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await town.test.desk.closeCase(filed.casefile, ["outcome": .string(outcome)], by: town.manager, idempotency: nil)
            }
        }
        let refused = await close("solved")
        #expect(refused.status == 409 && refused.body.text("because") == "actions-undone")
        let closed = await close("residentDeclined")
        #expect(closed.status == 200 && closed.body.texts("undone") == [action])
        let entry = try #require(try town.test.entries().last { $0.event == "case.closed" })
        #expect(entry.facts["undone"] == .list([action]))
        #expect(try town.test.number("SELECT count(*) FROM deadline WHERE kind = 'action'") == 0)
        // Nobody says that it was done.
        #expect(try town.test.number("SELECT count(*) FROM plan_action WHERE done_at IS NULL") == 1)
    }
}
