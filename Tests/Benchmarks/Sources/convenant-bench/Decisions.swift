import Casework
import Disclosure
import Foundation

/// The gate beside three engines for policies that are asked the same (`peers/engines.py`), in rows of a table.
func measureGate(_ place: Place) throws -> [[String]] {
    let own = try measureDecisions()
    let engines = try ChildProcess(place.python, [place.peers + "/engines.py"])
    let told = Data(try engines.firstLine(of: "the other engines").utf8)
    let others = try JSONDecoder().decode([String: Double].self, from: told)
    return [
        ["one referral: 20 partners x 8 purposes x 12 fields, 50 consents", "us", "of the gate's"],
        ["decideDisclosure", hundredths(own), ""],
    ]
        + others.sorted { $0.value < $1.value }.map { ["  " + $0.key, hundredths($0.value), hundredths($0.value / own)] }
}

/// The median microseconds of one decision among 20 partners, 8 purposes, 12 fields and 50 consents of the person.
///
/// The one place outside `PolicyFiles` and `Storage` that makes up a policy and facts: nothing leaves by it.
private func measureDecisions() throws -> Double {
    guard let town = DecisionTown() else { throw BenchFault(description: "the gate's questions cannot be made") }
    // Every question has its article and a consent: one that is refused would be measuring something else.
    let granted = town.questions.reduce(0) { sum, question in
        guard case .permitted(let permission) = decideDisclosure(question, facts: town.facts, policy: town.policy, at: town.now) else {
            return sum
        }
        return sum + permission.grants.reduce(0) { $0 + $1.fields.count }
    }
    guard granted == 12 * town.questions.count else { throw BenchFault(description: "the gate grants \(granted) fields") }
    var times: [Duration] = []
    var permitted = 0
    for _ in 0..<300 {
        let took = ContinuousClock().measure {
            for question in town.questions {
                if case .permitted = decideDisclosure(question, facts: town.facts, policy: town.policy, at: town.now) { permitted += 1 }
            }
        }
        times.append(took / town.questions.count)
    }
    guard permitted == 300 * town.questions.count else { throw BenchFault(description: "the gate permits \(permitted)") }
    times.sort()
    return Double(times[150] / .nanoseconds(1)) / 1000
}

private struct DecisionTown {
    let questions: [DisclosureQuestion]
    let facts: DisclosureFacts
    let policy: PolicySnapshot
    let now = Instant(millisecondsSince1970: 50)

    init?() {
        let start = Instant(millisecondsSince1970: 0)
        let organisations = (0..<21).compactMap { OrganisationNumber("0000009900000000\(1000 + $0)") }
        guard organisations.count == 21, let act = LegalArticle("socialSupportAct.5.2.9") else { return nil }
        let municipality = organisations[0]
        let partners = Array(organisations.dropFirst())
        let purposes = (0..<8).map { Purpose(rawValue: "purpose\($0)") }
        let fields = FieldNames(FieldName.all.prefix(12))
        let text = PlainText(nl: "proef", en: "test")
        let articles = partners.flatMap { (partner: OrganisationNumber) -> [Article] in
            purposes.map { purpose in
                Article(
                    number: "1", purpose: purpose, from: [municipality], to: [partner], fields: fields, grounds: [.consent], bsnUnder: act,
                    text: text)
            }
        }
        let covenant = Covenant(
            id: "bench", version: 1, title: text, validFrom: start, validUntil: nil,
            parties: organisations.map {
                CovenantParty(oin: $0, name: "organisation", direction: .both, role: .controller, sectors: ["debt"], hasSigned: true)
            },
            articles: articles)
        let terms = CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil)
        policy = PolicySnapshot(
            revision: "bench", covenants: [covenant],
            pack: PackRules(id: "bench", fictitious: true, mayFile: nil, onRefusal: nil, terms: terms, ladder: []))
        let person = PersonID(high: 0, low: 1)
        let consents = (0..<50).map { (number: Int) -> ConsentRecord in
            let recipients: [ConsentRecipient] = [.organisation(partners[number % 20]), .organisation(partners[(number * 7 + 1) % 20])]
            return ConsentRecord(
                id: ConsentID(high: 0, low: UInt64(number)), answer: .given, recipients: recipients, purposes: purposes, fields: fields,
                from: start, until: nil, recordedAt: Instant(millisecondsSince1970: Int64(number)), withdrawnAt: nil)
        }
        facts = DisclosureFacts(
            subjects: [
                person: SubjectFacts(consents: consents, deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
            ])
        questions = partners.flatMap { partner -> [DisclosureQuestion] in
            purposes.map { DisclosureQuestion(sender: municipality, recipient: partner, purpose: $0, fields: fields, subjects: [person]) }
        }
    }
}
