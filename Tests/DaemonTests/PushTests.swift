import Foundation
import PartnerTrust
import StrictJSON
import Testing

private let allowed = ["CONVENANT_PUSH_PRIVATEHOSTS": "127.0.0.0/8, ::1"]

@Suite("push", .serialized, .timeLimit(.minutes(15)))
struct PushTests {
    @Test("the daemon pushes to a partner's process over mutual TLS; the receipt is the answer, and the task is received, then accepted")
    func pushed() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let partner = try await ListeningPartner.start(
                daemon.folder.partner(Town.debtHelp).path, exchange: daemon.partners, accept: true)
            #expect(try await daemon.register(Town.debtHelp, port: partner.port).code == 0)
            let made = try await daemon.referOne()
            try await eventually("the task is accepted", within: 60) { try await daemon.state(of: made.task) == "accepted" }
            #expect(try await partner.lines(about: made.message).first?.hasSuffix(" opened pushed") == true)
            let figure = "convenant_push_attempts_total{partner=\"\(Town.debtHelp.oin)\",result=\"receipted\"}"
            #expect(try await daemon.figure(figure) == 1)
            #expect(FileManager.default.fileExists(atPath: daemon.folder.partner(Town.debtHelp).path + "/opened/\(made.message).json"))
            await partner.stop()
            #expect(try await daemon.stop().code == 0)
        }
    }

    @Test("a partner that is down holds up nobody else, and gets its message when it comes up")
    func down() async throws {
        try await withDaemon(environment: allowed) { daemon in
            // Once up, to learn a port; then gone.
            let gone = try await ListeningPartner.start(daemon.folder.partner(Town.debtHelp).path, exchange: daemon.partners)
            await gone.stop()
            let up = try await ListeningPartner.start(daemon.folder.partner(Town.care).path, exchange: daemon.partners)
            #expect(try await daemon.register(Town.debtHelp, port: gone.port).code == 0)
            #expect(try await daemon.register(Town.care, port: up.port).code == 0)
            let waiting = try await daemon.referOne()
            try await eventually("the lane is down") { try await daemon.figure("convenant_lanes_down") == 1 }
            let other = try await daemon.referOne(to: Town.care)
            try await eventually("the other partner has its message") { try await daemon.state(of: other.task) == "received" }
            #expect(try await daemon.state(of: waiting.task) == "requested")
            let back = try await ListeningPartner.start(
                daemon.folder.partner(Town.debtHelp).path, exchange: daemon.partners, port: gone.port)
            // Its first look at the inbox makes it heard, so that this does not wait for the end of a pause.
            try await eventually("the message arrives", within: 60) { try await daemon.state(of: waiting.task) == "received" }
            #expect(try await !back.lines(about: waiting.message).isEmpty)
            try await eventually("the lane is up") { try await daemon.figure("convenant_lanes_down") == 0 }
            await back.stop()
            await up.stop()
        }
    }

    @Test("another certificate at the endpoint, though of the same authority and organisation, is sent nothing")
    func wrongCertificate() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let path = daemon.folder.partner(Town.debtHelp).path
            let partner = try await ListeningPartner.start(path, exchange: daemon.partners)
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            let issued = try daemon.folder.authority().issue(
                CertificateSubject(oin: Town.debtHelp.oin, commonName: Town.debtHelp.name, organisation: Town.debtHelp.name),
                for: .tls(hosts: [], addresses: []), key: .generated, from: now - 60_000, until: now + 86_400_000)
            let file = daemon.folder.root + "/other.pem"
            try Data(issued.pem).write(to: URL(fileURLWithPath: file))
            #expect(try await daemon.register(Town.debtHelp, port: partner.port, certificate: file).code == 0)
            let made = try await daemon.referOne()
            try await eventually("the lane is down") { try await daemon.figure("convenant_lanes_down") == 1 }
            try await daemon.says("certificate-not-the-registered-one")
            #expect(try await daemon.state(of: made.task) == "requested")
            // The right one again, and it goes.
            #expect(try await daemon.register(Town.debtHelp, port: partner.port).code == 0)
            try await eventually("the message arrives", within: 60) { try await daemon.state(of: made.task) == "received" }
            #expect(try await partner.lines(about: made.message).count == 1)
            await partner.stop()
        }
    }

    @Test("a partner that pulls waits at the exchange, has its message when it comes, and does not hold up a stop")
    func longPolling() async throws {
        try await withDaemon { daemon in
            let partner = try ChildProcess(
                Checkout.binary,
                [
                    "partner", "run", "--dir", daemon.folder.partner(Town.debtHelp).path, "--exchange",
                    "https://localhost:\(daemon.partners)", "--every", "55",
                ])
            let waiters = "convenant_partner_waiters{partner=\"\(Town.debtHelp.oin)\"}"
            try await eventually("the partner waits") { try await daemon.figure(waiters) == 1 }
            let made = try await daemon.referOne()
            let began = ContinuousClock().now
            try await eventually("the message is opened") { partner.output.contains("\(made.message) referral") }
            try await eventually("the task is received") { try await daemon.state(of: made.task) == "received" }
            #expect(ContinuousClock().now - began < .seconds(30))
            try await eventually("the partner waits again") { try await daemon.figure(waiters) == 1 }
            let stopping = ContinuousClock().now
            #expect(try await daemon.stop().code == 0)
            #expect(ContinuousClock().now - stopping < .seconds(12))
            partner.signal(SIGKILL)
            _ = await partner.end()
        }
    }

    @Test("an endpoint of this machine is refused unless the setting allows it; what is no https address always is")
    func endpoint() async throws {
        try await withDaemon { daemon in
            let refused = try await daemon.register(Town.debtHelp, port: 9443)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("push.privateHosts"))
        }
    }

    @Test("a partner on Digikoppeling takes a pushed message whose payload is signed beside it, and answers with PS256")
    func nlGov() async throws {
        let folder = try await TestFolder.prepared()
        try folder.nameNLGov(for: Town.debtHelp)
        try await withDaemon(folder, environment: allowed) { daemon in
            try await folder.addPartner(Town.debtHelpNLGov, exchangeKeys: try await daemon.anonymous(.GET, "/v1/jwks.json").bytes)
            let partner = try await ListeningPartner.start(folder.partner(Town.debtHelpNLGov).path, exchange: daemon.partners)
            #expect(try await daemon.register(Town.debtHelpNLGov, port: partner.port).code == 0)
            let made = try await daemon.referOne()
            try await eventually("the task is received") { try await daemon.state(of: made.task) == "received" }
            #expect(try await partner.lines(about: made.message).first?.hasSuffix(" opened pushed") == true)
            await partner.stop()
        }
    }
}
