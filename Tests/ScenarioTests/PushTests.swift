import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import JOSE
import Storage
import StrictJSON
import Testing

@Suite("Pushing", .timeLimit(.minutes(10)))
struct PushTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        (test, member) = try await TestDesk.pushing()
    }

    private func queue() async throws -> (FiledCase, QueuedReferral) {
        let filed = try await test.openVisitedCase(by: member)
        return (filed, try await test.refer(test.referral(filed), by: member))
    }

    private func receipt(_ queued: QueuedReferral, _ bytes: [UInt8], result: Receipt.Result = .opened) throws -> [UInt8] {
        try test.debt.receipt(
            for: queued.message, bytes, result: result, code: result == .refused ? "other-kind" : nil, at: test.clock.wall)
    }

    @Test("what is queued for an endpoint is due at once and rings; what others fetch is not")
    func due() async throws {
        let (filed, queued) = try await queue()
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        #expect(try await test.due(test.debt) == [queued.message])
        #expect(try await test.lane(of: test.care) == nil)
        var rings = test.desk.bell.rings.makeAsyncIterator()
        #expect(await rings.next() != nil)
    }

    @Test("an endpoint that comes later is sent what waits, and one that is taken away is sent nothing")
    func endpointComesAndGoes() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.justified(test.protection(filed)), by: member)
        try await test.giveEndpoint(test.care)
        #expect(try await test.due(test.care) == [queued.message])
        try await test.giveEndpoint(test.care, nil)
        #expect(try await test.lane(of: test.care) == nil)
        #expect(try await test.isStopped(queued.message))
        #expect(try await test.fetch(queued.message, as: test.care).payload.messageId == queued.message)
    }

    @Test("the attempt is in the log before the bytes are given; a receipt as the answer settles message and task")
    func receipted() async throws {
        let (_, queued) = try await queue()
        let before = try test.entries().count
        let attempt = try await test.begin(queued.message)
        let started = try #require(try test.entries().dropFirst(before).first)
        #expect(started.event == "attempt.started")
        #expect(started.facts["by"] == .text("push") && started.facts["recipient"] == .text(test.debt.oin.description))
        #expect(started.actor["kind"] == "daemon")
        #expect(try test.state(of: queued.message) == "left")
        #expect(try await test.due(test.debt).isEmpty)
        // The clock of the pick-up term starts here, and not at the partner.
        test.clock.advance(milliseconds: 5_000)
        let bytes = attempt.message.compact
        #expect(try test.debt.open(bytes, from: test.cityKeys(), at: test.clock.wall).payload.messageId == queued.message)
        let answer = PushAnswer.answered(status: 200, body: try receipt(queued, bytes), retryAfter: nil)
        #expect(try await test.desk.settlePush(attempt, answer) == .receipted)
        // The first disclosure about a case is the last moment to tell its resident.
        #expect(
            try test.events(after: before + 1).sorted() == ["attempt.ended", "deadline.moved", "receipt.taken", "task.moved"])
        let ended = try #require(try test.entries().dropFirst(before).first { $0.event == "attempt.ended" })
        #expect(ended.facts["result"] == .text("receipted") && ended.facts["status"] == .integer(200))
        #expect(ended.refs["attempt"] == started.refs["attempt"] && ended.refs["message"] == queued.message)
        #expect(try test.state(of: queued.message) == "receipted")
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        #expect(try test.attempts(on: queued.message) == ["receipted"])
        #expect(try test.logIsIntact())
    }

    @Test("a receipt twice, by two ways: the first counts, and the second changes nothing")
    func receiptTwice() async throws {
        let (_, queued) = try await queue()
        let attempt = try await test.begin(queued.message)
        let bytes = attempt.message.compact
        _ = try await test.desk.takeReceipt(queued.message, receipt(queued, bytes), by: .partner(test.debt.oin))
        let before = try test.entries().count
        let answer = PushAnswer.answered(status: 200, body: try receipt(queued, bytes), retryAfter: nil)
        #expect(try await test.desk.settlePush(attempt, answer) == .receipted)
        #expect(try test.events(after: before).isEmpty)
        #expect(try test.number("SELECT count(*) FROM receipt") == 1)
    }

    @Test("a receipt that refuses is a delivery fault")
    func refusedByRecipient() async throws {
        let (_, queued) = try await queue()
        let attempt = try await test.begin(queued.message)
        let body = try receipt(queued, attempt.message.compact, result: .refused)
        try await test.desk.settlePush(attempt, .answered(status: 200, body: body, retryAfter: nil))
        #expect(try test.task(queued.task) == ("failed", nil))
        let told = try await test.faults(by: member)
        #expect(told.map { $0.text("code") } == ["refused-by-recipient"])
        #expect(told.first?.text("taskId") == queued.task && told.first?.text("messageId") == queued.message)
    }

    @Test("a withdrawal between queueing and pushing stops it")
    func withdrawn() async throws {
        let (filed, queued) = try await queue()
        _ = try await test.withdrawDebtConsent(filed, by: member)
        #expect(try await test.due(test.debt).isEmpty)
        #expect(try await test.isStopped(queued.message))
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.attempts(on: queued.message).isEmpty)
    }

    @Test("a message that cannot begin stands aside for a minute, and those behind it go")
    func damaged() async throws {
        let (filed, first) = try await queue()
        let second = try await test.refer(test.referral(filed), by: member)
        try test.sql("UPDATE message SET queue_seal = zeroblob(32) WHERE id = ?", [Data(try #require(MessageID(first.message)).bytes)])
        #expect(try await test.due(test.debt).first == first.message)
        await #expect(throws: DeskRefusal.self) { try await test.push(first.message) }
        #expect(try await test.due(test.debt) == [second.message])
        _ = try await test.begin(second.message)
        test.clock.advance(milliseconds: 60_000)
        #expect(try await test.due(test.debt).contains(first.message))
    }

    @Test("what passes its window after one whose row cannot be read is told to the desk all the same")
    func damagedExpiry() async throws {
        let (filed, first) = try await queue()
        let second = try await test.refer(test.referral(filed), by: member)
        try test.sql("UPDATE message SET scopes = 'nothing' WHERE id = ?", [Data(try #require(MessageID(first.message)).bytes)])
        test.clock.advance(days: 15)
        await #expect(throws: DeskRefusal.self) { try await test.desk.endExpired() }
        #expect(try await test.faults(by: member).map { $0.text("messageId") } == [second.message])
    }

    @Test("a covenant that ended between queueing and pushing stops it, found by deciding again")
    func decidedAgain() async throws {
        let (_, queued) = try await queue()
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-22T00:00:00+01:00"
        try await test.adopt(policy)
        #expect(try await test.due(test.debt) == [queued.message])
        let before = try test.entries().count
        #expect(try await test.isStopped(queued.message))
        #expect(Set(try test.events(after: before)) == ["decision.changed", "message.ended", "task.moved"])
        #expect(try test.task(queued.task) == ("cancelled", nil))
        #expect(try test.attempts(on: queued.message).isEmpty)
        #expect(try test.logIsIntact())
    }

    @Test("what left and may go no further is recalled, though nobody withdrew anything")
    func recalledWithoutWithdrawal() async throws {
        let (_, queued) = try await queue()
        let attempt = try await test.begin(queued.message)
        try await test.desk.settlePush(attempt, .status(500))
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-22T00:00:00+01:00"
        try await test.adopt(policy)
        test.clock.advance(milliseconds: 300_000)
        #expect(try await test.isStopped(queued.message))
        #expect(try test.state(of: queued.message) == "ended")
        let waiting = try await test.inbox(of: test.debt)
        #expect(waiting.map(\.kind) == ["notice"])
        let id = try #require(waiting.first?.id)
        let notice = try #require(try await test.fetch(id, as: test.debt).payload.notice)
        #expect(notice.code == "recalled" && notice.about == [queued.message])
        #expect(try test.logIsIntact())
    }

    @Test("the same for a partner that fetches")
    func recalledAtFetch() async throws {
        let filed = try await test.openVisitedCase(by: member)
        try await test.giveEndpoint(test.debt, nil)
        let queued = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(queued.message, as: test.debt)
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-22T00:00:00+01:00"
        try await test.adopt(policy)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
    }

    @Test("a message is held by one worker; when its claim has run out another takes over, and the first changes nothing any more")
    func fencing() async throws {
        let (_, queued) = try await queue()
        let stale = try await test.begin(queued.message)
        #expect(try await test.isStopped(queued.message))
        test.clock.advance(milliseconds: 120_000)
        let fresh = try await test.begin(queued.message)
        #expect(try test.attempts(on: queued.message) == ["overtaken", "open"])
        let before = try test.entries().count
        for answer in [PushAnswer.status(400), .status(202), .status(503), .unreachable(code: "connection"), .interrupted] {
            #expect(try await test.desk.settlePush(stale, answer) == .overtaken)
        }
        #expect(try test.entries().count == before)
        #expect(try test.state(of: queued.message) == "left")
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        #expect(try await test.desk.settlePush(fresh, .status(400)) == .dead)
        #expect(try test.logIsIntact())
    }

    @Test("a partner that fetches while it is being sent takes the message over; a receipt by the old way still counts")
    func pullTakesOver() async throws {
        let (_, queued) = try await queue()
        let stale = try await test.begin(queued.message)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        #expect(bytes == stale.message.compact)
        #expect(try test.attempts(on: queued.message) == ["overtaken", "open"])
        #expect(try await test.desk.settlePush(stale, .status(422)) == .overtaken)
        #expect(try test.state(of: queued.message) == "left")
        #expect(try await test.due(test.debt).isEmpty)
        let answer = PushAnswer.answered(status: 200, body: try receipt(queued, bytes), retryAfter: nil)
        #expect(try await test.desk.settlePush(stale, answer) == .receipted)
        #expect(try test.state(of: queued.message) == "receipted")
    }

    @Test("what a crash held is due again at once, and its attempt ended as interrupted")
    func crash() async throws {
        let (_, queued) = try await queue()
        _ = try await test.begin(queued.message)
        test.crash()
        try await test.open()
        #expect(try test.attempts(on: queued.message) == ["interrupted"])
        #expect(try await test.due(test.debt) == [queued.message])
        // It may have left: that stays so.
        #expect(try test.state(of: queued.message) == "left")
        _ = try await test.begin(queued.message)
        #expect(try test.logIsIntact())
    }

    @Test("what a restore found waiting may have left: no attempt without a connection takes that back, and it is sent after all")
    func restored() async throws {
        let (_, queued) = try await queue()
        let copied = test.clock.wall
        try await test.desk.settlePush(try await test.begin(queued.message), .unreachable(code: "connection"))
        #expect(try test.state(of: queued.message) == "queued")
        test.clock.advance(milliseconds: 60_000)
        _ = try await test.desk.replayEndings(RestoreFacts(dataAt: copied, keysAt: nil, newestCheckpoint: nil, entriesLost: 0))
        #expect(try await test.isStopped(queued.message))
        _ = try await test.desk.resumeDeliveries()
        try await test.desk.settlePush(try await test.begin(queued.message), .unreachable(code: "connection"))
        #expect(try test.state(of: queued.message) == "left")
        // After two failures the lane rests for two seconds at most.
        test.clock.advance(milliseconds: 2_000)
        let attempt = try await test.begin(queued.message)
        let answer = PushAnswer.answered(status: 200, body: try receipt(queued, attempt.message.compact), retryAfter: nil)
        #expect(try await test.desk.settlePush(attempt, answer) == .receipted)
        #expect(try test.logIsIntact())
    }

    @Test("an objection that nobody has weighed holds it: it neither goes nor ends, and is looked at again later")
    func held() async throws {
        try await test.giveEndpoint(test.care)
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = try await test.desk.makeObjection(["personId": .string(filed.persons[0])], by: member, idempotency: nil)
        #expect(try await test.isStopped(queued.message))
        #expect(try test.state(of: queued.message) == "queued")
        #expect(try test.attempts(on: queued.message).isEmpty)
        #expect(try await test.due(test.care).isEmpty)
        test.clock.advance(milliseconds: 60_000)
        #expect(try await test.due(test.care) == [queued.message])
    }
}
