import Foundation

/// What must be told beside any figure: the machine it was measured on.
enum Machine {
    /// Processes that ran or waited, over the last minute.
    static var load: String {
        let text = FileManager.default.contents(atPath: "/proc/loadavg").map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: " ").first.map(String.init) ?? "unknown"
    }
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The median of 200 writes of 4 KiB with fdatasync: what one commit waits for at least.
    static func flushMicroseconds(in folder: String) throws -> Int {
        let path = folder + "/convenant-bench-flush-\(ProcessInfo.processInfo.processIdentifier)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchFault(description: "`\(path)` cannot be written (hint: set TMPDIR)") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 7, count: 4096)
        var times: [Duration] = []
        for _ in 0..<200 {
            times.append(
                ContinuousClock().measure {
                    _ = write(descriptor, block, block.count)
                    fdatasync(descriptor)
                })
        }
        times.sort()
        return Int(times[100] / .microseconds(1))
    }
}
