import Casework
import Testing

@testable import Disclosure

@Suite("Speed, printed and not asserted")
struct SpeedTests {
    @Test("one decision among 20 partners, 8 purposes, 12 fields and 50 consents") func speed() {
        let partners = (2..<22).map(Names.oin)
        let purposes = (0..<8).map { Purpose(rawValue: "purpose\($0)") }
        let fields: FieldNames = FieldNames(FieldName.all.prefix(12))
        let parties = ([Names.municipality] + partners).map {
            CovenantParty(oin: $0, name: "organisation", direction: .both, role: .controller, sectors: ["debt"], hasSigned: true)
        }
        var articles: [Article] = []
        for partner in partners {
            for purpose in purposes {
                articles.append(
                    Article(
                        number: "1", purpose: purpose, from: [Names.municipality], to: [partner], fields: fields, grounds: [.consent],
                        bsnUnder: Names.act, text: PlainText(nl: "proef", en: "test")))
            }
        }
        var scenario = Scenario()
        scenario.covenants = [
            Covenant(
                id: "speed", version: 1, title: PlainText(nl: "proef", en: "test"), validFrom: at(0), validUntil: nil, parties: parties,
                articles: articles)
        ]
        (scenario.recipient, scenario.purpose, scenario.fields) = (partners[7], purposes[5], fields)
        let consents = (0..<50).map { (number: Int) -> ConsentRecord in
            let answer: ConsentRecord.Answer = number % 7 == 3 ? .refused : .given
            let recipients: [ConsentRecipient] = [.organisation(partners[number % 20]), .organisation(partners[7])]
            return ConsentRecord(
                id: ConsentID(high: 0, low: UInt64(number)), answer: answer, recipients: recipients,
                purposes: [purposes[number % 8], purposes[5]], fields: fields, from: at(0), until: nil, recordedAt: at(Int64(number)),
                withdrawnAt: nil)
        }
        let known = SubjectFacts(consents: consents, deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
        let facts = DisclosureFacts(subjects: [Names.anna: known])
        let (question, policy) = (scenario.question, scenario.policy)
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<2_000 {
            times.append(clock.measure { _ = decideDisclosure(question, facts: facts, policy: policy, at: at(50)) })
        }
        times.sort()
        print("decideDisclosure: median \(times[times.count / 2]), 99th percentile \(times[times.count * 99 / 100])")
        #expect(decideDisclosure(question, facts: facts, policy: policy, at: at(50)).granted.count == 12)
    }
}
