import Casework

/// Why something is not disclosed (contract §2). The list grows by appending.
public enum RefusalReason: String, CaseIterable, Hashable, Sendable, Comparable {
    case noCovenant = "no-covenant"
    case covenantExpired = "covenant-expired"
    case covenantUnsigned = "covenant-unsigned"
    case partyNotInCovenant = "party-not-in-covenant"
    case purposeNotCovered = "purpose-not-covered"
    case fieldNotCovered = "field-not-covered"
    case noGround = "no-ground"
    case consentMissing = "consent-missing"
    case consentRefused = "consent-refused"
    case consentWithdrawn = "consent-withdrawn"
    case consentExpired = "consent-expired"
    case consentUnconfirmed = "consent-unconfirmed"
    case groundNotAllowed = "ground-not-allowed"
    case statuteForbids = "statute-forbids"
    case partnerProtocol = "partner-protocol"
    case policeCondition = "police-condition"
    case secrecyIndicator = "secrecy-indicator"
    case objectionPending = "objection-pending"
    case deceased
    case filerNotAllowed = "filer-not-allowed"
    case professionalSecrecy = "professional-secrecy"
    case capacityNotAllowed = "capacity-not-allowed"
    case representativesDiffer = "representatives-differ"
    case secondPersonMissing = "second-person-missing"
    case packInactive = "pack-inactive"
    case policyIncomplete = "policy-incomplete"
    case unknownFact = "unknown-fact"
    case justificationMissing = "justification-missing"
    case necessityMissing = "necessity-missing"
    case objectionUpheld = "objection-upheld"
    case leverMissing = "lever-missing"
    case representativeMissing = "representative-missing"
    case ageUnknown = "age-unknown"
    case fieldNotInPack = "field-not-in-pack"

    private static let order = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
    public static func < (a: Self, b: Self) -> Bool { order[a, default: 0] < order[b, default: 0] }
}

/// A covenant's article in a given version.
public struct CovenantReference: Hashable, Sendable, Comparable {
    public let id: String
    public let version: Int
    public let article: String
    public init(id: String, version: Int, article: String) {
        self.id = id
        self.version = version
        self.article = article
    }
    public static func < (a: Self, b: Self) -> Bool { (a.id, a.version, a.article) < (b.id, b.version, b.article) }
}

/// The fields that may be disclosed about one person, or (subject nil) about the household as a whole.
public struct Grant: Hashable, Sendable {
    public let subject: PersonID?
    public let fields: FieldNames
    init(subject: PersonID?, fields: FieldNames) {
        self.subject = subject
        self.fields = fields
    }
}

/// A field that was asked for and is not disclosed, about whom, and why.
public struct LeftOut: Hashable, Sendable {
    public let subject: PersonID?
    public let field: FieldName
    public let reason: RefusalReason
    init(subject: PersonID?, field: FieldName, reason: RefusalReason) {
        self.subject = subject
        self.field = field
        self.reason = reason
    }
}

/// Proof that the gate permitted a disclosure. Only ``decideDisclosure(_:facts:policy:at:)`` makes one.
public struct Permission: Hashable, Sendable {
    public let question: DisclosureQuestion
    /// What may go, per person in the question's order; then the household's own fields.
    public let grants: [Grant]
    /// Everything else that was asked for, with the reason.
    public let leftOut: [LeftOut]
    /// The articles that determined it, sorted; never empty.
    public let articles: [CovenantReference]
    /// The articles of acts that carry what goes without consent, sorted; on consent those that say who consents, where somebody is
    /// not known to be an adult.
    public let statutes: [LegalArticle]
    /// The justifications on which what goes without consent rests, sorted; empty on consent.
    public let justifications: [JustificationID]
    /// The levers on which what is compelled rests, sorted; empty on every other ground.
    public let levers: [LeverID]
    /// The date on which the acts' rules were last compared with the acts; nil where no act was read.
    public let lawAsOf: CalendarDate?
    public let decidedAt: Instant
    public let policyRevision: String

    init(
        question: DisclosureQuestion, grants: [Grant], leftOut: [LeftOut], articles: [CovenantReference], statutes: [LegalArticle] = [],
        justifications: [JustificationID] = [], levers: [LeverID] = [], lawAsOf: CalendarDate? = nil, decidedAt: Instant,
        policyRevision: String
    ) {
        self.question = question
        self.grants = grants
        self.leftOut = leftOut
        self.articles = articles
        self.statutes = statutes
        self.justifications = justifications
        self.levers = levers
        self.lawAsOf = lawAsOf
        self.decidedAt = decidedAt
        self.policyRevision = policyRevision
    }
}

/// What the gate answers.
public enum DisclosureDecision: Hashable, Sendable {
    case permitted(Permission)
    /// Every reason that applies, in the order of the list; never empty.
    case refused([RefusalReason])
}
