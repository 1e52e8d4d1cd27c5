import ConvenantTestSupport
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import StrictJSON
import Testing

@testable import Wire

@Suite("sharing without consent at the door", .timeLimit(.minutes(5)))
struct JustificationRouteTests {
    /// Asks as one member of staff.
    private func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil, key: String? = nil, as caller: Caller, at desk: ReferralDesk
    ) async throws -> TestResponse {
        let settings = testSettings(bodyLimit: 100_000)
        let door = DoorKeeper { _, _ in Identified(caller: caller) }
        let application = settings.application(
            buildRouter(boundRoutes(at: .staff, desk: desk), at: .staff, door: door, settings: settings).buildResponder(),
            server: settings.http1)
        return try await application.test(.router) { client in
            var headers = HTTPFields()
            if body != nil { headers[.contentType] = "application/json" }
            if let key { headers[.init("Idempotency-Key")!] = key }
            return try await client.execute(
                uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0.canonicalBytes()) })
        }
    }

    @Test("made, agreed, used, listed and ended, each by its own route and for its own role")
    func life() async throws {
        let test = try await TestDesk()
        let worker = try await test.staff("desk-1", .contactPoint)
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        let filed = try await test.openVisitedCase(by: worker)
        let road = "/v1/casefiles/\(filed.casefile)/justifications"
        let body = try test.justification(for: test.protection(filed))

        let made = try await send(.post, road, body, key: "j-1", as: worker, at: test.desk)
        #expect(made.status == .created && made.json["state"] == "waiting")
        #expect(try await send(.post, road, body, key: "j-1", as: worker, at: test.desk).json == made.json)
        let id = try #require(made.json["justificationId"]?.stringValue)
        let early = try await send(.post, "/v1/referrals", test.protection(filed), as: worker, at: test.desk)
        #expect(early.status == .unprocessableContent && early.json["reasons"] == ["second-person-missing"])

        #expect(
            try await send(.post, "/v1/justifications/\(id)/answer", ["answer": "agreed"], as: worker, at: test.desk).status == .forbidden)
        let agreed = try await send(.post, "/v1/justifications/\(id)/answer", ["answer": "agreed"], as: officer, at: test.desk)
        #expect(agreed.status == .ok && agreed.json["state"] == "agreed")
        #expect(try await send(.post, "/v1/referrals", test.protection(filed), as: worker, at: test.desk).status == .created)

        #expect(try await send(.get, "/v1/justifications", as: worker, at: test.desk).status == .forbidden)
        let listed = try await send(.get, "/v1/justifications?limit=5", as: officer, at: test.desk)
        #expect(listed.json["items"]?.arrayValue?.map { $0["justificationId"] } == [.string(id)])
        #expect(try await send(.get, road, as: worker, at: test.desk).json["items"]?.arrayValue?.count == 1)
        let month = try await send(.get, "/v1/reports/without-consent?from=2026-11-01&to=2026-11-30", as: officer, at: test.desk)
        #expect(month.status == .ok)

        let ended = try await send(.post, "/v1/justifications/\(id)/end", [:], as: officer, at: test.desk)
        #expect(ended.status == .ok && ended.json["state"] == "ended")
        #expect(try await test.inbox(of: test.care).filter { $0.kind == "referral" }.isEmpty)
    }

    @Test("every fault of what was written is listed, and an unknown one is not found")
    func refused() async throws {
        let test = try await TestDesk()
        let worker = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openVisitedCase(by: worker)
        let faulty = try await send(
            .post, "/v1/casefiles/\(filed.casefile)/justifications", ["to": "x", "ground": ["kind": "consent"], "extra": 1], as: worker,
            at: test.desk)
        #expect(faulty.status == .badRequest && faulty.errors.count > 8)
        let unknown = "/v1/justifications/01970000-0000-7000-8000-000000000007/answer"
        #expect(try await send(.post, unknown, ["answer": "agreed"], as: worker, at: test.desk).status == .notFound)
    }
}
