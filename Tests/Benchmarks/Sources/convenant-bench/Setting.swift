import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A town whose daemon runs, with sessions, open connections and casefiles on which to refer.
actor Setting {
    private let connections: [Connection]
    private let deliveries: [Int: Delivery]
    /// Messages for the partner on P-256 that were not delivered yet.
    private var waiting: [String] = []
    private let group: MultiThreadedEventLoopGroup
    private let bodies: [Cell.Kind: [ByteBuffer]]
    private var messages: Set<String> = []
    /// Referrals answered 201 so far; each had a message id that no other had.
    var accepted: Int { messages.count }

    init(_ town: Town, _ process: DaemonProcess) async throws {
        let port = process.staffPort
        // One thread: what the clients need is taken from what the daemon could use.
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(town.data + "/trust/roots.pem"))
        let context = try NIOSSLContext(configuration: tls)
        var connections: [Connection] = []
        for _ in 0..<32 { connections.append(try await Connection.open(port, context, group)) }
        self.connections = connections
        deliveries = [
            1: try await Delivery(town, oin: TownPolicies.onP256, port: process.partnersPort, group: group, connections: 1),
            32: try await Delivery(town, oin: TownPolicies.onP256, port: process.partnersPort, group: group, connections: 32),
        ]
        let client = Client(connection: connections[0])
        let desk = try await client.signIn(town.desk)
        let filer = try await client.signIn(town.filer)
        let signal = Connection.request("POST", "/v1/signals", token: filer, TownPolicies.signal)

        var referrals: [Cell.Kind: [ByteBuffer]] = [:]
        for _ in 0..<8 {
            let filed = try await client.ask(signal, expect: 201)["signalId"] as? String ?? ""
            let triage = Connection.request("POST", "/v1/signals/\(filed)/triage", token: desk, #"{"outcome":"multipleUnrelated"}"#)
            let casefile = try await client.ask(triage, expect: 200)["casefileId"] as? String ?? ""
            let visit = Connection.request("POST", "/v1/casefiles/\(casefile)/home-visits", token: desk, #"{"outcome":"spoke"}"#)
            _ = try await client.ask(visit, expect: 200)
            let shown = try await client.ask(Connection.request("GET", "/v1/casefiles/\(casefile)", token: desk), expect: 200)
            let persons = shown["persons"] as? [[String: Any]] ?? []
            let person = persons.first?["personId"] as? String ?? ""
            let fields = TownPolicies.fields.map { "\"\($0)\"" }.joined(separator: ",")
            for (kind, partner, purpose) in [
                (Cell.Kind.referralP256, TownPolicies.onP256, "debtAssistance"), (.referralX25519, TownPolicies.onX25519, "careSupport"),
            ] {
                let body =
                    "{\"casefileId\":\"\(casefile)\",\"to\":\"\(partner)\",\"purpose\":\"\(purpose)\",\"fields\":[\(fields)],\"subjects\":[\"\(person)\"]}"
                referrals[kind, default: []].append(Connection.request("POST", "/v1/referrals", token: desk, body))
            }
        }
        referrals[.signal] = [signal]
        referrals[.floor] = [Connection.request("GET", "/v1/nothing", token: nil)]
        bodies = referrals
    }

    /// Loads one cell for so many seconds; every answer must be the right one.
    func measure(_ cell: Cell, of process: ProcessMeter, seconds: Double) async throws -> Measured {
        if cell.kind == .delivery { return try await measureDelivery(cell, of: process, seconds: seconds) }
        let wanted = cell.kind == .floor ? 404 : 201
        let refers = cell.kind == .referralP256 || cell.kind == .referralX25519
        let requests = bodies[cell.kind, default: []]
        let before = process.processorMicroseconds
        let start = NIODeadline.now()
        let deadline = start + .nanoseconds(Int64(seconds * 1_000_000_000))
        let answers = try await withThrowingTaskGroup(of: [(UInt64, String)].self) { group in
            for (number, connection) in connections.prefix(cell.connections).enumerated() {
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
        let processor = process.processorMicroseconds - before
        if refers {
            let known = messages.count
            messages.formUnion(answers.map(\.1))
            guard messages.count == known + answers.count else { throw BenchFault(description: "a message id came twice") }
            if cell.kind == .referralP256 { waiting += answers.map(\.1) }
        }
        return Measured(nanoseconds: answers.map(\.0), seconds: took, processor: processor)
    }

    /// Delivers what waits, as long as a round lasts at most; the referrals of the cells before are what waits.
    private func measureDelivery(_ cell: Cell, of process: ProcessMeter, seconds: Double) async throws -> Measured {
        guard let delivery = deliveries[cell.connections] else { throw BenchFault(description: "no partner has so many connections") }
        var times: [UInt64] = []
        let before = process.processorMicroseconds
        let start = NIODeadline.now()
        while !waiting.isEmpty, NIODeadline.now() < start + .nanoseconds(Int64(seconds * 1_000_000_000)) {
            let some = Array(waiting.suffix(cell.connections * 8))
            waiting.removeLast(some.count)
            times += try await delivery.deliver(some)
        }
        let took = Double((NIODeadline.now() - start).nanoseconds) / 1_000_000_000
        return Measured(nanoseconds: times, seconds: took, processor: process.processorMicroseconds - before)
    }

    func close() async throws {
        for delivery in deliveries.values { await delivery.close() }
        for connection in connections { try? await connection.close() }
        try await group.shutdownGracefully()
    }
}

/// One client that prepares the town.
private struct Client {
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
