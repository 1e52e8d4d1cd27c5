import NIOCore
import NIOPosix
import NIOSSL

/// A process under load: its open connections, and what each kind of cell asks of it.
struct Server: Sendable {
    let connections: [Connection]
    let requests: [Cell.Kind: [ByteBuffer]]
    let meter: ProcessMeter
}

/// Opens connections to servers of the loopback address that show a certificate of the town's.
struct Dialler: Sendable {
    // One thread: what the clients need is taken from what the servers could use.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let context: NIOSSLContext

    init(_ town: Town) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(town.data + "/trust/roots.pem"))
        context = try NIOSSLContext(configuration: tls)
    }

    func open(_ port: Int, count: Int = 32) async throws -> [Connection] {
        var connections: [Connection] = []
        // The peer tells its port a moment before it listens.
        for _ in 0..<100 where connections.isEmpty {
            if let first = try? await Connection.open(port, context, group) { connections.append(first) }
            if connections.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        }
        while connections.count < count { connections.append(try await Connection.open(port, context, group)) }
        return connections
    }

    /// The bare HTTPS server of this run.
    func floor(_ process: FloorProcess) async throws -> Server {
        let body = TownPolicies.referral(
            casefile: "01a1feea-2be9-77b2-895f-7970f71d0675", to: TownPolicies.onP256, "debtAssistance", "person-1")
        return Server(
            connections: try await open(process.port), requests: [.floor: [Connection.request("POST", "/", token: nil, body)]],
            meter: process.meter)
    }

    /// A peer that has been told a signal, on which referrals are made.
    func peer(_ process: PeerProcess) async throws -> Server {
        let connections = try await open(process.port)
        let client = Client(connection: connections[0])
        let signal = Connection.request("POST", "/v1/signals", token: process.token, TownPolicies.signal)
        _ = try await client.ask(signal, expect: 201)
        let referral = TownPolicies.referral(casefile: "case-1", to: TownPolicies.onP256, "debtAssistance", "person-1")
        let whole = referral.dropLast() + ",\"content\":\(TownPolicies.signal)}"
        return Server(
            connections: connections,
            requests: [
                .signal: [signal], .referralP256: [Connection.request("POST", "/v1/referrals", token: process.token, referral)],
                .whole: [Connection.request("POST", "/v1/whole-referrals", token: process.token, String(whole))],
            ], meter: process.meter)
    }

    /// A daemon with sessions and eight casefiles on which to refer.
    func daemon(_ process: DaemonProcess, of town: Town) async throws -> Server {
        let connections = try await open(process.staffPort)
        let client = Client(connection: connections[0])
        let desk = try await client.signIn(town.desk)
        let filer = try await client.signIn(town.filer)
        let signal = Connection.request("POST", "/v1/signals", token: filer, TownPolicies.signal)
        var requests: [Cell.Kind: [ByteBuffer]] = [
            .signal: [signal], .floor: [Connection.request("GET", "/v1/nothing", token: nil)],
        ]
        for _ in 0..<8 {
            let filed = try await client.ask(signal, expect: 201)["signalId"] as? String ?? ""
            let triage = Connection.request("POST", "/v1/signals/\(filed)/triage", token: desk, #"{"outcome":"multipleUnrelated"}"#)
            let casefile = try await client.ask(triage, expect: 200)["casefileId"] as? String ?? ""
            let visit = Connection.request("POST", "/v1/casefiles/\(casefile)/home-visits", token: desk, #"{"outcome":"spoke"}"#)
            _ = try await client.ask(visit, expect: 200)
            let shown = try await client.ask(Connection.request("GET", "/v1/casefiles/\(casefile)", token: desk), expect: 200)
            let person = (shown["persons"] as? [[String: Any]])?.first?["personId"] as? String ?? ""
            for (kind, partner, purpose) in [
                (Cell.Kind.referralP256, TownPolicies.onP256, "debtAssistance"), (.referralX25519, TownPolicies.onX25519, "careSupport"),
                (.pushed, TownPolicies.onPush, "housing"),
            ] {
                let body = TownPolicies.referral(casefile: casefile, to: partner, purpose, person)
                requests[kind, default: []].append(Connection.request("POST", "/v1/referrals", token: desk, body))
            }
        }
        return Server(connections: connections, requests: requests, meter: process.meter)
    }
}
