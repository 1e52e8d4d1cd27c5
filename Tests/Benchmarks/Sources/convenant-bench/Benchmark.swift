import Foundation

/// What the benchmark could not do.
struct BenchFault: Error, CustomStringConvertible {
    let description: String
}

/// Says something about the progress; results alone go to stdout.
func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// How long everything takes.
struct Plan {
    let rounds: Int
    let roundSeconds: Double
    /// Referrals in the database at which one is measured again, after the first table.
    let growth: [Int]

    static let short = Plan(rounds: 3, roundSeconds: 1.2, growth: [])
    static let long = Plan(rounds: 7, roundSeconds: 4, growth: [10_000, 30_000, 100_000, 300_000])

    var seconds: Int { Int(Double(rounds * Cell.table.count) * (roundSeconds + 0.1)) + 8 + growth.count * 20 + (growth.last ?? 0) / 700 }
}

@main
struct Benchmark {
    static func main() async {
        guard CommandLine.arguments.count == 2 else {
            say("usage: convenant-bench DAEMON (hint: Tests/Benchmarks/run builds and starts both)")
            exit(64)
        }
        do {
            try await run(
                daemon: CommandLine.arguments[1], plan: ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? .long : .short)
        } catch {
            say("error: \(error)")
            exit(1)
        }
    }

    static func run(daemon binary: String, plan: Plan) async throws {
        say(
            "about \(plan.seconds) s: \(plan.rounds) rounds over \(Cell.table.count) cells of \(plan.roundSeconds) s, interleaved; loopback only"
        )
        let folder = FileManager.default.temporaryDirectory.path + "/convenant-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let before = Machine.load
        let decisions = measureDecisions()
        let flush = try Machine.flushMicroseconds(in: FileManager.default.temporaryDirectory.path)
        let town = try Town(folder: folder, binary: binary)
        let process = try DaemonProcess(binary: binary, data: town.data)
        defer { process.kill() }
        let setting = try await Setting(town, process)

        var found: [String: [Measured]] = [:]
        for cell in Cell.table { _ = try await setting.measure(cell, of: process.meter, seconds: 0.2) }
        for round in 1...plan.rounds {
            for cell in Cell.table {
                found[cell.name, default: []].append(try await setting.measure(cell, of: process.meter, seconds: plan.roundSeconds))
            }
            say("round \(round) of \(plan.rounds)")
        }
        print("cores \(Machine.cores), load \(before) before and \(Machine.load) after; a 4 KiB write with fdatasync: \(flush) us")
        print("decideDisclosure, 20 partners x 8 purposes x 12 fields, 50 consents: \(decisions) us\n")
        print(table(Cell.table.map { cell in (cell.name, Measured.median(found[cell.name, default: []])) }))

        if !plan.growth.isEmpty { try await grow(plan, setting, process, town) }
        say("checking the log")
        let accepted = await setting.accepted
        try await setting.close()
        try process.stop()
        say("\(accepted) referrals, each with an id of its own; \(try town.run(["log", "verify"]).trimmingCharacters(in: .newlines))")
    }

    private static func grow(_ plan: Plan, _ setting: Setting, _ process: DaemonProcess, _ town: Town) async throws {
        print("\nas the database grows")
        var rows: [(String, Measured)] = []
        for size in plan.growth {
            say("growing to \(size) referrals")
            while await setting.accepted < size { _ = try await setting.measure(Cell.filling, of: process.meter, seconds: 2) }
            var found: [Measured] = []
            for _ in 0..<3 { found.append(try await setting.measure(Cell.filling, of: process.meter, seconds: plan.roundSeconds)) }
            let accepted = await setting.accepted
            rows.append(
                ("\(accepted) referrals, \(town.megabytes) MB, daemon \(process.meter.residentMegabytes) MB", Measured.median(found)))
        }
        print(table(rows))
    }
}
