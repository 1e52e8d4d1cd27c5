import Casework

/// Whom a consent or a refusal is about.
public enum ConsentRecipient: Hashable, Sendable {
    case organisation(OrganisationNumber)
    /// Every party of that sector in the covenant at hand.
    case sector(String)
    /// Everybody; only a refusal may say this.
    case anyone

    /// An OIN, `sector:<name>` or `anyone`.
    public var text: String {
        switch self {
        case .organisation(let oin): oin.description
        case .sector(let name): "sector:\(name)"
        case .anyone: "anyone"
        }
    }
    /// The recipient written as ``text`` writes it, or nil.
    public init?(_ text: String) {
        if text == "anyone" {
            self = .anyone
        } else if text.hasPrefix("sector:"), text.utf8.count > 7 {
            self = .sector(String(text.dropFirst(7)))
        } else if let oin = OrganisationNumber(text) {
            self = .organisation(oin)
        } else {
            return nil
        }
    }
}

/// One record of the consent registry, as the gate sees it: no content, no evidence.
public struct ConsentRecord: Hashable, Sendable {
    /// What the person answered.
    public enum Answer: String, CaseIterable, Hashable, Sendable { case given, refused, notAsked }
    public let id: ConsentID
    /// Who said it.
    public let speaker: Speaker
    public let answer: Answer
    public let recipients: [ConsentRecipient]
    /// The purposes, or nil for all (a refusal only).
    public let purposes: [Purpose]?
    public let fields: FieldNames
    public let from: Instant
    /// The first instant at which it no longer holds; nil when it has no end of its own.
    public let until: Instant?
    public let recordedAt: Instant
    /// When it was withdrawn, if it was.
    public let withdrawnAt: Instant?

    public init(
        id: ConsentID, by speaker: Speaker = .person, answer: Answer, recipients: [ConsentRecipient], purposes: [Purpose]?,
        fields: FieldNames, from: Instant,
        until: Instant?,
        recordedAt: Instant, withdrawnAt: Instant?
    ) {
        self.id = id
        self.speaker = speaker
        self.answer = answer
        self.recipients = recipients
        self.purposes = purposes
        self.fields = fields
        self.from = from
        self.until = until
        self.recordedAt = recordedAt
        self.withdrawnAt = withdrawnAt
    }
}

/// An objection (GDPR 21) that nobody has weighed yet, or that was upheld; in its scope it bars what rests on a public task or on compulsion.
public struct Objection: Hashable, Sendable {
    public let id: ObjectionID
    /// The recipients it is about; empty means all.
    public let recipients: [OrganisationNumber]
    /// The purposes it is about; empty means all.
    public let purposes: [Purpose]
    /// Whether it was weighed and stands; false while nobody has weighed it. One that was overruled is no fact any more.
    public let isUpheld: Bool
    public init(id: ObjectionID, recipients: [OrganisationNumber], purposes: [Purpose], isUpheld: Bool = false) {
        self.id = id
        self.recipients = recipients
        self.purposes = purposes
        self.isUpheld = isUpheld
    }
}

/// What is known about one person that bears on a decision. `nil` means unknown, and an unknown fact refuses.
public struct SubjectFacts: Hashable, Sendable {
    public let consents: [ConsentRecord]?
    /// Whether the person has died.
    public let deceased: Bool?
    /// The registry's secrecy indicator (BRP 07.70.10): 0 none, 1–7 bars giving address data.
    public let secrecyIndicator: Int?
    public let objections: [Objection]?
    /// How old the person may be, and who decides for the person.
    public let representation: Representation?
    /// What is stored about the person, and under which act it was obtained; a field in none of them is not stored. `nil` also where nobody
    /// needed to look (``PolicySnapshot/asksForHoldings(_:)``, ``Representation/isOwn``).
    public let held: [Holding]?
    /// The justifications for sharing without consent that are about the person, whatever became of them. `nil` also where nobody needed to
    /// look, since consent is claimed.
    public let justifications: [Justification]?
    /// The levers by which the person may be compelled, whatever became of them. `nil` also where nobody needed to look, since no compulsion
    /// is claimed.
    public let levers: [Lever]?

    public init(
        consents: [ConsentRecord]?, deceased: Bool?, secrecyIndicator: Int?, objections: [Objection]?,
        representation: Representation?, held: [Holding]? = nil, justifications: [Justification]? = nil, levers: [Lever]? = nil
    ) {
        self.consents = consents
        self.deceased = deceased
        self.secrecyIndicator = secrecyIndicator
        self.objections = objections
        self.representation = representation
        self.held = held
        self.justifications = justifications
        self.levers = levers
    }
}

/// What is known about the persons of a question, read and never made up: only `Storage` constructs it.
public struct DisclosureFacts: Hashable, Sendable {
    /// Facts per person; a person who is absent is unknown.
    public let subjects: [PersonID: SubjectFacts]
    /// Whether what goes without consent needs a justification. False only for facts that were kept before there were any: a decision on
    /// them is replayed by the rules of its time.
    public let asksForJustification: Bool
    /// Whether compulsion needs a lever. False only for facts that were kept before there were any, in the same way.
    public let asksForLever: Bool
    /// Whether it is asked who consents. False only for facts that were kept before ages were known, in the same way: then the person does.
    public let asksWhoConsents: Bool

    public init(
        subjects: [PersonID: SubjectFacts], asksForJustification: Bool = true, asksForLever: Bool = true,
        asksWhoConsents: Bool = true
    ) {
        self.subjects = subjects
        self.asksForJustification = asksForJustification
        self.asksForLever = asksForLever
        self.asksWhoConsents = asksWhoConsents
    }
}
