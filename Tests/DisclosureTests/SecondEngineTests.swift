import Casework
import Testing

@testable import Disclosure

@Suite("The gate against a second engine, written field by field")
struct SecondEngineTests {
    @Test("the whole decision table comes out the same") func decisionTable() {
        var asked = 0
        var outcomes: Set<String> = []
        for covenants in DecisionTable.covers() {
            for facts in DecisionTable.facts() {
                for ground in DecisionTable.claimedGrounds {
                    var scenario = Scenario()
                    scenario.covenants = covenants
                    scenario.facts = facts.map { [Names.anna: $0] } ?? [:]
                    scenario.ground = ground
                    scenario.fields = DecisionTable.fields
                    let decision = scenario.decide()
                    if decision.answer != scenario.decideNaively() { Issue.record("the engines differ in row \(asked)") }
                    asked += 1
                    switch decision.answer {
                    case .refused(let reasons): outcomes.formUnion(reasons.map(\.rawValue))
                    case .permitted(_, let leftOut, _, _, _): outcomes.formUnion(leftOut.values.map(\.rawValue))
                    }
                }
            }
        }
        #expect(asked > 50_000)
        // Every reason that a table without filing can give was given.
        #expect(outcomes.count == 17, "\(outcomes.sorted())")
    }

    @Test("60,000 random questions come out the same", arguments: 0..<6) func randomQuestions(seed: Int) {
        var generator = ScenarioGenerator(seed: UInt64(seed) + 1)
        var permitted = 0
        for number in 0..<10_000 {
            let scenario = generator.scenario()
            let decision = scenario.decide()
            if decision.answer != scenario.decideNaively() {
                Issue.record("the engines differ on question \(number) of seed \(seed): \(decision.answer) but \(scenario.decideNaively())")
                return
            }
            if case .permitted = decision { permitted += 1 }
        }
        // Were nearly all refused, the comparison would say little.
        #expect(permitted > 1_500, "only \(permitted) were permitted")
    }
}

/// The abstract decision table: every rule's cases, multiplied.
enum DecisionTable {
    static let claimedGrounds: [LawfulGround] = [.consent, .publicTask(Names.act), .legalObligation(Names.act), .vitalInterest]
    /// Covered, not covered, each of the special ones.
    static let fields: FieldNames = [.name, .email, .bsn, .address, .freeText]

    /// No covenant, every way in which one does not lead there, and every kind of one that does: grounds × the partner's limit × BSN.
    static func covers() -> [[Covenant]] {
        let (sender, recipient) = (Names.municipality, Names.debtHelp)
        var result: [[Covenant]] = [[], [covenant(parties: [sender, Names.housing])]]
        for grounds: [LawfulGround] in [[.consent], [.publicTask(Names.act), .consent], [.publicTask(Names.act)], []] {
            for limit: FieldNames in [[], [.name]] {
                for bsnUnder in [Names.act, nil] { result.append([covenant((grounds, limit, bsnUnder))]) }
            }
        }
        result += [
            [covenant(validUntil: 50)], [covenant(validFrom: 51)], [covenant(parties: [recipient])],
            [covenant(directions: [.receiver, .receiver])], [covenant(directions: [.sender, .sender])],
            [covenant(from: [Names.housing])], [covenant(to: [Names.housing])], [covenant(purpose: Names.housingAdvice)],
            [covenant().signed(by: [sender])], [covenant().signed(by: [recipient])],
            [covenant().with(parties: covenant().parties.map { $0.oin == recipient ? $0.present(until: at(50)) : $0 })],
        ]
        return result
    }

    /// Every consent history × death × secrecy × objection; nil is a person of whom nothing is known.
    static func facts() -> [SubjectFacts?] {
        var result: [SubjectFacts?] = [nil]
        for consents in consentHistories() {
            for deceased in [false, true, nil] {
                for secrecy in [0, 1, 7, nil] {
                    for objections in [[], [objection(Names.debtHelp)], [objection(Names.housing)], nil] {
                        result.append(
                            SubjectFacts(
                                consents: consents, deceased: deceased, secrecyIndicator: secrecy, objections: objections,
                                representation: .adult))
                    }
                }
            }
        }
        return result
    }

    private static func consentHistories() -> [[ConsentRecord]?] {
        [
            nil, [], [record(.notAsked, 10)], [record(.given, 10)], [record(.refused, 10)], [record(.given, 10, withdrawn: 20)],
            [record(.given, 10, until: 50)], [record(.given, 10, from: 51)], [record(.given, 51)],
            [record(.given, 10), record(.refused, 20)], [record(.refused, 10), record(.given, 20)],
            [record(.given, 10), record(.refused, 10)], [record(.refused, 10), record(.given, 20, until: 30)],
        ]
    }
    static func record(
        _ answer: ConsentRecord.Answer, _ recorded: Int64, from: Int64 = 0, until: Int64? = nil, withdrawn: Int64? = nil
    ) -> ConsentRecord {
        ConsentRecord(
            id: ConsentID(high: 1, low: UInt64(recorded)), answer: answer, recipients: [.organisation(Names.debtHelp)],
            purposes: [Names.debtAssistance], fields: .everything, from: at(from), until: until.map(at), recordedAt: at(recorded),
            withdrawnAt: withdrawn.map(at))
    }
    private static func objection(_ oin: OrganisationNumber) -> Objection {
        Objection(id: ObjectionID(high: 1, low: 1), recipients: [oin], purposes: [])
    }
    private static func covenant(
        _ rules: ([LawfulGround], FieldNames, LegalArticle?) = ([.consent], [], nil), validFrom: Int64 = 0, validUntil: Int64? = nil,
        parties: [OrganisationNumber] = [Names.municipality, Names.debtHelp],
        directions: [CovenantParty.Direction] = [.sender, .receiver], purpose: Purpose = Names.debtAssistance,
        from: [OrganisationNumber] = [Names.municipality], to: [OrganisationNumber] = [Names.debtHelp]
    ) -> Covenant {
        let article = Article(
            number: "1", purpose: purpose, from: from, to: to, fields: [.name, .bsn, .address, .freeText], grounds: rules.0,
            bsnUnder: rules.2, text: PlainText(nl: "proef", en: "test"))
        let members = zip(parties, directions).map {
            CovenantParty(
                oin: $0, name: "organisation", direction: $1, role: .controller, refuses: $0 == Names.debtHelp ? rules.1 : [],
                hasSigned: true)
        }
        return Covenant(
            id: "table", version: 1, title: PlainText(nl: "proef", en: "test"), validFrom: at(validFrom), validUntil: validUntil.map(at),
            parties: members, articles: [article])
    }
}
