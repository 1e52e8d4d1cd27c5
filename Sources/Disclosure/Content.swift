import Casework

/// A value about a person or a household, as it was filed.
public enum ContentValue: Hashable, Sendable {
    case text(String)
    /// Named parts, such as a name's given, prefix and family.
    case record([String: String])
    case flag(Bool)
}

/// By whom a value was obtained, and under which act (each stored field knows; GDPR 14(2)(f)).
public struct Provenance: Hashable, Sendable {
    /// The organisation that filed it.
    public let organisation: OrganisationNumber
    /// How it was obtained, a code such as `visit`.
    public let obtainedBy: String?
    /// The act or task under which it was obtained.
    public let under: LegalArticle?
    public init(organisation: OrganisationNumber, obtainedBy: String?, under: LegalArticle?) {
        self.organisation = organisation
        self.obtainedBy = obtainedBy
        self.under = under
    }
}

/// One stored value: which field, about whom, from whom.
public struct ContentItem: Hashable, Sendable {
    /// The person it is about, or nil when it is about the household as a whole.
    public let subject: PersonID?
    public let field: FieldName
    public let value: ContentValue
    public let provenance: Provenance
    /// 32 random bytes that hide the value behind its commitment in the log.
    public let salt: [UInt8]
    public init(subject: PersonID?, field: FieldName, value: ContentValue, provenance: Provenance, salt: [UInt8]) {
        self.subject = subject
        self.field = field
        self.value = value
        self.provenance = provenance
        self.salt = salt
    }
}

/// Everything stored about some persons of one casefile.
public struct CaseContent: Sendable {
    public let items: [ContentItem]
    public init(items: [ContentItem]) { self.items = items }
}

/// What may be sealed: the items that a ``Permission`` let through. Only ``Permission/minimise(_:)`` makes one.
public struct PermittedDisclosure: Sendable {
    public let permission: Permission
    public let items: [ContentItem]
    init(permission: Permission, items: [ContentItem]) {
        self.permission = permission
        self.items = items
    }
}

/// A message without content: ids, a code and an instant. It goes only to a party that received what it is about.
public struct Notice: Hashable, Sendable {
    /// What the notice says.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The ground has ended; take no further action. No reason is given.
        case recalled
        case covenantEnded, correctionPending, erased, taskChanged
        /// A task stays open: to the helper, and to the partner's contact who has a mandate. Dutch: aansporing.
        case taskStaysOpen, taskStaysOpenToMandate
        /// The meeting of that invitation does not take place.
        case meetingCancelled
    }
    public let code: Code
    /// The messages it is about, as their recipient knows them.
    public let about: [MessageID]
    public let at: Instant
    public init(code: Code, about: [MessageID], at: Instant) {
        self.code = code
        self.about = about
        self.at = at
    }
}
