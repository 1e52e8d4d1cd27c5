import Foundation
import Testing

@Suite("the code that only starting needs is given back")
struct StartingCodeTests {
    /// The kilobytes of the daemon's own code that are in memory.
    private func residentCode(_ process: ChildProcess) -> Int {
        let text = String(decoding: FileManager.default.contents(atPath: "/proc/\(process.pid)/smaps") ?? Data(), as: UTF8.self)
        var (isCode, kilobytes) = (false, 0)
        for words in text.split(separator: "\n").map({ $0.split(separator: " ") }) where words.count > 1 {
            if words[0].contains("-") {
                isCode = words[1] == "r-xp" && words.last?.hasSuffix("/convenant") == true
            } else if isCode, words[0] == "Rss:" {
                kilobytes += Int(words[1]) ?? 0
            }
        }
        return kilobytes
    }

    @Test("soon after it listens a daemon holds less than half of the code that it had run, and answers as before")
    func givenBack() async throws {
        let folder = try await TestFolder.prepared()
        let process = try TestDaemon.serve(folder)
        let daemon: TestDaemon
        do {
            // Watched from the beginning: who looks for the first time when it is over sees no fall.
            var most = 0
            try await eventually("less code in memory", within: 60) {
                let now = residentCode(process)
                most = max(most, now)
                return !process.isRunning || process.output.contains("listening ") && now < most / 2
            }
            daemon = try await TestDaemon.listening(process, of: folder)
        } catch {
            process.signal(SIGKILL)
            throw error
        }
        #expect(try await daemon.manage("/health/ready").expect(200)["checks"]?["store"] == "ok")
        _ = try await daemon.staff("desk-1", .GET, "/v1/desk").expect(200)
        _ = try await daemon.partner(Town.care, .GET, "/v1/inbox").expect(200)
        #expect(try await daemon.stop().code == 0)
    }
}
