import Foundation

/// `peers/service.py` as a process of its own.
final class PeerProcess {
    private let child: ChildProcess
    let port: Int
    let token: String

    /// - Parameter commits: `each` or `together`.
    init(_ place: Place, town: Town, folder: String, commits: String, slowFlush: Bool = false) throws {
        port = try freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        child = try ChildProcess(
            place.python,
            [
                place.peers + "/service.py", folder, town.data + "/secrets/tls-chain.pem", town.data + "/secrets/tls.pem", String(port),
                commits,
            ], preload: slowFlush ? place.slowFlush : nil)
        let words = try child.firstLine(of: "the peer").split(separator: " ")
        guard words.count == 3 else { throw BenchFault(description: "the peer told no token") }
        token = String(words[2])
    }

    var meter: ProcessMeter { child.meter }
    func kill() { child.kill() }
}

/// This program once more, as the smallest HTTPS server that Hummingbird makes: what an answer costs before anything is done for it.
final class FloorProcess {
    private let child: ChildProcess
    let port: Int

    init(town: Town) throws {
        port = try freePort()
        child = try ChildProcess(
            CommandLine.arguments[0], ["--floor", town.data + "/secrets/tls-chain.pem", town.data + "/secrets/tls.pem", String(port)])
        _ = try child.firstLine(of: "the floor's server")
    }

    var meter: ProcessMeter { child.meter }
    func kill() { child.kill() }
}

/// Where what is not built lies.
struct Place {
    /// The folder of `service.py`.
    let peers: String
    /// A Python with the packages of `requirements.txt`.
    let python: String
    /// The library that slows flushes down.
    let slowFlush: String

    init() throws {
        func value(_ name: String) throws -> String {
            guard let value = ProcessInfo.processInfo.environment[name] else {
                throw BenchFault(description: "`\(name)` is not set (hint: Tests/Benchmarks/run sets it)")
            }
            return value
        }
        peers = try value("CONVENANT_BENCH_PEERS")
        python = try value("CONVENANT_PYTHON")
        slowFlush = try value("CONVENANT_BENCH_SLOW_FLUSH")
    }
}

/// A port of the loopback address that nobody listened on a moment ago.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else { return nil }
            return UnsafeRawPointer(address).loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
        }
    }
    guard let port else { throw BenchFault(description: "no port of the loopback address is free") }
    return Int(port)
}
