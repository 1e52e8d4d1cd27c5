import Foundation
import StrictJSON
import Testing

/// The daemon ends without warning, in the middle of what it does; nothing that it said is untrue afterwards.
@Suite("kill -9", .serialized)
struct KillTests {
    static let rounds = ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? 200 : 20

    @Test("64 clients write while the daemon is killed: no answered id is lost, none comes twice, the log and every deadline stand")
    func killed() async throws {
        let base = try await TestFolder.prepared("kill")
        let cases = try await Self.cases(base)
        var tally = Tally()
        while tally.counted < Self.rounds {
            // Five kills in a row on one folder: a crash after a crash too. What one of them breaks in the log stays broken till the end.
            let folder = try base.copy("kill")
            let load = WriteLoad(cases)
            var daemon = try await TestDaemon.start(folder)
            do {
                for _ in 0..<min(5, Self.rounds - tally.counted) { daemon = try await round(daemon, load, &tally) }
                let verified = try await folder.command("log", "verify")
                try #require(verified.code == 0, "\(verified.output)\(verified.errors)")
            } catch {
                await daemon.kill()
                throw error
            }
            await daemon.kill()
            try FileManager.default.removeItem(atPath: folder.root)
        }
        // Both kinds must have been met, or the kills came at harmless moments.
        #expect(tally.effective > 0 && tally.effective < tally.open)
        print(
            "\(tally.counted) kills (\(tally.repeated) repeated): \(tally.answered) answered before, \(tally.open) under way, of which "
                + "\(tally.effective) were stored")
    }

    private struct Tally {
        var (counted, repeated, answered, open, effective) = (0, 0, 0, 0, 0)
    }

    private static func cases(_ folder: TestFolder) async throws -> WriteLoad {
        var cases: WriteLoad?
        try await withDaemon(folder) { daemon in
            cases = try await WriteLoad(daemon)
            guard try await daemon.stop().code == 0 else { throw Trouble("the daemon did not stop well") }
        }
        return try #require(cases)
    }

    /// Kills the daemon under load, and compares what it said with what the next one on the same folder finds; returns that one.
    private func round(_ killed: TestDaemon, _ load: WriteLoad, _ tally: inout Tally) async throws -> TestDaemon {
        let before = load.current.accepted.count
        try await killUnderLoad(killed, load)
        let book = load.current
        try #require(book.strange.isEmpty && book.refused.isEmpty, "\(book.strange) \(book.refused.count)")
        // It counts when the kill came between answers: something was said, and something was under way.
        let (said, asked) = (book.accepted.count - before, book.unanswered.count)
        if said > 0, asked > 0 {
            tally.counted += 1
            tally.answered += said
            tally.open += asked
        } else {
            tally.repeated += 1
            try #require(tally.repeated <= Self.rounds, "too many rounds without answered and unanswered writes")
        }

        let folder = killed.folder
        let daemon = try await TestDaemon.start(folder)
        do {
            #expect(try await daemon.manage("/health/ready").status == 200)
            tally.effective += try await storedThoughUnanswered(book, folder)
            try await load.resend(to: daemon)
            let compared = try await load.check(folder)
            try #require(compared.code == 0, "\(compared.output)\(compared.errors)")
            try await fetchOne(load, daemon)
        } catch {
            await daemon.kill()
            throw error
        }
        return daemon
    }

    /// Lets 64 clients write, and kills the daemon after a number of answers drawn anew each time.
    private func killUnderLoad(_ daemon: TestDaemon, _ load: WriteLoad) async throws {
        let enough = load.current.accepted.count + Int.random(in: 1...50)
        let writing = Task { try await load.write(on: daemon, clients: 64) }
        let end = ContinuousClock.now + .seconds(20)
        while load.current.accepted.count < enough, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
        await daemon.kill()
        writing.cancel()
        try await writing.value
    }

    /// How many of the writes that nobody was answered are on the disk: they count as done, and their keys must find them.
    private func storedThoughUnanswered(_ book: WriteLoad.Book, _ folder: TestFolder) async throws -> Int {
        let script = """
            import json, sqlite3, sys
            keys = json.load(sys.stdin)
            database = sqlite3.connect(f"file:{sys.argv[1]}/convenant.sqlite?mode=ro", uri=True)
            print(sum(1 for key in keys if database.execute("SELECT 1 FROM idempotency WHERE key = ?", (key,)).fetchone()))
            """
        let keys = JSONValue.array(book.unanswered.map { .string($0.key) })
        let counted = try await run("/usr/bin/env", ["python3", "-c", script, folder.data], input: Data(keys.canonicalBytes()))
        guard let count = Int(counted.output.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw Trouble(counted.errors) }
        return count
    }

    /// A message that was queued before the kill can still be opened for its partner: its bytes, its key and its seal are all there.
    private func fetchOne(_ load: WriteLoad, _ daemon: TestDaemon) async throws {
        let message = load.current.accepted.first { $0.key.kind == .referral }?.value["messageId"]?.stringValue
        guard let message else { return }
        #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(message)").status == 200)
    }
}
