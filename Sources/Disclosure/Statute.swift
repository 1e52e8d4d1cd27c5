import Casework

/// Which organisations a rule is about, by the sectors that covenants give them.
public enum Sectors: Hashable, Sendable {
    case any
    case only([String])
    case except([String])
}

/// One rule of an act on sharing: about what, from whom, to whom, for what, and what it does (`policies/statutes`).
///
/// It says nothing by itself: a disclosure needs a covenant, and a rule that permits is only the necessity that a covenant's ground rests on.
public struct StatuteRule: Hashable, Sendable {
    /// What a rule does to the fields it is about.
    public enum Effect: Hashable, Sendable {
        /// Carries this ground without consent. Only one that goes across professional secrecy lifts ``forbidsUnlessReleased``.
        case permits(LawfulGround, acrossSecrecy: Bool)
        /// Nobody, on no ground.
        case forbids
        /// Police data: only the police give them, and whoever got them passes nothing on.
        case forbidsOnward
        /// Professional secrecy: on no ground but the person's consent.
        case forbidsUnlessReleased
        /// Without consent only to the recipients that the rule names.
        case onlyToThese
        /// On no ground but consent.
        case requiresConsent
    }
    /// To whom: the holder itself, for another of its tasks, and other organisations.
    public struct Recipients: Hashable, Sendable {
        /// Whether it is about use by the same controller (the same organisation).
        public let sameController: Bool
        /// Which other organisations it is about; nil for none.
        public let others: Sectors?
        public init(sameController: Bool, others: Sectors?) {
            self.sameController = sameController
            self.others = others
        }
    }
    /// The act's article that says so.
    public let article: LegalArticle
    public let effect: Effect
    /// The organisation that holds the datum and would disclose it.
    public let holder: Sectors
    public let recipients: Recipients
    /// The acts under which the datum was obtained, in camelCase; nil for whatever act.
    public let sources: [String]?
    /// Whether it also carries what another organisation obtained and filed with the holder. Never within one controller.
    public let ofPartnersToo: Bool
    /// The purposes; nil for all.
    public let purposes: [Purpose]?
    public let fields: FieldNames
    /// Whether whoever shares on it must state, field by field, why it is necessary.
    public let necessity: Bool
    public let validFrom: Instant
    /// The first instant at which it is no longer in force, or nil.
    public let validUntil: Instant?
    /// Whether it is not law yet: it is listed, and whoever claims it is refused.
    public let bill: Bool
    /// What it says, in one sentence.
    public let text: PlainText

    public init(
        article: LegalArticle, effect: Effect, holder: Sectors, recipients: Recipients, sources: [String]?, ofPartnersToo: Bool = false,
        purposes: [Purpose]?, fields: FieldNames, necessity: Bool = true, validFrom: Instant, validUntil: Instant? = nil,
        bill: Bool = false, text: PlainText
    ) {
        self.article = article
        self.effect = effect
        self.holder = holder
        self.recipients = recipients
        self.sources = sources
        self.ofPartnersToo = ofPartnersToo
        self.purposes = purposes
        self.fields = fields
        self.necessity = necessity
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.bill = bill
        self.text = text
    }
}

/// What an act says about sharing, as far as it bears on this work. Dutch: wet.
public struct Statute: Hashable, Sendable {
    /// The act in camelCase, such as `debtAssistanceAct`, as articles of covenants name it.
    public let id: String
    public let title: PlainText
    /// What people call it; its title where they have no shorter name.
    public let name: PlainText
    /// The date on which these rules were last compared with the act.
    public let asOf: CalendarDate
    public let rules: [StatuteRule]
    /// From which age somebody consents.
    public let consentAges: [ConsentAge]
    /// The work in which data are obtained under it; nil where nobody who files works under it.
    public let work: StatuteWork?

    public init(
        id: String, title: PlainText, name: PlainText? = nil, asOf: CalendarDate, rules: [StatuteRule], consentAges: [ConsentAge] = [],
        work: StatuteWork? = nil
    ) {
        self.id = id
        self.title = title
        self.name = name ?? title
        self.asOf = asOf
        self.rules = rules
        self.consentAges = consentAges
        self.work = work
    }
}

/// The work in which somebody obtains data under an act, as who files chooses it.
public struct StatuteWork: Hashable, Sendable {
    /// The article under which it is done.
    public let article: LegalArticle
    /// What it is called among those who do it.
    public let text: PlainText

    public init(article: LegalArticle, text: PlainText) {
        self.article = article
        self.text = text
    }
}

/// Fields about one person that are stored, under which act they were obtained and by whom: names only, never values.
public struct Holding: Hashable, Sendable {
    public let fields: FieldNames
    /// The act in camelCase; nil when whoever filed it did not say.
    public let act: String?
    /// The organisation that obtained it.
    public let organisation: OrganisationNumber

    public init(fields: FieldNames, act: String?, organisation: OrganisationNumber) {
        self.fields = fields
        self.act = act
        self.organisation = organisation
    }

    /// What these items tell about one person, each act and organisation once, in the order of the items.
    public static func of(_ subject: PersonID, in items: [ContentItem]) -> [Holding] {
        var holdings: [Holding] = []
        for item in items where item.subject == subject {
            let (act, organisation) = (item.provenance.under?.act, item.provenance.organisation)
            if let place = holdings.firstIndex(where: { $0.act == act && $0.organisation == organisation }) {
                holdings[place] = Holding(fields: holdings[place].fields.union([item.field]), act: act, organisation: organisation)
            } else {
                holdings.append(Holding(fields: [item.field], act: act, organisation: organisation))
            }
        }
        return holdings
    }
}
