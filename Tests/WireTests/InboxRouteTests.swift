import AsyncHTTPClient
import Casework
import ConvenantTestSupport
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceLifecycle
import StrictJSON
import Synchronization
import Testing

@testable import Wire

@Suite("the inbox at the door", .timeLimit(.minutes(5)))
struct InboxRouteTests {
    private func application(_ test: TestDesk, settings: ListenerSettings = testSettings()) throws -> some ApplicationProtocol {
        let partner = test.debt.oin
        let door = DoorKeeper { _, _ in Identified(caller: .partner(partner)) }
        return settings.application(
            buildRouter(boundRoutes(at: .partners, desk: test.desk), at: .partners, door: door, settings: settings).buildResponder(),
            server: settings.http1)
    }

    private func waiters(_ test: TestDesk) async throws -> Double? {
        try await test.desk.figuresNow().first {
            $0.label == "convenant_partner_waiters" && $0.dimensions.first?.1 == test.debt.oin.description
        }?.value
    }

    @Test("a waiting request is answered when something comes")
    func waits() async throws {
        let test = try await TestDesk()
        let member = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openVisitedCase(by: member)
        try await application(test).test(.router) { client in
            async let answer = client.execute(uri: "/v1/inbox?wait=55&limit=5", method: .get)
            for _ in 0..<1_000 where try await waiters(test) == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let queued = try await test.refer(test.referral(filed), by: member)
            let items = try await answer.json["items"]?.arrayValue ?? []
            #expect(items.map { $0["messageId"] } == [.string(queued.message)])
        }
    }

    @Test(
        "what cannot be asked together, or is no time, is refused",
        arguments: [
            ("wait=0", "/query/wait out-of-range"), ("wait=56", "/query/wait out-of-range"), ("wait=x", "/query/wait out-of-range"),
            ("wait=5&from=2026-11-23T09:00:00Z", "/query/wait not-together"), ("from=2026-11-23", "/query/from invalid-instant"),
            ("to=2026-11-23T09:00:00+01:00x", "/query/to invalid-instant"),
        ])
    func refused(query: String, fault: String) async throws {
        try await application(TestDesk()).test(.router) { client in
            let answer = try await client.execute(uri: "/v1/inbox?\(query)", method: .get)
            #expect(answer.status == .badRequest && answer.errors == [fault])
        }
    }

    @Test("what was given is listed with its state")
    func given() async throws {
        let test = try await TestDesk()
        let member = try await test.staff("desk-1", .contactPoint)
        let received = try await test.referAndReceive(test.referral(try await test.openVisitedCase(by: member)), to: test.debt, by: member)
        try await application(test).test(.router) { client in
            let answer = try await client.execute(uri: "/v1/inbox?from=2026-11-01T00:00:00%2B01:00&limit=200", method: .get)
            #expect(
                answer.json["items"]?.arrayValue?.map { [$0["messageId"], $0["state"]] } == [[.string(received.message), "receipted"]])
            #expect(try await client.execute(uri: "/v1/inbox?to=2026-11-01T00:00:00Z", method: .get).json["items"] == [])
        }
    }

    @Test("a stop of the listener ends a wait at once, with an answer")
    func stops() async throws {
        let test = try await TestDesk()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let settings = testSettings { port.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [try application(test, settings: settings)], logger: settings.logger))
        let serving = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let found = try #require(await iterator.next())
        async let answer = HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(found)/v1/inbox?wait=55"), timeout: .seconds(90))
        for _ in 0..<1_000 where try await waiters(test) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let began = ContinuousClock().now
        await group.triggerGracefulShutdown()
        let response = try await answer
        #expect(response.status == .ok)
        #expect(String(buffer: try await response.body.collect(upTo: 1_000)) == "{\"items\":[]}")
        try await serving.value
        // By itself the wait would have ended after 55 seconds.
        #expect(ContinuousClock().now - began < .seconds(40))
    }
}
