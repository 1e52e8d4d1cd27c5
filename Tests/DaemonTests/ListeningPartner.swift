import Foundation
import StrictJSON

/// A `partner run` process that listens, until it is ended.
struct ListeningPartner: Sendable {
    let process: ChildProcess
    let port: Int

    /// - Parameter port: 0 for a free one; the port of an earlier process to come back on it.
    static func start(_ folder: String, exchange: Int, port: Int = 0, accept: Bool = false) async throws -> ListeningPartner {
        var arguments = [
            // It pulls so seldom that what arrives was pushed; one that accepts does so at its next turn.
            "partner", "run", "--dir", folder, "--exchange", "https://localhost:\(exchange)", "--every", accept ? "10" : "3600", "--listen",
            "127.0.0.1:\(port)",
        ]
        if accept { arguments.append("--accept") }
        return try await started(ChildProcess(Checkout.binary, arguments))
    }

    /// The Python partner, or another program of Tests/Interop that listens as it does.
    static func python(_ folder: String, script: [String] = ["partner.py"]) async throws -> ListeningPartner {
        let arguments = ["\(Checkout.interop)/\(script[0])"] + script.dropFirst() + ["--dir", folder, "--listen", "127.0.0.1:0"]
        return try await started(ChildProcess(Checkout.python, arguments))
    }

    /// Waits until the process says where it listens.
    private static func started(_ process: ChildProcess) async throws -> ListeningPartner {
        let line = try await process.line(beginning: "listening ")
        guard let port = Int(line.dropFirst(10)) else { throw Trouble("`\(line)` names no port") }
        return ListeningPartner(process: process, port: port)
    }

    /// What it said of a message, a line each time: waits for the first, which it writes once its answer is given.
    func lines(about message: String) async throws -> [Substring] {
        var found: [Substring] = []
        try await eventually("a line about the message") {
            // What stands behind the last end of a line may be half of one.
            found = process.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().filter { $0.hasPrefix(message) }
            return !found.isEmpty
        }
        return found
    }

    func stop() async {
        process.signal(SIGKILL)
        _ = await process.end()
    }
}

extension ChildProcess {
    /// The first line that begins so; the process must live until it says it.
    func line(beginning: String) async throws -> Substring {
        var found: Substring?
        try await eventually("the line `\(beginning)…`", within: 60) {
            found = self.output.split(separator: "\n").first { $0.hasPrefix(beginning) }
            return found != nil || !self.isRunning
        }
        guard let found else {
            let ended = await end()
            throw Trouble("the process ended with \(ended.code): \(ended.errors)")
        }
        return found
    }
}

extension TestDaemon {
    func register(_ partner: Town.Partner, port: Int, certificate: String? = nil, _ environment: [String: String] = [:])
        async throws -> ProgramResult
    {
        let path = folder.partner(partner).path
        return try await folder.command(
            "partner", "add", "--oin", partner.oin, "--name", partner.name, "--certificate", certificate ?? path + "/tls-chain.pem",
            "--keys",
            path + "/jwks.json", "--endpoint", "https://localhost:\(port)/", environment: environment)
    }

    /// A case for one helper, with its referral.
    func referOne(to partner: Town.Partner = Town.debtHelp) async throws -> (message: String, task: String) {
        let household = Household()
        let filed = try await staff("intermediary-1", .POST, "/v1/signals", household.signal()).expect(201)
        let signal = filed["signalId"]?.stringValue ?? ""
        let triaged = try await staff(
            "desk-1", .POST, "/v1/signals/\(signal)/triage", ["outcome": "single", "caseManager": "case-manager-1"]
        ).expect(200)
        let casefile = triaged["casefileId"]?.stringValue ?? ""
        let shown = try await staff("case-manager-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
        let person = shown["persons"]?.arrayValue?.first?["personId"]?.stringValue ?? ""
        return try await refer(
            OpenCase(signal: signal, casefile: casefile, person: person, consents: [], household: household), to: partner)
    }

    func state(of task: String) async throws -> String {
        for state in ["requested", "received", "accepted", "onHold", "completed", "rejected", "failed"] {
            let items = try await staff("desk-1", .GET, "/v1/tasks?state=\(state)&limit=200").expect(200)["items"]?.arrayValue ?? []
            if items.contains(where: { $0["taskId"]?.stringValue == task }) { return state }
        }
        return "unknown"
    }

    func figure(_ name: String) async throws -> Double {
        let text = String(decoding: try await manage("/metrics").bytes, as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) } ?? -1
    }
}
