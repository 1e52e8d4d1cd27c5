import Casework
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import StrictJSON
import Synchronization

@testable import Wire

/// Settings for a listener in a test: any free port, a clock that stands still, ids that count.
func testSettings(
    bodyLimit: Int = 1000, connections: Int = 100, perAddress: Int = 100, requestSeconds: Int64 = 30,
    registry: MetricsRegistry = MetricsRegistry(),
    onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
) -> ListenerSettings {
    let count = Counting()
    return ListenerSettings(
        address: ListenerAddress(host: "127.0.0.1", port: 0), bodyLimit: bodyLimit, connections: connections,
        connectionsPerAddress: perAddress, requestSeconds: requestSeconds, monotonic: { 0 }, random: { count.bytes($0) }, metrics: registry,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onServerRunning: onServerRunning)
}

/// Bytes that differ each time.
final class Counting: Sendable {
    private let count = Mutex<UInt8>(0)
    func bytes(_ length: Int) -> [UInt8] {
        let value = count.withLock {
            $0 &+= 1
            return $0
        }
        return Array(repeating: value, count: length)
    }
}

/// A fault whose text must not reach anybody.
struct SecretFault: Error, CustomStringConvertible { let description = "secret" }

/// An application with these routes, where everybody is let in as one partner unless `refusing`.
func testApplication(
    _ routes: [BoundRoute], at listener: Listener = .staff, refusing: DeskRefusal? = nil, settings: ListenerSettings = testSettings()
) throws -> some ApplicationProtocol {
    let partner = OrganisationNumber("00000099000000002000")
    let door = DoorKeeper { _, _ in
        if let refusing { throw refusing }
        guard let partner else { throw DeskRefusal.notSignedIn }
        return Identified(caller: .partner(partner), token: "token")
    }
    return Application(
        responder: buildRouter(routes, at: listener, door: door, settings: settings).buildResponder(), logger: settings.logger)
}

/// A route that answers what it was asked.
func echo(_ entry: RouteEntry) -> BoundRoute {
    BoundRoute(entry: entry) { request in
        var body: JSONObject = ["body": request.body, "limit": .integer(Int64(request.query.limit)), "id": .string(request["id"])]
        if let key = request.idempotency { body["key"] = .string(key.key) }
        if let after = request.query["after"] { body["after"] = .string(after) }
        if entry.query.isEmpty { body["trace"] = request.trace.map { .string($0.description) } }
        return .answer(DeskAnswer(status: 200, body: .object(body)))
    }
}

extension TestResponse {
    /// The body as a value.
    var json: JSONValue { (try? parseJSON(Array(body.readableBytesView))) ?? .null }
    /// The codes of the listed errors, with their places.
    var errors: [String] {
        (json["errors"]?.arrayValue ?? []).map { "\($0["pointer"]?.stringValue ?? "?") \($0["code"]?.stringValue ?? "?")" }
    }
}
