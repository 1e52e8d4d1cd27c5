import Casework

/// What a datum is used for, such as `debtAssistance`; the values stand in the covenants. Dutch: doel.
public struct Purpose: RawRepresentable, Hashable, Sendable, Comparable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Filing a signal with the municipality's contact point.
    public static let intake = Purpose(rawValue: "intake")
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// An article of an act, written `<act>.<article>`, such as `socialSupportAct.5.2.9`.
public struct LegalArticle: Hashable, Sendable, Comparable {
    /// The act, in camelCase.
    public let act: String
    /// The article's number as the act writes it.
    public let article: String

    /// The article written `<act>.<article>`, or nil when either part is missing.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        act = String(parts[0])
        article = String(parts[1])
    }
    /// `<act>.<article>`.
    public var text: String { "\(act).\(article)" }
    /// Whether the act is one camelCase word, and the article has letters, digits and the marks that acts use, all ASCII.
    public var isWellFormed: Bool {
        func isPlain(_ letter: Character) -> Bool { letter.isASCII && (letter.isLetter || letter.isNumber) }
        return act.first.map { isPlain($0) && $0.isLowercase } ?? false && act.allSatisfy(isPlain)
            && article.first.map(isPlain) ?? false && article.allSatisfy { isPlain($0) || ".:()".contains($0) }
    }
    public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// The ground on which a disclosure rests (GDPR 6). Dutch: grondslag.
///
/// Covenant *and* consent is the default; any other works only where the controller signed it on in the covenant's article.
public enum LawfulGround: Hashable, Sendable {
    case consent
    case legalObligation(LegalArticle)
    case vitalInterest
    case publicTask(LegalArticle)
    case compulsory(LegalArticle)

    /// `consent`, `vitalInterest`, or `<kind>:<act>.<article>`.
    public var text: String {
        switch self {
        case .consent: "consent"
        case .vitalInterest: "vitalInterest"
        case .legalObligation(let article): "legalObligation:\(article.text)"
        case .publicTask(let article): "publicTask:\(article.text)"
        case .compulsory(let article): "compulsory:\(article.text)"
        }
    }
    /// The kind alone, as on the wire.
    public var kind: String { String(text.prefix { $0 != ":" }) }
    /// The article, where the ground names one.
    public var article: LegalArticle? {
        switch self {
        case .consent, .vitalInterest: nil
        case .legalObligation(let article), .publicTask(let article), .compulsory(let article): article
        }
    }

    /// Whether it is compulsion, under whatever article.
    public var isCompulsory: Bool { if case .compulsory = self { true } else { false } }

    /// The ground written as ``text`` writes it, or nil.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            switch text {
            case "consent": self = .consent
            case "vitalInterest": self = .vitalInterest
            default: return nil
            }
            return
        }
        guard let article = LegalArticle(parts[1]) else { return nil }
        switch parts[0] {
        case "legalObligation": self = .legalObligation(article)
        case "publicTask": self = .publicTask(article)
        case "compulsory": self = .compulsory(article)
        default: return nil
        }
    }
}

/// In which capacity someone works: to help, or to guard the entrance to a service. Dutch: pet.
public enum Capacity: String, CaseIterable, Hashable, Sendable { case helper, gatekeeper }

/// May this recipient have these fields about these persons, for this purpose, on this ground?
///
/// Field names and ids, never values.
public struct DisclosureQuestion: Hashable, Sendable {
    /// The organisation that discloses.
    public let sender: OrganisationNumber
    /// The role of the person who asks, where a person asks.
    public let senderRole: StaffRole?
    /// The organisation that would receive.
    public let recipient: OrganisationNumber
    public let purpose: Purpose
    public let fields: FieldNames
    /// The persons it is about, in the order in which the message names them; never empty.
    public let subjects: [PersonID]
    public let capacity: Capacity?
    /// The ground claimed.
    public let ground: LawfulGround
    /// Whether it is about everybody of whom the household's own fields tell; where it is not, those stay.
    public var isAboutEverybody: Bool

    public init(
        sender: OrganisationNumber, senderRole: StaffRole? = nil, recipient: OrganisationNumber, purpose: Purpose, fields: FieldNames,
        subjects: [PersonID], capacity: Capacity? = nil, ground: LawfulGround = .consent, isAboutEverybody: Bool = true
    ) {
        self.sender = sender
        self.senderRole = senderRole
        self.recipient = recipient
        self.purpose = purpose
        self.fields = fields
        self.subjects = subjects
        self.capacity = capacity
        self.ground = ground
        self.isAboutEverybody = isAboutEverybody
    }
}
