import Casework
import Exchange
import Hummingbird
import StrictJSON
import Synchronization
import Testing

@testable import Wire

/// A list of partners of which one can be struck off.
private final class Registry: Sendable {
    private struct State {
        var isRevoked = false
        var chains: [Int] = []
    }
    private let state = Mutex(State())

    func revoke() { state.withLock { $0.isRevoked = true } }
    /// The length of each chain that was asked about.
    var asked: [Int] { state.withLock { $0.chains } }

    func identify(_ chain: [[UInt8]]) throws(DeskRefusal) -> OrganisationNumber {
        let isRevoked = state.withLock {
            $0.chains.append(chain.count)
            return $0.isRevoked
        }
        guard !isRevoked, let oin = OrganisationNumber("00000099000000002000") else { throw .certificateRefused("revoked") }
        return oin
    }
}

@Suite("the partners' listener", .serialized, .timeLimit(.minutes(10)))
struct PartnerTLSTests {
    private let who = RouteEntry(.get, "/v1/who", at: [.partners])

    private func serving(
        allowTLS12: Bool = false,
        _ body: @Sendable @escaping (OpenSSLClient, Int, Registry, PartnerIdentity) async throws -> Void
    ) async throws {
        let client = try await OpenSSLClient()
        defer { client.remove() }
        let registry = Registry()
        let identity = PartnerIdentity(
            identify: { chain async throws(DeskRefusal) in try registry.identify(chain) }, logger: testSettings().logger)
        let route = BoundRoute(entry: who) { request in
            .answer(
                DeskAnswer(status: 200, body: ["organisation": .string(try request.by().organisation?.description ?? "nobody")]))
        }
        try await WireTests.serving {
            try partnerApplication(
                identity, [route],
                tls: ServerTLS(certificateChainPEM: client.bytes("server.pem"), privateKeyPEM: client.bytes("server.key")),
                allowTLS12: allowTLS12, settings: $0)
        } _: { port in
            try await body(client, port, registry, identity)
        }
    }

    @Test("a partner is known by its certificate, with the chain it showed")
    func known() async throws {
        try await serving { client, port, registry, _ in
            let answer = try await client.get("/v1/who", port: port)
            #expect(answer.contains("HTTP/1.1 200 OK") && answer.contains("\"organisation\":\"00000099000000002000\""))
            #expect(answer.contains("TLSv1.3"))
            #expect(registry.asked == [2, 2])
        }
    }

    @Test("no certificate, no request")
    func absent() async throws {
        try await serving { client, port, registry, _ in
            let answer = try await client.get("/v1/who", port: port, certificate: false)
            #expect(answer.contains("CONNECTED") && !answer.contains("HTTP/1.1"))
            #expect(registry.asked.isEmpty)
        }
    }

    @Test("a certificate that is refused makes no connection")
    func refused() async throws {
        try await serving { client, port, registry, _ in
            registry.revoke()
            let answer = try await client.get("/v1/who", port: port)
            #expect(answer.contains("CONNECTED") && !answer.contains("HTTP/1.1"))
            #expect(registry.asked == [2])
        }
    }

    @Test("a resumed session of a certificate revoked meanwhile is answered 403")
    func resumed() async throws {
        try await serving { client, port, registry, _ in
            let first = try await client.get("/v1/who", port: port, ["-sess_out", "session"])
            #expect(first.contains("HTTP/1.1 200 OK"))
            let again = try await client.get("/v1/who", port: port, ["-sess_in", "session", "-sess_out", "session"])
            #expect(again.contains("Reused, TLSv1.3") && again.contains("HTTP/1.1 200 OK"))
            // Once for the resumed request, as its handshake asked nothing; with the whole chain of the first handshake.
            #expect(registry.asked == [2, 2, 2])
            registry.revoke()
            let answer = try await client.get("/v1/who", port: port, ["-sess_in", "session"])
            #expect(answer.contains("Reused, TLSv1.3"))
            #expect(answer.contains("HTTP/1.1 403") && answer.contains("\"code\":\"certificate-refused\""))
            #expect(!answer.contains("00000099000000002000\"}"))
        }
    }

    @Test("TLS 1.2 is spoken only when the setting says so", arguments: [false, true])
    func oldTLS(allowed: Bool) async throws {
        try await serving(allowTLS12: allowed) { client, port, _, _ in
            let old = try await client.get("/v1/who", port: port, ["-tls1_2"])
            #expect(old.contains("HTTP/1.1 200 OK") == allowed)
            let weak = try await client.get("/v1/who", port: port, ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"])
            #expect(!weak.contains("HTTP/1.1"))
        }
    }

    @Test("nothing is kept of a connection that has closed")
    func closed() async throws {
        try await serving { client, port, _, identity in
            _ = try await client.get("/v1/who", port: port)
            for _ in 0..<200 where identity.chains.connections > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(identity.chains.connections == 0)
        }
    }

    @Test("the oldest chain is forgotten first, and then the leaf stands for it")
    func bounded() {
        let chains = PeerChains(limit: 2)
        for leaf in 1...3 as ClosedRange<UInt8> { chains.remember([[leaf], [100]]) }
        #expect(chains.chain(leaf: [1]) == [[1]])
        #expect(chains.chain(leaf: [2]) == [[2], [100]])
        #expect(chains.chain(leaf: [3]) == [[3], [100]])
    }
}

@Suite("a listener's certificate")
struct ServerTLSTests {
    @Test("what cannot be read is named")
    func unreadable() async throws {
        #expect(throws: ListenerFault.unreadableCertificate) {
            try ServerTLS(certificateChainPEM: Array("x".utf8), privateKeyPEM: [])
        }
        let client = try await OpenSSLClient()
        defer { client.remove() }
        let chain = try client.bytes("server.pem")
        #expect(throws: ListenerFault.unreadablePrivateKey) { try ServerTLS(certificateChainPEM: chain, privateKeyPEM: chain) }
    }

    @Test("staff are served over TLS 1.3 without a certificate of their own, and over nothing older")
    func staff() async throws {
        let client = try await OpenSSLClient()
        defer { client.remove() }
        let route = echo(RouteEntry(.get, "/v1/open", at: [.staff], access: .anybody))
        let closed = echo(RouteEntry(.get, "/v1/closed", at: [.staff]))
        let door = DoorKeeper { request, _ in
            _ = try bearerToken(request)
            return Identified(caller: .daemon)
        }
        try await serving {
            try staffApplication(
                door, [route, closed],
                tls: ServerTLS(certificateChainPEM: client.bytes("server.pem"), privateKeyPEM: client.bytes("server.key")), settings: $0)
        } _: { port in
            let answer = try await client.get("/v1/open", port: port, certificate: false)
            #expect(answer.contains("HTTP/1.1 200 OK") && answer.contains("TLSv1.3"))
            let stranger = try await client.get("/v1/closed", port: port, certificate: false)
            #expect(stranger.contains("HTTP/1.1 401") && stranger.lowercased().contains("www-authenticate: bearer"))
            let old = try await client.get("/v1/open", port: port, certificate: false, ["-tls1_2"])
            #expect(old.contains("CONNECTED") && !old.contains("HTTP/1.1"))
        }
    }
}
