import Casework
import Testing

@testable import Disclosure

@Suite("The laws of covenants")
struct CovenantLawTests {
    /// A question that is permitted: debt help may have the name, on consent, under a covenant that both have signed.
    private static func permitted() -> Scenario {
        var scenario = Scenario()
        scenario.fields = [.name, .concern(.health)]
        scenario.facts[Names.anna] = SubjectFacts(
            consents: [DecisionTable.record(.given, 10)], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
        scenario.covenants = [covenant("first")]
        return scenario
    }
    private static func covenant(_ id: String) -> Covenant {
        Covenant(
            id: id, version: 1, title: PlainText(nl: "proef", en: "test"), validFrom: at(0), validUntil: nil,
            parties: [
                CovenantParty(oin: Names.municipality, name: "m", direction: .both, role: .controller, hasSigned: true),
                CovenantParty(oin: Names.debtHelp, name: "d", direction: .receiver, role: .controller, sectors: ["debt"], hasSigned: true),
                CovenantParty(
                    oin: Names.housing, name: "h", direction: .receiver, role: .controller, sectors: ["housing"], hasSigned: true),
            ],
            articles: [
                Article(
                    number: "1", purpose: Names.debtAssistance, from: [Names.municipality], to: [Names.debtHelp, Names.housing],
                    fields: [.name, .concern(.health)], grounds: [.consent], bsnUnder: nil, text: PlainText(nl: "proef", en: "test"))
            ])
    }
    /// The same question with housing for recipient, to whom the person said yes as well.
    private static func askedByHousing(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.recipient = Names.housing
        scenario.facts[Names.anna] = SubjectFacts(
            consents: [
                ConsentRecord(
                    id: ConsentID(high: 1, low: 1), answer: .given, recipients: [.organisation(Names.housing)],
                    purposes: [Names.debtAssistance], fields: .everything, from: at(0), until: nil, recordedAt: at(10), withdrawnAt: nil)
            ], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
        return scenario
    }
    private func changing(
        _ oin: OrganisationNumber, in scenario: Scenario = permitted(), _ change: (CovenantParty) -> CovenantParty
    ) -> Scenario {
        var scenario = scenario
        scenario.covenants = scenario.covenants.map { $0.with(parties: $0.parties.map { $0.oin == oin ? change($0) : $0 }) }
        return scenario
    }
    private func refusal(_ scenario: Scenario) -> [RefusalReason] {
        if case .refused(let reasons) = scenario.decide() { reasons } else { [] }
    }

    @Test("a covenant that both have signed permits") func permits() {
        #expect(Self.permitted().granted.count == 2)
    }

    @Test("a flow to or from a party that has not signed is refused covenant-unsigned", arguments: [Names.municipality, Names.debtHelp])
    func unsigned(_ party: OrganisationNumber) {
        #expect(refusal(changing(party) { $0.signing(false) }) == [.covenantUnsigned])
    }

    @Test("a third party that has not signed stops no flow between the others") func thirdParty() {
        #expect(changing(Names.housing) { $0.signing(false) }.granted.count == 2)
    }

    @Test("another covenant that both have signed carries on where this one is not signed") func otherCovenant() {
        var scenario = changing(Names.debtHelp) { $0.signing(false) }
        scenario.covenants.append(Self.covenant("second"))
        #expect(scenario.granted.count == 2)
        #expect(scenario.decide().permission?.articles.map(\.id) == ["second"])
    }

    @Test("taking a signature away never adds a field") func signatureIsMonotone() {
        var generator = ScenarioGenerator(seed: 131)
        var changed = 0
        for _ in 0..<8_000 {
            let before = generator.scenario()
            let party = generator.random.one(of: Names.organisations)
            let after = changing(party, in: before) { $0.signing(false) }
            #expect(after.granted.isSubset(of: before.granted))
            if after.granted != before.granted { changed += 1 }
        }
        #expect(changed > 100)
    }

    @Test("where another covenant holds, the end of the one for the purpose is told, and not that no covenant names it")
    func endedForPurpose() {
        var scenario = Self.permitted()
        let ended = changing(Names.debtHelp) { $0.present(until: at(50)) }.covenants
        let other = Self.covenant("other")
        scenario.covenants = ended + [other.with(articles: other.articles.map { $0.with(purpose: Names.housingAdvice) })]
        #expect(refusal(scenario) == [.covenantExpired])
        scenario.purpose = .intake
        #expect(refusal(scenario) == [.purposeNotCovered])
    }

    @Test("a party receives from the instant at which it joins") func joins() {
        let late = changing(Names.debtHelp) { $0.present(from: at(50)) }
        #expect(late.granted.count == 2)
        #expect(refusal(changing(Names.debtHelp) { $0.present(from: at(51)) }) == [.covenantExpired])
    }

    @Test("a party receives nothing from the instant at which it leaves, and the others go on") func leaves() {
        #expect(changing(Names.debtHelp) { $0.present(until: at(51)) }.granted.count == 2)
        let left = changing(Names.debtHelp) { $0.present(until: at(50)) }
        #expect(refusal(left) == [.covenantExpired])
        #expect(Self.askedByHousing(left).granted.count == 2)
    }

    @Test("R32: a party that gives no health data to housing gives it to debt help, and not to housing") func limitsBySector() {
        let limit = PartyLimit(.giving, fields: [.concern(.health)], sectors: ["housing"])
        let scenario = changing(Names.municipality) { $0.limiting(limit) }
        #expect(scenario.granted.count == 2)
        let housing = Self.askedByHousing(scenario)
        #expect(housing.granted == [Slot(subject: Names.anna, field: .name)])
        #expect(housing.decide().permission?.leftOut.map(\.reason) == [.partnerProtocol])
        #expect(Self.askedByHousing(Self.permitted()).granted.count == 2)
    }

    @Test("a limit for one purpose leaves the others alone", arguments: PartyLimit.Side.allCases) func limitsByPurpose(
        _ side: PartyLimit.Side
    ) {
        let party = side == .giving ? Names.municipality : Names.debtHelp
        func granted(_ purpose: Purpose) -> Int {
            changing(party) { $0.limiting(PartyLimit(side, fields: [.concern(.health)], purposes: [purpose])) }.granted.count
        }
        #expect(granted(Names.debtAssistance) == 1 && granted(Names.housingAdvice) == 2)
    }

    @Test("a limit binds the side that set it: what a party does not take it may give, and the other way round") func limitsHaveASide() {
        let giving = PartyLimit(.giving, fields: [.name])
        let taking = PartyLimit(.taking, fields: [.name])
        #expect(changing(Names.debtHelp) { $0.limiting(giving) }.granted.count == 2)
        #expect(changing(Names.municipality) { $0.limiting(taking) }.granted.count == 2)
    }

    @Test("adding a limit never adds a field") func limitsAreMonotone() {
        var generator = ScenarioGenerator(seed: 132)
        var changed = 0
        for _ in 0..<8_000 {
            let before = generator.scenario()
            let (party, limit) = (generator.random.one(of: Names.organisations), generator.limit())
            let after = changing(party, in: before) { $0.limiting(limit) }
            #expect(after.granted.isSubset(of: before.granted))
            if after.granted != before.granted { changed += 1 }
        }
        #expect(changed > 100)
    }
}
