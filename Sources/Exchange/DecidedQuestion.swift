import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// A question that the gate has decided, ready to be recorded.
struct DecidedQuestion: Sendable {
    let id: DecisionID
    let question: DisclosureQuestion
    let decision: DisclosureDecision
    private let casefile: CasefileID
    private let policyRevision: String
    private let facts: KeptFacts
    private let now: Instant
    private let entry: JournalEntry

    /// What it permits; nil when it refuses.
    var permission: Permission? {
        guard case .permitted(let permission) = decision else { return nil }
        return permission
    }

    /// Why not everything that was asked is permitted: each reason once, in the list's order.
    var reasons: [RefusalReason] {
        switch decision {
        case .permitted(let permission): Set(permission.leftOut.map(\.reason)).sorted()
        case .refused(let reasons): reasons
        }
    }

    /// Writes its row and its entry.
    func record(_ transaction: Transaction) throws {
        try transaction.insertDecision(
            id, casefile: casefile, question: question, permitted: permission != nil, policyRevision: policyRevision, facts: facts,
            at: now)
        try transaction.append([entry])
    }

    fileprivate init(
        id: DecisionID, question: DisclosureQuestion, decision: DisclosureDecision, casefile: CasefileID, policyRevision: String,
        facts: KeptFacts, at now: Instant, entry: JournalEntry
    ) {
        self.id = id
        self.question = question
        self.decision = decision
        self.casefile = casefile
        self.policyRevision = policyRevision
        self.facts = facts
        self.now = now
        self.entry = entry
    }
}

/// What the questions about one case are decided on, read once.
struct DecidingGround: Sendable {
    let policy: PolicyInForce
    /// Everybody whom the case shows, the erased too.
    let household: [PersonRow]
    let facts: DisclosureFacts
    let kept: KeptFacts
    let basis: Basis
    let casefile: JournalCasefile
    let subjects: [PersonID: JournalSubject]
    let now: Instant
}

/// What the questions about these persons of a case are decided on, read at once.
struct GroundReading: Sendable {
    let policy: PolicyInForce
    /// Everybody whom the case shows, the erased too.
    let household: [PersonRow]
    /// About whom is asked.
    let persons: [PersonID]
    let facts: DisclosureFacts
    let kept: KeptFacts
    let basis: Basis
}

extension Transaction {
    /// What questions about these persons of a case are decided on under this policy; `held` and `levers` as
    /// ``disclosureFacts(of:held:levers:supposing:at:)`` has them.
    func ground(
        about persons: [PersonID], in casefile: CasefileID, policy: PolicyInForce, held: Bool = true, levers: Bool = true, at now: Instant
    ) throws -> GroundReading {
        let household = try self.persons(of: casefile)
        let asked = household.filter { persons.contains($0.id) }
        let revisions = Dictionary(asked.map { ($0.id, $0.disclosureRevision) }) { first, _ in first }
        let facts = try disclosureFacts(of: persons, held: held, levers: levers, at: now)
        return GroundReading(
            policy: policy, household: household, persons: persons, facts: facts, kept: try keptFacts(facts, revisions: revisions),
            basis: Basis(policy: policy.number, persons: revisions))
    }
}

extension ReferralDesk {
    /// Reads what questions about these persons of a case are decided on.
    /// - Throws: `invalid-input` at `pointer` when one of them is not in the case, or was erased.
    func decidingGround(about persons: [PersonID], in row: CasefileRow, pointer: String, at now: Instant) async throws(DeskRefusal)
        -> DecidingGround
    {
        let policy = policyInForce
        let reading = try await read { try $0.ground(about: persons, in: row.id, policy: policy, at: now) }
        return try decidingGround(reading, in: row, pointer: pointer, at: now)
    }

    /// The same for what was read before.
    func decidingGround(_ reading: GroundReading, in row: CasefileRow, pointer: String, at now: Instant) throws(DeskRefusal)
        -> DecidingGround
    {
        let asked = reading.household.filter { $0.erasedAt == nil && reading.persons.contains($0.id) }
        guard asked.count == Set(reading.persons).count else {
            throw .invalidInput([.unknownPerson(at: pointer, detail: "not every person is in this case")])
        }
        let keys = try subjectKeys(asked)
        return DecidingGround(
            policy: reading.policy, household: reading.household, facts: reading.facts, kept: reading.kept, basis: reading.basis,
            casefile: try casefileKey(row),
            subjects: Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0) }), now: now)
    }

    /// Decides a question, and makes its entry ready.
    func decide(_ question: DisclosureQuestion, on ground: DecidingGround, by caller: Caller, refs: [AuditReference: String])
        -> DecidedQuestion
    {
        let question = question.asked(among: ground.household)
        let decision = decideDisclosure(question, facts: ground.facts, policy: ground.policy.snapshot, at: ground.now)
        let id: DecisionID = world.newID()
        let entry = decisionEntry(
            decision, id: id, of: question, policy: ground.policy.snapshot, on: ground.kept, at: ground.now, by: caller,
            about: question.subjects.compactMap { ground.subjects[$0] }, in: ground.casefile, refs: refs)
        return DecidedQuestion(
            id: id, question: question, decision: decision, casefile: ground.casefile.id,
            policyRevision: ground.policy.snapshot.revision, facts: ground.kept, at: ground.now, entry: entry)
    }
}
