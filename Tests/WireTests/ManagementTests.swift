import Hummingbird
import HummingbirdTesting
import StrictJSON
import Testing

@testable import Wire

@Suite("the management listener")
struct ManagementTests {
    private func get(_ uri: String, ready: Bool = true) async throws -> TestResponse {
        let registry = MetricsRegistry()
        let settings = testSettings(registry: registry)
        registry.makeMeter(label: "tasks_open", dimensions: []).set(3 as Int64)
        let router = managementRouter(readiness: { (ready, ["store": "ok"]) }, registry: registry, settings: settings)
        return try await Application(router: router, logger: settings.logger).test(.router) { try await $0.execute(uri: uri, method: .get) }
    }

    @Test("lives") func live() async throws { #expect(try await get("/health/live").json == ["status": "live"]) }

    @Test("tells whether it is ready")
    func ready() async throws {
        let yes = try await get("/health/ready")
        #expect(yes.status == .ok && yes.json == ["status": "ready", "checks": ["store": "ok"]])
        let no = try await get("/health/ready", ready: false)
        #expect(no.status == .serviceUnavailable && no.json["status"] == "notReady")
    }

    @Test("tells its figures")
    func metrics() async throws {
        let response = try await get("/metrics")
        #expect(response.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(String(buffer: response.body).contains("tasks_open 3\n"))
    }

    @Test(
        "stays on this machine",
        arguments: [("127.0.0.1", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("10.0.0.1", false)])
    func loopback(host: String, expected: Bool) { #expect(ListenerAddress(host: host, port: 1).isLoopback == expected) }
}
