import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import JOSE
import Storage
import StrictJSON
import Testing

@Suite("Lanes, retries and dead letters", .timeLimit(.minutes(10)))
struct LaneTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        for partner in [test.debt, test.care] { try await test.giveEndpoint(partner) }
    }

    private func queue() async throws -> (FiledCase, QueuedReferral) {
        let filed = try await test.openVisitedCase(by: member)
        return (filed, try await test.refer(test.referral(filed), by: member))
    }

    /// Moves the clock on until the partner's lane has something due; at most this far.
    private func waitForDue(_ partner: PartnerFixture, within milliseconds: Int64) async throws -> Bool {
        let lane = try #require(try await test.lane(of: partner))
        let wait = try #require(lane.dueAt).millisecondsSince1970 - test.clock.wall.millisecondsSince1970
        guard wait <= milliseconds else { return false }
        test.clock.advance(milliseconds: max(0, wait))
        return try await !test.due(partner).isEmpty
    }

    @Test(
        "what can be about this message is a dead letter: the task fails, the desk is told, and the bytes wait out of reach",
        arguments: [400, 409, 413, 422])
    func dead(_ status: Int) async throws {
        let (filed, queued) = try await queue()
        let other = try await test.refer(test.referral(filed), by: member)
        #expect(try await test.desk.settlePush(try await test.begin(queued.message), .status(status)) == .dead)
        #expect(try test.isDead(queued.message))
        #expect(try test.task(queued.task) == ("failed", nil))
        let told = try await test.faults(by: member)
        #expect(told.map { $0.text("code") } == ["http-\(status)"])
        #expect(told.first?.text("partnerName") == test.debt.name && told.first?.text("taskId") == queued.task)
        // It goes by no way, and holds nothing up.
        #expect(try await test.due(test.debt) == [other.message])
        #expect(try await test.inbox(of: test.debt).map(\.id) == [other.message])
        #expect(try await test.isStopped(queued.message))
        let fetched = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
        }
        #expect(fetched == "ended")
        test.clock.advance(days: 1)
        try await test.giveEndpoint(test.debt)
        #expect(try await test.due(test.debt) == [other.message])
        #expect(try test.logIsIntact())
    }

    @Test(
        "what speaks of the endpoint ends no message: the lane rests, and the desk is told at once, until somebody has mended it",
        arguments: [301, 302, 303, 307, 308, 401, 403, 404, 405, 406, 410, 411, 414, 415, 421, 426, 431, 451, 499])
    func misconfigured(_ status: Int) async throws {
        let (filed, queued) = try await queue()
        let other = try await test.refer(test.referral(filed), by: member)
        func resting() async throws -> [JSONValue] { try await test.page(of: member)["restingLanes"]?.arrayValue ?? [] }
        #expect(try await resting().isEmpty)
        for message in [queued, other] {
            #expect(try await test.desk.settlePush(try await test.begin(message.message), .status(status)) == .retry)
            test.clock.advance(milliseconds: AnswerMeaningTests.longest)
        }
        let told = try await resting()
        #expect(told.map { $0.text("code") } == ["http-\(status)"] && told.first?.text("partner") == test.debt.oin.description)
        #expect(try await test.lane(of: test.debt)?.isTroubled == true)
        #expect(try await test.faults(by: member).isEmpty)
        for message in [queued, other] { #expect(try test.task(message.task) == ("requested", "delivery")) }
        try await test.giveEndpoint(test.debt, "https://partner.example/mended")
        #expect(try await resting().isEmpty)
        #expect(try await Set(test.due(test.debt)) == [queued.message, other.message])
    }

    @Test("an endpoint that says it has gone rests for an hour, unless it asks for longer")
    func gone() async throws {
        let (_, queued) = try await queue()
        try await test.desk.settlePush(try await test.begin(queued.message), .status(410))
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await test.due(test.debt).isEmpty)
        test.clock.advance(milliseconds: 1)
        try await test.desk.settlePush(try await test.begin(queued.message), .status(410, retryAfter: "7200"))
        test.clock.advance(milliseconds: 7_199_999)
        #expect(try await test.due(test.debt).isEmpty)
        test.clock.advance(milliseconds: 1)
        #expect(try await test.due(test.debt) == [queued.message])
    }

    @Test("a partner that is busy or cannot be reached stands on the desk's page after an hour, and goes when it is heard")
    func restingLong() async throws {
        let (_, queued) = try await queue()
        func resting() async throws -> [String] {
            (try await test.page(of: member)["restingLanes"]?.arrayValue ?? []).map { $0.text("code") }
        }
        try await test.desk.settlePush(try await test.begin(queued.message), .unreachable(code: "connection"))
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await resting() == [])
        try await test.desk.settlePush(try await test.begin(queued.message), .status(503))
        test.clock.advance(milliseconds: 1)
        #expect(try await resting() == ["http-503"])
        test.clock.advance(milliseconds: 300_000)
        try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "timeout"))
        #expect(try await resting() == ["timeout"])
        _ = try await test.desk.hearPartner(test.debt.certificate.der)
        #expect(try await resting() == [])
    }

    @Test("an endless 500 is tried to the end of the window, with pauses of five minutes at most, and is a dead letter then")
    func endless() async throws {
        let (_, queued) = try await queue()
        var tries = 0
        while try test.task(queued.task).state == "requested", tries < 100_000 {
            try await test.desk.tidy()
            if let attempt = try await test.push(queued.message) {
                try await test.desk.settlePush(attempt, .status(500))
                tries += 1
            }
            // Six hours: more would be thousands of tries.
            test.clock.advance(milliseconds: 21_600_000)
        }
        #expect(tries == 28)
        #expect(test.clock.wall == test.start.advanced(byMilliseconds: 28 * 21_600_000 + 21_600_000))
        #expect(try test.isDead(queued.message))
        #expect(try await test.faults(by: member).map { $0.text("code") } == ["expired"])
    }

    @Test(
        "everything else is tried again", arguments: [100, 200, 204, 408, 425, 429, 500, 501, 502, 503, 504, 507])
    func retried(_ status: Int) async throws {
        let (_, queued) = try await queue()
        #expect(try await test.desk.settlePush(try await test.begin(queued.message), .status(status)) == .retry)
        #expect(try test.state(of: queued.message) == "left")
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try test.attempts(on: queued.message) == ["retry"])
        #expect(try await waitForDue(test.debt, within: 1_000))
        _ = try await test.begin(queued.message)
    }

    @Test("the pause grows with each failure to five minutes, and Retry-After is kept to", .timeLimit(.minutes(10)))
    func grows() async throws {
        let (_, queued) = try await queue()
        for failure in 1...12 {
            try await test.desk.settlePush(try await test.begin(queued.message), .status(500))
            #expect(try await waitForDue(test.debt, within: min(300_000, 1_000 << Int64(failure - 1))), "failure \(failure)")
        }
        for header in ["900", "Mon, 23 Nov 2037 09:00:00 GMT"] {
            try await test.desk.settlePush(try await test.begin(queued.message), .status(503, retryAfter: header))
            test.clock.advance(milliseconds: 899_999)
            #expect(try await test.due(test.debt).isEmpty)
            test.clock.advance(milliseconds: 1)
            if header == "900" {
                #expect(try await test.due(test.debt) == [queued.message])
            } else {
                #expect(try await test.due(test.debt).isEmpty)
            }
        }
    }

    @Test("202: the receipt follows, and only without one it is sent again, an hour later")
    func accepted() async throws {
        let (filed, queued) = try await queue()
        let attempt = try await test.begin(queued.message)
        #expect(try await test.desk.settlePush(attempt, .status(202)) == .accepted)
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await test.due(test.debt).isEmpty)
        test.clock.advance(milliseconds: 1)
        #expect(try await test.due(test.debt) == [queued.message])
        let other = try await test.refer(test.referral(filed), by: member)
        let second = try await test.begin(other.message)
        try await test.desk.settlePush(second, .status(202))
        _ = try await test.desk.takeReceipt(
            other.message, test.debt.receipt(for: other.message, second.message.compact, at: test.clock.wall), by: .partner(test.debt.oin))
        test.clock.advance(days: 1)
        #expect(try await test.due(test.debt) == [queued.message])
        #expect(try test.task(other.task) == ("received", "pickUp"))
    }

    @Test("an answer of 200 that is no receipt of this message by this partner is tried again")
    func noReceipt() async throws {
        let (_, queued) = try await queue()
        var bodies: [[UInt8]] = [[], Array("thanks".utf8)]
        let bytes = try await test.begin(queued.message).message.compact
        bodies.append(try test.care.receipt(for: queued.message, bytes, at: test.clock.wall))
        bodies.append(try test.debt.receipt(for: queued.message, bytes + [0], at: test.clock.wall))
        bodies.append(try test.debt.receipt(for: queued.task, bytes, at: test.clock.wall))
        for body in bodies {
            test.clock.advance(milliseconds: 300_000)
            let attempt = try await test.begin(queued.message)
            #expect(try await test.desk.settlePush(attempt, .answered(status: 200, body: body, retryAfter: nil)) == .retry)
        }
        #expect(try test.number("SELECT count(*) FROM receipt") == 0)
        #expect(try test.task(queued.task) == ("requested", "delivery"))
    }

    @Test("a lane that is down holds up nobody else, is tried with one message, and works again as soon as its partner is heard")
    func down() async throws {
        let (filed, queued) = try await queue()
        let other = try await test.refer(test.justified(test.protection(filed)), by: member)
        for _ in 1...8 {
            #expect(try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "timeout")) == .unanswered)
            test.clock.advance(milliseconds: 300_000)
        }
        try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "timeout"))
        // The last pause is random: a lane can be due again at once, and then the next failure makes another.
        var tries = 0
        while try await !test.due(test.debt).isEmpty, tries < 20 {
            try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "timeout"))
            tries += 1
        }
        #expect(try await test.due(test.debt).isEmpty)
        let lane = try #require(try await test.lane(of: test.debt))
        #expect(lane.isDown && lane.isTroubled)
        #expect(try await test.due(test.care) == [other.message])
        #expect(try await test.lane(of: test.care)?.isTroubled == false)
        // Its certificate anybody can show; any request of the partner's tells that it is there.
        _ = try await test.desk.identifyPartner(test.debt.certificate.der)
        #expect(try await test.lane(of: test.debt)?.isDown == true)
        _ = try await test.desk.hearPartner(test.debt.certificate.der)
        #expect(try await test.due(test.debt) == [queued.message])
        #expect(try await test.lane(of: test.debt)?.isDown == false)
    }

    @Test("any answer ends the trouble of a lane")
    func heardByAnswer() async throws {
        let (filed, first) = try await queue()
        let second = try await test.refer(test.referral(filed), by: member)
        let attempts = [try await test.begin(first.message), try await test.begin(second.message)]
        try await test.desk.settlePush(attempts[0], .unanswered(code: "connection"))
        #expect(try await test.lane(of: test.debt)?.isDown == true)
        try await test.desk.settlePush(attempts[1], .status(422))
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        #expect(try await test.due(test.debt) == [first.message])
    }

    @Test("that several fail together is one failure of the lane")
    func together() async throws {
        let (filed, first) = try await queue()
        var messages = [first.message]
        for _ in 0..<3 { messages.append(try await test.refer(test.referral(filed), by: member).message) }
        var attempts: [PushAttempt] = []
        for message in messages { attempts.append(try await test.begin(message)) }
        // While they wait for an answer, time passes: the pause begins after all of them had begun.
        test.clock.advance(milliseconds: 5_000)
        for attempt in attempts { try await test.desk.settlePush(attempt, .unanswered(code: "timeout")) }
        #expect(try test.number("SELECT failures FROM lane") == 1)
    }

    @Test("where no connection was made nothing left: a withdrawal then ends the message, and recalls nothing")
    func neverLeft() async throws {
        let (filed, queued) = try await queue()
        #expect(try await test.desk.settlePush(try await test.begin(queued.message), .unreachable(code: "connection")) == .unreachable)
        #expect(try test.state(of: queued.message) == "queued")
        let answer = try await test.withdrawDebtConsent(filed, by: member).body
        #expect(answer.texts("ended") == [queued.message] && answer.texts("mayHaveLeft").isEmpty)
        #expect(try await test.inbox(of: test.debt).isEmpty)
        #expect(try test.logIsIntact())
    }

    @Test("once it may have left, a later failure to connect does not take that back")
    func mayHaveLeft() async throws {
        let (_, queued) = try await queue()
        try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "connection"))
        test.clock.advance(milliseconds: 300_000)
        try await test.desk.settlePush(try await test.begin(queued.message), .unreachable(code: "connection"))
        #expect(try test.state(of: queued.message) == "left")
    }

    @Test("when the window ends without a receipt the task has failed and the desk is told, though nobody fetched or pushed")
    func windowEnds() async throws {
        let (filed, queued) = try await queue()
        try await test.giveEndpoint(test.care, nil)
        let other = try await test.refer(test.justified(test.protection(filed)), by: member)
        test.clock.advance(days: 7, milliseconds: -1)
        try await test.desk.tidy()
        #expect(try await test.faults(by: member).isEmpty)
        test.clock.advance(milliseconds: 1)
        try await test.desk.tidy()
        try await test.desk.tidy()
        let told = try await test.faults(by: member)
        #expect(Set(told.map { $0.text("messageId") }) == [queued.message, other.message])
        #expect(Set(told.map { $0.text("code") }) == ["expired"])
        for task in [queued.task, other.task] { #expect(try test.task(task) == ("failed", nil)) }
        #expect(try await test.due(test.debt).isEmpty)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("our own outage is given back to a message's window, and the partner can open it as much later")
    func extended() async throws {
        let (_, queued) = try await queue()
        test.crash()
        test.clock.advance(days: 1)
        try await test.open()
        test.clock.advance(days: 7, milliseconds: -1)
        try await test.desk.tidy()
        let bytes = try await test.begin(queued.message).message.compact
        #expect(try test.debt.open(bytes, from: test.cityKeys(), at: test.clock.wall).payload.messageId == queued.message)
        test.clock.advance(milliseconds: 1)
        try await test.desk.tidy()
        #expect(try test.isDead(queued.message))
    }

    @Test("of our own outage only office hours count: over a weekend it gives back what was left of Friday, and of Monday")
    func outageOverWeekend() async throws {
        let (_, queued) = try await queue()
        // Friday at four; the sign of life of then.
        test.clock.advance(milliseconds: 4 * 86_400_000 + 21_600_000)
        let now = test.clock.wall.millisecondsSince1970
        try test.sql("UPDATE meta SET value = ? WHERE key = 'heartbeat'", ["\(now) \(now)"])
        test.crash()
        test.clock.advance(milliseconds: 2 * 86_400_000 + 64_800_000)
        try await test.open()
        // Monday at ten, the end of the window as it was.
        test.clock.advance(milliseconds: 7_199_999)
        try await test.desk.tidy()
        _ = try await test.begin(queued.message)
        test.clock.advance(milliseconds: 1)
        try await test.desk.tidy()
        #expect(try test.isDead(queued.message))
    }

    @Test("an undelivered notice is a fault as well: nobody may think that a recall arrived")
    func noticeUndelivered() async throws {
        let (filed, queued) = try await queue()
        try await test.desk.settlePush(try await test.begin(queued.message), .status(500))
        _ = try await test.withdrawDebtConsent(filed, by: member)
        let notice = try #require(try await test.due(test.debt).first)
        #expect(try await test.desk.settlePush(try await test.begin(notice), .status(400)) == .dead)
        let told = try await test.faults(by: member)
        #expect(told.map { $0.text("messageId") } == [notice])
        #expect(told.first?.text("kind") == "notice" && told.first?["taskId"] == nil)
    }

    @Test("the other end of a lane is the registered certificate, of that partner, and not revoked")
    func certificate() async throws {
        _ = try await queue()
        let lane = try #require(try await test.lane(of: test.debt))
        #expect(test.desk.endpointRefusal(leaf: test.debt.certificate.der, on: lane) == nil)
        #expect(test.desk.endpointRefusal(leaf: test.care.certificate.der, on: lane) == "not-the-registered-one")
        test.clock.advance(days: 401)
        #expect(test.desk.endpointRefusal(leaf: test.debt.certificate.der, on: lane) != nil)
    }

    @Test("an endpoint in an inner network is refused, and left alone by the courier")
    func innerNetwork() async throws {
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.addPartner(
                oin: test.debt.oin, name: test.debt.name, certificatePEM: test.debt.certificate.pem, keys: test.debt.keys,
                endpoint: "https://127.0.0.1:9443/")
        }
        #expect(refused.status == 400 && refused.body["errors"]?.arrayValue?.first?.text("pointer") == "/endpoint")
        let (_, queued) = try await queue()
        #expect(try await test.due(test.debt) == [queued.message])
        // As a setting that was turned off since would leave it.
        try test.sql("UPDATE partner SET endpoint = 'https://192.168.0.9/' WHERE oin = ?", [test.debt.oin.description])
        #expect(try await test.lane(of: test.debt) == nil)
    }

    @Test("looking for work reads indexes and no queue")
    func indexes() async throws {
        _ = try await queue()
        let plans = [
            "SELECT id FROM message WHERE partner = 'a' AND next_try_at IS NOT NULL AND next_try_at <= 1 ORDER BY next_try_at LIMIT 4",
            "SELECT next_try_at FROM message WHERE message.partner = 'a' AND next_try_at IS NOT NULL ORDER BY next_try_at LIMIT 1",
            "SELECT queued_at FROM message WHERE message.partner = 'a' AND state IN ('queued', 'left') ORDER BY id LIMIT 1",
            "SELECT id FROM message WHERE state IN ('queued', 'left') AND expires_at <= 1 ORDER BY expires_at LIMIT 100",
            "SELECT id, lease FROM message WHERE lease IS NOT NULL LIMIT 200",
        ]
        for plan in plans {
            let steps = try test.sql("EXPLAIN QUERY PLAN " + plan).map { $0["detail"] as String }
            #expect(steps.contains { $0.contains("INDEX message_") }, "\(plan): \(steps)")
            #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(plan): \(steps)")
        }
    }
}
