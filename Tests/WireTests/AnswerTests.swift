import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import StrictJSON
import Testing

@testable import Wire

private let things = RouteEntry(
    .post, "/v1/things/{id}", at: [.partners, .staff], takes: .json, query: [.after, .limit], idempotency: .creates)
private let json: HTTPFields = [.contentType: "application/json"]

@Suite("what every answer has, and what HTTP refuses")
struct AnswerTests {
    private func post(
        _ uri: String = "/v1/things/7", at listener: Listener = .staff, headers: HTTPFields = json, body: String = "{}",
        refusing: DeskRefusal? = nil,
        route: BoundRoute = echo(things), settings: ListenerSettings = testSettings()
    ) async throws -> TestResponse {
        try await testApplication([route], at: listener, refusing: refusing, settings: settings).test(.router) { client in
            try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
        }
    }

    private func failing(_ error: any Error) -> BoundRoute { BoundRoute(entry: things) { _ in throw error } }

    @Test("the standard headers stand on answers and on problems", arguments: ["/v1/things/7", "/v1/nothing"])
    func headers(uri: String) async throws {
        let response = try await post(uri)
        #expect(response.headers[.apiVersion] == apiVersion)
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[.strictTransportSecurity]?.hasPrefix("max-age=") == true)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.xFrameOptions] == "DENY")
        #expect(response.headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
    }

    @Test("a request reaches its use case with all it brought")
    func reaches() async throws {
        var headers = json
        headers[.idempotencyKey] = "abc"
        let response = try await post("/v1/things/7?limit=3&after=x", headers: headers, body: "{\"a\":1}")
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.json == ["id": "7", "limit": 3, "after": "x", "key": "abc", "body": ["a": 1]])
    }

    @Test("a request is in its caller's trace, or in one of its own when that cannot be read")
    func traced() async throws {
        let entry = RouteEntry(.post, "/v1/things/{id}", at: [.staff], takes: .json)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        func answered(_ values: [String]) async throws -> String? {
            var headers = json
            headers[values: .traceparent] = values
            return try await post(headers: headers, route: echo(entry)).json["trace"]?.stringValue
        }
        let own = String(repeating: "01", count: 16)
        #expect(try await answered(["00-\(trace)-00f067aa0ba902b7-01"]) == trace)
        #expect(try await answered([]) == own)
        #expect(try await answered(["00-\(trace)-00f067aa0ba902b7"]) == own)
        #expect(try await answered(["00-\(trace)-00f067aa0ba902b7-01", "00-\(trace)-00f067aa0ba902b7-01"]) == own)
        let problem = try await post("/v1/nothing", headers: [.traceparent: "x"])
        #expect(problem.json["requestId"]?.stringValue == own)
    }

    @Test(
        "an unknown path, method or empty step is not found",
        arguments: ["/v1/nothing", "/v1/things/7/", "//v1/things/7", "/v1/things//7", "/"])
    func notFound(uri: String) async throws {
        let response = try await post(uri)
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.json["code"] == "not-found" && response.json["status"] == 404)
        #expect(response.json["requestId"]?.stringValue?.count == 32)
        let other = try await testApplication([echo(things)]).test(.router) { try await $0.execute(uri: "/v1/things/7", method: .get) }
        #expect(other.status == .notFound && other.json["code"] == "not-found")
    }

    @Test("a body over the limit is too large, announced or not")
    func tooLarge() async throws {
        let body = "{\"a\":\"" + String(repeating: "x", count: 1000) + "\"}"
        let announced = try await post(body: body)
        #expect(announced.status == .contentTooLarge && announced.json["code"] == "too-large" && announced.headers[.connection] == "close")
        let app = try testApplication([echo(things)])
        let chunked = try await app.test(.live) { client in
            try await client.execute(
                uri: "/v1/things/7", method: .post, headers: [.contentType: "application/json", .transferEncoding: "chunked"],
                body: ByteBuffer(string: body))
        }
        #expect(chunked.status == .contentTooLarge && chunked.json["code"] == "too-large")
    }

    @Test("a body of the limit is taken")
    func justRight() async throws {
        let body = "{\"a\":\"" + String(repeating: "x", count: 1000 - 8) + "\"}"
        #expect(body.utf8.count == 1000)
        #expect(try await post(body: body).status == .ok)
    }

    @Test("another content type is 415, an Accept without ours 406")
    func types() async throws {
        let text = try await post(headers: [.contentType: "text/plain"])
        #expect(text.status == .unsupportedMediaType && text.json["code"] == "unsupported-media-type")
        let html = try await post(headers: [.contentType: "application/json", .accept: "text/html"])
        #expect(html.status == .notAcceptable && html.json["code"] == "not-acceptable")
    }

    @Test("faults of query, header and body are listed together")
    func faults() async throws {
        var headers = json
        headers[.idempotencyKey] = "a b"
        let response = try await post("/v1/things/7?limit=0&x=1", headers: headers, body: "{\"a\":1,\"a\":2,}")
        #expect(response.status == .badRequest && response.json["code"] == "invalid-input")
        #expect(
            response.errors.prefix(4) == [
                "/query/limit out-of-range", "/query/x unknown-query-key", "/header/Idempotency-Key invalid-header", "/a duplicate-member",
            ])
        #expect(response.errors.contains { $0.hasSuffix(" invalid-json") })
    }

    @Test("an empty body is no JSON")
    func empty() async throws {
        let response = try await post(body: "")
        #expect(response.status == .badRequest && response.errors.count == 1)
    }

    @Test("partners must send an idempotency key when they create, staff may")
    func idempotency() async throws {
        #expect(try await post(at: .partners).errors == ["/header/Idempotency-Key missing-header"])
        #expect(try await post(at: .staff).status == .ok)
        var headers = json
        headers[.idempotencyKey] = String(repeating: "k", count: 200)
        #expect(try await post(at: .partners, headers: headers).status == .ok)
        headers[.idempotencyKey] = String(repeating: "k", count: 201)
        #expect(try await post(at: .partners, headers: headers).errors == ["/header/Idempotency-Key invalid-header"])
    }

    @Test("a fault is told to nobody")
    func fault() async throws {
        let response = try await post(route: failing(SecretFault()))
        #expect(response.status == .internalServerError && response.json["code"] == "internal")
        #expect(!String(buffer: response.body).contains("secret"))
    }

    @Test("who is not signed in learns how, before anything else is looked at")
    func notSignedIn() async throws {
        let response = try await post("/v1/things/7?x=1", headers: [:], refusing: .notSignedIn)
        #expect(response.status == .unauthorized && response.json["code"] == "not-signed-in")
        #expect(response.headers[.wwwAuthenticate] == "Bearer")
    }

    @Test("a refused certificate is 403 and ends the connection")
    func certificate() async throws {
        let response = try await post(refusing: .certificateRefused("revoked"))
        #expect(response.status == .forbidden && response.json["code"] == "certificate-refused")
        #expect(response.headers[.connection] == "close")
    }

    @Test(
        "who should come back later learns when",
        arguments: [(DeskRefusal.busy, "1", 503), (.notDurable, "5", 503), (.tooMany(retryAfterSeconds: 90), "90", 429)])
    func retry(refusal: DeskRefusal, seconds: String, status: Int) async throws {
        let response = try await post(route: failing(refusal))
        #expect(response.status.code == status && response.headers[.retryAfter] == seconds)
    }

    @Test("a refusal that a use case answers as a value is a problem too")
    func refusedValue() async throws {
        let route = BoundRoute(entry: things) { _ in .answer(DeskRefusal.policyIncomplete(missing: ["terms.pickUp"]).answer) }
        let response = try await post(route: route)
        #expect(response.status.code == 422 && response.headers[.contentType] == "application/problem+json")
        #expect(response.json["missing"] == ["terms.pickUp"] && response.json["requestId"]?.stringValue?.count == 32)
    }

    @Test("204 has no body")
    func noContent() async throws {
        let response = try await post(route: BoundRoute(entry: things) { _ in .answer(DeskAnswer(status: 204, body: .null)) })
        #expect(response.status == .noContent && response.body.readableBytes == 0)
    }

    @Test("open routes may be read by pages of any origin, others may not")
    func origins() async throws {
        let open = RouteEntry(.get, "/v1/open", at: [.staff], access: .anybody, openToOrigins: true)
        try await testApplication([echo(open)], refusing: .notSignedIn).test(.router) { client in
            let response = try await client.execute(uri: "/v1/open", method: .get)
            #expect(response.status == .ok && response.headers[.accessControlAllowOrigin] == "*")
        }
        #expect(try await post().headers[.accessControlAllowOrigin] == nil)
    }

    @Test("requests are counted by template, never by what a stranger wrote")
    func figures() async throws {
        let registry = MetricsRegistry()
        let settings = testSettings(registry: registry)
        _ = try await post("/v1/things/007", settings: settings)
        _ = try await post("/v1/made-up", settings: settings)
        let text = registry.prometheusText()
        #expect(
            text.contains("convenant_http_requests_total{listener=\"staff\",route=\"/v1/things/{id}\",method=\"POST\",status=\"200\"} 1"))
        #expect(text.contains("convenant_http_requests_total{listener=\"staff\",route=\"none\",method=\"none\",status=\"404\"} 1"))
        #expect(!text.contains("007") && !text.contains("made-up"))
    }

    @Test("pages are counted too, that to sign in on by itself, and never by what a stranger wrote")
    func pageFigures() async throws {
        let registry = MetricsRegistry()
        let settings = testSettings(registry: registry)
        let pages: PageResponder = { request, _ in
            Response(status: request.uri.path == "/sign-in" ? .unauthorized : .internalServerError)
        }
        let door = DoorKeeper { _, _ in throw DeskRefusal.notSignedIn }
        let api = buildRouter([], at: .staff, door: door, settings: settings).buildResponder()
        let application = Application(responder: BesidePages(api: api, pages: pages, settings: settings), logger: settings.logger)
        try await application.test(.router) { client in
            let requests: [(String, HTTPRequest.Method)] = [
                ("/sign-in", .post), ("/cases/019bd2a4", .get), ("/cases/019bd2a5", .get),
                ("/", try #require(HTTPRequest.Method("MADEUP"))),
            ]
            for (uri, method) in requests { _ = try await client.execute(uri: uri, method: method) }
        }
        let text = registry.prometheusText()
        for (labels, count) in [
            ("route=\"/sign-in\",method=\"POST\",status=\"401\"", 1), ("route=\"page\",method=\"GET\",status=\"500\"", 2),
            ("route=\"page\",method=\"none\",status=\"500\"", 1),
        ] { #expect(text.contains("convenant_http_requests_total{listener=\"staff\",\(labels)} \(count)\n"), "\(labels)") }
        #expect(!text.contains("019bd2a") && !text.contains("MADEUP"))
    }
}
