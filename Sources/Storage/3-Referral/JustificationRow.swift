import Casework
import Disclosure

/// Whether the person was asked before something is shared without consent.
public enum ConsentSought: String, CaseIterable, Hashable, Sendable {
    /// Asked, and said no.
    case refused
    /// Asked, and did not answer.
    case unanswered
    /// Not asked, for a reason that is written down.
    case notAsked
}

/// A justification as it is stored: what the gate looks at, who stands for it, and what was written, sealed.
public struct JustificationRow: Sendable {
    /// How it came to an end before its time.
    public enum End: String, CaseIterable, Hashable, Sendable { case declined, ended }
    public let id: JustificationID
    public let casefile: CasefileID
    /// The persons it is about; whoever was erased is no longer among them.
    public let subjects: [PersonID]
    /// Who decided to share.
    public let decider: AccountID
    public let recipient: OrganisationNumber
    public let purpose: Purpose
    public let ground: LawfulGround
    public let fields: FieldNames
    public let necessary: FieldNames
    public let capacity: Capacity
    /// The exception of GDPR 9(2), where special categories are shared.
    public let exception: String?
    /// The article under which offences are shared (GDPR 10).
    public let offencesUnder: LegalArticle?
    public let consentSought: ConsentSought
    /// The handle of the colleague who was consulted; nil where secrecy was not weighed.
    public let consulted: String?
    /// What was written, sealed under a sub-key of the casefile's key; nil once it is erased.
    public let sealed: [UInt8]?
    public let madeAt: Instant
    /// The first instant at which it no longer holds.
    public let until: Instant
    /// By when the resident is to be told, or telling is looked at again.
    public let tellBy: Instant
    /// Why telling is postponed, where it is; a code.
    public let postponedBecause: String?
    /// The second person, once that one has agreed.
    public let second: AccountID?
    public let agreedAt: Instant?
    public let endedAs: End?
    public let endedAt: Instant?

    public init(
        id: JustificationID, casefile: CasefileID, subjects: [PersonID], decider: AccountID, recipient: OrganisationNumber,
        purpose: Purpose, ground: LawfulGround, fields: FieldNames, necessary: FieldNames, capacity: Capacity, exception: String?,
        offencesUnder: LegalArticle?, consentSought: ConsentSought, consulted: String?, sealed: [UInt8]?, madeAt: Instant,
        until: Instant, tellBy: Instant, postponedBecause: String?, second: AccountID? = nil, agreedAt: Instant? = nil,
        endedAs: End? = nil, endedAt: Instant? = nil
    ) {
        self.id = id
        self.casefile = casefile
        self.subjects = subjects
        self.decider = decider
        self.recipient = recipient
        self.purpose = purpose
        self.ground = ground
        self.fields = fields
        self.necessary = necessary
        self.capacity = capacity
        self.exception = exception
        self.offencesUnder = offencesUnder
        self.consentSought = consentSought
        self.consulted = consulted
        self.sealed = sealed
        self.madeAt = madeAt
        self.until = until
        self.tellBy = tellBy
        self.postponedBecause = postponedBecause
        self.second = second
        self.agreedAt = agreedAt
        self.endedAs = endedAs
        self.endedAt = endedAt
    }

    /// What the gate sees of it; with `agreedAt`, as if somebody had agreed then.
    public func asTheGateSees(agreedAt supposed: Instant? = nil) -> Justification {
        Justification(
            id: id, recipient: recipient, purpose: purpose, ground: ground, fields: fields, necessary: necessary,
            weighsSecrecy: consulted != nil, agreedAt: agreedAt ?? supposed, until: until, endedAt: endedAt)
    }
}

/// A justification with what whoever reads it sees beside it.
public struct ShownJustification: Sendable {
    public let row: JustificationRow
    /// The names of the two accounts, disabled or not.
    public let decider: String
    public let second: String?
    /// The vault key of the casefile.
    public let casefileKey: Int64
}
