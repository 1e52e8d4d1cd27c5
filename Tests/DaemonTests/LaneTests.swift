import Foundation
import JOSE
import PartnerKit
import StrictJSON
import Synchronization
import Testing

/// A partner's endpoint that always answers the same, or never.
private struct FixedEndpoint: Sendable {
    let process: ChildProcess
    let port: Int

    /// - Parameter status: a number, or `hang`.
    static func start(_ folder: String, _ status: String, _ headers: String...) async throws -> FixedEndpoint {
        let process = try ChildProcess(
            Checkout.python, ["\(Checkout.interop)/endpoint.py", folder + "/tls-chain.pem", folder + "/tls.pem", status] + headers)
        let port = try await listeningPort { process.isRunning ? process.output : nil }
        return FixedEndpoint(process: process, port: port)
    }

    /// The messages that it was asked to take.
    var asked: [String] { process.output.split(separator: "\n").filter { $0.hasPrefix("asked ") }.map { String($0.dropFirst(6)) } }

    func stop() async {
        process.signal(SIGKILL)
        _ = await process.end()
    }
}

/// A partner that listens in this process.
private final class ListeningInside: Sendable {
    private let lines = Mutex<[String]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    static func start(_ folder: PartnerFolder, exchange: Int) async throws -> (partner: ListeningInside, port: Int) {
        guard let url = URL(string: "https://localhost:\(exchange)") else { throw Trouble("no address") }
        let identity = try PartnerIdentity(folder: folder)
        let partner = ListeningInside()
        partner.task.withLock {
            $0 = Task {
                // It pulls so seldom that what arrives was pushed.
                _ = try? await runPartner(
                    identity: identity, exchange: url, everySeconds: 3_600, once: false, listen: try EndpointAddress("127.0.0.1:0"),
                    onLine: { line in partner.lines.withLock { $0.append(line) } })
            }
        }
        let port = try await listeningPort { partner.lines.withLock { $0.joined(separator: "\n") } }
        return (partner, port)
    }

    var pushed: Int { lines.withLock { $0.count { $0.hasSuffix(" opened pushed") } } }
    func stop() { task.withLock { $0 }?.cancel() }
}

/// The port in the line `listening …` of what is said; nil when nothing more will be.
private func listeningPort(_ said: () -> String?) async throws -> Int {
    var port: Int?
    try await eventually("the line `listening …`", within: 60) {
        guard let said = said() else { throw Trouble("the endpoint ended") }
        port = said.split(separator: "\n").first { $0.hasPrefix("listening ") }.flatMap { Int($0.dropFirst(10)) }
        return port != nil
    }
    return try #require(port)
}

private let allowed = ["CONVENANT_PUSH_PRIVATEHOSTS": "true"]

extension TestDaemon {
    fileprivate func setEndpoint(of partner: Town.Partner, _ url: String) async throws {
        let path = folder.partner(partner).path
        let done = try await folder.command(
            "partner", "add", "--oin", partner.oin, "--name", partner.name, "--certificate", path + "/tls-chain.pem", "--keys",
            path + "/jwks.json", "--endpoint", url, environment: allowed)
        guard done.code == 0 else { throw Trouble("partner add ended with \(done.code): \(done.errors)") }
    }

    /// The line of a partner in `queue list`.
    fileprivate func queue(_ partner: Town.Partner) async throws -> JSONValue? {
        let list = try await folder.command("queue", "list", "--json")
        return try parseJSON(Array(list.output.utf8))["items"]?.arrayValue?.first { $0["partner"]?.stringValue == partner.oin }
    }

    fileprivate func tasks(in state: String) async throws -> Set<String> {
        let items = try await staff("desk-1", .GET, "/v1/tasks?state=\(state)&limit=200").expect(200)["items"]?.arrayValue ?? []
        return Set(items.compactMap { $0["taskId"]?.stringValue })
    }

    fileprivate func desk() async throws -> Answer { try await staff("desk-1", .GET, "/v1/desk").expect(200) }
}

@Suite("lanes to real endpoints", .serialized, .timeLimit(.minutes(15)))
struct LaneTests {
    private static let ten = (1...10).map { number in
        Town.Partner(
            oin: "000000990000000021\(number < 10 ? "0" : "")\(number)", name: "Hulp \(number) (fictief)", curve: .p256,
            key: "lane-\(number)")
    }

    /// A covenant by which all ten may have debts.
    private static var covenant: String {
        let parties = ten.map {
            "  - {oin: \"\($0.oin)\", name: \($0.name), as: receiver, role: jointController, sectors: [debt], sealing: jose-p256}\n"
        }
        return """
            schema: convenant/covenant/1
            id: ten-helpers
            version: 1
            title: {nl: Tien, en: Ten}
            validFrom: 2009-01-05T00:00:00+01:00
            validUntil: null
            parties:
              - {oin: "\(Town.municipality)", name: Gemeente Den Haag (fictief), as: sender, role: controller, sectors: [municipality]}
            \(parties.joined())articles:
              - number: "1"
                purpose: debtAssistance
                from: ["\(Town.municipality)"]
                to: [\(ten.map { "\"\($0.oin)\"" }.joined(separator: ", "))]
                fields: [identification, contact, domains.debts]
                grounds: [consent]
                text: {nl: Hulp, en: Help}

            """
    }

    @Test("one partner takes its messages and never answers: meanwhile every message to the nine others is delivered")
    func nineOfTen() async throws {
        let folder = try await TestFolder.prepared("ten")
        try Self.covenant.write(toFile: folder.policies + "/covenants/ten-helpers.yaml", atomically: true, encoding: .utf8)
        try folder.signCovenants()
        try await withDaemon(folder, environment: allowed) { daemon in
            let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").bytes
            var nine: [ListeningInside] = []
            var hanging: FixedEndpoint?
            for partner in Self.ten {
                try await folder.addPartner(partner, exchangeKeys: keys)
                let path = folder.partner(partner)
                if partner == Self.ten.first {
                    let endpoint = try await FixedEndpoint.start(path.path, "hang")
                    hanging = endpoint
                    try await daemon.setEndpoint(of: partner, "https://localhost:\(endpoint.port)/")
                } else {
                    let (listening, port) = try await ListeningInside.start(path, exchange: daemon.partners)
                    nine.append(listening)
                    try await daemon.setEndpoint(of: partner, "https://localhost:\(port)/")
                }
            }
            let silent = try #require(hanging)
            let rounds = 4
            let consents = Self.ten.map { (to: $0, purpose: "debtAssistance", fields: ["identification", "contact", "domains.debts"]) }
            var stuck: Set<String> = []
            var others: Set<String> = []
            for _ in 0..<rounds {
                let open = try await daemon.openCase(consents: consents)
                for partner in Self.ten {
                    let task = try await daemon.refer(open, to: partner).task
                    if partner == Self.ten.first { stuck.insert(task) } else { others.insert(task) }
                }
            }
            try await eventually("the silent partner holds a message", within: 60) { !silent.asked.isEmpty }
            try await eventually("the nine have everything", within: 120) { try await daemon.tasks(in: "received").isSuperset(of: others) }
            #expect(nine.map(\.pushed) == Array(repeating: rounds, count: 9))
            #expect(try await daemon.tasks(in: "requested") == stuck)
            #expect(try await daemon.queue(Self.ten[0])?["waiting"] == .integer(Int64(rounds)))
            for partner in Self.ten.dropFirst() { #expect(try await daemon.queue(partner)?["waiting"] == 0) }
            for partner in nine { partner.stop() }
            await silent.stop()
        }
    }

    /// The promise is two seconds. Beside other tests, in a debug build, the machine may take longer by itself; the partner would never end it.
    private static let withdrawalIsAnswered: Duration =
        ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? .seconds(2) : .seconds(15)

    @Test("a withdrawal is answered in time though the partner takes messages and never answers; its sends are hung up")
    func withdrawalBesideSilence() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let endpoint = try await FixedEndpoint.start(daemon.folder.partner(Town.debtHelp).path, "hang")
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(endpoint.port)/")
            let open = try await daemon.openCase()
            var messages: Set<String> = []
            for _ in 0..<50 { messages.insert(try await daemon.refer(open).message) }
            try await eventually("the silent partner holds a message", within: 60) { !endpoint.asked.isEmpty }
            let consent = try #require(open.consent(to: Town.debtHelp))
            let began = ContinuousClock().now
            let answer = try await daemon.staff("desk-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]).expect(200)
            #expect(ContinuousClock().now - began < Self.withdrawalIsAnswered)
            func listed(_ name: String) -> Set<String> { Set((answer[name]?.arrayValue ?? []).compactMap(\.stringValue)) }
            #expect(listed("mayHaveLeft").union(listed("ended")) == messages && listed("mayHaveLeft").isDisjoint(with: listed("ended")))
            // Its attempt ends though the partner still holds the connection.
            let held = try #require(endpoint.asked.first)
            try await eventually("the send is hung up", within: 30) {
                let shown = try await daemon.folder.command("queue", "show", held, "--json")
                let attempts = try parseJSON(Array(shown.output.utf8))["attempts"]?.arrayValue ?? []
                return !attempts.isEmpty && attempts.allSatisfy { $0["endedAt"] != nil }
            }
            // Recalls may arrive, of what the answer listed; nothing that it did not list.
            try await Task.sleep(for: .seconds(3))
            #expect(Set(endpoint.asked).intersection(messages).isSubset(of: listed("mayHaveLeft")))
            await endpoint.stop()
        }
    }

    @Test("a redirect is an answer like any other: nobody follows it, the lane rests, and the desk is told at once")
    func redirect() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let path = daemon.folder.partner(Town.debtHelp)
            let (target, port) = try await ListeningInside.start(path, exchange: daemon.partners)
            let endpoint = try await FixedEndpoint.start(path.path, "307", "Location:https://localhost:\(port)/")
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(endpoint.port)/")
            let made = try await daemon.refer(try await daemon.openCase())
            try await eventually("the lane rests", within: 60) { try await daemon.queue(Town.debtHelp)?["lane"] == "rests" }
            #expect(endpoint.asked.contains(made.message))
            let told = try await daemon.desk()["restingLanes"]?.arrayValue ?? []
            #expect(told.map { $0["code"]?.stringValue } == ["http-307"] && told.first?["partner"]?.stringValue == Town.debtHelp.oin)
            #expect(target.pushed == 0)
            #expect(try await daemon.tasks(in: "requested") == [made.task])
            // Mended, it goes.
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(port)/")
            try await eventually("the message arrives", within: 60) { try await daemon.tasks(in: "received") == [made.task] }
            #expect(target.pushed == 1)
            #expect(try await daemon.desk()["restingLanes"] == [])
            target.stop()
            await endpoint.stop()
        }
    }

    @Test("Retry-After is kept to: after 429 with an hour nothing is asked again until somebody says so")
    func retryAfter() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let endpoint = try await FixedEndpoint.start(daemon.folder.partner(Town.debtHelp).path, "429", "Retry-After:3600")
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(endpoint.port)/")
            let made = try await daemon.refer(try await daemon.openCase())
            try await eventually("it was asked", within: 60) { try await daemon.queue(Town.debtHelp)?["code"] == "http-429" }
            #expect(endpoint.asked == [made.message])
            let retried = try await daemon.folder.command("queue", "retry", made.message)
            #expect(retried.code == 0 && retried.output == "\(made.message) waiting\n")
            try await eventually("it is asked again", within: 60) { endpoint.asked == [made.message, made.message] }
            await endpoint.stop()
        }
    }

    @Test("a dead letter on the command line: listed, shown with its attempts, sent again, ended; with nothing about anybody")
    func commands() async throws {
        try await withDaemon(environment: allowed) { daemon in
            let path = daemon.folder.partner(Town.debtHelp)
            let endpoint = try await FixedEndpoint.start(path.path, "422")
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(endpoint.port)/")
            let open = try await daemon.openCase()
            let (first, second) = (try await daemon.refer(open), try await daemon.refer(open))
            try await eventually("both are dead", within: 60) { try await daemon.queue(Town.debtHelp)?["faults"] == 2 }
            #expect(try await daemon.desk()["deliveryFaults"]?.arrayValue?.count == 2)

            let folder = daemon.folder
            var said = ""
            func queue(_ arguments: String...) async throws -> ProgramResult {
                let result = try await run(Checkout.binary, ["queue"] + arguments + ["--data", folder.data])
                said += result.output + result.errors
                return result
            }
            let list = try await queue("list")
            #expect(list.output.contains(/00000099000000002000 +Schuldhulp.* +0 +2 +works/))
            let dead = try await queue("list", "--partner", Town.debtHelp.oin)
            #expect(dead.output.contains("\(first.message)  referral  dead   http-422"))
            let shown = try await queue("show", first.message)
            #expect(shown.output.contains(/state +dead/) && shown.output.contains(/dead +422/))
            #expect(try await queue("show", "x").code == 1)
            #expect(try await queue("end", second.message, "--reason", "boredom").errors.contains("toldOtherwise"))
            #expect(try await queue("end", second.message, "--reason", "toldOtherwise").output == "ended \(second.message)\n")
            let again = try await queue("end", second.message, "--reason", "toldOtherwise")
            #expect(again.code == 1 && again.errors.contains("`\(second.message)` was received, replaced or ended already"))

            let (listening, port) = try await ListeningInside.start(path, exchange: daemon.partners)
            try await daemon.setEndpoint(of: Town.debtHelp, "https://localhost:\(port)/")
            #expect(try await queue("retry", "--partner", Town.debtHelp.oin).output == "0 waiting, 1 sentAgain, 0 refused\n")
            try await eventually("it arrives", within: 60) { try await daemon.tasks(in: "received") == [first.task] }
            #expect(try await queue("show", first.message).output.contains(/receipt.result +opened/))
            #expect(try await queue("retry", first.message).errors.contains("was received, replaced or ended already"))
            #expect(try await queue("list", "--partner", Town.debtHelp.oin).output == "nothing waits\n")
            for secret in open.household.secrets + [open.casefile, open.person] { #expect(!said.contains(secret)) }
            listening.stop()
            await endpoint.stop()
        }
    }
}
