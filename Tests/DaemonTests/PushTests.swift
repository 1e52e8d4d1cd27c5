import Foundation
import JOSE
import PartnerTrust
import StrictJSON
import Testing

/// A `partner run` process that listens, until it is ended.
struct ListeningPartner: Sendable {
    let process: ChildProcess
    let port: Int

    /// - Parameter port: 0 for a free one; the port of an earlier process to come back on it.
    static func start(_ folder: String, exchange: Int, port: Int = 0, accept: Bool = false) async throws -> ListeningPartner {
        var arguments = [
            // It pulls so seldom that what arrives was pushed.
            "partner", "run", "--dir", folder, "--exchange", "https://localhost:\(exchange)", "--every", accept ? "1" : "3600", "--listen",
            "127.0.0.1:\(port)",
        ]
        if accept { arguments.append("--accept") }
        let process = try ChildProcess(Checkout.binary, arguments)
        var found: Int?
        try await eventually("the line `listening …`", within: 60) {
            found = process.output.split(separator: "\n").first { $0.hasPrefix("listening ") }.flatMap { Int($0.dropFirst(10)) }
            return found != nil || !process.isRunning
        }
        guard let found else {
            let ended = await process.end()
            throw Trouble("partner run ended with \(ended.code): \(ended.errors)")
        }
        return ListeningPartner(process: process, port: found)
    }

    func stop() async {
        process.signal(SIGKILL)
        _ = await process.end()
    }
}

extension TestDaemon {
    /// Registers the endpoint of a partner on this machine.
    func register(_ partner: Town.Partner, port: Int, certificate: String? = nil, _ environment: [String: String] = [:])
        async throws -> ProgramResult
    {
        let path = folder.partner(partner).path
        return try await folder.command(
            "partner", "add", "--oin", partner.oin, "--name", partner.name, "--certificate", certificate ?? path + "/tls-chain.pem",
            "--keys",
            path + "/jwks.json", "--endpoint", "https://localhost:\(port)/", environment: environment)
    }

    /// A case for one helper, with its referral.
    fileprivate func referOne(to partner: Town.Partner = Town.debtHelp) async throws -> (message: String, task: String) {
        let household = Household()
        let filed = try await staff("intermediary-1", .POST, "/v1/signals", household.signal()).expect(201)
        let signal = filed["signalId"]?.stringValue ?? ""
        let triaged = try await staff(
            "desk-1", .POST, "/v1/signals/\(signal)/triage", ["outcome": "single", "caseManager": "case-manager-1"]
        ).expect(200)
        let casefile = triaged["casefileId"]?.stringValue ?? ""
        let shown = try await staff("case-manager-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
        let person = shown["persons"]?.arrayValue?.first?["personId"]?.stringValue ?? ""
        return try await refer(
            OpenCase(signal: signal, casefile: casefile, person: person, consents: [], household: household), to: partner)
    }

    fileprivate func state(of task: String) async throws -> String {
        for state in ["requested", "received", "accepted", "failed"] {
            let items = try await staff("desk-1", .GET, "/v1/tasks?state=\(state)&limit=200").expect(200)["items"]?.arrayValue ?? []
            if items.contains(where: { $0["taskId"]?.stringValue == task }) { return state }
        }
        return "unknown"
    }

    fileprivate func figure(_ name: String) async throws -> Double {
        let text = String(decoding: try await manage("/metrics").bytes, as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) } ?? -1
    }
}

private let allowed = ["CONVENANT_PUSH_PRIVATEHOSTS": "true"]

@Suite("push", .serialized, .timeLimit(.minutes(15)))
struct PushTests {
    @Test("the daemon pushes to a partner's process over mutual TLS; the receipt is the answer, and the task is received, then accepted")
    func pushed() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let partner = try await ListeningPartner.start(
                daemon.folder.partner(Town.debtHelp).path, exchange: daemon.partners, accept: true)
            #expect(try await daemon.register(Town.debtHelp, port: partner.port).code == 0)
            let made = try await daemon.referOne()
            try await eventually("the task is accepted") { try await daemon.state(of: made.task) == "accepted" }
            let line = partner.process.output.split(separator: "\n").first { $0.hasPrefix(made.message) }
            #expect(line?.hasSuffix(" opened pushed") == true)
            #expect(try await daemon.figure("convenant_push_attempts_total{result=\"receipted\"}") == 1)
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
            #expect(back.process.output.contains(waiting.message))
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
            #expect(daemon.process.errors.contains("certificate-not-the-registered-one"))
            #expect(try await daemon.state(of: made.task) == "requested")
            // The right one again, and it goes.
            #expect(try await daemon.register(Town.debtHelp, port: partner.port).code == 0)
            try await eventually("the message arrives", within: 60) { try await daemon.state(of: made.task) == "received" }
            #expect(partner.process.output.split(separator: "\n").filter { $0.hasPrefix(made.message) }.count == 1)
            await partner.stop()
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
}
