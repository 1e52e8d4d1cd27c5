import Casework
import Disclosure

/// What the person is supposed to have said in a row of a test table.
public enum SupposedAnswer: String, CaseIterable, Sendable {
    /// A yes to exactly this recipient and purpose.
    case given
    case refused
    /// Nobody asked.
    case unknown
}

/// One row of a table beside a covenant: a question about nobody, and what the gate must answer.
public struct PolicyTestRow: Sendable {
    /// What the row expects: permitted with these fields left out and nothing else, or refused for exactly these reasons.
    public enum Expected: Hashable, Sendable {
        case permitted(leftOut: [FieldName: RefusalReason])
        case refused([RefusalReason])
    }
    /// The line in its file.
    public let line: Int
    public let question: DisclosureQuestion
    public let answer: SupposedAnswer
    /// The instant at which it is asked.
    public let at: Instant
    public let expected: Expected
}

/// The table beside a covenant's file.
struct ReadTests: Sendable {
    let file: String
    /// The covenant beside which it stands.
    let covenantFile: String
    let rows: [PolicyTestRow]
}

/// What came of the tables of a folder.
public struct PolicyTestReport: Sendable {
    /// A line for each row and two more for each that failed, by file, and a summary.
    public let text: String
    /// Rows that came out as they say.
    public let passed: Int
    public let failed: Int
}

/// Asks the gate every row of every table of a folder, as if all parties had signed: a text is tested before it is signed.
///
/// - Parameter facts: what is known about the one person of a question who answered so; made where facts are made.
/// - Throws: every fault of every file.
public func testPolicies(
    folder: String, facts: (DisclosureQuestion, SupposedAnswer, Instant) -> DisclosureFacts
) throws(PolicyFaults) -> PolicyTestReport {
    let collection = PolicyCollection(try readPolicyFiles(folder: folder), withDemo: true)
    guard collection.faults.isEmpty else { throw PolicyFaults(collection.faults.map { $0.inFolder(folder) }) }
    return testPolicies(collection, folder: folder, facts: facts)
}

func testPolicies(
    _ collection: PolicyCollection, folder: String, facts: (DisclosureQuestion, SupposedAnswer, Instant) -> DisclosureFacts
) -> PolicyTestReport {
    let covenants = collection.covenants.map { $0.covenant.signed(by: Set($0.covenant.parties.map(\.oin))) }
    // No pack: a row is asked by no person of a role, which is all that the gate would ask of it.
    let policy = PolicySnapshot(revision: "", covenants: covenants, pack: .none)
    var names: [OrganisationNumber: String] = [:]
    for party in covenants.flatMap(\.parties) where names[party.oin] == nil { names[party.oin] = party.name }
    var lines: [String] = []
    var (passed, failed) = (0, 0)
    for table in collection.tests {
        lines.append(shownPath(folder, table.file))
        var cells: [[String]] = []
        var complaints: [[String]] = []
        for row in table.rows {
            let found = decideDisclosure(
                row.question, facts: facts(row.question, row.answer, row.at), policy: policy, at: row.at
            ).outcome
            let isAsExpected = found == row.expected
            (passed, failed) = isAsExpected ? (passed + 1, failed) : (passed, failed + 1)
            func name(_ oin: OrganisationNumber) -> String { names[oin] ?? oin.description }
            cells.append([
                isAsExpected ? "ok" : "FAILED", "line \(row.line)", name(row.question.sender), "to " + name(row.question.recipient),
                row.question.purpose.rawValue, row.question.ground.text, row.answer.rawValue, found.text,
            ])
            complaints.append(isAsExpected ? [] : ["expected: \(row.expected.text)", "got:      \(found.text)"])
        }
        for (line, complaint) in zip(alignedLines(cells, indent: "  "), complaints) {
            lines += [line] + complaint.map { "          " + $0 }
        }
        lines.append("")
    }
    lines.append(
        "\(counted(passed + failed, "row", "rows")) in \(counted(collection.tests.count, "table", "tables")): \(passed) passed, "
            + "\(failed) failed")
    return PolicyTestReport(text: lines.joined(separator: "\n") + "\n", passed: passed, failed: failed)
}

extension DisclosureDecision {
    /// The decision as a row states it.
    fileprivate var outcome: PolicyTestRow.Expected {
        switch self {
        case .refused(let reasons): .refused(reasons.sorted())
        case .permitted(let permission):
            .permitted(leftOut: Dictionary(permission.leftOut.map { ($0.field, $0.reason) }) { first, _ in first })
        }
    }
}

extension PolicyTestRow.Expected {
    /// In words, fields in the order of the closed list.
    var text: String {
        switch self {
        case .refused(let reasons): "refused: " + reasons.map(\.rawValue).joined(separator: ", ")
        case .permitted(let leftOut) where leftOut.isEmpty: "permitted"
        case .permitted(let leftOut):
            "permitted, without "
                + leftOut.sorted { $0.key < $1.key }.map { "\($0.key.path) (\($0.value.rawValue))" }.joined(separator: ", ")
        }
    }
}

extension PackRules {
    /// A pack that decides nothing.
    fileprivate static let none = PackRules(
        id: "", fictitious: false, mayFile: nil, onRefusal: nil,
        terms: CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil))
}
