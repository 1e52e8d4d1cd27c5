import ArgumentParser
import AuditTrail
import Casework
import Disclosure
import Exchange
import Foundation
import Storage
import StrictJSON

/// `convenant policy replay`
struct PolicyReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decides recorded decisions again, each by the policy of its time, and compares the bytes with the log.",
        discussion: """
            Example: convenant policy replay --all --data /var/lib/convenant
            Example: convenant policy replay 01970000-0000-7000-8000-000000000007

            Offline, beside a running daemon too, and after erasures; nothing is written. The log is checked against its signed checkpoint on the
            way. Ends with 1 when a decision comes out otherwise, or its row, its facts or its policy are not what the log says of them. A decision
            that was made by other rules, of another version of the program, and comes out otherwise by these is listed, and is no fault.
            """)
    @Argument(help: ArgumentHelp("The decision's id.", valueName: "decision")) var decision: String?
    @Flag(help: "Every decision.") var all = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var folder: FolderOption

    func validate() throws {
        guard all != (decision != nil) else { throw ValidationError("name one decision, or all of them with --all") }
        if let decision, DecisionID(decision) == nil { throw ValidationError("`\(decision)` is not the id of a decision") }
    }

    func run() async throws {
        let settings = try Settings(folder: folder.folder)
        var count = ReplayCount()
        do {
            let archive = try DecisionArchive(folder.folder)
            // Before the log is read: what a daemon decides from now on is not missed in it.
            let known = Set(try archive.decisions().map(\.id))
            let asked = decision.flatMap { DecisionID($0) }
            var broken: StoreFault?
            _ = try CheckedLog.read(folder.folder, settings: settings) { entry in
                guard broken == nil, let id = DecisionArchive.decision(of: entry), asked == nil || asked == id else { return }
                do throws(StoreFault) {
                    if let outcome = try archive.replay(entry) { count.add(id, outcome) }
                } catch { broken = error }
            }
            if let broken { throw broken }
            let expected = asked.map { [$0] } ?? known
            for id in expected.subtracting(count.seen).sorted() {
                guard known.contains(id) else { throw fail("there is no decision `\(id)` here", Exit.refused) }
                count.add(id, .fault(.entryMissing))
            }
        } catch let fault as StoreFault { throw Assembly.failure(fault) }
        if json { print(count.json.canonicalText) } else { count.printTable() }
        guard count.faults.isEmpty else { throw Exit.refused }
    }
}

/// What replaying came to.
private struct ReplayCount {
    private(set) var seen: Set<DecisionID> = []
    private(set) var same = 0
    private(set) var notKept = 0
    private(set) var otherRules: [(id: DecisionID, rules: Int64)] = []
    private(set) var faults: [(id: DecisionID, fault: ReplayFault)] = []

    mutating func add(_ id: DecisionID, _ outcome: ReplayOutcome) {
        seen.insert(id)
        switch outcome {
        case .same: same += 1
        case .notKept: notKept += 1
        case .otherRules(let rules): otherRules.append((id, rules))
        case .fault(let fault): faults.append((id, fault))
        }
    }

    /// `{decisions, same, notKept, otherRules: [{decision, rules}], faults: [{decision, fault}]}`
    var json: JSONValue {
        [
            "decisions": .integer(Int64(seen.count)), "same": .integer(Int64(same)), "notKept": .integer(Int64(notKept)),
            "otherRules": .array(otherRules.map { ["decision": .string($0.id.description), "rules": .integer($0.rules)] }),
            "faults": .array(faults.map { ["decision": .string($0.id.description), "fault": .string($0.fault.rawValue)] }),
        ]
    }

    func printTable() {
        var rows: [JSONValue] = [["decisions": "the same bytes", "number": .integer(Int64(same))]]
        if notKept > 0 {
            rows.append(["decisions": "cannot be replayed: made before facts were kept", "number": .integer(Int64(notKept))])
        }
        if !otherRules.isEmpty {
            rows.append(["decisions": "decided by other rules, and otherwise by these", "number": .integer(Int64(otherRules.count))])
        }
        for fault in ReplayFault.allCases {
            let found = faults.count { $0.fault == fault }
            if found > 0 { rows.append(["decisions": .string("FAULT \(fault.rawValue)"), "number": .integer(Int64(found))]) }
        }
        convenant.printTable(["decisions", "number"], rows)
        for (id, rules) in otherRules { print("decided by rules \(rules), now \(rulesRevision): \(id)") }
        for (id, fault) in faults { print("FAULT \(fault.rawValue) \(id)") }
    }
}
