import Casework
import Testing

@testable import Disclosure

@Suite("Whether a yes still counts")
struct StillCountsTests {
    private let policy: PolicySnapshot = {
        func party(_ oin: OrganisationNumber, _ sectors: [String]) -> CovenantParty {
            CovenantParty(oin: oin, name: "", direction: .both, role: .controller, sectors: sectors, hasSigned: true)
        }
        var scenario = Scenario()
        scenario.covenants = [
            Covenant(
                id: "debt", version: 1, title: PlainText(nl: "proef", en: "test"), validFrom: at(0), validUntil: nil,
                parties: [party(Names.debtHelp, ["debt"]), party(Names.housing, ["debt", "housing"])], articles: [])
        ]
        return scenario.policy
    }()
    private let somebody = Speaker.representative(RepresentativeID(high: 0, low: 1))

    private func record(
        _ answer: ConsentRecord.Answer, by speaker: Speaker = .person, to recipients: [ConsentRecipient] = [.organisation(Names.debtHelp)],
        for purposes: [Purpose]? = [Names.debtAssistance], fields: FieldNames = [.name, .address], until: Instant? = nil, at recorded: Int64
    ) -> ConsentRecord {
        ConsentRecord(
            id: ConsentID(high: 0, low: UInt64(recorded)), by: speaker, answer: answer, recipients: recipients, purposes: purposes,
            fields: fields, from: at(0), until: until, recordedAt: at(recorded), withdrawnAt: nil)
    }

    private func counts(_ yes: ConsentRecord, beside others: [ConsentRecord]) -> Bool {
        policy.stillCounts(yes, among: [yes] + others, at: at(50))
    }

    @Test("a no of the same speaker beats it when it came later, or at the same instant, and covers all of it") func laterNo() {
        let yes = record(.given, at: 10)
        #expect(counts(yes, beside: []))
        #expect(counts(yes, beside: [record(.refused, at: 9), record(.notAsked, at: 20)]))
        #expect(!counts(yes, beside: [record(.refused, at: 10)]))
        #expect(!counts(yes, beside: [record(.refused, to: [.anyone], for: nil, fields: .everything, at: 20)]))
        #expect(!counts(yes, beside: [record(.given, at: 5).withdrawn(at: at(20))]), "what is withdrawn is a no from then on")
        #expect(counts(yes, beside: [record(.refused, by: somebody, at: 20)]))
        #expect(counts(yes, beside: [record(.refused, for: [Names.housingAdvice], at: 20)]))
        let byParts = [record(.refused, fields: [.name], at: 20), record(.refused, fields: [.address], at: 21)]
        #expect(counts(yes, beside: [byParts[0]]) && !counts(yes, beside: byParts))
    }

    @Test("a no to a sector beats a yes to who is in it; a yes to a sector is over when nobody of it is left") func sectors() {
        let yes = record(.given, at: 10)
        #expect(!counts(yes, beside: [record(.refused, to: [.sector("debt")], at: 20)]))
        #expect(counts(yes, beside: [record(.refused, to: [.sector("housing")], at: 20)]))
        let both = record(.given, to: [.sector("debt")], at: 10)
        let noes = [record(.refused, at: 20), record(.refused, to: [.organisation(Names.housing)], at: 21)]
        #expect(counts(both, beside: [noes[0]]) && !counts(both, beside: noes))
        let nobody = record(.given, to: [.sector("care")], at: 10)
        #expect(counts(nobody, beside: [noes[0]]))
        #expect(!counts(nobody, beside: [record(.refused, to: [.sector("care")], at: 20)]))
    }

    @Test("it counts no more once it was withdrawn, or its time has ended; a no never counts as a yes") func ended() {
        #expect(!counts(record(.given, at: 10).withdrawn(at: at(20)), beside: []))
        #expect(!counts(record(.given, until: at(50), at: 10), beside: []) && counts(record(.given, until: at(51), at: 10), beside: []))
        #expect(!counts(record(.refused, at: 10), beside: []))
    }

    @Test("over random questions: a yes that a no beats can be taken away, and nothing else goes") func beatenGivesNothing() {
        var generator = ScenarioGenerator(seed: 401)
        var outcome = (held: 0, broken: 0)
        for _ in 0..<20_000 {
            var scenario = generator.scenario()
            scenario.ground = .consent
            let (policy, granted) = (scenario.policy, scenario.granted)
            for person in Set(scenario.subjects) {
                guard let known = scenario.facts[person], let consents = known.consents else { continue }
                for yes in consents where yes.answer == .given && yes.withdrawnAt == nil && (yes.until.map { scenario.now < $0 } ?? true) {
                    if policy.stillCounts(yes, among: consents, at: scenario.now) { continue }
                    var after = scenario
                    after.facts[person] = known.with(consents: consents.filter { $0.id != yes.id })
                    if after.granted == granted { outcome.held += 1 } else { outcome.broken += 1 }
                }
            }
        }
        #expect(outcome.broken == 0 && outcome.held > 20, "\(outcome)")
    }
}
