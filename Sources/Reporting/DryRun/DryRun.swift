import Casework
import StrictJSON

/// What a changed policy would have done with the decisions of a period: counts by partner, purpose and field, nothing about anybody.
public struct DryRun: Hashable, Sendable {
    /// One field to one partner for one purpose, over the period. A passage is one field about one person, or about a household, in one
    /// decision.
    public struct Flow: Hashable, Sendable {
        /// The other organisation: who would receive, or who filed.
        public let partner: OrganisationNumber
        public let partnerName: String
        public let purpose: String
        /// The field's path.
        public let field: String
        /// Passages as they were decided.
        public internal(set) var passed = 0
        /// Passages that the changed policy adds.
        public internal(set) var newlyPasses = 0
        /// Passages that the changed policy takes away.
        public internal(set) var newlyStops = 0
        /// Why it takes them away, as codes, in the order of the closed list of reasons.
        public internal(set) var because: [String] = []

        public init(partner: OrganisationNumber, partnerName: String, purpose: String, field: String) {
            self.partner = partner
            self.partnerName = partnerName
            self.purpose = purpose
            self.field = field
        }

        /// Whether the changed policy makes a difference to it.
        public var isChanged: Bool { newlyPasses > 0 || newlyStops > 0 }

        /// Counts passages.
        /// - Parameter because: the codes of why those that stop do so.
        public mutating func add(passed: Int = 0, newlyPasses: Int = 0, newlyStops: Int = 0, because: [String] = []) {
            self.passed += passed
            self.newlyPasses += newlyPasses
            self.newlyStops += newlyStops
            for reason in because where !self.because.contains(reason) { self.because.append(reason) }
        }
    }

    /// The first and the last day, included; nil for no bound.
    public let from: CalendarDate?
    public let to: CalendarDate?
    /// The revision that was tried.
    public let revision: String
    /// Every flow of the period, by partner, purpose and field.
    public let flows: [Flow]
    /// Decisions that were decided again.
    public let decided: Int
    /// Of these, those in which another field passes than did.
    public let changed: Int
    /// Decisions from before facts were kept.
    public let notKept: Int
    /// Decisions that could not be decided again; `policy replay` says why.
    public let faulty: Int
    /// What the period knows and the changed policy does not, a sentence each.
    public let notes: [String]

    public init(
        from: CalendarDate?, to: CalendarDate?, revision: String, flows: [Flow], decided: Int, changed: Int, notKept: Int, faulty: Int,
        notes: [String]
    ) {
        self.from = from
        self.to = to
        self.revision = revision
        self.flows = flows.sorted { ($0.partner, $0.purpose, $0.field) < ($1.partner, $1.purpose, $1.field) }
        self.decided = decided
        self.changed = changed
        self.notKept = notKept
        self.faulty = faulty
        self.notes = notes
    }

    /// The flows that would change.
    public var changes: [Flow] { flows.filter(\.isChanged) }

    /// The whole as JSON: `{from?, to?, policy, decisions: {…}, flows: […], notes: […]}`; only the flows that would change.
    public var json: JSONValue {
        var json: JSONObject = [
            "policy": .string(revision),
            "decisions": [
                "decidedAgain": .integer(Int64(decided)), "changed": .integer(Int64(changed)), "notKept": .integer(Int64(notKept)),
                "faulty": .integer(Int64(faulty)),
            ],
            "flows": .array(changes.map(\.json)), "notes": .array(notes.map(JSONValue.string)),
        ]
        if let from { json["from"] = .string(from.description) }
        if let to { json["to"] = .string(to.description) }
        return .object(json)
    }
}

extension DryRun.Flow {
    /// The flow as one row.
    public var json: JSONValue {
        [
            "partner": .string(partner.description), "name": .string(partnerName), "purpose": .string(purpose), "field": .string(field),
            "passed": .integer(Int64(passed)), "newlyPasses": .integer(Int64(newlyPasses)), "newlyStops": .integer(Int64(newlyStops)),
            "because": .array(because.map(JSONValue.string)),
        ]
    }
}
