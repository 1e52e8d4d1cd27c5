import Foundation
import PartnerKit
import StrictJSON
import Testing

/// Two municipalities, each with a node of its own: a household moves from the one to the other.
private enum Moving {
    static let other = Town.Partner(oin: "00000099000000011000", name: "Gemeente Verderop (fictief)", curve: .p256, key: "node-b")

    private static func write(_ text: String, to folder: TestFolder, _ name: String) throws {
        try text.write(toFile: folder.policies + "/covenants/\(name).yaml", atomically: true, encoding: .utf8)
    }

    /// What both municipalities signed, as each has it: the one refers, the other lets it file.
    static func covenant(_ folder: TestFolder, of oin: String, fields: String) throws {
        let refers = oin == Town.municipality
        let id = refers ? "moved-households" : "moved-households-intake"
        var text = """
            schema: convenant/covenant/1
            id: \(id)
            version: 1
            title: {nl: Convenant verhuisde huishoudens, en: Covenant on households that moved}
            validFrom: 2009-01-05T00:00:00+01:00
            validUntil: null
            parties:
              - {oin: "\(Town.municipality)", name: Gemeente Den Haag (fictief), as: sender, role: controller, sectors: [municipality]}
              - {oin: "\(other.oin)", name: \(other.name), as: \(refers ? "receiver" : "both"), role: jointController, sectors: [municipality]\(refers ? ", sealing: jose-p256" : "")}
            articles:

            """
        let roads =
            refers ? [("1", "householdMoved", Town.municipality)] : [("2", "intake", Town.municipality), ("3", "intake", other.oin)]
        for (number, purpose, from) in roads {
            text += """
                  - number: "\(number)"
                    purpose: \(purpose)
                    from: ["\(from)"]
                    to: ["\(other.oin)"]
                    fields: [\(fields)]
                    grounds: [consent]
                    text: {nl: Wat nodig is om een verhuisd huishouden verder te helpen., en: What is needed to go on helping a household that moved.}

                """
        }
        try write(text, to: folder, id)
        try folder.signCovenants()
    }
}

@Suite("two nodes", .serialized, .timeLimit(.minutes(10)))
struct NodeTests {
    /// The bridge: the other municipality's partner system at The Hague's exchange, filing at its own desk.
    private func bridge(_ there: TestFolder, desk: Int, exchange: Int, with password: String, roots: String) throws -> ChildProcess {
        let folder = there.partner(Moving.other).path
        for (name, text, mode) in [("desk-password", password + "\n", 0o600), ("desk-roots.pem", roots, 0o644)] {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
        }
        return try ChildProcess(
            Checkout.binary,
            [
                "partner", "run", "--dir", folder, "--exchange", "https://localhost:\(exchange)", "--every", "1", "--file-into",
                "https://localhost:\(desk)", "--account", "from-the-hague",
            ])
    }

    /// A household at The Hague whose member agreed, and its referral to the other municipality.
    private func refer(at daemon: TestDaemon, _ household: Household) async throws -> (casefile: String, message: String, task: String) {
        let fields = ["identification", "contact", "domains.debts"]
        let filed = try await daemon.staff(
            "intermediary-1", .POST, "/v1/signals", household.signal(consents: [(Moving.other, "householdMoved", fields)])
        ).expect(201)
        let signal = filed["signalId"]?.stringValue ?? ""
        let triaged = try await daemon.staff(
            "desk-1", .POST, "/v1/signals/\(signal)/triage", ["outcome": "single", "caseManager": "case-manager-1"]
        ).expect(200)
        let casefile = triaged["casefileId"]?.stringValue ?? ""
        let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
        let person = shown["persons"]?.arrayValue?.first?["personId"]?.stringValue ?? ""
        let made = try await daemon.staff(
            "case-manager-1", .POST, "/v1/referrals",
            OpenCase(signal: signal, casefile: casefile, person: person, consents: [], household: household)
                .referral(to: Moving.other, purpose: "householdMoved", fields: fields)
        ).expect(201)
        return (casefile, made["messageId"]?.stringValue ?? "", made["taskId"]?.stringValue ?? "")
    }

    private struct Nodes: Sendable {
        let here: TestDaemon
        let there: TestDaemon
        let bridge: ChildProcess
    }

    /// Both nodes at work, told of one another, until the body ends; `fields` is what the other lets The Hague file.
    private func withNodes(filing fields: String, _ body: (Nodes) async throws -> Void) async throws {
        let nodes = try await nodes(filing: fields)
        let result: Result<Void, any Error>
        do { result = .success(try await body(nodes)) } catch { result = .failure(error) }
        nodes.bridge.signal(SIGKILL)
        let said = await nodes.bridge.end()
        for daemon in [nodes.here, nodes.there] { _ = try? await daemon.stop() }
        if case .failure = result { Issue.record("the bridge said: \(said.output)\(said.errors)") }
        try result.get()
        for node in [nodes.here, nodes.there] {
            let verified = try await node.folder.command("log", "verify")
            #expect(verified.code == 0, "\(verified.errors)")
        }
    }

    private func nodes(filing fields: String) async throws -> Nodes {
        let disclosed = "identification, contact, domains.debts"
        let first = try await TestFolder.prepared("here")
        try Moving.covenant(first, of: Town.municipality, fields: disclosed)
        var second = try await TestFolder.make("there", oin: Moving.other.oin, municipality: Moving.other.name)
        try second.decide(onRefusal: "refuse")
        try Moving.covenant(second, of: Moving.other.oin, fields: fields)
        for account in [("desk-1", "contactPoint"), ("case-manager-1", "socialCaseManager")] {
            try await second.addStaff(account.0, role: account.1)
        }
        try await second.addStaff("from-the-hague", role: "intermediary", organisation: Town.municipality)
        let here = try await TestDaemon.start(first)
        let there = try await TestDaemon.start(second)
        // another node is a partner like any other: three keys, registered in the same way
        try await first.addPartner(Moving.other, exchangeKeys: try await here.anonymous(.GET, "/v1/jwks.json").bytes)
        try FileManager.default.createDirectory(atPath: second.root + "/partners", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: first.partner(Moving.other).path, toPath: second.partner(Moving.other).path)
        let roots = try String(contentsOfFile: second.file("trust/roots.pem"), encoding: .utf8)
        let password = try #require(second.passwords["from-the-hague"])
        return Nodes(
            here: here, there: there,
            bridge: try bridge(second, desk: there.staff, exchange: here.partners, with: password, roots: roots))
    }

    @Test(
        "a household moves: the referral becomes a signal there behind that node's own gate, and what is done there comes back to the task here"
    )
    func moves() async throws {
        try await withNodes(filing: "identification, contact, domains.debts") { nodes in
            let household = Household()
            let made = try await refer(at: nodes.here, household)
            try await eventually("the task is received here") { try await nodes.here.state(of: made.task) == "received" }

            // there: a new signal, filed in The Hague's name
            var signal = ""
            try await eventually("the desk there has it") {
                let record = try #require(
                    FileManager.default.contents(atPath: nodes.there.folder.partner(Moving.other).path + "/filed/\(made.message).json"))
                signal = try parseJSON([UInt8](record))["signalId"]?.stringValue ?? ""
                return !signal.isEmpty
            }
            let shown = try await nodes.there.staff("desk-1", .GET, "/v1/signals/\(signal)").expect(200)
            #expect(shown["filedBy"]?.stringValue == Town.municipality && shown["outcome"] == "accepted" && shown["status"] == "received")
            #expect(try await nodes.here.state(of: made.task) == "received")
            let triaged = try await nodes.there.staff(
                "desk-1", .POST, "/v1/signals/\(signal)/triage", ["outcome": "single", "caseManager": "case-manager-1"]
            ).expect(200)
            let casefile = triaged["casefileId"]?.stringValue ?? ""
            let read = try await nodes.there.staff("case-manager-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
            let text = read.json.canonicalText
            #expect(text.contains(household.family) && text.contains(household.observation))
            #expect(!text.contains(household.observation + " en stil"))
            try await eventually("picked up there is accepted here") { try await nodes.here.state(of: made.task) == "accepted" }

            _ = try await nodes.there.staff("case-manager-1", .POST, "/v1/casefiles/\(casefile)/closure", ["outcome": "solved"]).expect(200)
            try await eventually("closed there is completed here") { try await nodes.here.state(of: made.task) == "completed" }
            // One helper, and it took the case on: it closed by itself when the task was accepted.
            let closed = try await nodes.here.staff("case-manager-1", .GET, "/v1/casefiles/\(made.casefile)").expect(200)
            #expect(closed["state"] == "closed")

            // the bridge said ids and codes, and kept nothing of the household
            let said = nodes.bridge.output + nodes.bridge.errors
            for secret in household.secrets { #expect(!said.contains(secret)) }
            let folder = nodes.there.folder.partner(Moving.other).path
            #expect(!FileManager.default.fileExists(atPath: folder + "/opened"))
        }
    }

    @Test("the node there decides at its own entrance: without a covenant of its own the referral is refused, and here the task fails")
    func refused() async throws {
        try await withNodes(filing: "domains.housing") { nodes in
            let made = try await refer(at: nodes.here, Household())
            try await eventually("the task has failed here") { try await nodes.here.state(of: made.task) == "failed" }
            #expect(nodes.bridge.output.contains("refused:disclosure-refused"))
            let filed = nodes.there.folder.partner(Moving.other).path + "/filed/\(made.message).json"
            #expect(FileManager.default.contents(atPath: filed) == nil)
        }
    }
}
