import Foundation

/// What bringing messages to a partner costs: the daemon pushes, `convenant partner run` opens each and signs the receipt.
struct Delivered {
    let messages: Int
    let perSecond: Double
    /// Connections that the partner took for each thousand messages; each is a handshake.
    let connectionsPerThousand: Double
    /// Processor time of the daemon and of the partner for each message, microseconds.
    let processor: Double
    let partnerProcessor: Double

    /// Queues messages for a partner that is down, starts it, and waits until each of them has its receipt.
    static func measure(_ count: Int, _ setting: Setting, _ process: DaemonProcess, _ town: Town) async throws -> Delivered {
        var queued = 0
        while queued < count {
            let before = await setting.accepted
            _ = try await setting.measure(Cell(kind: .pushed, server: .convenant, connections: 32), seconds: 0.5)
            queued += await setting.accepted - before
        }
        try town.tell(exchangeKeys: try await setting.exchangeKeys())
        let partner = try ChildProcess(
            town.binary,
            [
                "partner", "run", "--dir", town.pushFolder, "--exchange", "https://127.0.0.1:\(process.partnersPort)", "--listen",
                "127.0.0.1:\(town.pushPort)",
            ])
        defer { partner.kill() }
        _ = try partner.firstLine(of: "the partner")
        partner.ignoreOutput()
        let connections = try tcpConnections()
        let (daemonBefore, partnerBefore) = (process.meter.processorMicroseconds, partner.meter.processorMicroseconds)
        let first = try receipted(town)
        var (start, timedFrom, done) = (ContinuousClock.now, first, first)
        while done < queued {
            guard ContinuousClock.now - start < .seconds(300) else {
                throw BenchFault(description: "\(queued - done) of \(queued) messages were not delivered in five minutes")
            }
            try await Task.sleep(for: .milliseconds(50))
            let now = try receipted(town)
            // The courier rests a while after it found nobody there: the time counts from the first receipt.
            if done == first, now > first { (start, timedFrom) = (ContinuousClock.now, now) }
            done = now
        }
        let seconds = Double((ContinuousClock.now - start) / .microseconds(1)) / 1_000_000
        let delivered = Double(queued - first)
        return Delivered(
            messages: queued, perSecond: Double(queued - timedFrom) / seconds,
            connectionsPerThousand: Double(try tcpConnections() - connections) * 1000 / delivered,
            processor: (process.meter.processorMicroseconds - daemonBefore) / delivered,
            partnerProcessor: (partner.meter.processorMicroseconds - partnerBefore) / delivered)
    }

    /// Connections that anybody on this machine has taken so far; beside a bench nobody takes many.
    private static func tcpConnections() throws -> Int {
        let lines = String(decoding: FileManager.default.contents(atPath: "/proc/net/snmp") ?? Data(), as: UTF8.self)
            .split(separator: "\n").filter { $0.hasPrefix("Tcp:") }.map { $0.split(separator: " ") }
        guard lines.count == 2, let place = lines[0].firstIndex(of: "PassiveOpens"), let count = Int(lines[1][place]) else {
            throw BenchFault(description: "`/proc/net/snmp` does not tell the connections taken")
        }
        return count
    }

    private static func receipted(_ town: Town) throws -> Int {
        try Database(town.data + "/convenant.sqlite", readOnly: true).number(
            "SELECT count(*) FROM message WHERE partner = '\(TownPolicies.onPush)' AND state = 'receipted'")
    }
}
