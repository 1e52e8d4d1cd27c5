import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import Testing

@Suite("What a partner asked for, with many messages under way to it at once")
struct LaneRestTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        (test, member) = try await TestDesk.pushing()
        filed = try await test.openVisitedCase(by: member)
    }

    private func queue(_ count: Int) async throws -> [String] {
        var messages: [String] = []
        for _ in 0..<count { messages.append(try await test.refer(test.referral(filed), by: member).message) }
        return messages
    }

    private func begin(_ messages: [String]) async throws -> [PushAttempt] {
        var attempts: [PushAttempt] = []
        for message in messages { attempts.append(try await test.begin(message)) }
        return attempts
    }

    /// The partner's receipt for what it was sent.
    private func receipt(_ attempt: PushAttempt) throws -> PushAnswer {
        let bytes = try test.debt.receipt(for: attempt.message.id.description, attempt.message.compact, at: test.clock.wall)
        return .answered(status: 200, body: bytes, retryAfter: nil)
    }

    @Test("a rest that was asked for outlasts the answers to what was under way by then", arguments: [429, 503, 410])
    func outlasts(_ status: Int) async throws {
        let attempts = try await begin(try await queue(4))
        test.clock.advance(milliseconds: 50)
        try await test.desk.settlePush(attempts[0], .status(status, retryAfter: "3600"))
        #expect(try await test.desk.settlePush(attempts[1], receipt(attempts[1])) == .receipted)
        #expect(try await test.desk.settlePush(attempts[2], .status(202)) == .accepted)
        #expect(try await test.desk.settlePush(attempts[3], .status(422)) == .dead)
        #expect(try await test.lane(of: test.debt)?.isTroubled == true)
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await test.due(test.debt) == [])
        test.clock.advance(milliseconds: 1)
        // One is tried, and ends it.
        let first = try #require(try await test.due(test.debt).first)
        try await test.desk.settlePush(try await test.begin(first), .status(202))
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
    }

    @Test("of several that fail together the longest rest that was asked for counts, and it is one failure")
    func longest() async throws {
        let attempts = try await begin(try await queue(4))
        // While they wait for an answer, time passes: the pause begins after all of them had begun.
        test.clock.advance(milliseconds: 5_000)
        try await test.desk.settlePush(attempts[0], .unanswered(code: "connection"))
        try await test.desk.settlePush(attempts[1], .status(429, retryAfter: "60"))
        try await test.desk.settlePush(attempts[2], .status(429, retryAfter: "3600"))
        try await test.desk.settlePush(attempts[3], .status(429, retryAfter: "5"))
        #expect(try test.number("SELECT failures FROM lane") == 1)
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await test.due(test.debt) == [])
        test.clock.advance(milliseconds: 1)
        #expect(try await test.due(test.debt).count == 4)
    }

    @Test("a partner that asked for a rest and calls us meanwhile rests on")
    func heard() async throws {
        let attempts = try await begin(try await queue(2))
        test.clock.advance(milliseconds: 50)
        try await test.desk.settlePush(attempts[0], .status(429, retryAfter: "3600"))
        try await test.desk.settlePush(attempts[1], .unanswered(code: "timeout"))
        _ = try await test.desk.hearPartner(test.debt.certificate.der)
        #expect(try await test.lane(of: test.debt)?.isTroubled == true)
        #expect(try await test.due(test.debt) == [])
    }

    @Test("what was found due before its lane was laid to rest does not go")
    func foundBefore() async throws {
        let messages = try await queue(2)
        let attempt = try await test.begin(messages[0])
        #expect(try await test.due(test.debt) == [messages[1]])
        try await test.desk.settlePush(attempt, .status(429, retryAfter: "3600"))
        #expect(try await test.isStopped(messages[1]))
        #expect(try test.attempts(on: messages[1]) == [])
        test.clock.advance(milliseconds: 3_600_000)
        #expect(try await test.push(messages[1]) != nil)
    }

    @Test("one message at which the endpoint breaks off is tried less and less often while the others arrive")
    func breaksOff() async throws {
        let broken = try await queue(1)[0]
        let id = Data(try #require(MessageID(broken)).bytes)
        var longest: Int64 = 0
        for _ in 0..<14 {
            let due: Int64 = try #require(try test.sql("SELECT next_try_at FROM message WHERE id = ?", [id]).first?["next_try_at"])
            let wait = due - test.clock.wall.millisecondsSince1970
            longest = max(longest, wait)
            // Beyond the rest of the lane, which is a second at most.
            test.clock.advance(milliseconds: max(1_000, wait))
            try await test.desk.settlePush(try await test.begin(broken), .unanswered(code: "connection"))
            test.clock.advance(milliseconds: 1_000)
            let other = try await test.begin(try await queue(1)[0])
            #expect(try await test.desk.settlePush(other, receipt(other)) == .receipted)
            #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        }
        #expect(longest > 10_000)
    }

    @Test("a damaged partner stops the way to nobody else")
    func damagedPartner() async throws {
        let messages = try await queue(1)
        try test.sql(
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at, endpoint)
            VALUES ('?-------------------', 'x', zeroblob(32), x'00', 1, 'https://partner.example/')
            """)
        #expect(try await test.due(test.debt) == messages)
    }

    @Test("a clock that is set back by hours brings what waits nearer by as much")
    func clockSetBack() async throws {
        let messages = try await queue(2)
        try await test.desk.tidy()
        try await test.desk.settlePush(try await test.begin(messages[0]), .status(503, retryAfter: "900"))
        test.clock.advance(milliseconds: -10_800_000)
        try await test.desk.tidy()
        test.clock.advance(milliseconds: 899_999)
        #expect(try await test.due(test.debt) == [])
        test.clock.advance(milliseconds: 1)
        #expect(try await Set(test.due(test.debt)) == Set(messages))
    }

    @Test("a withdrawal that is repeated because it could not finish lists what ended since the first call")
    func repeated() async throws {
        let message = try await queue(1)[0]
        let first = test.clock.wall.millisecondsSince1970
        #expect(try await test.withdrawDebtConsent(filed, by: member).body.texts("ended") == [message])
        // As it is found after a call that recorded the withdrawal, and whose recalls were prevented by a fault.
        try test.sql("INSERT INTO pending_recall (person, since) SELECT person, ? FROM consent_withdrawal", [first])
        test.clock.advance(milliseconds: 60_000)
        #expect(try await test.withdrawDebtConsent(filed, by: member).body.texts("ended") == [message])
    }
}
