import Foundation
import StrictJSON
import Testing

@Suite("what anybody may read, and what a filer may")
struct OpenDoorsTests {
    @Test("every answer has the standard headers")
    func headers() async throws {
        let daemon = try await SharedDaemon.daemon()
        for answer in [
            try await daemon.staff("desk-1", .GET, "/v1/desk"), try await daemon.anonymous(.GET, "/v1/jwks.json"),
            try await daemon.partner(Town.care, .GET, "/v1/inbox"), try await daemon.manage("/health/live"),
        ] {
            #expect(answer.status == 200)
            #expect(answer.header("API-Version") == "1.0.0")
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(answer.header("Strict-Transport-Security")?.hasPrefix("max-age=") == true)
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            #expect(answer.header("X-Frame-Options") == "DENY")
            #expect(answer.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
        }
    }

    @Test("openapi.json and jwks.json need no sign-in and may be read by pages of any origin; nothing else may")
    func open() async throws {
        let daemon = try await SharedDaemon.daemon()
        let api = try await daemon.anonymous(.GET, "/v1/openapi.json").expect(200)
        #expect(api.header("Access-Control-Allow-Origin") == "*")
        #expect(api["openapi"]?.stringValue?.hasPrefix("3.") == true)
        #expect(api["info"]?["version"]?.stringValue == api.header("API-Version"))
        let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").expect(200)
        #expect(keys.header("Access-Control-Allow-Origin") == "*")
        let key = keys["keys"]?.arrayValue?.first
        #expect(key?["use"] == "sig")
        #expect(key?["x5c"]?.arrayValue?.count == 2)
        #expect(key?["d"] == nil)
        let desk = try await daemon.staff("desk-1", .GET, "/v1/desk", headers: ["Origin": "https://elsewhere.example"]).expect(200)
        #expect(desk.header("Access-Control-Allow-Origin") == nil)
    }

    @Test("health and figures stand at the management listener, and the API does not")
    func management() async throws {
        let daemon = try await SharedDaemon.daemon()
        #expect(try await daemon.manage("/health/live").expect(200)["status"] == "live")
        let ready = try await daemon.manage("/health/ready").expect(200)
        #expect(ready["status"] == "ready")
        #expect(ready["checks"]?["store"] == "ok")
        #expect(ready["checks"]?["fictitious"] == false)
        _ = try await daemon.staff("desk-1", .GET, "/v1/desk").expect(200)
        let metrics = String(decoding: try await daemon.manage("/metrics").expect(200).bytes, as: UTF8.self)
        let line = metrics.split(separator: "\n").first {
            $0.contains("convenant_http_requests_total") && $0.contains("route=\"/v1/desk\"")
        }
        #expect(line?.contains("status=\"200\"") == true)
        #expect(try await daemon.manage("/v1/desk").status == 404)
        #expect(try await daemon.anonymous(.GET, "/metrics").status == 404)
    }

    @Test("who filed a signal sees its status and nothing else; the desk sees more")
    func filer() async throws {
        let daemon = try await SharedDaemon.daemon()
        let filed = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal()).expect(201)
        let path = "/v1/signals/\(filed["signalId"]?.stringValue ?? "")"
        let before = try await daemon.staff("intermediary-1", .GET, path).expect(200)
        #expect(before.json == ["signalId": filed["signalId"] ?? .null, "status": "received"])
        let seen = try await daemon.staff("desk-1", .GET, path).expect(200)
        #expect(seen["domains"] == ["debts", "wellbeing"])
        _ = try await daemon.staff("desk-1", .POST, path + "/triage", ["outcome": "single"]).expect(200)
        let after = try await daemon.staff("intermediary-1", .GET, path).expect(200)
        #expect(after.json == ["signalId": filed["signalId"] ?? .null, "status": "pickedUp"])
    }

    @Test("a partner system that filed a signal sees its status; another partner sees that there is nothing")
    func partnerFiles() async throws {
        let daemon = try await SharedDaemon.daemon()
        let filed = try await daemon.partner(Town.care, .POST, "/v1/signals", Household().signal()).expect(201)
        let path = "/v1/signals/\(filed["signalId"]?.stringValue ?? "")"
        #expect(
            try await daemon.partner(Town.care, .GET, path).expect(200).json == [
                "signalId": filed["signalId"] ?? .null, "status": "received",
            ])
        #expect(try await daemon.partner(Town.housing, .GET, path).status == 404)
        #expect(try await daemon.staff("intermediary-1", .GET, path).status == 404)
    }

    @Test("lists come in pages that follow each other")
    func pages() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        var made: Set<String> = []
        for _ in 0..<3 { made.insert(try await daemon.refer(open, to: Town.care).message) }
        var found: [String] = []
        var after: String?
        repeat {
            let page = try await daemon.partner(Town.care, .GET, "/v1/inbox?limit=2" + (after.map { "&after=\($0)" } ?? "")).expect(200)
            let ids = (page["items"]?.arrayValue ?? []).compactMap { $0["messageId"]?.stringValue }
            #expect(ids.count <= 2)
            found += ids
            after = page["next"]?.stringValue
        } while after != nil
        #expect(Set(found).count == found.count)
        #expect(made.isSubset(of: found))
    }
}
