import Casework
import Testing

@testable import Disclosure

@Suite("The laws of the gate")
struct LawTests {
    /// Random scenarios; `change` makes a second one, or nil where the law has nothing to change.
    private func forRandomPairs(
        seed: UInt64, _ change: (Scenario, inout ScenarioGenerator) -> Scenario?, law: (Set<Slot>, Set<Slot>) -> Bool
    ) -> (held: Int, broken: Int, changed: Int) {
        var generator = ScenarioGenerator(seed: seed)
        var (held, broken, changed) = (0, 0, 0)
        for _ in 0..<6_000 {
            let before = generator.scenario()
            guard let after = change(before, &generator) else { continue }
            let (first, second) = (before.granted, after.granted)
            if law(first, second) { held += 1 } else { broken += 1 }
            if first != second { changed += 1 }
        }
        return (held, broken, changed)
    }

    @Test("refuse by default: with no covenants, no facts or no articles nothing is granted") func refusesByDefault() {
        var generator = ScenarioGenerator(seed: 101)
        for _ in 0..<3_000 {
            let scenario = generator.scenario()
            var (bare, unknown, empty) = (scenario, scenario, scenario)
            bare.covenants = []
            unknown.facts = [:]
            empty.covenants = scenario.covenants.map { $0.with(articles: []) }
            for refused in [bare, unknown, empty] {
                guard case .refused(let reasons) = refused.decide() else {
                    Issue.record("something was granted")
                    return
                }
                #expect(!reasons.isEmpty && reasons == Set(reasons).sorted())
            }
        }
    }

    @Test("a prohibition beats every permit") func prohibitionBeatsPermit() {
        var generator = ScenarioGenerator(seed: 102)
        for _ in 0..<3_000 {
            var scenario = generator.scenario()
            guard let person = scenario.subjects.first, let known = scenario.facts[person] else { continue }
            // Permit everything on every ground, and have the person say yes to everything at the last moment.
            scenario.covenants = scenario.covenants.map { covenant in
                covenant.with(articles: covenant.articles.map { $0.with(fields: .everything, grounds: [.consent, scenario.ground]) })
            }
            let yes = known.with(consents: [DecisionTable.record(.given, 50)])
            scenario.facts[person] = yes.with(deceased: true)
            #expect(!scenario.granted.contains { $0.subject == person || $0.subject == nil })
            scenario.facts[person] = yes.with(secrecyIndicator: 1 + generator.random.below(7))
            #expect(!scenario.granted.contains(Slot(subject: person, field: .address)))
            scenario.facts[person] = yes
            let limited = scenario.covenants.filter { $0.isInForce(at: scenario.now) && $0.allows(scenario.recipient, to: .receiver) }
            if limited.isEmpty { continue }
            scenario.covenants = scenario.covenants.map { covenant in
                covenant.with(parties: covenant.parties.map { $0.oin == scenario.recipient ? $0.refusing([.name]) : $0 })
            }
            #expect(!scenario.granted.contains { $0.field == .name })
        }
    }

    @Test("taking a permit away never adds a field") func removingPermit() {
        let outcome = forRandomPairs(seed: 103) { before, generator in
            var after = before
            guard !before.covenants.isEmpty else { return nil }
            let place = generator.random.below(before.covenants.count)
            let covenant = before.covenants[place]
            guard !covenant.articles.isEmpty else { return nil }
            var articles = covenant.articles
            let which = generator.random.below(articles.count)
            switch generator.random.below(4) {
            case 0: articles.remove(at: which)
            case 1: articles[which] = articles[which].with(fields: articles[which].fields.intersection(generator.fields()))
            case 2: articles[which] = articles[which].with(grounds: Array(articles[which].grounds.dropFirst()))
            default:
                for (person, known) in before.facts {
                    after.facts[person] = known.consents.map { known.with(consents: $0.filter { $0.answer != .given }) }
                }
            }
            after.covenants[place] = covenant.with(articles: articles)
            return after
        } law: {
            $1.isSubset(of: $0)
        }
        #expect(outcome.broken == 0 && outcome.changed > 100, "\(outcome)")
    }

    @Test("adding a prohibition never adds a field") func addingProhibition() {
        let outcome = forRandomPairs(seed: 104) { before, generator in
            var after = before
            guard let person = before.subjects.first, let known = before.facts[person] else { return nil }
            switch generator.random.below(5) {
            case 0: after.facts[person] = known.with(deceased: true)
            case 1: after.facts[person] = known.with(secrecyIndicator: 7)
            case 2:
                // An unknown fact that becomes known is no prohibition.
                guard let pending = known.objections else { return nil }
                after.facts[person] = known.with(objections: pending + [generator.objection()])
            case 3:
                let refusal = ConsentRecord(
                    id: ConsentID(high: 9, low: 9), answer: .refused, recipients: [.sector("debt"), .organisation(before.recipient)],
                    purposes: nil,
                    fields: generator.fields(), from: at(0), until: nil, recordedAt: generator.instant(), withdrawnAt: nil)
                guard let consents = known.consents else { return nil }
                after.facts[person] = known.with(consents: consents + [refusal])
            default:
                after.covenants = before.covenants.map { covenant in
                    covenant.with(parties: covenant.parties.map { $0.refusing($0.oin == before.recipient ? generator.fields() : []) })
                }
            }
            return after
        } law: {
            $1.isSubset(of: $0)
        }
        #expect(outcome.broken == 0 && outcome.changed > 100, "\(outcome)")
    }

    @Test("a consent adds nothing outside its person, fields, recipient and purpose") func consentAddsOnlyItsScope() {
        var generator = ScenarioGenerator(seed: 105)
        var added = 0
        for _ in 0..<8_000 {
            let before = generator.scenario()
            guard let person = before.subjects.first, let known = before.facts[person], let consents = known.consents else { continue }
            let consent = generator.consent(by: .person)
            var after = before
            after.facts[person] = known.with(consents: consents + [consent])
            let more = after.granted.subtracting(before.granted)
            added += more.count
            for slot in more {
                // A household's field may come because this person was the last to agree.
                #expect(slot.subject == person || slot.subject == nil)
                #expect(consent.fields.contains(slot.field) && consent.answer == .given && before.ground == .consent)
                #expect(consent.purposes?.contains(before.purpose) == true)
            }
        }
        #expect(added > 100)
    }

    @Test("a withdrawal stops delivery: of what it covers nothing goes any more") func withdrawalStops() {
        var generator = ScenarioGenerator(seed: 106)
        var stopped = 0
        for _ in 0..<8_000 {
            let before = generator.scenario()
            guard before.ground == .consent, let permission = before.decide().permission else { continue }
            for person in Set(before.subjects) {
                guard let known = before.facts[person], let consents = known.consents else { continue }
                var after = before
                after.facts[person] = known.with(consents: consents.map { $0.answer == .given ? $0.withdrawn(at: before.now) : $0 })
                #expect(!after.granted.contains { $0.subject == person || $0.subject == nil })
                if permission.grants.contains(where: { $0.subject == person }) {
                    stopped += 1
                    #expect(after.decide().permission?.covers(permission) != true)
                }
            }
        }
        #expect(stopped > 100)
    }

    @Test("the order of covenants, articles, parties, consents and persons does not matter") func orderIsIrrelevant() {
        var generator = ScenarioGenerator(seed: 107)
        for _ in 0..<6_000 {
            let before = generator.scenario()
            var after = before
            after.covenants = before.covenants.shuffled(using: &generator.random).map {
                $0.with(
                    articles: $0.articles.shuffled(using: &generator.random), parties: $0.parties.shuffled(using: &generator.random))
            }
            after.facts = before.facts.mapValues { known in
                known.consents.map { known.with(consents: $0.shuffled(using: &generator.random)) } ?? known
            }
            after.subjects = before.subjects.shuffled(using: &generator.random)
            #expect(before.decide().answer == after.decide().answer)
        }
    }

    @Test("the household's own fields go only where everybody of whom they tell is asked about, and nothing else changes by it")
    func wholeHousehold() {
        let outcome = forRandomPairs(seed: 111) { before, _ in
            var after = before
            after.isAboutEverybody = false
            #expect(after.decide().answer == after.decideNaively())
            return after
        } law: { before, after in
            after == before.filter { $0.subject != nil }
        }
        #expect(outcome.broken == 0 && outcome.changed > 20, "\(outcome)")
    }

    @Test("every field asked is either granted or left out, once per person or once for the household") func everyFieldOnce() {
        var generator = ScenarioGenerator(seed: 108)
        for _ in 0..<6_000 {
            let scenario = generator.scenario()
            guard let permission = scenario.decide().permission else { continue }
            var expected: Set<Slot> = []
            for field in scenario.fields {
                let about: [PersonID?] = field.concernsWholeHousehold ? [nil] : scenario.subjects
                for subject in about { expected.insert(Slot(subject: subject, field: field)) }
            }
            let told =
                permission.grants.flatMap { grant in grant.fields.map { Slot(subject: grant.subject, field: $0) } }
                + permission.leftOut.map { Slot(subject: $0.subject, field: $0.field) }
            #expect(told.count == expected.count && Set(told) == expected)
            // Grants follow the question, the household's last; none is empty; the articles are never missing.
            var order: [PersonID?] = []
            for subject in scenario.subjects where !order.contains(subject) { order.append(subject) }
            order.append(nil)
            #expect(permission.grants.map(\.subject) == order.filter { subject in permission.grants.contains { $0.subject == subject } })
            #expect(permission.grants.allSatisfy { !$0.fields.isEmpty })
            #expect(!permission.articles.isEmpty && permission.articles == permission.articles.sorted())
        }
    }

    @Test("minimising never adds a field, an item or a person") func minimisingNeverAdds() {
        var generator = ScenarioGenerator(seed: 109)
        var kept = 0
        for _ in 0..<9_000 {
            let scenario = generator.scenario()
            guard let permission = scenario.decide().permission else { continue }
            let content = CaseContent(
                items: (0..<generator.random.below(12)).map { number in
                    let subject: PersonID? = generator.random.once(in: 3) ? nil : generator.random.one(of: scenario.subjects)
                    return item(generator.random.one(of: FieldName.all), about: subject, text: "\(number)")
                })
            let minimised = permission.minimise(content)
            #expect(minimised != nil)
            for item in minimised?.items ?? [] {
                kept += 1
                #expect(content.items.contains(item))
                #expect(scenario.granted.contains(Slot(subject: item.subject, field: item.field)))
            }
        }
        #expect(kept > 100)
    }
}

func item(_ field: FieldName, about subject: PersonID?, text: String) -> ContentItem {
    ContentItem(
        subject: subject, field: field, value: .text(text),
        provenance: Provenance(organisation: Names.municipality, obtainedBy: "visit", under: nil), salt: [])
}
