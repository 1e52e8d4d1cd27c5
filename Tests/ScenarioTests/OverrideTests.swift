import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@Suite("The override mandate (R79)")
struct OverrideTests {
    private let chase: Chase
    private let process: Caller
    private let officer: Caller

    init() async throws {
        chase = try await Chase()
        process = try await chase.test.staff("process-1", .processManager)
        officer = try await chase.test.staff("privacy-1", .privacyOfficer)
    }

    private func override(_ task: String, by caller: Caller? = nil, reason: String = "agreedAtMeeting") async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await chase.test.desk.overrideTask(task, ["reason": .string(reason)], by: caller ?? process, idempotency: nil)
        }
    }

    /// A task that debt help received, on a case that the process manager has.
    private func received() async throws -> (FiledCase, QueuedReferral) {
        let filed = try await chase.openCase()
        _ = try await chase.test.desk.assignCase(filed.casefile, ["account": "process-1"], by: chase.member, idempotency: nil)
        return (filed, try await chase.received(filed))
    }

    @Test("against a partner's no: open again with its term, the partner is told, and the month's list names task and reason")
    func rejected() async throws {
        let (_, queued) = try await received()
        #expect(await chase.move(queued.task, ["to": "rejected", "reason": "noCapacity"]).status == 200)
        let before = try await chase.test.inbox(of: chase.test.debt).count
        let done = await override(queued.task)
        #expect(done.status == 200 && done.body.text("state") == "received" && done.body.text("dueKind") == "pickUp")
        #expect(try await chase.test.inbox(of: chase.test.debt).count == before + 1)
        let used = try #require(try chase.test.entries().first { $0.event == "override.used" })
        #expect(used.refs["task"] == queued.task && used.facts["role"] == .text("processManager") && used.facts["was"] == .text("rejected"))
        let list = try await chase.test.desk.listWithoutConsent(from: "2009-03-01", to: "2009-03-31", by: officer).body
        let month = try #require(list["months"]?.arrayValue?.first)
        #expect(month["overrides"] == 1)
        let item = try #require(month["items"]?.arrayValue?.first)
        #expect(item.text("taskId") == queued.task && item.text("reason") == "agreedAtMeeting")
        #expect(await override(queued.task).body.text("code") == "illegal-transition")
        #expect(try chase.test.logIsIntact())
    }

    @Test("against silence: a late task has its term anew, and the ladder begins at its foot")
    func silent() async throws {
        let (_, queued) = try await received()
        #expect(await override(queued.task).status == 409)
        chase.set("2009-03-09T08:30:00+01:00")
        #expect(try await chase.sweep() == 1)
        #expect(await override(queued.task, reason: "partnerSilent").status == 200)
        #expect(try chase.due(queued.task) > "2009-03-09")
        #expect(try await chase.list("callList").isEmpty)
    }

    @Test("never against the resident: not what they declined, and not what they withdrew since")
    func resident() async throws {
        let (_, declined) = try await received()
        #expect(await chase.move(declined.task, ["to": "rejected", "reason": "clientDeclined"]).status == 200)
        #expect(await override(declined.task).status == 409)
        let (filed, queued) = try await received()
        #expect(await chase.move(queued.task, ["to": "rejected", "reason": "noFit"]).status == 200)
        let no: JSONValue = ["personId": .string(filed.persons[0]), "answer": "refused", "recordedHow": "spoken"]
        #expect(try await chase.test.desk.recordConsent(no, by: chase.member, idempotency: nil).status == 201)
        let refused = await override(queued.task)
        #expect(refused.status == 422 && refused.body.texts("reasons") == ["consent-refused"])
        #expect(try !chase.test.events().contains("override.used"))
    }

    @Test("it is the process manager's, on a case that is theirs, with a reason of the list")
    func whose() async throws {
        let (_, queued) = try await received()
        #expect(await chase.move(queued.task, ["to": "rejected", "reason": "noFit"]).status == 200)
        #expect(await override(queued.task, by: chase.member).status == 403)
        #expect(await override(queued.task, by: officer).status == 403)
        #expect(await override(queued.task, by: try await chase.test.staff("process-2", .processManager)).status == 404)
        #expect(await override("00000000-0000-7000-8000-000000000000").status == 404)
        #expect(await override(queued.task, reason: "because").status == 400)
    }
}
