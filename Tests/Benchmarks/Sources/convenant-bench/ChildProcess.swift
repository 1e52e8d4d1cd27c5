import Foundation

/// A process that this one started, and ends.
final class ChildProcess {
    private let process = Process()
    private let output = Pipe()
    /// When it was started.
    let startedAt = ContinuousClock.now

    /// - Parameter preload: a library that is loaded into it first.
    init(_ path: String, _ arguments: [String], preload: String? = nil) throws {
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        if let preload { process.environment = ProcessInfo.processInfo.environment.merging(["LD_PRELOAD": preload]) { $1 } }
        try process.run()
    }

    /// The first line that it prints; what follows stays in the pipe.
    func firstLine(of what: String) throws -> String {
        var heard = ""
        while !heard.contains("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchFault(description: "\(what) did not start") }
            heard += String(decoding: data, as: UTF8.self)
        }
        return String(heard.prefix { $0 != "\n" })
    }

    /// Reads and forgets whatever else it prints, so that it never waits for a reader.
    func ignoreOutput() { output.fileHandleForReading.readabilityHandler = { _ = $0.availableData } }

    var meter: ProcessMeter { ProcessMeter(pid: process.processIdentifier) }

    /// Asks it to end, and waits.
    /// - Returns: its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
}
