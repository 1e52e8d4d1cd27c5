import Crypto
import Foundation
import StrictJSON
import Testing

/// Each system call of the write path fails once: an error, nothing half-written, nothing disclosed, and then it goes on.
///
/// What calls there are is not written down here: each test watches the daemon do the thing well, and then breaks what it saw.
@Suite("a fault of the disk", .serialized, .timeLimit(.minutes(60)))
struct FaultTests {
    static let isLong = ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1"
    static let database = ["convenant.sqlite", "convenant.sqlite-wal", "convenant.sqlite-shm"]
    static let keys = ["keys.sqlite", "keys.sqlite-wal", "keys.sqlite-shm"]

    @Test("each call that stores a referral fails once: it is refused whole, not shown to anybody, and accepted when it is sent again")
    func referring() async throws {
        try await withDaemon(try await TestFolder.prepared("fault")) { daemon in
            let load = try await WriteLoad(daemon, cases: 2)
            let calls = try await usualCalls(of: daemon) { try await load.writeOne(on: daemon) }
            // The log is written and flushed, or this watches something else.
            #expect(calls.contains(SystemCall(name: "pwrite64", ordinal: 8)) && calls.contains(SystemCall(name: "fdatasync", ordinal: 1)))
            let tally = try await breakEach(of: calls, during: load, daemon) { try await load.writeOne(on: daemon) }
            #expect(tally.refused["pwrite64", default: 0] > 0 && tally.refused["fdatasync", default: 0] > 0)
            try await isStillWell(load, daemon)
        }
    }

    @Test("the calls that open a new connection after a fault fail too: refused again, and accepted when the disk is well")
    func mending() async throws {
        try await withDaemon(try await TestFolder.prepared("fault")) { daemon in
            let load = try await WriteLoad(daemon, cases: 2)
            let twice = {
                for _ in 0..<2 { try await load.writeOne(on: daemon) }
            }
            let first = SystemCall(name: "fdatasync", ordinal: 1).failing(with: "EIO")
            let watched = try await CallTracer.attach(to: daemon, files: Self.database, failing: [first])
            try await twice()
            let calls = CallTracer.calls(in: try await watched.detach()).filter { $0.name != "fdatasync" }
            #expect(calls.contains { $0.name == "openat" })
            try await load.resend(to: daemon)
            _ = try await breakEach(of: calls, after: first, during: load, daemon, twice)
            try await isStillWell(load, daemon)
        }
    }

    @Test("what was refused because it could not be flushed is not there after a kill either", arguments: ["fdatasync", "pwrite64"])
    func killedAfterwards(call: String) async throws {
        let folder = try await TestFolder.prepared("fault")
        var daemon = try await TestDaemon.start(folder)
        do {
            let load = try await WriteLoad(daemon, cases: 2)
            for _ in 0..<3 {
                let failing = SystemCall(name: call, ordinal: call == "pwrite64" ? 12 : 1).failing(with: "EIO")
                let tracer = try await CallTracer.attach(to: daemon, files: Self.database, failing: [failing])
                try await load.writeOne(on: daemon)
                await daemon.kill()
                _ = try await tracer.detach()
                daemon = try await TestDaemon.start(folder)
                try await agrees(load, daemon)
                try await load.resend(to: daemon)
            }
            try await isStillWell(load, daemon)
        } catch {
            await daemon.kill()
            throw error
        }
        await daemon.kill()
    }

    @Test("each call that stores a partner's fetching fails once: no bytes leave without an entry that says so")
    func fetching() async throws {
        try await withDaemon(try await TestFolder.prepared("fault")) { daemon in
            let load = try await WriteLoad(daemon, cases: 2)
            for _ in 0..<2 { try await load.writeOne(on: daemon) }
            let messages = load.current.accepted.values.compactMap { $0["messageId"]?.stringValue }
            try #require(messages.count == 2)
            _ = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(messages[0])").expect(200)
            let calls = try await usualCalls(of: daemon) {
                _ = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(messages[0])").expect(200)
            }
            var given = 0
            var refused = 0
            _ = try await breakEach(of: calls, during: load, daemon) {
                let answer = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(messages[1])")
                if answer.status == 200 {
                    given += 1
                } else {
                    refused += 1
                    #expect(answer.status == 503 && answer.code == "not-durable", "\(answer.status) \(answer.code ?? "")")
                }
                let attempts = try await self.attempts(on: messages[1], daemon.folder)
                #expect(attempts == given, "\(given) times given, \(attempts) times logged")
            }
            #expect(refused > 0)
            try await isStillWell(load, daemon)
        }
    }

    // MARK: keys

    @Test("each call that stores new keys fails once: nothing is sealed under a key that is not on the disk")
    func makingKeys() async throws {
        let folder = try await TestFolder.prepared("fault")
        var daemon = try await TestDaemon.start(folder)
        do {
            let load = try await WriteLoad(daemon, cases: 2)
            // Only a daemon that has just begun has no keys in stock.
            func anew() async throws {
                await daemon.kill()
                daemon = try await TestDaemon.start(folder)
            }
            try await anew()
            let watched = try await CallTracer.attach(to: daemon, files: Self.keys)
            try await load.writeOne(on: daemon)
            let calls = CallTracer.calls(in: try await watched.detach())
            #expect(calls.contains { $0.name == "pwrite64" } && calls.contains { $0.name == "fdatasync" })
            var met = 0
            for (call, error) in Self.some(of: calls) {
                try await anew()
                let tracer = try await CallTracer.attach(to: daemon, files: Self.keys, failing: [call.failing(with: error)])
                try await load.writeOne(on: daemon)
                met += try await tracer.detach().contains { $0.contains("(INJECTED)") } ? 1 : 0
                try await agrees(load, daemon, "\(call) \(error)")
                try await load.resend(to: daemon)
            }
            #expect(met > 0)
            try await anew()
            try await isStillWell(load, daemon)
        } catch {
            await daemon.kill()
            throw error
        }
        await daemon.kill()
    }

    @Test("each call that destroys a key fails once: it is destroyed at the next turn, and no copy stays")
    func destroyingKeys() async throws {
        try await withDaemon(try await TestFolder.prepared("fault")) { daemon in
            let load = try await WriteLoad(daemon, cases: 1)
            func end(failing: [String], _ what: String) async throws -> [String] {
                try await load.writeOne(on: daemon)
                let message = load.current.accepted.values.compactMap { $0["messageId"]?.stringValue }.max() ?? ""
                let key = try await self.wrappedKey(of: message, daemon.folder)
                #expect(try self.copies(of: key, daemon.folder) > 0, "\(what): the key is not where it is looked for")
                let tracer = try await CallTracer.attach(to: daemon, files: Self.keys, failing: failing)
                try await receipt(message, daemon)
                try await eventually("the message's key is destroyed") { try await self.count("doomed_key", daemon.folder) == 0 }
                let lines = try await tracer.detach()
                #expect(try self.copies(of: key, daemon.folder) == 0, "\(what): a copy of the key stays")
                return lines
            }
            let calls = CallTracer.calls(in: try await end(failing: [], "no fault"))
            #expect(calls.contains { $0.name == "ftruncate" })
            let worth = calls.filter { ["pwrite64", "fdatasync", "fsync", "ftruncate"].contains($0.name) || Self.isLong }
            for (call, error) in Self.some(of: worth) {
                _ = try await end(failing: [call.failing(with: error)], "\(call) \(error)")
                try await agrees(load, daemon, "\(call) \(error)")
            }
            try await isStillWell(load, daemon)
        }
    }

    /// The key of a message that waits, as it stands in the vault.
    private func wrappedKey(of message: String, _ folder: TestFolder) async throws -> Data {
        let id = message.filter { $0 != "-" }.uppercased()
        let row = try await sqlite(folder.file("convenant.sqlite"), "SELECT key FROM message WHERE hex(id) = '\(id)'")
        let key = row.filter(\.isNumber)
        let hex = try await sqlite(folder.file("keys.sqlite"), "SELECT hex(wrapped) FROM key WHERE id = \(key)").filter(\.isHexDigit)
        try #require(!key.isEmpty && hex.count == 80)
        return Data(stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) })
    }

    /// In how many of the vault's files these bytes stand. Their sizes tell nothing: the daemon notes other things there, too.
    private func copies(of key: Data, _ folder: TestFolder) throws -> Int {
        try Self.keys.count { try Data(contentsOf: URL(filePath: folder.file($0))).range(of: key) != nil }
    }

    /// Fetches a message and hands in its receipt. A key that cannot be read is told as a fault, once, and nothing else is.
    private func receipt(_ message: String, _ daemon: TestDaemon) async throws {
        func again(_ ask: () async throws -> Answer) async throws -> Answer {
            let answer = try await ask()
            guard answer.status == 503, answer.code == "not-durable" else { return try answer.expect(200) }
            return try await ask().expect(200)
        }
        let sealed = try await again { try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(message)") }
        let digest = Array(SHA256.hash(data: sealed.bytes))
        let text = try daemon.receiptText(message, digest, from: Town.debtHelp, signedBy: Town.debtHelp)
        _ = try await again { try await daemon.handIn(text, of: message, as: Town.debtHelp) }
    }

    @Test("a key that cannot be read is a fault, and not a message that has ended: it is given when the disk is well")
    func readingKeys() async throws {
        let folder = try await TestFolder.prepared("fault")
        var daemon = try await TestDaemon.start(folder)
        do {
            let load = try await WriteLoad(daemon, cases: 1)
            try await load.writeOne(on: daemon)
            let message = load.current.accepted.values.first?["messageId"]?.stringValue ?? ""
            // One that has just begun has no keys in memory.
            await daemon.kill()
            daemon = try await TestDaemon.start(folder)
            let tracer = try await CallTracer.attach(to: daemon, files: Self.keys, failing: ["pread64:error=EIO:when=1+"])
            let answer = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(message)")
            #expect(try await tracer.detach().contains { $0.contains("(INJECTED)") })
            #expect(answer.status == 503 && answer.code == "not-durable", "\(answer.status) \(answer.code ?? "")")
            _ = try await daemon.receipt(of: message).expect(200)
            try await isStillWell(load, daemon)
        } catch {
            await daemon.kill()
            throw error
        }
        await daemon.kill()
    }

    // MARK: the runs

    /// The calls that the daemon makes each time it does something: what came only once was another's, such as a connection that was opened.
    private func usualCalls(of daemon: TestDaemon, _ act: () async throws -> Void) async throws -> [SystemCall] {
        var usual: [SystemCall]?
        for _ in 0..<3 {
            let tracer = try await CallTracer.attach(to: daemon, files: Self.database)
            try await act()
            let seen = CallTracer.calls(in: try await tracer.detach())
            usual = usual?.filter(seen.contains) ?? seen
        }
        return usual ?? []
    }

    /// The calls to break in this run, each with an error: all of them with every error in a long one.
    private static func some(of calls: [SystemCall]) -> [(SystemCall, String)] {
        if isLong { return calls.flatMap { call in call.errors.map { (call, $0) } } }
        let byName = Dictionary(grouping: calls, by: \.name).values.map { $0.sorted { $0.ordinal < $1.ordinal } }
        return byName.sorted { $0[0].name < $1[0].name }.flatMap { same in
            // The first two of a name: those that every commit makes, however many pages it touches.
            same.prefix(2).map { ($0, $0.errors[$0.ordinal % $0.errors.count]) }
        }
    }

    /// How many runs ended with a refusal, by the call that failed.
    private struct Tally { var refused: [String: Int] = [:] }

    /// Does something once for each call, which fails then, and looks each time whether what was said is true.
    private func breakEach(
        of calls: [SystemCall], after first: String? = nil, during load: WriteLoad, _ daemon: TestDaemon, _ act: () async throws -> Void
    ) async throws -> Tally {
        var tally = Tally()
        var missed = 0
        let runs = Self.some(of: calls)
        for (call, error) in runs {
            let failing = [first, call.failing(with: error)].compactMap { $0 }
            // Which thread commits, and how many pages it touches, differs a little from one commit to the next: then it is tried again.
            var isMet = false
            for _ in 0..<3 where !isMet {
                let tracer = try await CallTracer.attach(to: daemon, files: Self.database, failing: failing)
                try await act()
                await tracer.waitUntilFailed(failing.count)
                isMet = try await tracer.detach().count { $0.contains("(INJECTED)") } >= failing.count
                if !load.current.refused.isEmpty { tally.refused[call.name, default: 0] += 1 }
                try await agrees(load, daemon, "\(call) \(error)")
                // The fault is over.
                try await load.resend(to: daemon)
                try await agrees(load, daemon, "after \(call) \(error)")
            }
            if !isMet { missed += 1 }
        }
        print("\(runs.count) calls of \(calls.count) made to fail, \(missed) not met; refused: \(tally.refused.sorted { $0.key < $1.key })")
        #expect(missed <= runs.count / 3)
        return tally
    }

    /// Everything that was answered yes is there whole, nothing else is, and the partner is shown nothing else.
    private func agrees(_ load: WriteLoad, _ daemon: TestDaemon, _ what: String = "") async throws {
        let book = load.current
        #expect(book.strange.isEmpty && book.unanswered.isEmpty, "\(what): \(book.strange), \(book.unanswered.count) unanswered")
        let compared = try await load.check(daemon.folder)
        #expect(compared.code == 0, "\(what): \(compared.output)\(compared.errors)")
        let known = Set(book.accepted.values.compactMap { $0["messageId"]?.stringValue })
        var shown: Set<String> = []
        var path: String? = "/v1/inbox?limit=200"
        while let page = path {
            let answer = try await daemon.partner(Town.debtHelp, .GET, page).expect(200)
            for item in answer["items"]?.arrayValue ?? [] { shown.insert(item["messageId"]?.stringValue ?? "") }
            path = answer["next"]?.stringValue.map { "/v1/inbox?limit=200&after=\($0)" }
        }
        let unknown = shown.subtracting(known).count
        #expect(unknown == 0, "\(what): the partner is shown \(unknown) messages that nobody was answered")
    }

    /// After all of it: the daemon is ready, takes more, stops well, and its log verifies.
    private func isStillWell(_ load: WriteLoad, _ daemon: TestDaemon) async throws {
        #expect(try await daemon.manage("/health/ready").status == 200)
        let before = load.current.accepted.count
        try await load.writeOne(on: daemon)
        #expect(load.current.accepted.count == before + 1)
        #expect(try await daemon.stop().code == 0)
        let verified = try await daemon.folder.command("log", "verify")
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    }

    private func attempts(on message: String, _ folder: TestFolder) async throws -> Int {
        try await count("audit_entry WHERE CAST(entry AS TEXT) LIKE '%\"attempt.started\"%\(message)%'", folder)
    }

    private func count(_ rows: String, _ folder: TestFolder) async throws -> Int {
        let answer = try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM \(rows)")
        return Int(answer.filter(\.isNumber)) ?? -1
    }
}
