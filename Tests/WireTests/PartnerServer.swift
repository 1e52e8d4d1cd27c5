import Casework
import ConvenantTestSupport
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import PartnerTrust
import Synchronization

@testable import Wire

/// What a partner's own server was sent.
struct Sent: Sendable {
    let host: String?
    let headers: HTTPFields
    let body: [UInt8]

    /// A header's value; nil when it is absent.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// A partner's own server: it keeps what it is sent, and answers as it is told.
final class PartnerServer: Sendable {
    private let sent = Mutex<[Sent]>([])
    private let partner: PartnerFixture
    private let answer: @Sendable (Sent) throws -> Response

    init(_ partner: PartnerFixture, answering answer: @escaping @Sendable (Sent) throws -> Response) {
        self.partner = partner
        self.answer = answer
    }

    var all: [Sent] { sent.withLock { $0 } }

    /// The first so many, once that many have come.
    func first(_ count: Int) async throws -> [Sent] {
        for _ in 0..<1_000 where all.count < count { try await Task.sleep(for: .milliseconds(10)) }
        return Array(all.prefix(count))
    }

    /// The server as an application with the partner's registered certificate.
    func application(_ settings: ListenerSettings) throws -> some ApplicationProtocol {
        let router = Router(context: WireContext.self)
        router.post("**") { [self] request, _ in
            let body = Array((try await request.body.collect(upTo: 1 << 20)).readableBytesView)
            let sent = Sent(host: request.head.authority, headers: request.headers, body: body)
            self.sent.withLock { $0.append(sent) }
            return try answer(sent)
        }
        let tls = try ServerTLS(certificateChainPEM: partner.certificate.pem, privateKeyPEM: partner.certificate.privateKeyPEM ?? [])
        return settings.application(
            router.buildResponder(), server: try HTTPServerBuilder.tls(settings.http1, tlsConfiguration: tls.configuration))
    }

    /// The name under which it is registered; only the test's resolver knows it.
    static let name = "partner.example"
}

/// A desk whose clock says what TLS sees, and the settings with which it sends: `partner.example` leads to these addresses and nowhere else.
struct SendingDesk {
    let test: TestDesk
    let member: Caller
    let registry = MetricsRegistry()
    let settings: CourierSettings

    init(privateHosts: PrivateHosts, leadingTo addresses: [[UInt8]] = [[127, 0, 0, 1]], partnersURL: String? = nil) async throws {
        test = try await TestDesk(
            start: World.system().wall(),
            settings: DeskSettings(scryptCost: 1 << 14, privateHosts: privateHosts, partnersURL: partnersURL), metrics: registry)
        member = try await test.staff("desk-1", .contactPoint)
        let now = test.clock.wall.millisecondsSince1970
        let own = try test.authority.issue(
            CertificateSubject(oin: test.municipality.oin.description, commonName: "Teststad", organisation: "Teststad"),
            for: .tls(hosts: [], addresses: []), key: .generated, from: now - 60_000, until: now + 86_400_000)
        let roots = try test.authority.certificatePEM
        let logger = testSettings().logger
        var settings = try CourierSettings(
            tls: ServerTLS(certificateChainPEM: own.pem, privateKeyPEM: own.privateKeyPEM ?? []), roots: { roots },
            monotonic: World.system().monotonic, random: World.system().random, metrics: registry, logger: logger)
        settings.resolve = { $0 == PartnerServer.name ? addresses.compactMap { HostAddress(bytes: $0) } : [] }
        self.settings = settings
    }

    /// Registers debt help at this port of the name that only the resolver knows.
    func register(port: Int, events: Bool = false) async throws {
        let address = "https://\(PartnerServer.name):\(port)/in"
        _ = try await test.desk.addPartner(
            oin: test.debt.oin, name: test.debt.name, certificatePEM: test.debt.certificate.pem, keys: test.debt.keys,
            endpoint: events ? nil : address, events: events ? address : nil)
    }

    /// What became of the attempts on a message, once there is one that has ended.
    func attempts(on message: String) async throws -> [String] {
        for _ in 0..<1_000 {
            let found = try test.attempts(on: message)
            if found.contains(where: { $0 != "open" }) { return found }
            try await Task.sleep(for: .milliseconds(10))
        }
        return []
    }
}
