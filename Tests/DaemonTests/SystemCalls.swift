import Foundation

/// A system call, by its place among the calls of the same name that one thread makes on the data folder's databases.
struct SystemCall: Sendable, Hashable, CustomStringConvertible {
    let name: String
    let ordinal: Int
    var description: String { "\(name) \(ordinal)" }

    /// What a disk can answer to it.
    var errors: [String] {
        switch name {
        case "pwrite64", "write", "ftruncate", "fallocate": ["EIO", "ENOSPC"]
        case "openat": ["EIO", "EMFILE"]
        case "mmap": ["ENOMEM"]
        default: ["EIO"]
        }
    }

    /// Makes this call fail once, in strace's words.
    func failing(with error: String) -> String { "\(name):error=\(error):when=\(ordinal)" }
}

/// `strace` on a daemon that runs: sees its calls on the databases, and makes some fail.
///
/// It comes and goes while the daemon stays, so that each fault meets a daemon that was well, and ends when the test says so.
struct CallTracer {
    private let strace: ChildProcess
    private let record: String

    /// - Parameters:
    ///   - files: names in the data folder; only calls on these are seen, counted and made to fail.
    ///   - failing: what ``SystemCall/failing(with:)`` says; each holds for every thread apart.
    static func attach(to daemon: TestDaemon, files: [String], failing: [String] = []) async throws -> CallTracer {
        let record = TemporaryFolders.newPath("strace")
        var arguments = ["-f", "-y", "-s", "0", "-o", record, "-p", "\(daemon.process.pid)"]
        for file in files { arguments += ["-P", daemon.folder.file(file)] }
        for one in failing { arguments += ["-e", "inject=" + one] }
        let strace = try ChildProcess("/usr/bin/strace", arguments)
        try await eventually("strace is attached") { strace.errors.contains(" attached") || !strace.isRunning }
        guard strace.isRunning else { throw Trouble("strace ended: \(strace.errors) (hint: it needs CAP_SYS_PTRACE)") }
        return CallTracer(strace: strace, record: record)
    }

    /// Waits until so many calls were made to fail, or for some seconds: some are made by the daemon's housekeeping, every two seconds.
    func waitUntilFailed(_ count: Int) async { try? await eventually("the calls were made to fail", within: 4) { try failed() >= count } }

    /// How many calls were made to fail so far.
    private func failed() throws -> Int { try lines().count { $0.contains("(INJECTED)") } }

    private func lines() throws -> [String] {
        try String(contentsOfFile: record, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Lets the daemon go; what was seen, a line each.
    func detach() async throws -> [String] {
        strace.signal(SIGTERM)
        _ = await strace.end(within: 20)
        defer { try? FileManager.default.removeItem(atPath: record) }
        return try lines()
    }

    /// The calls of these lines, each once whatever thread made it; only those after the first one that was made to fail, if any was.
    static func calls(in lines: [String]) -> [SystemCall] {
        var counts: [String: Int] = [:]
        var found: [SystemCall] = []
        let first = lines.firstIndex { $0.contains("(INJECTED)") } ?? -1
        for (number, line) in lines.enumerated() {
            guard let match = line.prefixMatch(of: #/(?<thread>[0-9]+) +(?<name>[a-z0-9_]+)\(/#) else { continue }
            // Locks stand in the kernel's memory and not on a disk; giving one back never fails.
            guard match.name != "fcntl" else { continue }
            let count = counts["\(match.thread) \(match.name)", default: 0] + 1
            counts["\(match.thread) \(match.name)"] = count
            let call = SystemCall(name: String(match.name), ordinal: count)
            if number > first, !found.contains(call) { found.append(call) }
        }
        return found
    }
}
