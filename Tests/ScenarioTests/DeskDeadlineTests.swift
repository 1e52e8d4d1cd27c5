import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Deliveries, the desk's own deadlines, the watchdog and the page")
struct DeskDeadlineTests {
    @Test("a message that nobody received in its time is a fault on the desk's list, also at night; while the queue tries, it is left")
    func delivery() async throws {
        let chase = try await Chase()
        let test = chase.test
        let task = try await chase.refer(try await chase.openCase()).task
        // The case's calendar ran ahead; on the machine's clock the message is young.
        chase.set("2009-03-10T02:00:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        #expect(try test.task(task) == ("requested", "delivery"))
        #expect(try await test.desk.watchdog() == test.desk.deadlineLag())
        test.clock.advance(days: 7)
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        #expect(try test.task(task) == ("failed", nil))
        #expect(try await chase.tasks("deliveryFaults") == [task])
        #expect(try test.events().suffix(2).sorted() == ["message.ended", "task.moved"])
        #expect(try test.entries().last { $0.event == "task.moved" }?.facts["because"] == .text("expired"))
        #expect(try test.logIsIntact())
    }

    @Test("a delivery whose message has ended already ends with it")
    func ended() async throws {
        let chase = try await Chase()
        let task = try await chase.refer(try await chase.openCase()).task
        try chase.test.sql("UPDATE message SET state = 'ended', sealed = NULL, key = NULL, ended_at = 1")
        chase.test.clock.advance(days: 8)
        #expect(try await chase.sweep() == 1)
        #expect(try chase.test.task(task) == ("failed", nil))
        #expect(try await chase.tasks("deliveryFaults") == [task])
    }

    @Test("a home visit that was not made stands on the page as overdue from its office hour on, and the log tells it once")
    func homeVisit() async throws {
        let chase = try await Chase()
        let filed = try await chase.test.openCase(triage: "multipleUnrelated", by: chase.member)
        try chase.test.sql("UPDATE casefile SET visited_at = NULL")
        try chase.test.sql(
            """
            INSERT OR REPLACE INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
            SELECT 'casefile', id, 'homeVisit', id, ?1, ?1 FROM casefile
            """, [instant("2009-03-16T10:00:00+01:00").millisecondsSince1970])
        func visits() async throws -> [JSONValue] { try await chase.list("homeVisitsDue") }
        #expect(try await visits().map { $0["overdue"] } == [false])
        chase.set("2009-03-16T18:00:00+01:00")
        #expect(try await chase.sweep() == 0)
        chase.set("2009-03-17T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(try await chase.sweep() == 0)
        #expect(try await visits().map { $0["overdue"] } == [true])
        #expect(try await visits().map { $0.text("casefileId") } == [filed.casefile])
        let fell = try chase.test.entries().filter { $0.event == "deadline.fell-due" }
        #expect(fell.count == 1 && fell.first?.refs["signal"] == filed.signal)
        #expect(fell.first?.facts == ["kind": .text("homeVisit"), "due": .text("2009-03-16T09:00:00.000Z")])
        #expect(try await chase.list("withoutCoordinator").map { $0.text("casefileId") } == [filed.casefile])
    }

    @Test("a case for which nothing is under way is listed, oldest first; one with an open task, a plan of the desk's, or closed is not")
    func idle() async throws {
        let chase = try await Chase()
        func idle() async throws -> [String] { try await chase.list("idleCases").map { $0.text("casefileId") } }
        let single = try await chase.openCase("single")
        chase.test.clock.advance(milliseconds: 1)
        let several = try await chase.openCase()
        // One that nobody has triaged stands among the new signals.
        _ = try await chase.test.desk.fileSignal(signal([.mother]), by: .partner(chase.test.debt.oin), idempotency: nil)
        #expect(try await idle() == [single.casefile, several.casefile])
        let row = try #require(try await chase.list("idleCases").first)
        #expect(row.text("triage") == "single" && row.text("state") == "open" && row.texts("domains").contains("debts"))
        let task = try await chase.refer(single).task
        #expect(try await idle() == [several.casefile])
        #expect(await chase.move(task, ["to": "cancelled"], by: chase.member).status == 200)
        #expect(try await idle() == [single.casefile, several.casefile])
        // What the desk planned is under way, whether or not its day has passed; that the resident is to be told brings no help.
        for (kind, isIdle) in [("action", false), ("homeVisit", false), ("telling", true)] {
            try chase.test.sql(
                """
                INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at, fell_due_at)
                SELECT 'casefile', id, ?, id, 1, 1, 1 FROM casefile WHERE id = ?
                """, [kind, Data(try chase.id(several.casefile))])
            #expect(try await idle().contains(several.casefile) == isIdle, "\(kind)")
            try chase.test.sql("DELETE FROM deadline WHERE due_at = 1")
        }
        _ = try await chase.test.desk.recordHomeVisit(
            several.casefile, ["on": "2009-03-20"], by: chase.member, idempotency: nil)
        #expect(try await idle() == [single.casefile])
        _ = try await chase.test.desk.closeCase(single.casefile, ["outcome": "solved"], by: chase.member, idempotency: nil)
        #expect(try await idle().isEmpty)
    }

    @Test("R72: a case whose coordinator's account ended stands with those that nobody coordinates, until another is named")
    func coordinatorLeft() async throws {
        let chase = try await Chase()
        _ = try await chase.test.staff("manager-1", .socialCaseManager)
        _ = try await chase.test.staff("manager-2", .socialCaseManager)
        func uncoordinated() async throws -> Set<String> { Set(try await chase.list("withoutCoordinator").map { $0.text("casefileId") }) }
        let planned = try await chase.openCase()
        _ = try await chase.test.desk.makePlan(planned.casefile, ["coordinator": "manager-1"], by: chase.member, idempotency: nil)
        let single = try await chase.openCase("single")
        _ = try await chase.test.desk.triageSignal(
            single.signal, ["outcome": "single", "caseManager": "manager-1"], by: chase.member, idempotency: nil)
        let kept = try await chase.openCase()
        _ = try await chase.test.desk.makePlan(kept.casefile, ["coordinator": "manager-2"], by: chase.member, idempotency: nil)
        #expect(try await uncoordinated() == [])
        _ = try await chase.test.desk.disableStaff("manager-1")
        #expect(try await uncoordinated() == [planned.casefile, single.casefile])
        let shown = try await chase.test.desk.showCasefile(planned.casefile, by: chase.member).body
        #expect(shown["coordinator"] == nil && shown["assigned"] == [])
        for filed in [planned, single] {
            let named = try await chase.test.desk.nameCoordinator(
                filed.casefile, ["coordinator": "manager-2"], by: chase.member, idempotency: nil)
            #expect(named.status == 200)
        }
        #expect(try await uncoordinated() == [])
    }

    @Test("the watchdog counts only time in which somebody could have acted")
    func watchdog() async throws {
        let chase = try await Chase()
        _ = try await chase.received(try await chase.openCase())
        func watch(_ moment: String) async throws -> DeadlineWatch {
            chase.set(moment)
            return try await chase.test.desk.watchdog()
        }
        let early = try await watch("2009-03-09T08:29:59+01:00")
        #expect(early.oldestDueNotHandled == nil && early.lagSeconds == 0 && !early.isBehind)
        let opening = try await watch("2009-03-09T08:31:00+01:00")
        #expect(opening.lagSeconds == 60 && !opening.isBehind)
        #expect(opening.oldestDueNotHandled == instant("2009-03-09T08:30:00+01:00"))
        #expect(try await watch("2009-03-09T08:31:01+01:00").isBehind)
        #expect(await chase.test.desk.readiness().checks.text("deadlines") == "behind")
        #expect(await chase.test.desk.readiness().ready)
        let night = try await watch("2009-03-09T22:00:00+01:00")
        #expect(night.lagSeconds == 0 && night.oldestDueNotHandled != nil)
        #expect(try await watch("2009-03-10T08:30:30+01:00").lagSeconds == 30)
        #expect(try await chase.sweep() == 1)
        #expect(try await watch("2009-03-10T12:00:00+01:00").oldestDueNotHandled == nil)
        #expect(await chase.test.desk.readiness().checks.text("deadlines") == "ok")
        #expect(try await chase.test.desk.watchdog().openTasksWithoutDeadline == 0)
        try chase.test.sql("DELETE FROM open_task")
        #expect(try await chase.test.desk.watchdog().openTasksWithoutDeadline == 1)
    }

    @Test("news stand newest first and go when they were seen, up to the one that is named")
    func seen() async throws {
        let chase = try await Chase()
        let task = try await chase.received(try await chase.openCase()).task
        for body in [["to": "accepted"], ["to": "onHold", "expectedOn": "2009-03-20"], ["to": "completed"]] as [JSONValue] {
            #expect(await chase.move(task, body).status == 200)
        }
        let news = try await chase.list("tasks")
        #expect(news.map { $0.text("news") } == ["completed", "onHold", "pickedUp"])
        func see(_ upTo: String, by caller: Caller? = nil) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await chase.test.desk.seeNews(["upTo": .string(upTo)], by: caller ?? chase.member)
            }
        }
        let middle = news[1].text("newsId")
        #expect(await see(middle).body == ["seen": 2])
        #expect(await see(middle).body == ["seen": 0])
        #expect(try await chase.list("tasks").map { $0.text("news") } == ["completed"])
        #expect(await see("x").status == 400)
        #expect(await see(middle, by: .partner(chase.test.debt.oin)).status == 403)
    }

    @Test("R112 a contact is the desk's: who may record one, and what it does to a task that is not due, closed, or another case's")
    func contacts() async throws {
        let chase = try await Chase()
        let filed = try await chase.openCase()
        let task = try await chase.received(filed).task
        let due = try chase.due(task)
        // Before the deadline it is recorded and changes nothing.
        #expect(await chase.contact(filed, task).status == 201)
        #expect(try chase.due(task) == due)
        let manager = try await chase.test.staff("manager-1", .socialCaseManager)
        #expect(await chase.contact(filed, task, by: manager).status == 404)
        #expect(await chase.contact(filed, task, by: .partner(chase.test.debt.oin)).status == 404)
        #expect(await chase.contact(filed, task, "bored").status == 400)
        let other = try await chase.openCase()
        #expect(await chase.contact(other, task).status == 404)
        #expect(await chase.move(task, ["to": "rejected", "reason": "noFit"]).status == 200)
        #expect(await chase.contact(filed, task).status == 409)
        #expect(try chase.test.number("SELECT count(*) FROM contact WHERE kind = 'helper'") == 1)
        let made = try chase.test.entries().filter { $0.event == "contact.made" && $0.facts["kind"] == .text("helper") }
        #expect(made.count == 1 && made.first?.actor["role"] == "contactPoint")
    }

    @Test("a list longer than the page is cut, and the page says so")
    func cut() async throws {
        let chase = try await Chase()
        _ = try await chase.received(try await chase.openCase())
        let insert = "INSERT INTO desk_news (id, kind, task, at) SELECT randomblob(16), 'completed', id, 1 FROM task"
        for _ in 0..<200 { try chase.test.sql(insert) }
        let page = try await chase.test.desk.showDesk(by: chase.member).body
        #expect(page["tasks"]?.arrayValue?.count == 200 && page["more"] == nil)
        try chase.test.sql(insert)
        let longer = try await chase.test.desk.showDesk(by: chase.member).body
        #expect(longer["tasks"]?.arrayValue?.count == 200 && longer["more"] == true)
    }

    /// Lanes that rest, one for each of these statements' partners, which are out of the register.
    private func restLanes(_ chase: Chase, of partners: String) throws {
        try chase.test.sql(
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at, removed_at)
            SELECT oin, oin, CAST(oin || 'twelve bytes' AS BLOB), x'7b7d', 1, 1 FROM (\(partners))
            """)
        try chase.test.sql(
            "INSERT INTO lane (partner, failures, next_try_at) SELECT oin, 1, 1 FROM partner WHERE oin NOT IN (SELECT partner FROM lane)"
                + " AND removed_at = 1")
    }

    @Test("a damaged row that is left out hides neither that its list was cut nor the other lists")
    func cutWithDamaged() async throws {
        let chase = try await Chase()
        try restLanes(
            chase,
            of: """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
                SELECT '000000990000000' || (20000 + i) AS oin FROM n
                """)
        let page = try await chase.test.desk.showDesk(by: chase.member).body
        #expect(page["restingLanes"]?.arrayValue?.count == 200 && page["more"] == nil && page["unreadable"] == nil)
        try restLanes(chase, of: "SELECT 'this is not a number' AS oin")
        let longer = try await chase.test.desk.showDesk(by: chase.member).body
        #expect(longer["restingLanes"]?.arrayValue?.count == 200 && longer["more"] == true && longer["unreadable"] == 1)
    }

    @Test("a damaged account keeps nobody from the desk's day; where that cannot be read at all, the doctor still learns the rest")
    func unreadableDay() async throws {
        let chase = try await Chase()
        _ = try await chase.test.staff("desk-2", .contactPoint)
        try chase.test.sql("UPDATE account SET role = 'none' WHERE name = 'desk-2'")
        #expect(try await chase.test.desk.showDesk(by: chase.member).body["unreadable"] == 1)
        let counted = try await chase.test.desk.examine().body
        #expect(counted["unreadable"] == 1 && counted["lists"] == "ok")
        try chase.test.sql("ALTER TABLE lane RENAME TO lost_lane")
        let found = try await chase.test.desk.examine().body
        #expect(found["lists"] == "not-read" && found["unreadable"] == nil)
        #expect(found["synchronous"] == 2 && found["certificates"] != nil && found["backups"] != nil)
    }
}
