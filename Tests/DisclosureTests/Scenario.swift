import Casework

import Disclosure

/// A question with all it is decided by, which a test can change and ask again.
struct Scenario {
    var sender = Names.municipality
    var role: StaffRole?
    var recipient = Names.debtHelp
    var purpose = Names.debtAssistance
    var ground = LawfulGround.consent
    var fields: FieldNames = [.name]
    var subjects = [Names.anna]
    var isAboutEverybody = true
    var covenants: [Covenant] = []
    var statutes: [Statute] = []
    var mayFile: [StaffRole]?
    var lifeDomains: Set<LifeDomain>?
    var facts: [PersonID: SubjectFacts] = [:]
    var asksForJustification = true
    var asksForLever = true
    var asksWhoConsents = true
    var now = at(50)

    var question: DisclosureQuestion {
        DisclosureQuestion(
            sender: sender, senderRole: role, recipient: recipient, purpose: purpose, fields: fields, subjects: subjects, ground: ground,
            isAboutEverybody: isAboutEverybody)
    }
    var policy: PolicySnapshot {
        let terms = CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil)
        let pack = PackRules(
            id: "test", fictitious: true, mayFile: mayFile, onRefusal: nil, terms: terms, ladder: [], lifeDomains: lifeDomains)
        return PolicySnapshot(revision: "test", covenants: covenants, pack: pack, statutes: statutes)
    }
    private var known: DisclosureFacts {
        DisclosureFacts(
            subjects: facts, asksForJustification: asksForJustification, asksForLever: asksForLever, asksWhoConsents: asksWhoConsents)
    }
    func decide() -> DisclosureDecision { decideDisclosure(question, facts: known, policy: policy, at: now) }
    func decideNaively() -> Answer {
        NaiveEngine(question: question, facts: known, policy: policy, now: now).decide()
    }
    /// What goes, as slots.
    var granted: Set<Slot> { decide().granted }
}

/// The few names that tests use.
enum Names {
    static let municipality = oin(1)
    static let debtHelp = oin(2)
    static let housing = oin(3)
    static let organisations = [municipality, debtHelp, housing]
    static let debtAssistance = Purpose(rawValue: "debtAssistance")
    static let housingAdvice = Purpose(rawValue: "housingAdvice")
    static let anna = PersonID(high: 0, low: 1)
    static let bert = PersonID(high: 0, low: 2)
    static let carla = PersonID(high: 0, low: 3)
    static let act = LegalArticle("socialSupportAct.5.2.9")!
    static func oin(_ number: Int) -> OrganisationNumber { OrganisationNumber("0000009900000000\(1000 + number)")! }
}

/// When the acts of the tests were last compared with the law.
let lawAsOf = CalendarDate(year: 2026, month: 11, day: 21)!

func at(_ ms: Int64) -> Instant { Instant(millisecondsSince1970: ms) }

extension DisclosureDecision {
    var permission: Permission? { if case .permitted(let permission) = self { permission } else { nil } }
    var granted: Set<Slot> {
        Set((permission?.grants ?? []).flatMap { grant in grant.fields.map { Slot(subject: grant.subject, field: $0) } })
    }
    var answer: Answer {
        switch self {
        case .refused(let reasons): return .refused(reasons)
        case .permitted(let permission):
            let left = permission.leftOut.map { (Slot(subject: $0.subject, field: $0.field), $0.reason) }
            return .permitted(
                granted: granted, leftOut: Dictionary(left) { first, _ in first }, articles: permission.articles,
                statutes: permission.statutes, levers: permission.levers)
        }
    }
}

extension Covenant {
    func with(articles: [Article]? = nil, parties: [CovenantParty]? = nil) -> Covenant {
        Covenant(
            id: id, version: version, title: title, validFrom: validFrom, validUntil: validUntil, parties: parties ?? self.parties,
            articles: articles ?? self.articles)
    }
}

extension Article {
    func with(fields: FieldNames? = nil, grounds: [LawfulGround]? = nil, purpose: Purpose? = nil) -> Article {
        Article(
            number: number, purpose: purpose ?? self.purpose, from: from, to: to, fields: fields ?? self.fields,
            grounds: grounds ?? self.grounds,
            bsnUnder: bsnUnder, text: text)
    }
}

extension CovenantParty {
    func refusing(_ fields: FieldNames) -> CovenantParty { with(refuses: refuses.union(fields)) }
    func limiting(_ limit: PartyLimit) -> CovenantParty { with(limits: limits + [limit]) }
    func present(from: Instant? = nil, until: Instant? = nil) -> CovenantParty { with(from: from, until: until) }
    func signing(_ hasSigned: Bool) -> CovenantParty { with(hasSigned: hasSigned) }
    private func with(
        from: Instant?? = nil, until: Instant?? = nil, refuses: FieldNames? = nil, limits: [PartyLimit]? = nil, hasSigned: Bool? = nil
    ) -> CovenantParty {
        CovenantParty(
            oin: oin, name: name, direction: direction, role: role, from: from ?? self.from, until: until ?? self.until, sectors: sectors,
            sealing: sealing, refuses: refuses ?? self.refuses, limits: limits ?? self.limits, hasSigned: hasSigned ?? self.hasSigned)
    }
}

extension SubjectFacts {
    func with(consents: [ConsentRecord]) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(deceased: Bool?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(secrecyIndicator: Int?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(objections: [Objection]?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(justifications: [Justification]?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(levers: [Lever]?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
    func with(representation: Representation?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held, justifications: justifications, levers: levers)
    }
    func with(held: [Holding]?) -> SubjectFacts {
        SubjectFacts(
            consents: consents, deceased: deceased, secrecyIndicator: secrecyIndicator, objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
}

extension Justification {
    func with(
        recipient: OrganisationNumber? = nil, purpose: Purpose? = nil, ground: LawfulGround? = nil, fields: FieldNames? = nil,
        necessary: FieldNames? = nil, weighsSecrecy: Bool? = nil, agreedAt: Instant?? = nil, until: Instant? = nil, endedAt: Instant?? = nil
    ) -> Justification {
        Justification(
            id: id, recipient: recipient ?? self.recipient, purpose: purpose ?? self.purpose, ground: ground ?? self.ground,
            fields: fields ?? self.fields, necessary: necessary ?? self.necessary, weighsSecrecy: weighsSecrecy ?? self.weighsSecrecy,
            agreedAt: agreedAt ?? self.agreedAt, until: until ?? self.until, endedAt: endedAt ?? self.endedAt)
    }
}

extension Lever {
    func with(
        article: LegalArticle? = nil, signers: [OrganisationNumber]? = nil, from: Instant? = nil, until: Instant? = nil,
        reviewBy: Instant? = nil, endedAt: Instant?? = nil
    ) -> Lever {
        Lever(
            id: id, kind: kind, article: article ?? self.article, signers: signers ?? self.signers, from: from ?? self.from,
            until: until ?? self.until, reviewBy: reviewBy ?? self.reviewBy, endedAt: endedAt ?? self.endedAt)
    }
}

extension Statute {
    func with(rules: [StatuteRule]) -> Statute { Statute(id: id, title: title, asOf: asOf, rules: rules, consentAges: consentAges) }
}

extension StatuteRule {
    func with(
        effect: Effect? = nil, holder: Sectors? = nil, recipients: Recipients? = nil, sources: [String]?? = nil, ofPartnersToo: Bool? = nil,
        purposes: [Purpose]?? = nil, fields: FieldNames? = nil, necessity: Bool? = nil, from: Instant? = nil,
        until: Instant?? = nil, bill: Bool? = nil
    ) -> StatuteRule {
        StatuteRule(
            article: article, effect: effect ?? self.effect, holder: holder ?? self.holder, recipients: recipients ?? self.recipients,
            sources: sources ?? self.sources, ofPartnersToo: ofPartnersToo ?? self.ofPartnersToo, purposes: purposes ?? self.purposes,
            fields: fields ?? self.fields, necessity: necessity ?? self.necessity, validFrom: from ?? validFrom,
            validUntil: until ?? validUntil,
            bill: bill ?? self.bill, text: text)
    }
}

extension ConsentRecord {
    func withdrawn(at instant: Instant) -> ConsentRecord {
        ConsentRecord(
            id: id, by: speaker, answer: answer, recipients: recipients, purposes: purposes, fields: fields, from: from, until: until,
            recordedAt: recordedAt, withdrawnAt: instant)
    }
}
