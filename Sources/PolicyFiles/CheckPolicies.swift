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
    /// Every template that could be read, by id and version.
    public let templates: [CovenantTemplate]
    /// Every covenant that could be read, by id and version.
    public let covenants: [Covenant]
    /// Every act that could be read, by id.
    public let statutes: [Statute]
    /// How each party stands towards each covenant: nothing flows to or from one that has not signed. By covenant, version and party.
    public let signatures: [PartySignature]

    /// Faults, warnings, open questions, who has signed what, and a summary, each on a line.
    public var text: String {
        var lines = faults.map { "error: \($0)" } + warnings.map { "warning: \($0)" } + openQuestions.map { "open: \($0)" }
        if !lines.isEmpty { lines.append("") }
        if !signatures.isEmpty { lines += signatureLines(signatures) + [""] }
        lines += packs.map {
            "pack `\($0.id)`: \($0.standing.rawValue)" + ($0.rules.fictitious ? ", with fictitious decisions in the demo" : "")
        }
        lines += statutes.map { statute in
            let bills = statute.rules.count(where: \.bill)
            let rules = counted(statute.rules.count, "rule", "rules")
            return "act `\(statute.id)` as of \(statute.asOf): \(rules)"
                + (bills > 0 ? ", of which \(counted(bills, "bill", "bills"))" : "")
        }
        lines += templates.map { template in
            let users = covenants.count { $0.template == template }
            return "template `\(template.id)` version \(template.version): \(counted(users, "covenant", "covenants")) on it"
        }
        lines += covenants.map { covenant in
            let parties = counted(covenant.parties.count, "party", "parties")
            let articles = counted(covenant.articles.count, "article", "articles")
            let template = covenant.template.map { " of template `\($0.id)` version \($0.version)" } ?? ""
            return "covenant `\(covenant.id)` version \(covenant.version): \(parties), \(articles)\(template)"
        }
        let counts = [
            counted(faults.count, "error", "errors"), counted(warnings.count, "warning", "warnings"),
            counted(openQuestions.count, "open question", "open questions"),
        ]
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The signatures as a table, and what to do when some are missing.
private func signatureLines(_ signatures: [PartySignature]) -> [String] {
    let rows = signatures.map { signature -> [String] in
        let by =
            switch signature.state {
            case .signed(let function, let at, let kid): "\(at.rfc3339.prefix(10)) \(function), key \(kid.prefix(8))"
            case .unsigned: "nothing flows to or from this party"
            case .altered: "the text was changed after it was signed; nothing flows to or from this party"
            case .foreignKey: "by a key that is not this party's; nothing flows to or from it"
            }
        return ["\(signature.covenant)/\(signature.version)", signature.name, signature.oin.description, signature.state.word, by]
    }
    let missing = signatures.count { !$0.state.isSigned }
    let hint = "\(counted(missing, "signature is", "signatures are")) missing (hint: `convenant policy sign FILE --as OIN --key FILE`)"
    return alignedLines([["covenant", "party", "oin", "signature", ""]] + rows) + (missing == 0 ? [] : [hint])
}

func counted(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

/// Looks at every policy file of a folder. A folder that cannot be read is a fault like any other.
public func checkPolicies(folder: String) -> PolicyReport {
    do throws(PolicyFaults) {
        return checkPolicies(try readPolicyFiles(folder: folder), folder: folder)
    } catch {
        return PolicyReport(
            faults: error.faults, warnings: [], openQuestions: [], packs: [], templates: [], covenants: [], statutes: [], signatures: [])
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
        openQuestions: questions.sorted(), packs: collection.describePacks(),
        templates: collection.templates.all.map(\.template).sorted { ($0.id, $0.version) < ($1.id, $1.version) }, covenants: covenants,
        statutes: collection.statutes.map(\.statute).sorted { $0.id < $1.id },
        signatures: collection.partySignatures.sorted { ($0.covenant, $0.version, $0.oin) < ($1.covenant, $1.version, $1.oin) })
}
