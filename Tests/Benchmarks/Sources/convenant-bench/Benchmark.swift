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
    /// Messages that are pushed.
    let delivered: Int
    /// Open tasks beside which an idle daemon is looked at.
    let openTasks: Int
    /// Referrals in the database at which one is measured again, after the first table.
    let growth: [Int]

    static let short = Plan(rounds: 3, roundSeconds: 1.2, delivered: 10_000, openTasks: 1_000_000, growth: [])
    // A turn through the cells takes less than the minute after which a listener closes what is idle.
    static let long = Plan(
        rounds: 12, roundSeconds: 2.2, delivered: 10_000, openTasks: 1_000_000, growth: [1_000, 10_000, 30_000, 100_000, 350_000])

    /// About how long it takes.
    var seconds: Int {
        Int(Double(rounds * (Cell.table.count + Cell.slowTable.count)) * (roundSeconds + 0.1)) + delivered / 200 + 60 + growth.count * 20
            + (growth.last ?? 0) / 700
    }
}

@main
struct Benchmark {
    static func main() async {
        let arguments = CommandLine.arguments
        do {
            if arguments.count == 5, arguments[1] == "--floor", let port = Int(arguments[4]) {
                return try await serveFloor(certificates: arguments[2], key: arguments[3], port: port)
            }
            guard arguments.count == 2 else {
                say("usage: convenant-bench DAEMON (hint: Tests/Benchmarks/run builds and starts both)")
                exit(64)
            }
            let environment = ProcessInfo.processInfo.environment
            let plan = environment["CONVENANT_LONG"] == "1" ? Plan.long : .short
            if let only = environment["CONVENANT_BENCH_ONLY"] {
                try await run(only: only, daemon: arguments[1], plan: plan)
            } else {
                try await run(daemon: arguments[1], plan: plan)
            }
        } catch {
            say("error: \(error)")
            exit(1)
        }
    }

    static func run(daemon binary: String, plan: Plan) async throws {
        say(
            "about \(plan.seconds) s: \(plan.rounds) rounds over \(Cell.table.count + Cell.slowTable.count) cells of \(plan.roundSeconds) s, interleaved; loopback only"
        )
        let place = try Place()
        let folder = FileManager.default.temporaryDirectory.path + "/convenant-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let before = Machine.load
        say("asking the gate, and other engines")
        let gate = try measureGate(place)
        let flush = try Machine.flushMicroseconds(in: FileManager.default.temporaryDirectory.path)
        let town = try Town(folder: folder + "/town", binary: binary)
        let slowTown = try Town(folder: folder + "/slow-town", binary: binary)
        let parts = try FloorParts.measure(in: folder)

        let process = try DaemonProcess(binary: binary, town: town)
        defer { process.kill() }
        let slowProcess = try DaemonProcess(binary: binary, town: slowTown, slowFlush: place.slowFlush)
        defer { slowProcess.kill() }
        try await Task.sleep(for: .seconds(5))
        let idle = process.meter.residentMegabytes
        let floor = try FloorProcess(town: town)
        defer { floor.kill() }
        let (setting, dialler) = (Setting(), try Dialler(town))
        await setting.add(try await dialler.floor(floor), as: .floor)
        await setting.add(try await dialler.daemon(process, of: town), as: .convenant)
        await setting.add(try await Dialler(slowTown).daemon(slowProcess, of: slowTown), as: .slowConvenant)
        var peers: [PeerProcess] = []
        defer { for peer in peers { peer.kill() } }
        for (name, commits, slow) in [
            (ServerName.peer, "each", false), (.peerTogether, "together", false), (.slowPeer, "each", true),
            (.slowPeerTogether, "together", true),
        ] {
            let peer = try PeerProcess(place, town: town, folder: "\(folder)/peer-\(peers.count)", commits: commits, slowFlush: slow)
            peers.append(peer)
            await setting.add(try await dialler.peer(peer), as: name)
        }

        let cells = Cell.table + Cell.slowTable
        var rounds: [String: [Measured]] = [:]
        for cell in cells { _ = try await setting.measure(cell, seconds: 0.2) }
        for round in 1...plan.rounds {
            for cell in cells { rounds[cell.name, default: []].append(try await setting.measure(cell, seconds: plan.roundSeconds)) }
            say("round \(round) of \(plan.rounds)")
        }
        let found = rounds.mapValues(Measured.median)
        print("cores \(Machine.cores), load \(before) before and \(Machine.load) after; a 4 KiB write with fdatasync: \(flush) us")
        print("\n" + table(gate) + "\n")
        print(table(cells.map { ($0.name, found[$0.name] ?? Measured.median([])) }))
        for peer in peers { peer.kill() }
        for name in [ServerName.peer, .peerTogether, .slowPeer, .slowPeerTogether, .slowConvenant, .floor] { await setting.remove(name) }
        try slowProcess.stop()

        say("delivering")
        let delivered = try await Delivered.measure(plan.delivered, setting, process, town)
        print("\n" + table(ratios(found, parts, delivered)))

        if !plan.growth.isEmpty { try await grow(plan, setting, process, town) }
        say("checking the log")
        let accepted = await setting.accepted
        await setting.remove(.convenant)
        try process.stop()
        say("\(accepted) referrals, each with an id of its own; \(try town.run(["log", "verify"]).trimmingCharacters(in: .newlines))")

        say("adding open tasks")
        try ManyTasks.add(plan.openTasks, to: town)
        let many = try await ManyTasks.measure(town, seconds: 10)
        print(
            "\n"
                + table([
                    ["", "start ms", "resident MB", "processor us in an idle second"],
                    ["a new town", whole(process.startMilliseconds), whole(idle), ""],
                    [
                        "\(many.tasks) open tasks, none due", whole(many.startMilliseconds), whole(many.residentMegabytes),
                        whole(many.idleMicrosecondsPerSecond),
                    ],
                ]))
    }

    /// Only the daemon's own cells whose names hold a text: to see what a change of the program does.
    static func run(only text: String, daemon binary: String, plan: Plan) async throws {
        if text == "gate" { return print(table(try measureGate(Place()))) }
        let cells = Cell.table.filter { $0.server == .convenant && $0.name.contains(text) }
        let folder = FileManager.default.temporaryDirectory.path + "/convenant-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let town = try Town(folder: folder + "/town", binary: binary)
        let process = try DaemonProcess(binary: binary, town: town)
        defer { process.kill() }
        say("the daemon is process \(process.meter.pid)")
        let setting = Setting()
        await setting.add(try await Dialler(town).daemon(process, of: town), as: .convenant)
        var rounds: [String: [Measured]] = [:]
        for _ in 0...plan.rounds {
            for cell in cells { rounds[cell.name, default: []].append(try await setting.measure(cell, seconds: plan.roundSeconds)) }
        }
        print(table(cells.map { ($0.name, Measured.median(rounds[$0.name].map { Array($0.dropFirst()) } ?? [])) }))
        let delivered = text == "deliver" ? try await Delivered.measure(plan.delivered, setting, process, town) : nil
        if let delivered {
            print(
                "\(delivered.messages) delivered: \(whole(delivered.perSecond)) a second, \(whole(delivered.processor)) us of the daemon and \(whole(delivered.partnerProcessor)) of the partner"
            )
        }
        await setting.remove(.convenant)
        try process.stop()
        say(try town.run(["log", "verify"]))
    }

    /// What is promised, as ratios of this run.
    private static func ratios(_ found: [String: Measured], _ parts: FloorParts, _ delivered: Delivered) -> [[String]] {
        func cell(_ kind: Cell.Kind, _ server: ServerName) -> Measured {
            found[Cell(kind: kind, server: server, connections: 32).name] ?? Measured.median([])
        }
        let (own, peer, together) = (cell(.referralP256, .convenant), cell(.referralP256, .peer), cell(.referralP256, .peerTogether))
        let both = 1 / (1 / own.perSecond + 1 / cell(.signal, .convenant).perSecond)
        let peersBoth = 1 / (1 / peer.perSecond + 1 / cell(.signal, .peer).perSecond)
        let https = cell(.floor, .floor).processor
        let floor = parts.total(https: https)
        return [
            ["at 32 connections", "measured", "promised"],
            ["accepted referrals a second, of the peer's", hundredths(own.perSecond / peer.perSecond), "5.00"],
            ["  of the peer's that commits together", hundredths(own.perSecond / together.perSecond), ""],
            ["  signal and then referral, of the peer's signal and referral", hundredths(both / peersBoth), ""],
            ["  of the peer's referral with its content", hundredths(own.perSecond / cell(.whole, .peer).perSecond), ""],
            [
                "with each flush 4 ms slower, of the peer's",
                hundredths(cell(.referralP256, .slowConvenant).perSecond / cell(.referralP256, .slowPeer).perSecond), "16.00",
            ],
            [
                "  of the peer's that commits together",
                hundredths(cell(.referralP256, .slowConvenant).perSecond / cell(.referralP256, .slowPeerTogether).perSecond), "",
            ],
            ["processor time of a referral, of the floor", hundredths(own.processor / floor), "2.00"],
            [
                "  floor: HTTPS \(whole(https)), JSON \(whole(parts.json)), sealing \(whole(parts.sealing)), row \(whole(parts.row)), leaf \(whole(parts.leaf)), us",
                whole(floor), "",
            ],
            ["delivered a second with a receipt, of accepted", hundredths(delivered.perSecond / own.perSecond), "0.45"],
            [
                "  \(delivered.messages) messages: a second, us of the daemon and of the partner",
                "\(whole(delivered.perSecond)), \(whole(delivered.processor)) and \(whole(delivered.partnerProcessor))", "",
            ],
            ["handshakes for each thousand messages", hundredths(delivered.connectionsPerThousand), "5.00"],
        ]
    }

    private static func grow(_ plan: Plan, _ setting: Setting, _ process: DaemonProcess, _ town: Town) async throws {
        print("\nas the database grows")
        var rows: [(String, Measured)] = []
        for size in plan.growth {
            say("growing to \(size) referrals")
            while await setting.accepted < size { _ = try await setting.measure(Cell.filling, seconds: 2) }
            var found: [Measured] = []
            for _ in 0..<3 { found.append(try await setting.measure(Cell.filling, seconds: plan.roundSeconds)) }
            let accepted = await setting.accepted
            rows.append(
                (
                    "\(accepted) referrals, \(try town.rows) rows, \(town.megabytes) MB, daemon \(whole(process.meter.residentMegabytes)) MB",
                    Measured.median(found)
                ))
        }
        print(table(rows))
    }
}
