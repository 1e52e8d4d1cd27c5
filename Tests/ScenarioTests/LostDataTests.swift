import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import JOSE
import Storage
import StrictJSON
import Testing

@Suite("A partner that lost its data is sent again what it had", .timeLimit(.minutes(10)))
struct LostDataTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openVisitedCase(by: member)
    }

    /// Asks for everything that debt help was sent in the two hours before now.
    private func sendAgain() async throws -> JSONValue {
        let now = test.clock.wall
        return try await test.desk.retryQueue(
            of: test.debt.oin, from: now.advanced(byMilliseconds: -7_200_000), until: now, by: .daemon
        ).body
    }

    private func received() async throws -> (queued: QueuedReferral, bytes: [UInt8], receipt: [UInt8]) {
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let receipt = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        _ = try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin))
        test.clock.advance(milliseconds: 1)
        return (queued, bytes, receipt)
    }

    @Test("what it received and still works on goes again under the id it had, sealed anew; its receipt settles it, the first one stays")
    func again() async throws {
        let earlier = try await received()
        test.clock.advance(milliseconds: 7_200_001)
        let (queued, bytes, first) = try await received()
        _ = try await test.desk.moveTask(queued.task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
        let closed = try await received()
        _ = try await test.desk.moveTask(
            closed.queued.task, ["to": "rejected", "reason": "noFit"], by: .partner(test.debt.oin), idempotency: nil)
        let waiting = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(waiting.message, as: test.debt)
        test.clock.advance(milliseconds: 1)

        let before = try test.entries().count
        let done = try await sendAgain()
        #expect(done["sentAgain"] == 1 && done["refused"] == 1 && done["waiting"] == 1)
        #expect(try test.events(after: before) == ["message.sealed", "message.requeued"])
        #expect(try test.entries().last?.facts == ["as": .text("sealedAnew")])
        #expect(Set(try await test.inbox(of: test.debt).map(\.id)) == [queued.message, waiting.message])
        #expect(try test.state(of: earlier.queued.message) == "receipted")

        let again = try await test.fetch(queued.message, as: test.debt)
        #expect(again.payload.messageId == queued.message && again.payload.task?.taskId == queued.task && again.bytes != bytes)
        let second = try test.debt.receipt(for: queued.message, again.bytes, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(queued.message, second, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.state(of: queued.message) == "receipted")
        #expect(try test.attempts(on: queued.message) == ["receipted", "receipted"])
        #expect(try test.task(queued.task) == ("accepted", "progress"))
        let stored = try test.sql("SELECT jws FROM receipt WHERE jws = ?", [first.withUnsafeBufferPointer { Data(buffer: $0) }])
        #expect(stored.count == 1)
        #expect(try test.number("SELECT count(*) FROM message WHERE kind = 'referral'") == 4)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a partner that had lost nothing answers with the receipt of before, or that it knows the message: then nothing goes any more")
    func known() async throws {
        let (queued, bytes, first) = try await received()
        #expect(try await sendAgain()["sentAgain"] == 1)
        #expect(try await test.desk.takeReceipt(queued.message, first, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.state(of: queued.message) == "receipted")
        #expect(try await test.inbox(of: test.debt).isEmpty)

        try await test.giveEndpoint(test.debt)
        #expect(try await sendAgain()["sentAgain"] == 1)
        let attempt = try await test.begin(queued.message)
        #expect(attempt.message.compact != bytes)
        #expect(try await test.desk.settlePush(attempt, .status(409)) == .known)
        #expect(try test.state(of: queued.message) == "receipted")
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try test.number("SELECT count(*) FROM message WHERE key IS NOT NULL OR id IN (SELECT message FROM message_body)") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("each is decided again: what may no longer go stays; what it was sealed as by somebody else is no receipt")
    func decidedAgain() async throws {
        let (queued, bytes, _) = try await received()
        #expect(try await sendAgain()["sentAgain"] == 1)
        let foreign = try test.debt.receipt(for: queued.message, bytes + [0], at: test.clock.wall)
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.takeReceipt(queued.message, foreign, by: .partner(test.debt.oin))
        }
        #expect(refused.status == 409)
        // It was received before: a withdrawal recalls it, wherever the new bytes are.
        let answer = try await test.withdrawDebtConsent(filed, by: member).body
        #expect(answer.texts("mayHaveLeft") == [queued.message])
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        #expect(try await sendAgain()["sentAgain"] == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what was left out the first time stays out, whatever the resident agreed to since: it goes under the decision of before")
    func noMoreThanBefore() async throws {
        var mother = Resident.mother
        mother.consents = [
            Consents.intake,
            Consents.given(to: ["sector:debt"], for: ["debtAssistance"], fields: ["identification.name", "domains.debts"]),
        ]
        let narrow = try await test.openCase([mother], by: member)
        let asked = test.referral(narrow, fields: ["identification.name", "contact", "domains.debts"])
        let queued = try await test.refer(asked, by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let refused = try await test.refer(asked, by: member)
        let unread = try await test.fetch(refused.message, as: test.debt).bytes
        for (message, bytes, result) in [(queued, bytes, Receipt.Result.opened), (refused, unread, Receipt.Result.refused)] {
            let receipt = try test.debt.receipt(for: message.message, bytes, result: result, at: test.clock.wall)
            _ = try await test.desk.takeReceipt(message.message, receipt, by: .partner(test.debt.oin))
        }
        test.clock.advance(milliseconds: 1)
        let yes = Consents.debt.with("personId", .string(narrow.persons[0])).with("recordedHow", "spoken")
        _ = try await test.desk.recordConsent(yes, by: member, idempotency: nil)

        #expect(try await sendAgain()["sentAgain"] == 1)
        let fault = try #require(try await test.faults(by: member).first).text("faultId")
        let replayed = await test.replay(fault, by: member)
        #expect(replayed.body.text("as") == "newMessage")
        for (message, first) in [(queued.message, queued), (replayed.body.text("messageId"), refused)] {
            let fields = try await test.fetch(message, as: test.debt).payload.fields
            #expect(fields["identification"]?["name"] != nil && fields["contact"] == nil)
            let sealed = try test.entries().last { $0.event == "message.sealed" && $0.refs["message"] == message }
            #expect(sealed?.refs["decision"] == first.answer.body["decision"]?.text("decisionId"))
        }
    }

    @Test("a copy that it cannot take in is a fault for the desk, whatever it signed before")
    func refusedCopy() async throws {
        let (queued, _, _) = try await received()
        #expect(try await sendAgain()["sentAgain"] == 1)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let receipt = try test.debt.receipt(for: queued.message, bytes, result: .refused, code: "unknownKey", at: test.clock.wall)
        _ = try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin))
        #expect(try await test.faults(by: member).map { $0.text("code") } == ["refused-by-recipient"])
        #expect(try test.task(queued.task) == ("received", "pickUp"))
    }
}

@Suite("The queue as its command shows it", .timeLimit(.minutes(10)))
struct ShowQueueTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        (test, member) = try await TestDesk.pushing()
    }

    @Test("a line a partner: what waits, since when, how its lane is and when it is tried; then a line a message, and one message's life")
    func shown() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let dead = try await test.refer(test.referral(filed), by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        try await test.desk.settlePush(try await test.begin(dead.message), .status(422))
        try await test.desk.settlePush(try await test.begin(waiting.message), .status(404))
        let queuedAt = test.clock.wall.rfc3339
        test.clock.advance(milliseconds: 400_000)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)

        let list = try await test.desk.showQueue().body["items"]?.arrayValue ?? []
        #expect(list.map { $0.text("partner") } == [test.debt.oin.description, test.care.oin.description])
        let debt = try #require(list.first)
        #expect(debt["waiting"] == 1 && debt["faults"] == 1 && debt.text("lane") == "rests" && debt.text("code") == "http-404")
        #expect(debt.text("oldestQueuedAt") == queuedAt && debt["nextTryAt"] != nil && debt["failures"] == 1)
        #expect(list.last?["waiting"] == 1 && list.last?.text("lane") == "fetches" && list.last?["nextTryAt"] == nil)

        let messages = try await test.desk.showQueue(of: test.debt.oin).body["items"]?.arrayValue ?? []
        #expect(messages.map { $0.text("state") } == ["dead", "left"] && messages.first?.text("code") == "http-422")

        let life = try await test.desk.showMessage(try #require(MessageID(dead.message))).body
        #expect(life.text("state") == "dead" && life.text("taskId") == dead.task && life["fault"]?.text("code") == "http-422")
        let attempts = life["attempts"]?.arrayValue ?? []
        #expect(attempts.map { $0.text("result") } == ["dead"] && attempts.first?["status"] == 422)
        for body in [JSONValue.array(list), .array(messages), life] {
            for secret in [Resident.mother.given, Resident.mother.street, filed.casefile].compactMap({ $0 }) + filed.persons {
                #expect(!body.canonicalText.contains(secret))
            }
        }
    }

    @Test("a retry does not wait for the end of a pause; of a partner it takes the dead letters along")
    func retried() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let dead = try await test.refer(test.referral(filed), by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        try await test.desk.settlePush(try await test.begin(dead.message), .status(422))
        try await test.desk.settlePush(try await test.begin(waiting.message), .status(429, retryAfter: "900"))
        #expect(try await test.due(test.debt).isEmpty)
        let one = try await test.desk.retryMessage(try #require(MessageID(waiting.message)), by: .daemon)
        #expect(one.body.text("as") == "waiting")
        #expect(try await test.due(test.debt) == [waiting.message])
        let all = try await test.desk.retryQueue(of: test.debt.oin, by: .daemon).body
        #expect(all["waiting"] == 1 && all["sentAgain"] == 1 && all["refused"] == 0)
        #expect(Set(try await test.due(test.debt)) == [dead.message, waiting.message])
        #expect(try test.task(dead.task) == ("requested", "delivery"))
    }

    @Test("what waits can be ended with a reason, also while an attempt is under way, which then settles nothing")
    func ended() async throws {
        let filed = try await test.openVisitedCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let attempt = try await test.begin(queued.message)
        _ = try await test.desk.giveUp(try #require(MessageID(queued.message)), because: .noLongerNeeded, by: .daemon)
        #expect(try test.task(queued.task) == ("failed", nil))
        #expect(try test.entries().last?.facts == ["because": .text("noLongerNeeded")])
        #expect(try await test.desk.settlePush(attempt, .status(422)) == .overtaken)
        #expect(try await test.faults(by: member).isEmpty)
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.logIsIntact())
    }

    @Test("what cannot go now is ended all the same: what a restore holds, and what waits on a lane that rests", arguments: [true, false])
    func heldEnded(_ isRestored: Bool) async throws {
        let filed = try await test.openVisitedCase(by: member)
        let other = try await test.refer(test.referral(filed), by: member)
        let held = try await test.refer(test.referral(filed), by: member)
        if isRestored {
            _ = try await test.desk.replayEndings(
                RestoreFacts(dataAt: test.clock.wall, keysAt: nil, newestCheckpoint: nil, entriesLost: 0))
            #expect(try await test.isStopped(held.message))
        } else {
            try await test.desk.settlePush(try await test.begin(other.message), .status(429, retryAfter: "900"))
            #expect(try await test.due(test.debt).isEmpty)
        }
        _ = try await test.desk.giveUp(try #require(MessageID(held.message)), because: .toldOtherwise, by: .daemon)
        #expect(try test.state(of: held.message) == "ended")
        #expect(try test.task(held.task) == ("failed", nil))
        #expect(try test.entries().last?.facts == ["because": .text("toldOtherwise")])
        if isRestored { _ = try await test.desk.resumeDeliveries() }
        test.clock.advance(milliseconds: 900_000)
        #expect(try await test.due(test.debt) == [other.message])
        #expect(try test.logIsIntact())
    }

    @Test("a retry passes over a dead letter that is busy and sends those behind it; the one that it passed over stays with the desk")
    func busyOne() async throws {
        let (first, second) = (try await test.openCase(by: member), try await test.openCase([.father], by: member))
        let busy = try await test.refer(test.referral(first), by: member)
        try await test.desk.settlePush(try await test.begin(busy.message), .status(422))
        let recalled = try await test.refer(test.referral(second), by: member)
        try await test.desk.settlePush(try await test.begin(recalled.message), .status(422))
        _ = try await test.withdrawDebtConsent(second, by: member)
        let notice = try #require(try await test.due(test.debt).first)
        try await test.desk.settlePush(try await test.begin(notice), .status(400))
        // Whatever is decided is stale when it is written, each time; a notice rests on no decision.
        try test.sql("UPDATE policy_state SET number = number + 1")
        let retried = try await test.desk.retryQueue(of: test.debt.oin, by: .daemon).body
        #expect(retried["sentAgain"] == 1 && retried["refused"] == 1)
        #expect(try await test.due(test.debt) == [notice])
        #expect(try await test.faults(by: member).map { $0.text("messageId") } == [busy.message])
        try test.sql("UPDATE policy_state SET number = number - 1")
        let again = try await test.desk.retryMessage(try #require(MessageID(busy.message)), by: .daemon)
        #expect(again.body.text("as") == "sameMessage")
    }
}
