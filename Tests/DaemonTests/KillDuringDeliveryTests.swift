import Foundation
import StrictJSON
import Testing

/// The daemon ends without warning while it delivers to a partner's process and takes withdrawals.
@Suite("kill -9 during delivery", .serialized, .timeLimit(.minutes(60)))
struct KillDuringDeliveryTests {
    static let rounds = ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? 60 : 6

    @Test("every answered referral reaches the partner's process with one effect; what an answered withdrawal ended never does")
    func killed() async throws {
        let folder = try await TestFolder.prepared("kill")
        let allowed = ["CONVENANT_PUSH_PRIVATEHOSTS": "true"]
        var daemon = try await TestDaemon.start(folder, environment: allowed)
        let partner = try await ListeningPartner.start(folder.partner(Town.debtHelp).path, exchange: daemon.partners)
        do {
            #expect(try await daemon.register(Town.debtHelp, port: partner.port, allowed).code == 0)
            let load = try await WriteLoad(daemon, cases: 4, withdrawing: Self.rounds)
            for number in 0..<Self.rounds {
                try await killUnderLoad(daemon, load, load.withdrawing[number], standingStill: number.isMultiple(of: 2) ? partner : nil)
                daemon = try await TestDaemon.start(folder, environment: allowed)
                try await load.resend(to: daemon)
                let compared = try await load.check(folder)
                try #require(compared.code == 0, "\(compared.output)\(compared.errors)")
            }
            try await everythingArrived(load, partner)
            #expect(try await daemon.stop().code == 0)
            let verified = try await folder.command("log", "verify")
            #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
        } catch {
            await daemon.kill()
            await partner.stop()
            throw error
        }
        await partner.stop()
    }

    /// Lets clients write, one of them withdraw, and the courier deliver, and kills the daemon after a number of answers drawn anew.
    /// - Parameter still: a partner that takes nothing meanwhile: more wait for it than go at once, so that the withdrawal ends some.
    private func killUnderLoad(_ daemon: TestDaemon, _ load: WriteLoad, _ open: OpenCase, standingStill still: ListeningPartner?)
        async throws
    {
        still?.process.signal(SIGSTOP)
        defer { still?.process.signal(SIGCONT) }
        let before = load.current.accepted.count
        let queue = before + (still == nil ? 0 : 150)
        let enough = queue + Int.random(in: still == nil ? 1...80 : 40...120)
        let end = ContinuousClock.now + .seconds(20)
        func wait(for count: Int) async throws {
            while load.current.accepted.count < count, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
        }
        let writing = Task { try await load.write(on: daemon, clients: 8) }
        let withdrawing = Task {
            try await wait(for: queue)
            try await load.withdraw(on: open, from: daemon)
        }
        try await wait(for: enough)
        await daemon.kill()
        writing.cancel()
        try await writing.value
        try await withdrawing.value
    }

    private func everythingArrived(_ load: WriteLoad, _ partner: ListeningPartner) async throws {
        let book = load.current
        var expected: Set<String> = []
        var ended: Set<String> = []
        var withdrawals = 0
        for (write, answer) in book.accepted {
            switch write.kind {
            case .signal: break
            case .referral: expected.insert(answer["messageId"]?.stringValue ?? "")
            case .withdrawal:
                withdrawals += 1
                ended.formUnion((answer["ended"]?.arrayValue ?? []).compactMap(\.stringValue))
            }
        }
        // A withdrawal that was stored and not answered ended its case's messages too: those are in no list, and need not arrive.
        let open = Set(load.withdrawing.map(\.casefile))
        let certain = expected.filter { message in
            !book.accepted.contains { write, answer in
                answer["messageId"]?.stringValue == message && open.contains { write.key.contains($0) }
            }
        }
        #expect(!certain.isEmpty && withdrawals > 0 && !ended.isEmpty)
        try await eventually("every message has arrived", within: 120) { certain.isSubset(of: opened(by: partner).keys) }
        let arrived = opened(by: partner)
        #expect(arrived.values.allSatisfy { $0 == 1 }, "\(arrived.values.count { $0 > 1 }) messages had their effect twice")
        #expect(ended.isDisjoint(with: arrived.keys), "\(ended.intersection(arrived.keys).count) messages arrived that had been ended")
        print("\(certain.count) messages arrived, \(withdrawals) withdrawals answered, \(ended.count) messages ended by them")
    }

    /// How often each referral was opened by the partner's process; what comes again is told as `repeated`.
    private func opened(by partner: ListeningPartner) -> [String: Int] {
        partner.process.output.split(separator: "\n").reduce(into: [:]) { counts, line in
            let words = line.split(separator: " ")
            if words.count > 3, words[1] == "referral", words[3] == "opened" { counts[String(words[0]), default: 0] += 1 }
        }
    }
}
