import Casework
import ConvenantTestSupport
import Exchange
import Testing

@Suite("Lanes: many faults, claims that ran out, and a clock that was ahead")
struct LaneFaultTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws { (test, member) = try await TestDesk.pushing() }

    private func queue(_ count: Int, of filed: FiledCase) async throws -> [String] {
        var messages: [String] = []
        for _ in 0..<count { messages.append(try await test.refer(test.referral(filed), by: member).message) }
        return messages
    }

    @Test("eight different messages in a row that fail each as if of itself rest the lane, and the first that arrives ends it")
    func series() async throws {
        let messages = try await queue(9, of: try await test.openVisitedCase(by: member))
        // One that the endpoint cannot take stops nobody, however often it fails.
        for _ in 0..<20 {
            #expect(try await test.desk.settlePush(try await test.begin(messages[0]), .status(500)) == .retry)
            test.clock.advance(milliseconds: 300_000)
        }
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        for message in messages[1..<7] { _ = try await test.desk.settlePush(try await test.begin(message), .status(500)) }
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        _ = try await test.desk.settlePush(try await test.begin(messages[7]), .answered(status: 200, body: [], retryAfter: nil))
        #expect(try await test.lane(of: test.debt)?.isTroubled == true)
        test.clock.advance(milliseconds: 300_000)
        let attempt = try await test.begin(messages[8])
        let receipt = try test.debt.receipt(for: messages[8], attempt.message.compact, at: test.clock.wall)
        #expect(try await test.desk.settlePush(attempt, .answered(status: 200, body: receipt, retryAfter: nil)) == .receipted)
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        // What failed before counts no more.
        _ = try await test.desk.settlePush(try await test.begin(messages[1]), .status(500))
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        #expect(try test.logIsIntact())
    }

    @Test("a message that is held and was fetched without a receipt is looked at once a minute, and not all the time")
    func heldUnderOldClaim() async throws {
        let message = try await queue(1, of: try await test.openVisitedCase(by: member))[0]
        _ = try await test.fetch(message, as: test.debt)
        try await test.adopt(TestPolicy { $0.debtSealing = "jose-x25519" })
        test.clock.advance(milliseconds: 300_001)
        #expect(try await test.due(test.debt) == [message])
        #expect(try await test.isStopped(message))
        #expect(try await test.due(test.debt) == [])
        #expect(try test.attempts(on: message) == ["overtaken"])
        test.clock.advance(milliseconds: 59_999)
        #expect(try await test.due(test.debt) == [])
        test.clock.advance(milliseconds: 1)
        #expect(try await test.due(test.debt) == [message])
        #expect(try await test.isStopped(message))
        try await test.adopt(TestPolicy())
        test.clock.advance(milliseconds: 60_000)
        #expect(try await test.push(message) != nil)
        #expect(try test.logIsIntact())
    }

    @Test(
        "a pause that a clock wrote which ran ahead is what was asked for when the clock is set right, and ends over a restart",
        arguments: [false, true])
    func clockSetBack(withRestart: Bool) async throws {
        let message = try await queue(1, of: try await test.openVisitedCase(by: member))[0]
        test.clock.advance(days: 3)
        try await test.desk.tidy()
        #expect(try await test.desk.settlePush(try await test.begin(message), .status(503, retryAfter: "60")) == .retry)
        test.clock.advance(days: -3)
        #expect(try await test.due(test.debt) == [])
        if withRestart {
            test.crash()
            try await test.open()
        } else {
            try await test.desk.tidy()
            test.clock.advance(milliseconds: 59_999)
            #expect(try await test.due(test.debt) == [])
            test.clock.advance(milliseconds: 1)
        }
        #expect(try await test.due(test.debt) == [message])
        #expect(try await test.push(message) != nil)
    }

    @Test("one that has gone rests for an hour, also when it asks for less")
    func goneAsksForLess() async throws {
        let message = try await queue(1, of: try await test.openVisitedCase(by: member))[0]
        _ = try await test.desk.settlePush(try await test.begin(message), .status(410, retryAfter: "0"))
        test.clock.advance(milliseconds: 3_599_999)
        #expect(try await test.due(test.debt) == [])
        test.clock.advance(milliseconds: 1)
        #expect(try await test.due(test.debt) == [message])
    }

    @Test("an outage that a clock wrote which ran ahead is taken back when the clock is set right", arguments: [false, true])
    func falseOutage(withRestart: Bool) async throws {
        let outages = "SELECT count(*) FROM outage"
        test.clock.advance(days: 365)
        try await test.desk.beat()
        #expect(try test.number(outages) == 1)
        test.clock.advance(days: -365)
        if withRestart {
            test.crash()
            try await test.open()
        } else {
            try await test.desk.beat()
        }
        #expect(try test.number(outages) == 0)
    }

    @Test("names that nobody has are locked as accounts are, also when several guesses are under way at once")
    func unknownNames() async throws {
        func guess(_ name: String) async -> Int {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.signIn(["account": .string(name), "password": "a guess that is wrong"])
            }.status
        }
        for name in ["desk-1", "nobody-1"] {
            await withTaskGroup(of: Void.self) { group in for _ in 0..<8 { group.addTask { _ = await guess(name) } } }
            #expect(await guess(name) == 429, "\(name)")
        }
    }
}
