import Casework
import Foundation
import Storage
import StrictJSON
import Synchronization

/// What the story came to; every member was read back from the API, from a partner's process, or from the log.
struct DemoOutcome {
    var filed = ""
    var visit = ""
    var sent: [String] = []
    var leftOut: [String] = []
    var refused: [String] = []
    var stopped = 0
    var receipt = ""
    var task = ""
    var logIntact = false

    /// Whether everything happened that the demonstration promises.
    var isAsPromised: Bool {
        filed == "accepted" && visit == "spoke" && !sent.isEmpty && !leftOut.isEmpty && refused == ["consent-refused"] && stopped == 1
            && receipt == "opened"
            && task == "accepted" && logIntact
    }

    var json: JSONValue {
        [
            "filed": .string(filed), "visit": .string(visit), "sent": .array(sent.map(JSONValue.string)),
            "leftOut": .array(leftOut.map(JSONValue.string)),
            "refused": .array(refused.map(JSONValue.string)), "stoppedByWithdrawal": .integer(Int64(stopped)), "receipt": .string(receipt),
            "task": .string(task), "logIntact": .bool(logIntact),
        ]
    }
}

/// The story: a signal, a minimised referral that a partner opens, one refused, one stopped by a withdrawal, and the log's verdict.
final class DemoStory: Sendable {
    private let town: DemoTown
    private let accounts: [DemoTown.Account]
    private let ports: ListeningPorts
    private let screen: DemoScreen
    private let running = Mutex<[PartnerProcess]>([])

    init(town: DemoTown, accounts: [DemoTown.Account], ports: ListeningPorts, screen: DemoScreen) {
        self.town = town
        self.accounts = accounts
        self.ports = ports
        self.screen = screen
    }

    /// Ends the partners' processes.
    func endPartners() {
        for process in running.withLock({ $0 }) { process.end() }
    }

    func tell() async throws -> DemoOutcome {
        let client = try DemoClient(port: ports.staff, roots: town.folder.trustRoots)
        do {
            let outcome = try await tell(client)
            await client.close()
            return outcome
        } catch {
            await client.close()
            throw fail("\(error)", Exit.refused)
        }
    }

    private func tell(_ client: DemoClient) async throws -> DemoOutcome {
        var outcome = DemoOutcome()
        let debtHelp = try start(DemoTown.debtHelp)
        _ = try start(DemoTown.housing)
        let desk = try await signIn(client, .contactPoint)
        let manager = try await signIn(client, .socialCaseManager)

        screen.step(1, "An intermediary files a signal about a household of two")
        let filed = try await client.send(.POST, "/v1/signals", token: try await signIn(client, .intermediary), town.signal, expect: 201)
        outcome.filed = filed["outcome"]?.stringValue ?? ""
        let signal = filed["signalId"]?.stringValue ?? ""
        let refusedRefs = Set((filed["leftOut"]?.arrayValue ?? []).compactMap { $0["ref"]?.stringValue }).subtracting(["household"])
        screen.fact("gate", "\(outcome.filed), without anything about person \(refusedRefs.sorted().joined(separator: ", "))")
        screen.table(leftOutRows(filed["leftOut"], of: "ref"))

        screen.step(2, "The desk triages it: several problems, unrelated; a case manager takes it on")
        let triaged = try await client.send(
            .POST, "/v1/signals/\(signal)/triage", token: desk, ["outcome": "multipleUnrelated", "caseManager": "case-manager-1"],
            expect: 200)
        let casefile = triaged["casefileId"]?.stringValue ?? ""
        let shown = try await client.send(.GET, "/v1/casefiles/\(casefile)", token: manager, expect: 200)
        let person = shown["persons"]?.arrayValue?.first
        let subject = person?["personId"] ?? .null
        screen.fact("case", "\(shown["triage"]?.stringValue ?? ""), \(shown["persons"]?.arrayValue?.count ?? 0) person")

        screen.step(3, "The case manager visits, before anybody else is brought in")
        let visit = try await client.send(
            .POST, "/v1/casefiles/\(casefile)/home-visits", token: manager, ["outcome": "spoke"], expect: 200)
        outcome.visit = visit["outcome"]?.stringValue ?? ""
        screen.fact("visit", outcome.visit)

        screen.step(4, "A referral to debt help: permitted, minimised, sealed; its process opens it and signs a receipt")
        let everything: JSONValue = [
            "identification", "identification.bsn", "contact", "domains.debts", "domains.income", "domains.wellbeing", "domains.housing",
        ]
        let referral = try await client.send(
            .POST, "/v1/referrals", token: manager,
            [
                "casefileId": .string(casefile), "to": .string(DemoTown.debtHelp.oin), "purpose": "debtAssistance", "fields": everything,
                "subjects": [subject],
            ],
            expect: 201)
        outcome.leftOut = (referral["decision"]?["leftOut"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue }
        let message = referral["messageId"]?.stringValue ?? ""
        let line = try await debtHelp.line(about: message) ?? "nothing heard"
        outcome.sent = try fieldsOpened(message)
        screen.fact("sent", outcome.sent.joined(separator: ", "))
        screen.table(leftOutRows(referral["decision"]?["leftOut"], of: nil))
        let words = line.split(separator: " ").map(String.init)
        outcome.receipt = words.contains("opened") ? "opened" : line
        let task = try await settledTask(referral["taskId"] ?? .null, client, desk) ?? .null
        outcome.task = task["state"]?.stringValue ?? ""
        screen.fact("receipt", "\(outcome.receipt), signed by \(DemoTown.debtHelp.name)")
        screen.fact("task", "\(outcome.task), a sign of progress due \(task["dueAt"]?.stringValue?.prefix(10) ?? "")")

        screen.step(5, "A referral to the housing corporation: refused")
        let (status, refusal) = try await client.ask(
            .POST, "/v1/referrals", token: manager,
            [
                "casefileId": .string(casefile), "to": .string(DemoTown.housing.oin), "purpose": "evictionPrevention",
                "fields": ["identification.name", "contact.address", "domains.housing"], "subjects": [subject],
            ])
        outcome.refused = (refusal["reasons"]?.arrayValue ?? []).compactMap(\.stringValue)
        screen.fact("gate", "\(status) \(refusal["code"]?.stringValue ?? ""): \(outcome.refused.joined(separator: ", "))")
        screen.fact("why", refusal["explanation"]?["en"]?.stringValue ?? "")

        screen.step(6, "A referral to care waits in the queue; the resident telephones and says no")
        let care = try await client.send(
            .POST, "/v1/referrals", token: manager,
            [
                "casefileId": .string(casefile), "to": .string(DemoTown.care.oin), "purpose": "careAllocation",
                "fields": ["identification", "contact", "domains.wellbeing"], "subjects": [subject],
            ], expect: 201)
        let consent = person?["consents"]?.arrayValue?.first { $0["recipients"] == [.string(DemoTown.care.oin)] }
        let withdrawn = try await client.send(
            .POST, "/v1/consents/\(consent?["consentId"]?.stringValue ?? "")/withdrawal", token: desk, ["how": "telephone"], expect: 200)
        let ended = (withdrawn["ended"]?.arrayValue ?? []).compactMap(\.stringValue)
        outcome.stopped = ended == [care["messageId"]?.stringValue ?? ""] ? 1 : 0
        screen.fact(
            "ended",
            "\(ended.count) before it left; \(withdrawn["left"]?.arrayValue?.count ?? 0) had left, \(withdrawn["mayHaveLeft"]?.arrayValue?.count ?? 0) may have"
        )
        let look = try PartnerProcess.lookOnce(
            folder: town.partnerFolder(DemoTown.care), exchange: "https://localhost:\(ports.partners)")
        if look.status != 0 || !look.lines.isEmpty { outcome.stopped = 0 }
        screen.fact("partner", "\(DemoTown.care.name) looks, ends with \(look.status), and was given \(look.lines.count) messages")

        screen.step(7, "The privacy officer reads the log and checks it")
        let officer = try await signIn(client, .privacyOfficer)
        let entries = try await client.send(.GET, "/v1/log/entries?limit=200", token: officer, expect: 200)
        let events = (entries["items"]?.arrayValue ?? []).compactMap { $0["entry"]?["event"]?.stringValue }
        screen.table(countRows(events))
        let verdict = try LogVerdict.of(town.folder)
        outcome.logIntact = verdict.isIntact
        screen.fact("verdict", verdict.text)
        return outcome
    }

    private func start(_ partner: DemoTown.Organisation) throws -> PartnerProcess {
        let process = try PartnerProcess(folder: town.partnerFolder(partner), exchange: "https://localhost:\(ports.partners)")
        running.withLock { $0.append(process) }
        return process
    }

    private func signIn(_ client: DemoClient, _ role: StaffRole) async throws -> String {
        guard let account = accounts.first(where: { $0.role == role }) else { throw DemoClient.Failure(description: "no account") }
        return try await client.signIn(account.name, account.password)
    }

    /// The task once its partner has accepted it, read from the API.
    private func settledTask(_ id: JSONValue, _ client: DemoClient, _ token: String) async throws -> JSONValue? {
        var found: JSONValue?
        for _ in 0..<100 {
            let tasks = try await client.send(.GET, "/v1/tasks?limit=50", token: token, expect: 200)
            found = tasks["items"]?.arrayValue?.first { $0["taskId"] == id }
            if found?["state"] == "accepted" { return found }
            try await ContinuousClock().sleep(for: .milliseconds(100))
        }
        return found
    }

    /// The names of the fields in what the partner's process opened and kept on its own machine.
    private func fieldsOpened(_ message: String) throws -> [String] {
        let path = "\(town.partnerFolder(DemoTown.debtHelp))/opened/\(message).json"
        guard let data = FileManager.default.contents(atPath: path), let fields = try parseJSON([UInt8](data))["fields"]?.objectValue else {
            return []
        }
        return fieldPaths(fields)
    }

    private func leftOutRows(_ leftOut: JSONValue?, of who: String?) -> [[String]] {
        var reasons: [String: [String]] = [:]
        for item in leftOut?.arrayValue ?? [] {
            let name = [who.flatMap { item[$0]?.stringValue }, item["reason"]?.stringValue].compactMap(\.self).joined(separator: " ")
            reasons[name, default: []].append(item["field"]?.stringValue ?? "")
        }
        return reasons.sorted { $0.key < $1.key }.map { name, fields in
            let shown =
                fields.count > 5
                ? fields.prefix(4).joined(separator: ", ") + " and \(fields.count - 4) more" : fields.joined(separator: ", ")
            return ["left out".padding(to: 12), name, shown]
        }
    }

    private func countRows(_ events: [String]) -> [[String]] {
        let counts = Dictionary(events.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return stride(from: 0, to: counts.count, by: 3).map { start in
            (0..<3).map { start + $0 < counts.count ? counts[start + $0] : "" }
        }
    }
}

/// Paths of two levels, such as `identification.name`, from a message's fields.
private func fieldPaths(_ fields: JSONObject) -> [String] {
    fields.members.flatMap { group -> [String] in
        guard let inner = group.value.objectValue else { return [group.name] }
        return inner.names.map { "\(group.name).\($0)" }
    }
}
