import Foundation

/// `convenant serve` as a process of its own, on free ports of the loopback address.
final class DaemonProcess {
    private let child: ChildProcess
    let staffPort: Int
    let partnersPort: Int
    /// From the start of the process to the line that tells its ports, milliseconds: then it answers.
    let startMilliseconds: Double

    init(binary: String, town: Town, slowFlush: String? = nil) throws {
        child = try ChildProcess(
            binary,
            [
                "serve", "--data", town.data, "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:0", "--management", "127.0.0.1:0",
            ], preload: slowFlush)
        let heard = try child.firstLine(of: "the daemon")
        startMilliseconds = Double((ContinuousClock.now - child.startedAt) / .microseconds(1)) / 1000
        func port(_ name: String) throws -> Int {
            guard let port = heard.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix(name + "=") }),
                let number = Int(port.dropFirst(name.count + 1))
            else {
                throw BenchFault(description: "the daemon told no port for \(name)")
            }
            return number
        }
        (staffPort, partnersPort) = (try port("staff"), try port("partners"))
    }

    var meter: ProcessMeter { child.meter }

    func stop() throws {
        let code = child.stop()
        guard code == 0 else { throw BenchFault(description: "the daemon ended with \(code)") }
    }

    func kill() { child.kill() }
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

    var residentMegabytes: Double {
        let line = proc("status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1000
    }

    private func proc(_ name: String) -> String {
        FileManager.default.contents(atPath: "/proc/\(pid)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
