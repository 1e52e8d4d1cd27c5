import Casework
import Disclosure

/// SplitMix64: the same numbers for the same seed on every machine.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
    /// Each element with one chance in two; at least one.
    mutating func some<Element>(of elements: [Element]) -> [Element] {
        let found = elements.filter { _ in once(in: 2) }
        return found.isEmpty ? [one(of: elements)] : found
    }
}

/// Random questions over few names, so that rules meet each other often.
struct ScenarioGenerator {
    var random: Seeded
    /// The ground that the scenario at hand claims: half of the articles name it, or little would ever go on another one than consent.
    private var claimed = LawfulGround.consent
    /// To whom and for what, likewise.
    private var asked = (recipient: Names.debtHelp, purpose: Names.debtAssistance)
    static let fields: [FieldName] = [
        .name, .bsn, .address, .safeWay, .householdMembers, .concern(.debts), .concern(.health), .freeText,
    ]
    static let purposes = [Names.debtAssistance, Names.housingAdvice, .intake]
    static let grounds: [LawfulGround] = [
        .consent, .vitalInterest, .publicTask(Names.act), .legalObligation(Names.act), .compulsory(Names.act),
    ]
    static let sectors = ["debt", "housing"]

    init(seed: UInt64) { random = Seeded(seed) }

    mutating func scenario() -> Scenario {
        var scenario = Scenario()
        scenario.sender = random.once(in: 24) ? random.one(of: Names.organisations) : Names.municipality
        scenario.recipient = random.once(in: 24) ? random.one(of: Names.organisations) : Names.debtHelp
        scenario.role = random.once(in: 2) ? nil : random.one(of: StaffRole.allCases)
        scenario.mayFile = random.once(in: 2) ? nil : random.some(of: StaffRole.allCases)
        scenario.purpose = random.once(in: 10) ? random.one(of: Self.purposes) : Names.debtAssistance
        scenario.ground = random.once(in: 2) ? random.one(of: Self.grounds) : .consent
        claimed = scenario.ground
        asked = (scenario.recipient, scenario.purpose)
        scenario.fields = random.once(in: 60) ? [] : fields()
        scenario.subjects = random.once(in: 60) ? [] : random.some(of: [Names.anna, Names.bert, Names.carla]).shuffled(using: &random)
        if random.once(in: 10), let first = scenario.subjects.first { scenario.subjects.append(first) }
        scenario.covenants = (0..<(random.once(in: 20) ? 0 : 1 + random.below(3))).map { covenant($0) }
        scenario.statutes = random.once(in: scenario.ground == .consent ? 2 : 12) ? [] : statutes(on: scenario.ground)
        for person in [Names.anna, Names.bert, Names.carla] where !random.once(in: 20) { scenario.facts[person] = facts() }
        scenario.asksForJustification = !random.once(in: 30)
        scenario.asksForLever = !random.once(in: 30)
        scenario.asksWhoConsents = !random.once(in: 30)
        scenario.lifeDomains = random.once(in: 12) ? Set(LifeDomain.allCases.filter { _ in !random.once(in: 4) }) : nil
        return scenario
    }
    mutating func fields() -> FieldNames { FieldNames(random.some(of: Self.fields)) }
    mutating func instant() -> Instant { at(Int64(40 + random.below(14))) }

    mutating func covenant(_ number: Int) -> Covenant {
        let parties = Names.organisations.filter { _ in !random.once(in: 12) }.map { party($0) }
        let articles = (0..<(1 + random.below(3))).map { article("\($0)") }
        return Covenant(
            id: "covenant-\(number)", version: 1, title: PlainText(nl: "proef", en: "test"),
            validFrom: random.once(in: 12) ? instant() : at(0),
            validUntil: random.once(in: 6) ? instant() : nil, parties: parties, articles: articles)
    }
    mutating func party(_ oin: OrganisationNumber) -> CovenantParty {
        CovenantParty(
            oin: oin, name: "organisation", direction: random.once(in: 12) ? random.one(of: CovenantParty.Direction.allCases) : .both,
            role: .controller, from: random.once(in: 20) ? instant() : nil, until: random.once(in: 20) ? instant() : nil,
            sectors: Self.sectors.filter { _ in random.once(in: 2) }, refuses: random.once(in: 10) ? [random.one(of: Self.fields)] : [],
            limits: random.once(in: 15) ? [limit()] : [], hasSigned: !random.once(in: 40))
    }
    mutating func limit() -> PartyLimit {
        PartyLimit(
            random.one(of: PartyLimit.Side.allCases), fields: fields(), purposes: random.once(in: 2) ? [] : random.some(of: Self.purposes),
            sectors: random.once(in: 2) ? [] : [random.one(of: Self.sectors)])
    }
    mutating func article(_ number: String) -> Article {
        let grounds = random.once(in: 10) ? [] : random.once(in: 2) ? [claimed] : random.some(of: Self.grounds)
        return Article(
            number: number, purpose: random.once(in: 4) ? random.one(of: Self.purposes) : Names.debtAssistance,
            from: random.once(in: 10) ? random.some(of: Names.organisations) : Names.organisations,
            to: random.once(in: 10) ? random.some(of: Names.organisations) : Names.organisations, fields: fields(),
            grounds: grounds, bsnUnder: random.once(in: 2) ? Names.act : nil, text: PlainText(nl: "proef", en: "test"))
    }
    mutating func facts() -> SubjectFacts {
        let representation = random.once(in: 30) ? nil : representation()
        let isOwn = representation?.isOwn ?? true
        return SubjectFacts(
            consents: random.once(in: 20)
                ? nil
                : (0..<(2 + random.below(isOwn ? 4 : 12))).map { _ in
                    consent(by: random.once(in: isOwn ? 40 : 3) ? .representative(random.one(of: Self.representatives)) : .person)
                },
            deceased: random.once(in: 20) ? nil : random.once(in: 20), secrecyIndicator: random.one(of: [0, 0, 0, 0, 3, 7, nil, 9]),
            objections: random.once(in: 20) ? nil : random.once(in: 5) ? (0...random.below(2)).map { _ in objection() } : [],
            representation: representation, held: random.once(in: 20) ? nil : held(),
            justifications: random.once(in: 60) ? nil : justifications(),
            levers: random.once(in: 60) ? nil : levers())
    }
    mutating func consent(by speaker: Speaker) -> ConsentRecord {
        let recipients: [ConsentRecipient] =
            random.once(in: 6) ? [.anyone] : random.once(in: 3) ? [.sector(random.one(of: Self.sectors))] : [.organisation(Names.debtHelp)]
        return ConsentRecord(
            id: ConsentID(high: random.next(), low: random.next()), by: speaker,
            answer: random.one(of: [.given, .given, .given, .given, .given, .given, .given, .refused, .notAsked]),
            recipients: recipients, purposes: random.once(in: 8) ? nil : random.some(of: Self.purposes), fields: fields(),
            from: random.once(in: 5) ? instant() : at(0), until: random.once(in: 5) ? instant() : nil, recordedAt: instant(),
            withdrawnAt: random.once(in: 7) ? instant() : nil)
    }
    /// Mostly such as carry what is claimed, or nothing would ever go for the rest to stop.
    mutating func justifications() -> [Justification] {
        (random.once(in: 15) ? [] : [soundJustification()]) + (0..<random.below(3)).map { _ in justification() }
    }
    private mutating func soundJustification() -> Justification {
        Justification(
            id: JustificationID(high: random.next(), low: random.next()), recipient: asked.recipient, purpose: asked.purpose,
            ground: claimed, fields: .everything, necessary: .everything, weighsSecrecy: true, agreedAt: at(0), until: at(100))
    }
    mutating func justification() -> Justification {
        let fields = random.once(in: 8) ? fields() : .everything
        return Justification(
            id: JustificationID(high: random.next(), low: random.next()),
            recipient: random.once(in: 16) ? random.one(of: Names.organisations) : Names.debtHelp,
            purpose: random.once(in: 16) ? random.one(of: Self.purposes) : Names.debtAssistance,
            ground: random.once(in: 16) ? random.one(of: Self.grounds) : claimed, fields: fields,
            necessary: random.once(in: 8) ? self.fields().intersection(fields) : fields, weighsSecrecy: !random.once(in: 5),
            agreedAt: random.once(in: 10) ? nil : random.once(in: 5) ? instant() : at(0), until: random.once(in: 10) ? instant() : at(100),
            endedAt: random.once(in: 16) ? instant() : nil)
    }
    mutating func objection() -> Objection {
        Objection(
            id: ObjectionID(high: random.next(), low: random.next()),
            recipients: random.once(in: 2) ? [] : [random.one(of: Names.organisations)],
            purposes: random.once(in: 2) ? [] : [random.one(of: Self.purposes)], isUpheld: random.once(in: 2))
    }
}
