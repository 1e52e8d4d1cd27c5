import Casework
import Crypto
import Disclosure
import GRDB
import StrictJSON

/// A decision as its rows have it.
public struct StoredDecision: Sendable {
    /// What is kept of the facts on which it stood.
    public enum Facts: Sendable {
        /// It was made before facts were kept.
        case notKept
        /// A row is missing, or is not what its digest says.
        case changed
        /// With what the log says of them; see ``KeptFacts/commitment(of:about:at:)``.
        case kept(DisclosureFacts, commitment: String)
    }
    public let id: DecisionID
    /// Nil when the row does not hold a question.
    public let question: DisclosureQuestion?
    public let isPermitted: Bool
    /// The revision of the policy by which it was decided.
    public let policyRevision: String
    public let decidedAt: Instant
    public let facts: Facts
}

/// Reads decisions, their facts and the policies they were made by, for those who decide them again: from a folder, without its lock,
/// through one connection that cannot write.
public final class DecisionReader: Sendable {
    private let main: DatabaseQueue

    /// Opens a folder's decisions, also while a daemon makes more.
    /// - Throws: ``StoreFault/newerSchema(file:found:known:)``; ``StoreFault/folder(_:)`` for a folder that keeps no facts yet.
    public init(_ folder: DataFolder) throws(StoreFault) {
        main = try SQLiteFile.openReadOnly(folder.database, .main)
        let isKept = try main.snapshot { try $0.first("SELECT 1 AS one FROM pragma_table_info('decision') WHERE name = 'facts'") != nil }
        guard isKept else {
            throw .folder("`\(folder.path)` is of an older program, which kept no facts (hint: `convenant serve` once, then try again)")
        }
    }

    /// The decision, or nil.
    public func decision(_ id: DecisionID) throws(StoreFault) -> StoredDecision? { try main.snapshot { try $0.storedDecision(id) } }

    /// Decisions in the order in which they were made, after this one, and when that was.
    public func decisions(after id: DecisionID, limit: Int) throws(StoreFault) -> [(id: DecisionID, at: Instant)] {
        try main.snapshot { transaction in
            try transaction.all("SELECT id, decided_at FROM decision WHERE id > ? ORDER BY id LIMIT ?", [.of(id), .of(limit)]).map {
                (try $0.identifier("id"), try $0.instant("decided_at"))
            }
        }
    }

    /// A policy revision that was adopted, or nil.
    public func policy(_ revision: String) throws(StoreFault) -> ArchivedPolicy? { try main.snapshot { try $0.archivedPolicy(revision) } }

    /// The names of the partners, also of those that were removed.
    public func partnerNames() throws(StoreFault) -> [OrganisationNumber: String] {
        try main.snapshot { try $0.partnerNames() }
    }
}

extension DataFolder {
    /// The policy that was in force when the folder was last written, from the files that it keeps; nil before the first, and in a folder of an
    /// older program, which kept none.
    public func policyInForce() throws(StoreFault) -> ArchivedPolicy? {
        try SQLiteFile.openReadOnly(database, .main).snapshot { transaction in
            guard try transaction.hasTable("policy_revision"), let revision = try transaction.policyState()?.revision else { return nil }
            return try transaction.archivedPolicy(revision)
        }
    }
}

extension Transaction {
    fileprivate func storedDecision(_ id: DecisionID) throws -> StoredDecision? {
        guard let row = try first("SELECT * FROM decision WHERE id = ?", [.of(id)]) else { return nil }
        let question = (try? parseJSON(try row.text("question"))).flatMap(DisclosureQuestion.init(rowJSON:))
        let decidedAt = try row.instant("decided_at")
        var facts = StoredDecision.Facts.notKept
        if let digests = try row.blobOrNil("facts") {
            facts = .changed
            if let question, let known = try self.facts(digests, for: question, of: id) {
                facts = .kept(known, commitment: KeptFacts.commitment(of: id, to: digests, at: decidedAt))
            }
        }
        return StoredDecision(
            id: id, question: question, isPermitted: try row.text("outcome") == "permitted",
            policyRevision: try row.text("policy_revision"), decidedAt: decidedAt, facts: facts)
    }

    /// The facts that these digests name, or nil when one of them cannot be had.
    private func facts(_ digests: [UInt8], for question: DisclosureQuestion, of decision: DecisionID) throws -> DisclosureFacts? {
        let subjects = question.subjects
        guard digests.count == 32 * subjects.count else { return nil }
        var known: [PersonID: SubjectFacts] = [:]
        for (place, subject) in subjects.enumerated() {
            let digest = Array(digests[32 * place..<32 * (place + 1)])
            if digest == KeptFacts.unknown { continue }
            let row = try first(
                "SELECT facts FROM subject_facts WHERE person = ? AND digest = ?",
                [subject == .nobody ? .of(decision) : .of(subject), .blob(digest)])
            guard let text = try row?.text("facts"), Array(SHA256.hash(data: Array(text.utf8))) == digest, let json = try? parseJSON(text),
                let facts = SubjectFacts(rowJSON: json, of: subject)
            else { return nil }
            known[subject] = facts
        }
        // What was kept before there were justifications tells of none, where it tells under which acts something was obtained.
        let told = known.values.filter { $0.held != nil }
        let isOlder = told.contains { $0.justifications == nil }
        // Levers are told of where compulsion is claimed, and nowhere else.
        let isBeforeLevers = question.ground.isCompulsory && told.contains { $0.levers == nil }
        // Ages were not known of anybody.
        let isBeforeAges = known.values.contains { $0.representation == nil }
        return DisclosureFacts(
            subjects: known, asksForJustification: !isOlder, asksForLever: !isBeforeLevers, asksWhoConsents: !isBeforeAges)
    }
}
