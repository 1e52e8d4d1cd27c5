import Casework
import ConvenantTestSupport
import Exchange
import Testing

@testable import Wire

@Suite("what is under way to a partner")
struct FlightsTests {
    @Test("what was found starts no more once it was forgotten, and goes on from another look without what is under way")
    func forgotten() async throws {
        let (test, member) = try await TestDesk.pushing()
        for _ in 0..<3 { _ = try await test.refer(test.referral(try await test.openVisitedCase(by: member)), by: member) }
        let lane = try #require(try await test.lane(of: test.debt))
        try #require(lane.due.count == 3)
        let flights = Flights()
        flights.found(lane, atOnce: 2, now: 0)
        let first = flights.next(to: lane.partner, now: 0)?.message
        #expect(first == lane.due[0])
        flights.forget(foundFor: lane.partner)
        let none = flights.next(to: lane.partner, now: 0)?.message
        #expect(none == nil)
        flights.found(lane, atOnce: 2, now: 0)
        let second = flights.next(to: lane.partner, now: 0)?.message
        #expect(second == lane.due[1])
    }

    @Test("once everything is to land nothing more starts")
    func landing() async throws {
        let (test, member) = try await TestDesk.pushing()
        _ = try await test.refer(test.referral(try await test.openVisitedCase(by: member)), by: member)
        let lane = try #require(try await test.lane(of: test.debt))
        let flights = Flights()
        flights.found(lane, atOnce: 2, now: 0)
        await flights.land(within: .seconds(1))
        let none = flights.next(to: lane.partner, now: 0)?.message
        #expect(none == nil)
    }
}
