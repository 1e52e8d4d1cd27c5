import Foundation
import StrictJSON
import Testing

@Suite("nothing about people stands in the clear", .serialized)
struct PrivacyTests {
    /// Every file below a folder.
    private func files(_ folder: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            if let data = FileManager.default.contents(atPath: folder + "/" + name) { found[name] = data }
        }
        return found
    }

    private func places(of text: String, in files: [String: Data]) -> [String] {
        files.filter { $0.value.range(of: Data(text.utf8)) != nil }.keys.sorted()
    }

    @Test("what the daemon was told about people is in no file, no output and no figure, at the most talkative log level")
    func nowhere() async throws {
        let folder = try await TestFolder.prepared()
        let household = Household()
        let allowed = ["CONVENANT_PUSH_PRIVATEHOSTS": "true"]
        let daemon = try await TestDaemon.start(folder, environment: allowed.merging(["CONVENANT_LOG_LEVEL": "trace"]) { $1 })
        try await feed(daemon, household)
        let told = try await deliver(daemon, household, allowed)

        let metrics = try await daemon.manage("/metrics").expect(200)
        var written = try files(folder.data)
        written["metrics"] = Data(metrics.bytes)
        written["what the partner's process said"] = Data(told.utf8)
        // While it runs, with the write-ahead log as it is, and once more after the stop.
        try check(written, daemon, household)
        #expect(written["convenant.sqlite-wal"]?.isEmpty == false)
        #expect(try await daemon.stop().code == 0)
        try check(try files(folder.data), daemon, household)
        #expect(!daemon.process.errors.isEmpty)
    }

    private func check(_ files: [String: Data], _ daemon: TestDaemon, _ household: Household) throws {
        var files = files
        files["stdout"] = Data(daemon.process.output.utf8)
        files["stderr"] = Data(daemon.process.errors.utf8)
        // The search can find: names of fields and the town's partners are no secret.
        #expect(!places(of: "domains.debts", in: files).isEmpty)
        #expect(!places(of: Town.debtHelp.oin, in: files).isEmpty)
        for (number, secret) in (household.secrets + ["Alleen op werkdagen", "wachtwoord-van-iemand"]).enumerated() {
            let found = places(of: secret, in: files)
            #expect(found.isEmpty, "secret \(number) stands in \(found)")
        }
    }

    /// Everything that takes content, well formed and ill formed, and the same in places where it does not belong.
    private func feed(_ daemon: TestDaemon, _ household: Household) async throws {
        let open = try await daemon.openCase(household)
        let made = try await daemon.refer(open)
        _ = try await daemon.refer(open, to: Town.care)
        _ = try await daemon.receipt(of: made.message).expect(200)
        let key = ["Idempotency-Key": UUID().uuidString]
        for _ in 0..<2 { _ = try await daemon.staff("intermediary-1", .POST, "/v1/signals", household.signal(), headers: key).expect(201) }
        _ = try await daemon.partner(Town.care, .POST, "/v1/signals", household.signal()).expect(201)
        // Refused by the person: counted, and nothing of it kept.
        _ = try await daemon.staff("intermediary-1", .POST, "/v1/signals", household.signal(refused: true)).expect(201)

        let name = household.family
        #expect(try await daemon.staff("desk-1", .GET, "/v1/signals/\(name)").status == 404)
        #expect(try await daemon.staff("desk-1", .GET, "/v1/\(name)/\(household.bsn)").status == 404)
        #expect(try await daemon.staff("desk-1", .GET, "/v1/tasks?after=\(household.bsn)").status == 400)
        #expect(try await daemon.staff("desk-1", .GET, "/v1/tasks?\(name)=1").status == 400)
        #expect(try await daemon.staff("intermediary-1", .POST, "/v1/signals", [name: .string(household.phone)]).status == 400)
        #expect(try await daemon.staff("desk-1", .GET, "/v1/desk", headers: ["X-About": name, "User-Agent": household.bsn]).status == 200)
        #expect(
            try await daemon.raw(
                "intermediary-1", .POST, "/v1/signals", Array("{\"\(name)\":\"\(household.observation)".utf8),
                headers: ["Content-Type": "application/json"]
            ).status == 400)
        #expect(
            try await daemon.raw("intermediary-1", .POST, "/v1/signals", Array(name.utf8), headers: ["Content-Type": "text/\(name)"]).status
                == 415)
        #expect(try await daemon.signIn(name, "wachtwoord-van-iemand").status == 401)
        #expect(try await daemon.signIn("desk-1", "wachtwoord-van-iemand").status == 401)
        #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(name)").status == 404)
        #expect(try await daemon.handIn(Array("\(name).\(household.bsn).x".utf8), of: made.message, as: Town.debtHelp).status == 400)
        let erased = try await daemon.folder.command("erase", "--casefile", open.casefile, "--person", open.person, "--because", name)
        #expect(erased.code == 1)
    }

    /// Pushing to a partner that is up and to one that is not, a withdrawal, and a disk that refuses; what the partner's process said.
    private func deliver(_ daemon: TestDaemon, _ household: Household, _ allowed: [String: String]) async throws -> String {
        let open = try await daemon.openCase(household)
        let partner = try await ListeningPartner.start(daemon.folder.partner(Town.care).path, exchange: daemon.partners)
        #expect(try await daemon.register(Town.care, port: partner.port, allowed).code == 0)
        #expect(try await daemon.register(Town.debtHelp, port: 1, allowed).code == 0)
        _ = try await daemon.refer(open)
        let pushed = try await daemon.refer(open, to: Town.care)
        try await eventually("one partner has its message, the other cannot be reached") {
            let figures = String(decoding: try await daemon.manage("/metrics").bytes, as: UTF8.self)
            return partner.process.output.contains(pushed.message) && figures.contains("convenant_lanes_down 1")
        }
        let consent = open.consent(to: Town.care) ?? ""
        _ = try await daemon.staff("desk-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]).expect(200)
        let failing = SystemCall(name: "fdatasync", ordinal: 1).failing(with: "EIO")
        let tracer = try await CallTracer.attach(to: daemon, files: FaultTests.database, failing: [failing])
        let refused = try await daemon.staff("intermediary-1", .POST, "/v1/signals", household.signal())
        _ = try await tracer.detach()
        #expect(refused.status == 503 || refused.status == 201)
        await partner.stop()
        return partner.process.output + partner.process.errors
    }
}
