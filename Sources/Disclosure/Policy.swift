import Casework

/// How a message is sealed for a partner, as its covenant names it: one closed list, of which nobody chooses at run time.
///
/// A post-quantum profile begins as a case here; its key then gets a kind in `JOSE`, and the compiler asks for the rest.
public enum SealingProfile: String, CaseIterable, Hashable, Sendable {
    /// ECDH-ES+A256KW on P-256, ES256.
    case joseP256 = "jose-p256"
    /// ECDH-ES+A256KW on X25519, ES256.
    case joseX25519 = "jose-x25519"
    /// NL GOV API modules, for partners on Digikoppeling: RSA-OAEP, PS256, and a signature over each payload.
    case nlGov = "nlgov"
}

/// A text in the languages of the pages.
public struct PlainText: Hashable, Sendable {
    public let nl: String
    public let en: String
    public init(nl: String, en: String) {
        self.nl = nl
        self.en = en
    }
}

/// One permission of a covenant: who may give whom which fields, for one purpose, on which grounds.
public struct Article: Hashable, Sendable {
    public let number: String
    public let purpose: Purpose
    public let from: [OrganisationNumber]
    public let to: [OrganisationNumber]
    public let fields: FieldNames
    /// The grounds the controller signed on; `consent` unless it says otherwise.
    public let grounds: [LawfulGround]
    /// The act that prescribes the BSN (UAVG 46); without it the BSN does not travel under this article.
    public let bsnUnder: LegalArticle?
    public let text: PlainText

    public init(
        number: String, purpose: Purpose, from: [OrganisationNumber], to: [OrganisationNumber], fields: FieldNames, grounds: [LawfulGround],
        bsnUnder: LegalArticle?, text: PlainText
    ) {
        self.number = number
        self.purpose = purpose
        self.from = from
        self.to = to
        self.fields = fields
        self.grounds = grounds
        self.bsnUnder = bsnUnder
        self.text = text
    }
}

/// A text that several covenants share, by its name: each of them fills its places with parties of its own (R30). Dutch: modelconvenant.
public struct CovenantTemplate: Hashable, Sendable {
    public let id: String
    public let version: Int
    public init(id: String, version: Int) {
        self.id = id
        self.version = version
    }
}

/// A privacy covenant between organisations. Dutch: convenant.
public struct Covenant: Hashable, Sendable {
    public let id: String
    public let version: Int
    public let title: PlainText
    /// What its articles were taken from; nil where it states them itself. The gate decides on the articles, wherever they stood.
    public let template: CovenantTemplate?
    public let validFrom: Instant
    /// The first instant at which it no longer holds, or nil when it is open.
    public let validUntil: Instant?
    public let parties: [CovenantParty]
    public let articles: [Article]

    public init(
        id: String, version: Int, title: PlainText, template: CovenantTemplate? = nil, validFrom: Instant, validUntil: Instant?,
        parties: [CovenantParty], articles: [Article]
    ) {
        self.id = id
        self.version = version
        self.title = title
        self.template = template
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.parties = parties
        self.articles = articles
    }

    /// Whether the covenant holds at this instant.
    public func isInForce(at now: Instant) -> Bool { validFrom <= now && validUntil.map { now < $0 } ?? true }
}

/// What happens to a signal about people who did not agree to it (The Hague's open question; R22).
public enum RefusalPath: String, CaseIterable, Hashable, Sendable {
    /// Nothing is stored.
    case refuse
    /// Domains and a rough area are stored, nothing that joins to a person.
    case withoutIdentity
}

/// What the pack in force says and what its controller decided; nil means undecided, and what needs it refuses `policy-incomplete`.
public struct PackRules: Hashable, Sendable {
    public let id: String
    /// Whether any of the decisions is fictitious; every report and page then says so.
    public let fictitious: Bool
    /// Roles that may file; nil when the source does not say.
    public let mayFile: [StaffRole]?
    public let onRefusal: RefusalPath?
    /// The terms of tasks; each may be undecided.
    public let terms: CaseTerms
    /// The rungs for a task that stays open: the source's, then the decided one.
    public let ladder: [Rung]
    /// The only life domains of which something goes; nil when the source lists none, and then all may.
    public let lifeDomains: Set<LifeDomain>?

    public init(
        id: String, fictitious: Bool, mayFile: [StaffRole]?, onRefusal: RefusalPath?, terms: CaseTerms, ladder: [Rung] = [],
        lifeDomains: Set<LifeDomain>? = nil
    ) {
        self.id = id
        self.fictitious = fictitious
        self.mayFile = mayFile
        self.onRefusal = onRefusal
        self.terms = terms
        self.ladder = ladder
        self.lifeDomains = lifeDomains
    }
}

/// Everything a decision may rest on, at one revision. Only `PolicyFiles` constructs it.
public struct PolicySnapshot: Sendable {
    /// SHA-256 over the files it was read from, in lower-case hexadecimal.
    public let revision: String
    public let covenants: [Covenant]
    public let pack: PackRules
    /// What acts say, by id.
    public let statutes: [Statute]
    /// The date up to which all of it is known to be the law: the oldest on which an act's rules were compared with it. Nil without acts.
    public let lawAsOf: CalendarDate?
    /// Covenants per recipient, so that a decision does not walk over all partners.
    let byRecipient: [OrganisationNumber: [Covenant]]
    /// The articles per recipient and purpose, and the acts' rules.
    let index: PolicyIndex

    public init(revision: String, covenants: [Covenant], pack: PackRules, statutes: [Statute] = []) {
        self.revision = revision
        self.covenants = covenants.sorted { ($0.id, $0.version) < ($1.id, $1.version) }
        self.pack = pack
        self.statutes = statutes.sorted { $0.id < $1.id }
        lawAsOf = statutes.map(\.asOf).min()
        var index: [OrganisationNumber: [Covenant]] = [:]
        for covenant in self.covenants {
            for oin in Set(covenant.parties.map(\.oin)) { index[oin, default: []].append(covenant) }
        }
        byRecipient = index
        self.index = PolicyIndex(self.covenants, self.statutes)
    }
}
