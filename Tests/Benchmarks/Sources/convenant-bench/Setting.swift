import Foundation
import NIOCore

/// Everything that is under load in this run.
actor Setting {
    private var servers: [ServerName: Server] = [:]
    private var messages: Set<String> = []
    /// Referrals that Convenant answered 201 so far; each had a message id that no other had.
    private(set) var accepted = 0

    func add(_ server: Server, as name: ServerName) { servers[name] = server }

    /// Ends the connections to a server that is about to stop.
    func remove(_ name: ServerName) async {
        for connection in servers.removeValue(forKey: name)?.connections ?? [] { try? await connection.close() }
    }

    /// The key set that the daemon publishes.
    func exchangeKeys() async throws -> [UInt8] {
        guard let connection = servers[.convenant]?.connections.first else { throw BenchFault(description: "no daemon runs") }
        return Array(buffer: try await connection.ask(Connection.request("GET", "/v1/jwks.json", token: nil)).body)
    }

    /// Loads one cell for so many seconds; every answer must be the right one.
    func measure(_ cell: Cell, seconds: Double) async throws -> Measured {
        guard let server = servers[cell.server], let requests = server.requests[cell.kind] else {
            throw BenchFault(description: "nothing serves `\(cell.name)`")
        }
        let wanted = cell.kind == .floor ? (cell.server == .floor ? 202 : 404) : 201
        let refers = cell.kind != .floor && cell.kind != .signal
        let before = server.meter.processorMicroseconds
        let start = NIODeadline.now()
        let deadline = start + .nanoseconds(Int64(seconds * 1_000_000_000))
        let answers = try await withThrowingTaskGroup(of: [(UInt64, String)].self) { group in
            for (number, connection) in server.connections.prefix(cell.connections).enumerated() {
                let own = Array(requests[(number % requests.count)...] + requests[..<(number % requests.count)])
                group.addTask {
                    try await connection.load(own, until: deadline) { answer in
                        guard answer.status == wanted else { throw BenchFault(description: "answered \(answer.status): \(answer.text)") }
                        return refers ? try messageID(answer) : ""
                    }
                }
            }
            var all: [(UInt64, String)] = []
            for try await part in group { all += part }
            return all
        }
        let took = Double((NIODeadline.now() - start).nanoseconds) / 1_000_000_000
        let processor = server.meter.processorMicroseconds - before
        if refers {
            let known = messages.count
            messages.formUnion(answers.map(\.1))
            guard messages.count == known + answers.count else { throw BenchFault(description: "a message id came twice") }
            if cell.server == .convenant { accepted += answers.count }
        }
        let times = answers.map { Double($0.0) / 1000 }.sorted()
        return Measured(
            perSecond: Double(times.count) / took, processor: processor / Double(times.count), p50: times[times.count / 2],
            p99: times[min(times.count - 1, times.count * 99 / 100)])
    }
}

/// One client that prepares the town.
struct Client {
    let connection: Connection

    func ask(_ request: ByteBuffer, expect status: Int) async throws -> [String: Any] {
        let answer = try await connection.ask(request)
        guard answer.status == status else { throw BenchFault(description: "answered \(answer.status): \(answer.text)") }
        return try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any] ?? [:]
    }

    func signIn(_ account: Town.Account) async throws -> String {
        let body = "{\"account\":\"\(account.name)\",\"password\":\"\(account.password)\"}"
        return try await ask(Connection.request("POST", "/v1/sessions", token: nil, body), expect: 201)["token"] as? String ?? ""
    }
}

/// The message's id, without the cost of reading JSON: it shares the processor with the daemon.
private func messageID(_ answer: Answer) throws -> String {
    let name = Array(#""messageId":""#.utf8)
    let bytes = answer.body.readableBytesView
    guard let found = bytes.firstRange(of: name), bytes.endIndex - found.upperBound > 36 else {
        throw BenchFault(description: "an answer without a message id")
    }
    return String(decoding: bytes[found.upperBound..<found.upperBound + 36], as: UTF8.self)
}
