import ConvenantTestSupport
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import StrictJSON
import Testing

@testable import Wire

@Suite("levers at the door", .timeLimit(.minutes(5)))
struct LeverRouteTests {
    @Test("recorded, reviewed, used and ended, each by its own route")
    func life() async throws {
        let test = try await TestDesk(TestPolicy { $0.hasCompulsion = true })
        let worker = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openVisitedCase(by: worker)
        let settings = testSettings(bodyLimit: 100_000)
        let door = DoorKeeper { _, _ in Identified(caller: worker) }
        let application = settings.application(
            buildRouter(boundRoutes(at: .staff, desk: test.desk), at: .staff, door: door, settings: settings).buildResponder(),
            server: settings.http1)
        try await application.test(.router) { client in
            func send(_ uri: String, _ body: JSONValue, key: String? = nil) async throws -> TestResponse {
                var headers: HTTPFields = [.contentType: "application/json"]
                if let key { headers[.init("Idempotency-Key")!] = key }
                return try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(bytes: body.canonicalBytes()))
            }
            let road = "/v1/casefiles/\(filed.casefile)/levers"
            let body = test.lever(about: filed.persons[0])
            let recorded = try await send(road, body, key: "l-1")
            #expect(recorded.status == .created && recorded.json["state"] == "holding")
            #expect(try await send(road, body, key: "l-1").json == recorded.json)
            let id = try #require(recorded.json["leverId"]?.stringValue)
            let reviewed = try await send(
                "/v1/levers/\(id)/review", ["reviewBy": .string(test.day(50)), "because": "Er verandert niets."], key: "l-2")
            #expect(reviewed.status == .ok && reviewed.json["state"] == "holding")
            let sent = try await send("/v1/referrals", test.justified(test.compelled(filed)))
            #expect(sent.status == .created && sent.json["decision"]?["levers"] == [.string(id)])
            let ended = try await send("/v1/levers/\(id)/end", ["because": "Het gezin werkt mee."], key: "l-3")
            #expect(ended.status == .ok && ended.json["state"] == "ended")
            let refused = try await send("/v1/referrals", test.compelled(filed))
            #expect(refused.status == .unprocessableContent && refused.json["reasons"] == ["lever-missing"])

            let faulty = try await send(road, ["kind": "x", "extra": 1])
            #expect(faulty.status == .badRequest && faulty.errors.count > 8)
            let unknown = "/v1/levers/01970000-0000-7000-8000-000000000007"
            #expect(try await send("\(unknown)/end", ["because": "x"]).status == .notFound)
            #expect(try await send("\(unknown)/review", ["reviewBy": "2026-12-01", "because": "x"]).status == .notFound)
        }
        #expect(try await test.inbox(of: test.care).filter { $0.kind == "referral" }.isEmpty)
    }
}
