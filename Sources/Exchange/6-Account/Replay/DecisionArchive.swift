import AuditTrail
import Casework
import Disclosure
import PolicyFiles
import Storage

/// What came of deciding a recorded decision again.
public enum ReplayOutcome: Hashable, Sendable {
    /// The same, to the byte.
    case same
    /// It was made before facts were kept, and cannot be decided again.
    case notKept
    /// It was decided by another revision of the rules, which its entry names; by those of now the same question comes out otherwise.
    case otherRules(Int64)
    case fault(ReplayFault)
}

/// Why a recorded decision is not what deciding it again gives.
public enum ReplayFault: String, CaseIterable, Sendable {
    /// The log tells of it, and it has no row.
    case rowMissing = "row-missing"
    /// It has a row, and the log does not tell of it.
    case entryMissing = "entry-missing"
    /// Its row does not hold a question, or another outcome than its entry.
    case rowChanged = "row-changed"
    /// The facts on which it stood, or its instant, are not those of its entry.
    case factsChanged = "facts-changed"
    /// The policy by which it was made is not kept.
    case policyMissing = "policy-missing"
    /// The files that are kept of its policy do not make its revision.
    case policyChanged = "policy-changed"
    /// Decided again it comes out otherwise.
    case differs
    /// The same of one from before entries named the revision of the rules: whether these were others then, nobody can tell.
    case differsUnnumbered = "differs-unnumbered"
}

/// A recorded decision, decided again by the policy of its time.
public struct DecidedAgain: Sendable {
    public let question: DisclosureQuestion
    public let facts: DisclosureFacts
    public let decision: DisclosureDecision
    public let policies: LoadedPolicies
    public let at: Instant
    let commitment: String
    /// The outcome that its row has.
    let isRecordedAsPermitted: Bool
}

/// The decisions of a data folder, decided again: offline, from what is kept, with nothing written.
public final class DecisionArchive {
    private let reader: DecisionReader
    private var revisions: [String: Result<LoadedPolicies, ReplayFailure>] = [:]

    /// Opens a folder without its lock, also while a daemon works in it.
    public init(_ folder: DataFolder) throws(StoreFault) { reader = try DecisionReader(folder) }

    /// All decisions, in the order in which they were made, and when that was.
    public func decisions() throws(StoreFault) -> [(id: DecisionID, at: Instant)] {
        var all: [(id: DecisionID, at: Instant)] = []
        while true {
            let page = try reader.decisions(after: all.last?.id ?? DecisionID(high: 0, low: 0), limit: 1_000)
            guard !page.isEmpty else { return all }
            all += page
        }
    }

    /// The names of the partners.
    public func partnerNames() throws(StoreFault) -> [OrganisationNumber: String] { try reader.partnerNames() }

    /// The decision that an entry of the log tells of; nil for an entry of another kind.
    public static func decision(of entry: RecordedEntry) -> DecisionID? {
        guard DecisionForm(entry) != nil else { return nil }
        return entry.refs["decision"].flatMap { DecisionID($0) }
    }

    /// Decides again what an entry of the log tells of, and compares the bytes; nil for an entry of another kind.
    public func replay(_ entry: RecordedEntry) throws(StoreFault) -> ReplayOutcome? {
        guard let recorded = DecisionForm(entry) else { return nil }
        guard let id = Self.decision(of: entry) else { return .fault(.rowMissing) }
        let again: DecidedAgain
        switch try decideAgain(id) {
        case nil: return .fault(.rowMissing)
        // An entry that says on what it stood had its facts kept: somebody took them away.
        case .failure(.notKept)?: return recorded.saysOnWhat ? .fault(.factsChanged) : .notKept
        case .failure(.fault(let fault))?: return .fault(fault)
        case .success(let found)?: again = found
        }
        guard recorded.facts["standsOn"] == .text(again.commitment) else { return .fault(.factsChanged) }
        guard recorded.isPermitted == again.isRecordedAsPermitted else { return .fault(.rowChanged) }
        let form = DecisionForm(
            again.decision, of: again.question, policy: again.policies.snapshot, standsOn: again.commitment)
        guard form.canonicalBytes == recorded.canonicalBytes else {
            guard form.answersTheSame(as: recorded), recorded.rules != rulesRevision else { return .fault(.differs) }
            return recorded.rules.map(ReplayOutcome.otherRules) ?? .fault(.differsUnnumbered)
        }
        return .same
    }

    /// Decides a recorded decision again by the policy of its time; nil when there is no such decision.
    public func decideAgain(_ id: DecisionID) throws(StoreFault) -> Result<DecidedAgain, ReplayFailure>? {
        guard let stored = try reader.decision(id) else { return nil }
        guard let question = stored.question else { return .failure(.fault(.rowChanged)) }
        switch stored.facts {
        case .notKept: return .failure(.notKept)
        case .changed: return .failure(.fault(.factsChanged))
        case .kept(let facts, let commitment):
            switch try policies(stored.policyRevision) {
            case .failure(let failure): return .failure(failure)
            case .success(let policies):
                let decision = decideDisclosure(question, facts: facts, policy: policies.snapshot, at: stored.decidedAt)
                return .success(
                    DecidedAgain(
                        question: question, facts: facts, decision: decision, policies: policies, at: stored.decidedAt,
                        commitment: commitment, isRecordedAsPermitted: stored.isPermitted))
            }
        }
    }

    private func policies(_ revision: String) throws(StoreFault) -> Result<LoadedPolicies, ReplayFailure> {
        if let known = revisions[revision] { return known }
        let found: Result<LoadedPolicies, ReplayFailure>
        if let archived = try reader.policy(revision) {
            found = archived.load().map { .success($0) } ?? .failure(.fault(.policyChanged))
        } else {
            found = .failure(.fault(.policyMissing))
        }
        revisions[revision] = found
        return found
    }
}

/// Why a decision could not be decided again.
public enum ReplayFailure: Error, Hashable, Sendable {
    case notKept
    case fault(ReplayFault)
}
