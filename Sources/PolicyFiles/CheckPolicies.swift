import Disclosure

/// What `policy check` tells: every fault, what is worth a look, and what is undecided, over all packs and covenants of a folder.
public struct PolicyReport: Sendable {
    /// What must be repaired before the policies load; sorted.
    public let faults: [PolicyFault]
    /// What loads and should be looked at; sorted.
    public let warnings: [PolicyFault]
    /// What no controller has decided; fictitious decisions do not count as answers here.
    public let openQuestions: [OpenQuestion]
    /// Every pack that could be read, by id, as the demo would see it.
    public let packs: [PackDescription]
    /// Every covenant that could be read, by id and version.
    public let covenants: [Covenant]
    /// Every act that could be read, by id.
    public let statutes: [Statute]

    /// Faults, warnings, open questions, and a summary, each on a line.
    public var text: String {
        var lines = faults.map { "error: \($0)" } + warnings.map { "warning: \($0)" } + openQuestions.map { "open: \($0)" }
        if !lines.isEmpty { lines.append("") }
        lines += packs.map {
            "pack `\($0.id)`: \($0.standing.rawValue)" + ($0.rules.fictitious ? ", with fictitious decisions in the demo" : "")
        }
        lines += statutes.map { statute in
            let bills = statute.rules.count(where: \.bill)
            let rules = counted(statute.rules.count, "rule", "rules")
            return "act `\(statute.id)` as of \(statute.asOf): \(rules)"
                + (bills > 0 ? ", of which \(counted(bills, "bill", "bills"))" : "")
        }
        lines += covenants.map { covenant in
            let parties = counted(covenant.parties.count, "party", "parties")
            let articles = counted(covenant.articles.count, "article", "articles")
            return "covenant `\(covenant.id)` version \(covenant.version): \(parties), \(articles)"
        }
        let counts = [
            counted(faults.count, "error", "errors"), counted(warnings.count, "warning", "warnings"),
            counted(openQuestions.count, "open question", "open questions"),
        ]
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
    }
}

private func counted(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

/// Looks at every policy file of a folder. A folder that cannot be read is a fault like any other.
public func checkPolicies(folder: String) -> PolicyReport {
    do throws(PolicyFaults) {
        return checkPolicies(try readPolicyFiles(folder: folder), folder: folder)
    } catch {
        return PolicyReport(faults: error.faults, warnings: [], openQuestions: [], packs: [], covenants: [], statutes: [])
    }
}

func checkPolicies(_ files: [PolicyFile], folder: String) -> PolicyReport {
    let collection = PolicyCollection(files, withDemo: true)
    var faults = collection.faults.map { $0.inFolder(folder) }
    if files.isEmpty {
        faults.append(
            .init(
                file: folder, line: 1, column: 1, text: "the folder holds no policy file",
                hint: "is this the folder with `covenants` and `packs`?"))
    }
    let questions = collection.packs.flatMap { collection.openQuestions(of: $0, demoAnswers: false) }.map {
        OpenQuestion(
            file: shownPath(folder, $0.file), key: $0.key, blocks: $0.blocks, stopsWork: $0.stopsWork, answeredInDemo: $0.answeredInDemo)
    }
    let covenants = collection.covenants.map(\.covenant).sorted { ($0.id, $0.version) < ($1.id, $1.version) }
    return PolicyReport(
        faults: PolicyFaults(faults).faults, warnings: PolicyFaults(collection.warnings.map { $0.inFolder(folder) }).faults,
        openQuestions: questions.sorted(), packs: collection.describePacks(), covenants: covenants,
        statutes: collection.statutes.map(\.statute).sorted { $0.id < $1.id })
}
