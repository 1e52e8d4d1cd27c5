import Casework

/// What one act says about the age from which somebody consents (`policies/statutes`, `consent`).
public struct ConsentAge: Hashable, Sendable {
    /// The act's article that says so.
    public let article: LegalArticle
    /// The acts under which the data were obtained, in camelCase; nil for whatever act.
    public let sources: [String]?
    /// The purposes for which it lets the person consent alone at whatever age.
    public let exceptPurposes: [Purpose]
    /// Below this age, in whole years, every representative must have said yes.
    public let representativeUnder: Int
    /// From this age on, in whole years, the person must have said yes.
    public let personFrom: Int
    public let validFrom: Instant
    /// The first instant at which it is no longer in force, or nil.
    public let validUntil: Instant?
    /// What it says, in one sentence.
    public let text: PlainText

    public init(
        article: LegalArticle, sources: [String]?, exceptPurposes: [Purpose] = [], representativeUnder: Int, personFrom: Int,
        validFrom: Instant, validUntil: Instant? = nil, text: PlainText
    ) {
        self.article = article
        self.sources = sources
        self.exceptPurposes = exceptPurposes
        self.representativeUnder = representativeUnder
        self.personFrom = personFrom
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.text = text
    }

    /// Whether it asks for a representative of somebody who may be this young.
    func asksRepresentative(_ youngest: Int, for purpose: Purpose) -> Bool {
        youngest < representativeUnder && !exceptPurposes.contains(purpose)
    }
    /// Whether it asks somebody who may be this old.
    func asksPerson(_ oldest: Int, for purpose: Purpose) -> Bool { oldest >= personFrom || exceptPurposes.contains(purpose) }

    func isInForce(at now: Instant) -> Bool { Validity(from: validFrom, until: validUntil).contains(now) }

    /// The fields it is about. What nobody knows the act of falls under every act.
    /// - Parameter held: what is stored, and under which act; nil where nobody looked.
    func fields(of held: [Holding]?) -> FieldNames {
        guard let sources, let held else { return .everything }
        var others = FieldNames()
        for holding in held { if let act = holding.act, !sources.contains(act) { others.formUnion(holding.fields) } }
        // A field that several filed is theirs too who obtained it under this act.
        for holding in held where holding.act.map({ sources.contains($0) }) ?? true { others = others.subtracting(holding.fields) }
        return FieldNames.everything.subtracting(others)
    }
}
