import Casework
import ConvenantTestSupport
import Exchange
import Hummingbird
import NIOSSL
import StrictJSON
import Synchronization
import Testing

@testable import Wire

/// A list of partners of which one can be struck off.
private final class Registry: Sendable {
    private struct State {
        var isRevoked = false
        var asked: [Moment] = []
    }
    /// When it is asked whose certificate it is.
    enum Moment { case handshake, request }

    private let state = Mutex(State())

    func revoke() { state.withLock { $0.isRevoked = true } }
    /// When it was asked.
    var asked: [Moment] { state.withLock { $0.asked } }

    func identify(at moment: Moment) throws(DeskRefusal) -> OrganisationNumber {
        let isRevoked = state.withLock {
            $0.asked.append(moment)
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
            identify: { _ async throws(DeskRefusal) in try registry.identify(at: .handshake) },
            hear: { _ async throws(DeskRefusal) in try registry.identify(at: .request) }, logger: testSettings().logger)
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

    @Test("a partner is known by its certificate, at the handshake and at its request")
    func known() async throws {
        try await serving { client, port, registry, _ in
            let answer = try await client.get("/v1/who", port: port)
            #expect(answer.contains("HTTP/1.1 200 OK") && answer.contains("\"organisation\":\"00000099000000002000\""))
            #expect(answer.contains("TLSv1.3"))
            #expect(registry.asked == [.handshake, .request])
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
            #expect(registry.asked == [.handshake])
        }
    }

    @Test("a resumed session of a certificate revoked meanwhile is answered 403")
    func resumed() async throws {
        try await serving { client, port, registry, _ in
            let first = try await client.get("/v1/who", port: port, ["-sess_out", "session"])
            #expect(first.contains("HTTP/1.1 200 OK"))
            let again = try await client.get("/v1/who", port: port, ["-sess_in", "session", "-sess_out", "session"])
            #expect(again.contains("Reused, TLSv1.3") && again.contains("HTTP/1.1 200 OK"))
            // Once for the resumed request, as its handshake asked nothing.
            #expect(registry.asked == [.handshake, .request, .request])
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
            for _ in 0..<1_000 where identity.peers.connections > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(identity.peers.connections == 0)
        }
    }

    @Test("who shows a partner's certificate, and has not shown yet that it holds the key, changes nothing; a request does")
    func unproven() async throws {
        let (test, member) = try await TestDesk.pushing()
        let queued = try await test.refer(test.referral(try await test.openVisitedCase(by: member)), by: member)
        try await test.desk.settlePush(try await test.begin(queued.message), .unanswered(code: "timeout"))
        try test.sql("UPDATE partner SET tls_chain = NULL")
        let identity = PartnerIdentity(
            identify: { certificate async throws(DeskRefusal) in try await test.desk.identifyPartner(certificate) },
            hear: { certificate async throws(DeskRefusal) in try await test.desk.hearPartner(certificate) },
            logger: testSettings().logger)
        let shown = try [test.debt, test.care].map { try NIOSSLCertificate(bytes: $0.certificate.der, format: .der) }
        #expect(try await identity.verify(shown) == .certificateVerified)
        #expect(try await test.lane(of: test.debt)?.isDown == true)
        #expect(try test.number("SELECT failures FROM lane") == 1)
        #expect(try test.number("SELECT count(*) FROM partner WHERE tls_chain IS NOT NULL") == 0)
        _ = try await identity.hear(test.debt.certificate.der)
        #expect(try await test.lane(of: test.debt)?.isDown == false)
        #expect(try test.number("SELECT count(*) FROM partner WHERE tls_chain IS NOT NULL") == 1)
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
