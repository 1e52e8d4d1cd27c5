import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Tasks over the desk")
struct TaskTests {
    private let test: TestDesk
    private let member: Caller
    private let queued: QueuedReferral

    /// A task whose receipt was taken.
    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            queued.message, test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
    }

    private func move(_ body: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let key = key.map { IdempotencyKey(route: "POST /v1/tasks/{taskId}/transitions", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.moveTask(queued.task, body, by: caller ?? .partner(test.debt.oin), idempotency: key)
        }
    }

    private func told(_ news: String) async throws -> [String] {
        (try await test.desk.showDesk(by: member).body["tasks"]?.arrayValue ?? []).filter { $0.text("news") == news }.map {
            $0.text("taskId")
        }
    }

    @Test("a task goes its way; the desk is told when it is picked up and when it ends; it has a deadline after every step")
    func wholeWay() async throws {
        let steps: [(JSONValue, String, String?)] = [
            (["to": "accepted"], "accepted", "progress"), (["to": "onHold", "expectedOn": "2026-12-24"], "onHold", "expected"),
            (["to": "inProgress"], "inProgress", "progress"), (["to": "completed", "outcome": "helped"], "completed", nil),
        ]
        for (body, state, due) in steps {
            let before = try test.entries().count
            let answer = await move(body)
            #expect(answer.status == 200)
            #expect(answer.body.text("state") == state)
            #expect(answer.body.text("dueKind") == due ?? "")
            #expect(try test.task(queued.task) == (state, due))
            #expect(try test.events(after: before) == ["task.moved"])
            #expect(try test.entries().last?.facts["to"] == .text(state))
            #expect(try test.tasksWithoutDeadline() == 0)
        }
        #expect(try await told("pickedUp") == [queued.task, queued.task])
        #expect(try await told("onHold") == [queued.task])
        #expect(try await told("completed") == [queued.task])
        #expect(try test.logIsIntact())
    }

    @Test("R57 R62 a report tells how long the task waited, and whether it was done in time")
    func reported() async throws {
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        func report() async throws -> JSONValue {
            try await test.desk.reportUniformly(from: "2026-11-01", to: "2026-12-31", by: officer).body
        }
        let waiting = try await report()
        #expect(waiting["tasksUnanswered"] == 1 && waiting["waitLongest"]?.isNull == true && waiting["tasksInTime"]?.isNull == true)
        #expect(await move(["to": "accepted"]).status == 200)
        #expect(await move(["to": "completed", "outcome": "helped"]).status == 200)
        let done = try await report()
        #expect(done["tasksTakenOn"] == 1 && done["waitLongest"] == 0 && done["tasksUnanswered"] == 0 && done["tasksInTime"] == 1)
        #expect(done["waiting"]?.arrayValue?.map { $0.text("purpose") } == ["debtAssistance"])
        let partner = try #require(done["onTime"]?.arrayValue?.first)
        #expect(partner["permille"] == 1000 && partner.text("name") != "other partners")
    }

    @Test("a task on a waiting list stands apart in what a manager sees of open work")
    func held() async throws {
        let manager = try await test.staff("manager-1", .manager)
        /// The kinds of which there is something; it is one, and so withheld.
        func open() async throws -> [String] {
            let work = try await test.desk.showOpenWork(by: manager).body["work"]?.arrayValue ?? []
            return work.filter { $0["total"] != 0 }.map { $0.text("kind") }
        }
        #expect(try await open() == ["waitingTasks", "openCases"])
        #expect(await move(["to": "onHold", "expectedOn": "2026-12-24"]).status == 200)
        #expect(try await open() == ["heldTasks", "openCases"])
    }

    @Test("an illegal move is refused with what is legal, and nothing changes")
    func illegal() async throws {
        let before = try test.entries().count
        let answer = await move(["to": "completed"])
        #expect(answer.status == 409)
        #expect(answer.body.text("code") == "illegal-transition")
        #expect(answer.body["legal"] == ["accepted", "onHold", "rejected"])
        #expect(await move(["to": "cancelled"]).body["legal"] == ["accepted", "onHold", "rejected"])
        #expect(await move(["to": "completed"], by: member).body["legal"] == ["accepted", "onHold", "rejected", "cancelled"])
        #expect(await move(["to": "received"]).status == 409)
        #expect(try test.entries().count == before)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
    }

    @Test("every state by every mover over the desk is legal exactly where the table says so")
    func everyMove() async throws {
        let now = test.clock.calendar.millisecondsSince1970
        for from in TaskState.allCases {
            for to in TaskState.allCases {
                for (caller, mover) in [(Caller.partner(test.debt.oin), Mover.partner), (member, Mover.desk)] {
                    try test.sql("DELETE FROM open_task")
                    try test.sql("UPDATE task SET state = ?", [from.rawValue])
                    if from.isOpen {
                        let kind = [TaskState.requested: "delivery", .received: "pickUp", .onHold: "expected"][from] ?? "progress"
                        try test.sql(
                            "INSERT INTO open_task (task, casefile, state, due_at, due_kind) SELECT id, casefile, ?, ?, ? FROM task",
                            [from.rawValue, now, kind])
                    }
                    let answer = await move(["to": .string(to.rawValue), "reason": "noCapacity", "expectedOn": "2026-12-01"], by: caller)
                    let legal = from.legalMoves(by: mover)
                    #expect(answer.status == (legal.contains(to) ? 200 : 409), "\(from) \(to) \(mover)")
                    if answer.status == 409 { #expect(answer.body.texts("legal") == legal.map(\.rawValue)) }
                    #expect(try test.task(queued.task).state == (legal.contains(to) ? to : from).rawValue)
                    #expect(try test.tasksWithoutDeadline() == 0)
                }
            }
        }
    }

    @Test("refusing needs a reason, waiting needs a date that has not passed and comes within 26 weeks")
    func reasons() async throws {
        for (body, pointer) in [
            (["to": "rejected"], "/reason"), (["to": "rejected", "reason": "bored"], "/reason"), (["to": "onHold"], "/expectedOn"),
            (["to": "onHold", "expectedOn": "2026-11-22"], "/expectedOn"), (["to": "onHold", "expectedOn": "soon"], "/expectedOn"),
            (["to": "onHold", "expectedOn": "2099-01-01"], "/expectedOn"), (["to": "somewhere"], "/to"),
            (["to": "accepted", "note": "x"], "/note"),
        ] as [(JSONValue, String)] {
            let answer = await move(body)
            #expect(answer.status == 400)
            #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("pointer") } == [pointer])
        }
        #expect(await move(["to": "rejected", "reason": "noCapacity"]).status == 200)
        #expect(try test.entries().last?.facts["reason"] == .text("noCapacity"))
        #expect(try await told("rejected") == [queued.task])
    }

    @Test("another partner's task does not exist; a manager without the case, neither")
    func foreign() async throws {
        #expect(await move(["to": "accepted"], by: .partner(test.care.oin)).status == 404)
        let manager = try await test.staff("manager-1", .socialCaseManager)
        #expect(await move(["to": "accepted"], by: manager).status == 404)
        let privacy = try await test.staff("privacy-1", .privacyOfficer)
        #expect(await move(["to": "accepted"], by: privacy).status == 403)
        func tasks(_ caller: Caller, _ state: String? = nil) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in try await test.desk.listTasks(state: state, after: nil, limit: 10, by: caller) }
        }
        #expect(await tasks(.partner(test.care.oin)).body["items"] == [])
        #expect(await tasks(.partner(test.debt.oin), "received").body["items"]?.arrayValue?.count == 1)
        #expect(await tasks(.partner(test.debt.oin), "accepted").body["items"] == [])
        #expect(await tasks(member).body["items"]?.arrayValue?.first?.text("partner") == test.debt.oin.description)
        #expect(await tasks(member, "lost").status == 400)
        #expect(await tasks(manager).status == 403)
    }

    @Test("the same key moves once")
    func idempotency() async throws {
        let first = await move(["to": "accepted"], key: "t-1")
        #expect(first.status == 200)
        #expect(await move(["to": "accepted"], key: "t-1") == first)
        #expect(await move(["to": "inProgress"], key: "t-1").body.text("code") == "idempotency-conflict")
        #expect(try test.task(queued.task).state == "accepted")
    }
}
