import AsyncHTTPClient
import Foundation
import NIOCore
import StrictJSON
import Synchronization
import Testing

/// Commands that change something, with a daemon on the folder (through its control socket) and without one.
@Suite("commands beside a daemon and without one", .serialized)
struct CommandTests {
    @Test("`staff add` beside the daemon makes an account that can sign in at once; a second of that name is refused")
    func staffAdd() async throws {
        try await withDaemon { daemon in
            var folder = daemon.folder
            try await folder.addStaff("desk-2", role: "contactPoint")
            #expect(try await daemon.signIn("desk-2", folder.passwords["desk-2"] ?? "").status == 201)
            let again = try await folder.command("staff", "add", "desk-2", "--role", "contactPoint")
            #expect(again.code == 1)
            #expect(again.output.isEmpty && again.errors.contains("the account `desk-2` exists already"))
            let unknown = try await folder.command("staff", "add", "desk-3", "--role", "king")
            #expect(unknown.code == 1)
            #expect(unknown.errors.contains("contactPoint"))
            let listed = try await folder.command("staff", "list")
            #expect(listed.output.contains(/desk-2 +contactPoint +00000099000000001000/))
        }
    }

    @Test("a command waits for a daemon that is slow to answer, and says what it did")
    func slowDaemon() async throws {
        try await withDaemon { daemon in
            // Longer than the daemon itself waits for somebody who connects and says nothing.
            async let resting: Void = daemon.rest(.seconds(12))
            try await Task.sleep(for: .milliseconds(200))
            let added = try await daemon.folder.command("staff", "add", "desk-4", "--role", "contactPoint")
            #expect(added.code == 0, "\(added.errors)")
            try await resting
        }
    }

    @Test("`partner list` shows number, name and certificate, beside a daemon and without one alike")
    func partnerList() async throws {
        let folder = try await TestFolder.prepared()
        let without = try await folder.command("partner", "list")
        #expect(without.code == 0)
        for partner in [Town.debtHelp, Town.care, Town.housing] { #expect(without.output.contains("\(partner.oin)  \(partner.name)")) }
        try await withDaemon(folder) { _ in
            let beside = try await folder.command("partner", "list")
            #expect(beside.output == without.output)
        }
    }

    @Test("a partner registered without a daemon is let in by the next one")
    func partnerAdd() async throws {
        let folder = try await TestFolder.prepared()
        let keys = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.partner(Town.care).path + "/exchange-jwks.json")))
        try await folder.addPartner(Town.care, exchangeKeys: keys)
        try await withDaemon(folder) { daemon in
            let inbox = try await daemon.partner(Town.care, .GET, "/v1/inbox")
            #expect(inbox.status == 200)
        }
    }

    @Test("`keys rotate` begins an epoch, beside the daemon and without one, and everything stays readable; an old epoch can be ended")
    func rotate() async throws {
        let folder = try await TestFolder.prepared()
        var open: OpenCase?
        try await withDaemon(folder) { daemon in
            let made = try await daemon.openCase()
            open = made
            let rotated = try await folder.command("keys", "rotate")
            #expect(rotated.code == 0)
            #expect(rotated.output == "epoch 2\n")
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(made.casefile)").expect(200)
            #expect(String(decoding: shown.bytes, as: UTF8.self).contains(made.household.family))
            #expect(try await daemon.stop().code == 0)
        }
        #expect(try await folder.command("keys", "rotate").output == "epoch 3\n")
        #expect(try await folder.command("keys", "end-epoch", "3").code == 1)
        #expect(try await folder.command("keys", "end-epoch", "1").code == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("secrets/kek-1.key")))
        let listed = try await folder.command("keys", "list")
        #expect(listed.code == 0)
        // The epochs and the signing keys, each under a line of names.
        #expect(listed.output.split(separator: "\n").count == 7)
        try await withDaemon(folder) { daemon in
            let made = try #require(open)
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(made.casefile)").expect(200)
            #expect(String(decoding: shown.bytes, as: UTF8.self).contains(made.household.family))
            _ = try await daemon.refer(made)
        }
        #expect(try await folder.command("log", "verify").code == 0)
    }

    @Test("`erase` makes a person unreadable and ends what waited, beside the daemon and without one; the log still verifies")
    func erase() async throws {
        let folder = try await TestFolder.prepared()
        var second: OpenCase?
        try await withDaemon(folder) { daemon in
            let first = try await daemon.openCase()
            second = try await daemon.openCase()
            let made = try await daemon.refer(first)
            let wrong = try await folder.command("erase", "--casefile", first.casefile, "--person", first.person, "--because", "boredom")
            #expect(wrong.code == 1)
            #expect(wrong.errors.contains("requested"))
            let erased = try await folder.command("erase", "--casefile", first.casefile, "--person", first.person, "--because", "requested")
            #expect(erased.code == 0, "\(erased.errors)")
            #expect(erased.output == "erased \(first.person): 1 messages ended, 0 recipients told\n")
            let again = try await folder.command("erase", "--casefile", first.casefile, "--person", first.person, "--because", "requested")
            #expect(again.code == 1)
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(first.casefile)")
            #expect(!String(decoding: shown.bytes, as: UTF8.self).contains(first.household.family))
            #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").status == 410)
            #expect(try await daemon.staff("case-manager-1", .POST, "/v1/referrals", first.referral()).status != 201)
            #expect(try await daemon.stop().code == 0)
        }
        let other = try #require(second)
        let erased = try await folder.command("erase", "--casefile", other.casefile, "--person", other.person, "--because", "filedInError")
        #expect(erased.code == 0, "\(erased.errors)")
        #expect(try await folder.command("log", "verify").code == 0)
        let verified = try await verifyWithPython(folder.data)
        #expect(verified.code == 0, "\(verified.output)")
        try await withDaemon(folder) { daemon in
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(other.casefile)")
            #expect(!String(decoding: shown.bytes, as: UTF8.self).contains(other.household.family))
        }
    }

    @Test("whoever got a message about an erased person is told")
    func eraseTells() async throws {
        try await withDaemon { daemon in
            let folder = daemon.folder
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open, to: Town.care)
            _ = try await daemon.receipt(of: made.message, as: Town.care).expect(200)
            let erased = try await folder.command("erase", "--casefile", open.casefile, "--person", open.person, "--because", "unlawful")
            #expect(erased.output == "erased \(open.person): 0 messages ended, 1 recipients told\n")
            let inbox = try await daemon.partner(Town.care, .GET, "/v1/inbox").expect(200)
            #expect(inbox["items"]?.arrayValue?.map { $0["kind"] } == ["notice"])
        }
    }

    @Test("a stop answers the request under way, takes no new one, and ends with 0 within seconds")
    func gracefulStop() async throws {
        let folder = try await TestFolder.prepared()
        let daemon = try await TestDaemon.start(folder)
        let token = try await daemon.token("intermediary-1")
        let body = Household().signal().canonicalBytes()
        let stopped = Mutex<ContinuousClock.Instant?>(nil)
        // The client asks for the second half once the first has gone out: then the daemon is told to stop.
        let turn = Mutex(0)
        let halves = AsyncStream<ByteBuffer> {
            switch turn.withLock({ turn in
                turn += 1
                return turn
            }) {
            case 1: return ByteBuffer(bytes: body[..<100])
            case 2:
                try? await Task.sleep(for: .milliseconds(300))
                stopped.withLock { $0 = .now }
                daemon.process.signal(SIGTERM)
                try? await Task.sleep(for: .milliseconds(700))
                return ByteBuffer(bytes: body[100...])
            default: return nil
            }
        }
        var request = HTTPClientRequest(url: "https://localhost:\(daemon.staff)/v1/signals")
        request.method = .POST
        request.headers = ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
        request.body = .stream(halves, length: .known(Int64(body.count)))
        let client = TestDaemon.client(try TestDaemon.trusting(folder))
        let response = try await client.execute(request, timeout: .seconds(30))
        let answer = try parseJSON(Array(buffer: try await response.body.collect(upTo: 1 << 16)))
        #expect(response.status.code == 201)
        let ended = await daemon.process.end(within: 30)
        #expect(ended.code == 0)
        #expect(ContinuousClock.now - (stopped.withLock { $0 } ?? .now) < .seconds(10))
        #expect(ended.output.split(separator: "\n").count == 1)
        #expect(!ended.errors.contains("error"), "\(ended.errors)")
        try await client.shutdown()
        let late = TestDaemon.client(try TestDaemon.trusting(folder), patience: 1)
        await #expect(throws: (any Error).self) {
            try await daemon.send(late, "https://localhost:\(daemon.staff)/v1/jwks.json", .GET, nil, headers: [:])
        }
        try await late.shutdown()
        await daemon.closeClients()
        #expect(!FileManager.default.fileExists(atPath: folder.file("run/control.sock")))
        let last = try await folder.command("log", "entries", "--limit", "1000").output.split(separator: "\n").last
        #expect(last?.contains("\"event\":\"daemon.stopped\"") == true)
        // What was answered is there.
        try await withDaemon(folder) { daemon in
            let signal = answer["signalId"]?.stringValue ?? ""
            _ = try await daemon.staff("intermediary-1", .GET, "/v1/signals/\(signal)").expect(200)
        }
    }

    @Test("a stop does not wait for idle connections, and Ctrl-C is a stop too")
    func idleStop() async throws {
        for signal in [SIGTERM, SIGINT] {
            let daemon = try await TestDaemon.start(try await TestFolder.prepared())
            _ = try await daemon.staff("desk-1", .GET, "/v1/desk").expect(200)
            _ = try await daemon.partner(Town.care, .GET, "/v1/inbox").expect(200)
            let start = ContinuousClock.now
            daemon.process.signal(signal)
            let ended = await daemon.process.end(within: 30)
            #expect(ended.code == 0)
            #expect(ContinuousClock.now - start < .seconds(8))
            await daemon.closeClients()
        }
    }
}
