import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import JOSE
import Storage
import StrictJSON
import Testing

@Suite("What the desk does about messages that never arrived", .timeLimit(.minutes(10)))
struct DeadLetterTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        (test, member) = try await TestDesk.pushing()
    }

    /// A referral that its partner took for undeliverable, with the bytes that left and the fault that the desk was told of.
    private func dead() async throws -> (filed: FiledCase, queued: QueuedReferral, bytes: [UInt8], fault: String) {
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let attempt = try await test.begin(queued.message)
        try await test.desk.settlePush(attempt, .status(422))
        return (filed, queued, attempt.message.compact, try #require(try await test.faults(by: member).first).text("faultId"))
    }

    /// The partner answers what is pushed with its receipt.
    private func receipted(_ message: String) async throws -> [UInt8] {
        let attempt = try await test.begin(message)
        let bytes = attempt.message.compact
        #expect(try test.debt.open(bytes, from: test.cityKeys(), at: test.clock.wall).payload.messageId == message)
        let body = try test.debt.receipt(for: message, bytes, at: test.clock.wall)
        #expect(try await test.desk.settlePush(attempt, .answered(status: 200, body: body, retryAfter: nil)) == .receipted)
        return bytes
    }

    private func bytesAreGone() throws -> Bool {
        try test.number("SELECT count(*) FROM message WHERE key IS NOT NULL OR id IN (SELECT message FROM message_body)") == 0
    }

    @Test("sent again, it goes with the same id and bytes, its task opens again, and the log says who did it and why it had died")
    func sentAgain() async throws {
        let (_, queued, bytes, fault) = try await dead()
        let before = try test.entries().count
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 200 && answer.body.text("as") == "sameMessage")
        #expect(answer.body.text("messageId") == queued.message && answer.body.text("taskId") == queued.task)
        #expect(try test.events(after: before) == ["task.moved", "message.requeued"])
        let entry = try #require(try test.entries().last)
        #expect(entry.facts == ["as": .text("sameMessage"), "was": .text("http-422")])
        #expect(entry.actor["kind"] == "staff" && entry.actor["role"] == "contactPoint" && entry.refs["message"] == queued.message)
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try await test.due(test.debt) == [queued.message])
        #expect(try await receipted(queued.message) == bytes)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what is settled is settled: a second answer of the desk is refused, and changes nothing")
    func settledOnce() async throws {
        let (_, queued, _, fault) = try await dead()
        #expect(await test.replay(fault, by: member).status == 200)
        let before = try test.entries().count
        for answer in [await test.replay(fault, by: member), await test.end(fault, because: "other", by: member)] {
            #expect(answer.status == 409 && answer.body.text("code") == "already-decided")
        }
        #expect(try test.entries().count == before)
        // It dies once more, and the desk is told once more.
        try await test.desk.settlePush(try await test.begin(queued.message), .status(400))
        let told = try await test.faults(by: member)
        #expect(told.map { $0.text("code") } == ["http-400"] && told.first?.text("faultId") != fault)
        #expect(await test.replay(told[0].text("faultId"), by: member).status == 200)
    }

    @Test("ended with a reason, its bytes go and its task stays failed; the log says who and why, from a closed list")
    func ended() async throws {
        let (_, queued, _, fault) = try await dead()
        #expect(await test.end(fault, because: "was boring", by: member).status == 400)
        let before = try test.entries().count
        #expect(await test.end(fault, because: "toldOtherwise", by: member).status == 200)
        #expect(try test.events(after: before) == ["message.given-up"])
        let entry = try #require(try test.entries().last)
        #expect(entry.facts == ["because": .text("toldOtherwise"), "was": .text("http-422")] && entry.actor["kind"] == "staff")
        #expect(try test.state(of: queued.message) == "ended" && (try bytesAreGone()))
        #expect(try test.task(queued.task) == ("failed", nil))
        #expect(try await test.faults(by: member).isEmpty)
        #expect(await test.end(fault, because: "toldOtherwise", by: member).status == 409)
        #expect(try test.logIsIntact())
    }

    @Test("it is the desk's alone")
    func roles() async throws {
        let (_, _, _, fault) = try await dead()
        let manager = try await test.staff("manager-1", .socialCaseManager)
        for caller in [manager, .partner(test.debt.oin)] {
            #expect(await test.replay(fault, by: caller).status == 403)
            #expect(await test.end(fault, because: "other", by: caller).status == 403)
        }
        #expect(await test.replay("x", by: member).status == 404)
        #expect(await test.replay(test.desk.wall.rfc3339, by: member).status == 404)
    }

    @Test("a withdrawal meets a dead letter like any message that may have left: it ends, is recalled, and cannot be sent again")
    func withdrawn() async throws {
        let (filed, queued, _, fault) = try await dead()
        let answer = try await test.withdrawDebtConsent(filed, by: member).body
        #expect(answer.texts("mayHaveLeft") == [queued.message])
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        #expect(try await test.faults(by: member).isEmpty)
        #expect(await test.replay(fault, by: member).status == 409)
        #expect(try test.logIsIntact())
    }

    @Test("it is decided again: what may no longer go is refused with its reasons, recalled and gone")
    func decidedAgain() async throws {
        let (_, queued, _, fault) = try await dead()
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-22T00:00:00+01:00"
        try await test.adopt(policy)
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 422 && answer.body.texts("reasons") == ["covenant-expired"])
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.task(queued.task) == ("failed", nil))
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try test.logIsIntact())
    }

    @Test("where less may go by now, a new message says less and replaces it")
    func shrunk() async throws {
        let (_, queued, _, fault) = try await dead()
        var policy = TestPolicy()
        policy.debtFields = ["identification", "domains.debts"]
        try await test.adopt(policy)
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 200 && answer.body.text("as") == "newMessage")
        let new = answer.body.text("messageId")
        #expect(new != queued.message)
        #expect(try test.state(of: queued.message) == "superseded")
        let attempt = try await test.begin(new)
        let payload = try test.debt.open(attempt.message.compact, from: test.cityKeys(), at: test.clock.wall).payload
        #expect(payload.replaces == queued.message && payload.fields["contact"] == nil && payload.fields["identification"] != nil)
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try test.logIsIntact())
    }

    @Test("when nobody could open them any more its bytes go by themselves; it can be sealed anew, under the id it had")
    func sealedAnew() async throws {
        let (_, queued, bytes, fault) = try await dead()
        // Ten working days after Monday at ten.
        test.clock.advance(days: 14, milliseconds: -1)
        try await test.desk.tidy()
        #expect(try test.isDead(queued.message))
        test.clock.advance(milliseconds: 1)
        try await test.desk.tidy()
        #expect(try bytesAreGone())
        #expect(try await test.faults(by: member).map { $0.text("faultId") } == [fault])
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 200 && answer.body.text("as") == "sealedAnew" && answer.body.text("messageId") == queued.message)
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try await receipted(queued.message) != bytes)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        #expect(try test.logIsIntact())
    }

    @Test("a dead letter that nobody would have time to open is sealed anew at once")
    func littleTime() async throws {
        let (_, queued, bytes, fault) = try await dead()
        test.clock.advance(days: 13, milliseconds: 1)
        #expect(await test.replay(fault, by: member).body.text("as") == "sealedAnew")
        #expect(try await receipted(queued.message) != bytes)
    }

    @Test("a dead letter whose partner has another encryption key by now is sealed to that one, under the id it had")
    func otherKey() async throws {
        let (_, queued, bytes, fault) = try await dead()
        let renewed = try PartnerFixture(
            test.debt.oin.description, "Testschuldhulp", sealing: .p256, authority: test.authority,
            at: test.clock.wall.millisecondsSince1970)
        try await test.giveEndpoint(renewed)
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 200 && answer.body.text("as") == "sealedAnew" && answer.body.text("messageId") == queued.message)
        let sealed = try await test.begin(queued.message).message.compact
        #expect(sealed != bytes)
        #expect(try renewed.open(sealed, from: test.cityKeys(), at: test.clock.wall).payload.messageId == queued.message)
        #expect(try test.logIsIntact())
    }

    @Test("what its partner signed that it could not take in goes as a new message: the old id would get the old answer")
    func refusedByRecipient() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let attempt = try await test.begin(queued.message)
        let body = try test.debt.receipt(
            for: queued.message, attempt.message.compact, result: .refused, code: "unknownKey", at: test.clock.wall)
        try await test.desk.settlePush(attempt, .answered(status: 200, body: body, retryAfter: nil))
        let fault = try #require(try await test.faults(by: member).first).text("faultId")
        let answer = await test.replay(fault, by: member)
        #expect(answer.status == 200 && answer.body.text("as") == "newMessage")
        _ = try await receipted(answer.body.text("messageId"))
        #expect(try test.task(queued.task) == ("received", "pickUp"))
    }

    @Test("a receipt that comes late tells that it had arrived: the task is received, and the desk has nothing to do")
    func lateReceipt() async throws {
        let (_, queued, bytes, fault) = try await dead()
        let receipt = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        #expect(try test.state(of: queued.message) == "receipted" && (try bytesAreGone()))
        #expect(try await test.faults(by: member).isEmpty)
        #expect(await test.replay(fault, by: member).status == 409)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("the case decides whether its task may open again")
    func caseClosed() async throws {
        let (filed, queued, _, fault) = try await dead()
        try test.sql("UPDATE casefile SET state = 'closed', closed_at = 1")
        let closed = await test.replay(fault, by: member)
        #expect(closed.status == 409 && closed.body.text("because") == "case-closed")
        try test.sql("UPDATE casefile SET state = 'open', closed_at = NULL, triage = 'single'")
        _ = try await test.refer(test.referral(filed), by: member)
        #expect(await test.replay(fault, by: member).status == 409)
        #expect(try test.isDead(queued.message))
        #expect(try test.task(queued.task) == ("failed", nil))
    }

    @Test("a recall that never arrived is sent again as long as it can be opened; after that it is told otherwise, and ended")
    func notice() async throws {
        let (filed, _, _, _) = try await dead()
        _ = try await test.withdrawDebtConsent(filed, by: member)
        func fault() async throws -> String { try #require(try await test.faults(by: member).first).text("faultId") }
        let notice = try #require(try await test.due(test.debt).first)
        try await test.desk.settlePush(try await test.begin(notice), .status(400))
        #expect(await test.replay(try await fault(), by: member).body.text("as") == "sameMessage")
        try await test.desk.settlePush(try await test.begin(notice), .status(400))
        test.clock.advance(days: 14)
        try await test.desk.tidy()
        let refused = await test.replay(try await fault(), by: member)
        #expect(refused.status == 409 && refused.body.text("because") == "cannot-be-sent-again")
        #expect(await test.end(try await fault(), because: "toldOtherwise", by: member).status == 200)
    }

    @Test("a window that ends while a restore holds its message makes it no dead letter: resuming gives the time back, and it goes")
    func heldByRestore() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        _ = try await test.desk.replayEndings(
            RestoreFacts(dataAt: test.clock.wall, keysAt: nil, newestCheckpoint: nil, entriesLost: 0))
        test.clock.advance(days: 7)
        try await test.desk.tidy()
        _ = try await test.desk.sweepDeadlines()
        #expect(try await test.isStopped(queued.message))
        #expect(try !test.isDead(queued.message))
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        _ = try await test.desk.resumeDeliveries()
        try await test.desk.tidy()
        #expect(try await test.faults(by: member).isEmpty)
        _ = try await receipted(queued.message)
        #expect(try test.task(queued.task).state == "received")
    }

    @Test("an erasure takes a dead letter with it")
    func erased() async throws {
        let (filed, queued, _, _) = try await dead()
        _ = try await test.desk.erasePerson(
            casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try test.number("SELECT count(*) FROM message WHERE dead_at IS NOT NULL") == 0)
        #expect(try test.logIsIntact())
    }
}
