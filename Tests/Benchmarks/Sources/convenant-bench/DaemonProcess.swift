import Foundation

/// `convenant serve` as a process of its own, on free ports of the loopback address.
final class DaemonProcess {
    private let process = Process()
    let staffPort: Int
    let partnersPort: Int

    init(binary: String, data: String) throws {
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = [
            "serve", "--data", data, "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:0", "--management", "127.0.0.1:0",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try process.run()
        var heard = ""
        while !heard.contains("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchFault(description: "the daemon did not start") }
            heard += String(decoding: data, as: UTF8.self)
        }
        func port(_ listener: String) -> Int? {
            heard.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(listener + "=") }
                .flatMap { Int($0.dropFirst(listener.count + 1)) }
        }
        guard let staff = port("staff"), let partners = port("partners") else {
            process.terminate()
            throw BenchFault(description: "the daemon told no port")
        }
        staffPort = staff
        partnersPort = partners
    }

    var meter: ProcessMeter { ProcessMeter(pid: process.processIdentifier) }

    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFault(description: "the daemon ended with \(process.terminationStatus)") }
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
}

/// What `/proc` tells of a process.
struct ProcessMeter: Sendable {
    let pid: pid_t

    /// User and system time so far, microseconds (`/proc/<pid>/stat`, in ticks of 10 ms).
    var processorMicroseconds: Double {
        // The name in the second field may hold spaces; numbers begin after its bracket.
        let fields = proc("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    var residentMegabytes: Int {
        let line = proc("status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1000
    }

    private func proc(_ name: String) -> String {
        FileManager.default.contents(atPath: "/proc/\(pid)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
