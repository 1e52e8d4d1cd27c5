import Casework
import Testing

@testable import Disclosure

@Suite("The laws of statutes, over random questions")
struct StatuteLawTests {
    private func forRandom(_ seed: UInt64, _ law: (Scenario, inout ScenarioGenerator) -> Bool?) -> (held: Int, broken: Int) {
        var generator = ScenarioGenerator(seed: seed)
        var (held, broken) = (0, 0)
        for _ in 0..<5_000 {
            let scenario = generator.scenario()
            switch law(scenario, &generator) {
            case true?: held += 1
            case false?: broken += 1
            case nil: break
            }
        }
        return (held, broken)
    }

    @Test("without an act in force nothing goes on another ground than consent") func noActNoGround() {
        let outcome = forRandom(201) { scenario, generator in
            guard scenario.ground != .consent, !scenario.granted.isEmpty else { return nil }
            var (without, over, bills) = (scenario, scenario, scenario)
            without.statutes = []
            over.statutes = scenario.statutes.map { $0.with(rules: $0.rules.map { $0.with(until: scenario.now) }) }
            bills.statutes = scenario.statutes.map { $0.with(rules: $0.rules.map { $0.with(bill: true) }) }
            return without.granted.isEmpty && over.granted.isEmpty && bills.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("an act permits nothing without a covenant that signed its ground on") func noCovenantNoGround() {
        let outcome = forRandom(202) { scenario, generator in
            guard scenario.ground != .consent, !scenario.granted.isEmpty else { return nil }
            var unsigned = scenario
            unsigned.covenants = scenario.covenants.map { covenant in
                covenant.with(articles: covenant.articles.map { $0.with(grounds: $0.grounds.filter { $0 != scenario.ground }) })
            }
            return unsigned.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("what is not known to be obtained under an act goes on no ground but consent") func unknownSource() {
        let outcome = forRandom(203) { scenario, generator in
            guard scenario.ground != .consent, !scenario.granted.isEmpty else { return nil }
            var (unknown, unmarked) = (scenario, scenario)
            unknown.facts = scenario.facts.mapValues { $0.with(held: nil) }
            unmarked.facts = scenario.facts.mapValues { known in
                known.with(held: known.held?.map { Holding(fields: $0.fields, act: nil, organisation: $0.organisation) })
            }
            return unknown.granted.isEmpty && unmarked.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("a mark that the policy does not know lets no more go than none, and nothing on another ground than consent") func unknownAct() {
        let outcome = forRandom(211) { scenario, generator in
            guard !scenario.granted.isEmpty else { return nil }
            func marked(_ act: String?) -> Set<Slot> {
                var other = scenario
                other.facts = scenario.facts.mapValues { known in
                    known.with(held: known.held?.map { Holding(fields: $0.fields, act: act, organisation: $0.organisation) })
                }
                return other.granted
            }
            let misspelt = marked("misspeltAct")
            return misspelt.isSubset(of: marked(nil)) && (scenario.ground == .consent || misspelt.isEmpty)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("what a rule bars by its source is not told in the fields about the household either") func householdTells() {
        let outcome = forRandom(212) { scenario, generator in
            guard let first = scenario.subjects.first, let known = scenario.facts[first],
                scenario.granted.contains(where: { $0.subject == nil })
            else { return nil }
            var police = scenario
            let rule = generator.rule(of: "policeDataAct", claimed: scenario.ground).with(
                effect: .forbidsOnward, holder: .any, recipients: .init(sameController: true, others: .any),
                sources: .some(["policeDataAct"]), purposes: .some(nil), fields: .everything, from: at(0), until: .some(nil), bill: false)
            let statute = Statute(id: "policeDataAct", title: PlainText(nl: "wet", en: "act"), asOf: lawAsOf, rules: [rule])
            police.statutes = scenario.statutes.filter { $0.id != statute.id } + [statute]
            let told = Holding(fields: [.concern(.safety)], act: statute.id, organisation: scenario.sender)
            police.facts[first] = known.with(held: (known.held ?? []) + [told])
            return !police.granted.contains { $0.subject == nil }
        }
        #expect(outcome.broken == 0 && outcome.held > 20, "\(outcome)")
    }

    @Test("what a partner filed goes on no rule that is about the holder's own") func ofPartners() {
        let outcome = forRandom(204) { scenario, generator in
            guard scenario.ground != .consent, !scenario.granted.isEmpty else { return nil }
            var filed = scenario
            filed.statutes = scenario.statutes.map { $0.with(rules: $0.rules.map { $0.with(ofPartnersToo: false) }) }
            filed.facts = scenario.facts.mapValues { known in
                known.with(held: known.held?.map { Holding(fields: $0.fields, act: $0.act, organisation: Names.oin(9)) })
            }
            return filed.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("what an act forbids is explained with the article that says so") func quoted() {
        let outcome = forRandom(210) { scenario, generator in
            let decision = scenario.decide()
            let reasons =
                switch decision {
                case .refused(let reasons): reasons
                case .permitted(let permission): Set(permission.leftOut.map(\.reason)).sorted()
                }
            guard let first = reasons.first, [.statuteForbids, .professionalSecrecy, .policeCondition].contains(first) else { return nil }
            let rules = scenario.statutes.flatMap(\.rules).filter { $0.reason == first }
            // A ground that rests on a bill is refused with the same reason; no article forbids it.
            if rules.isEmpty { return nil }
            let text = explain(decision, question: scenario.question, policy: scenario.policy, at: scenario.now)
            let quoted = rules.contains {
                let name = scenario.policy.name(of: $0.article)
                return text.nl.contains("(\(name.nl)).") && text.en.contains("(\(name.en)).")
            }
            return quoted || scenario.statutes.flatMap(\.rules).contains(where: \.bill)
        }
        #expect(outcome.broken == 0 && outcome.held > 20, "\(outcome)")
    }

    @Test("a rule inside one controller carries nothing to another organisation") func sameController() {
        let outcome = forRandom(205) { scenario, generator in
            guard scenario.ground != .consent, scenario.sender != scenario.recipient, !scenario.granted.isEmpty else { return nil }
            var inside = scenario
            inside.statutes = scenario.statutes.map { statute in
                statute.with(rules: statute.rules.map { $0.with(recipients: .init(sameController: true, others: nil)) })
            }
            return inside.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("taking a rule that permits away, or adding one that forbids, never adds a field") func neverAdds() {
        let outcome = forRandom(206) { scenario, generator in
            var (fewer, more) = (scenario, scenario)
            guard !scenario.statutes.isEmpty else { return nil }
            let place = generator.random.below(scenario.statutes.count)
            let statute = scenario.statutes[place]
            fewer.statutes[place] = statute.with(
                rules: statute.rules.filter { if case .permits = $0.effect { generator.random.once(in: 2) } else { true } })
            var added = generator.rule(of: "addedAct", claimed: scenario.ground)
            if case .permits = added.effect { added = added.with(effect: .forbidsOnward) }
            more.statutes[place] = statute.with(rules: statute.rules + [added])
            return fewer.granted.isSubset(of: scenario.granted) && more.granted.isSubset(of: scenario.granted)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("without prohibitions on it a consent goes as if there were no acts") func consentIsUntouched() {
        let outcome = forRandom(207) { scenario, generator in
            guard scenario.ground == .consent, !scenario.statutes.isEmpty else { return nil }
            var (mild, none) = (scenario, scenario)
            mild.statutes = scenario.statutes.map { statute in
                statute.with(rules: statute.rules.filter { $0.effect != .forbids && $0.effect != .forbidsOnward })
            }
            // Who consents they say in any case.
            none.statutes = scenario.statutes.map { $0.with(rules: []) }
            return mild.decide().answer == none.decide().answer && !mild.policy.asksForHoldings(mild.question)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("when the gate says that it does not ask where data come from, the answer does not hang on it") func asksForHoldings() {
        let outcome = forRandom(208) { scenario, generator in
            var blind = scenario
            blind.facts = scenario.facts.mapValues { $0.with(held: nil) }
            let asks = scenario.policy.asksForHoldings(scenario.question)
            // Of who is not known to be an adult it is asked in any case: the acts say who consents.
            guard scenario.facts.values.allSatisfy({ $0.representation?.ages.isAdult ?? true }) else { return nil }
            return asks ? nil : blind.decide() == scenario.decide()
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("the order of acts, rules and holdings does not matter") func orderIsIrrelevant() {
        let outcome = forRandom(209) { scenario, generator in
            var after = scenario
            after.statutes = scenario.statutes.shuffled(using: &generator.random).map {
                $0.with(rules: $0.rules.shuffled(using: &generator.random))
            }
            after.facts = scenario.facts.mapValues { known in known.with(held: known.held?.shuffled(using: &generator.random)) }
            return after.decide() == scenario.decide()
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("a decision tells as of when its law is known, and on another ground which articles carry it") func told() {
        let outcome = forRandom(210) { scenario, generator in
            guard let permission = scenario.decide().permission else { return nil }
            let areAdults = scenario.facts.values.allSatisfy { $0.representation?.ages.isAdult ?? true }
            return permission.lawAsOf == scenario.statutes.map(\.asOf).min()
                && (permission.statutes.isEmpty == (scenario.ground == .consent) || scenario.ground == .consent && !areAdults)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("holdings name each act and organisation once, with its fields, and nobody else's") func holdings() {
        func item(_ field: FieldName, _ subject: PersonID?, _ act: String?, _ oin: OrganisationNumber) -> ContentItem {
            let under = act.flatMap { LegalArticle("\($0).1") }
            return ContentItem(
                subject: subject, field: field, value: .flag(true),
                provenance: Provenance(organisation: oin, obtainedBy: nil, under: under),
                salt: [])
        }
        let items = [
            item(.name, Names.anna, "youthAct", Names.municipality), item(.phone, Names.anna, nil, Names.municipality),
            item(.email, Names.anna, "youthAct", Names.municipality), item(.bsn, Names.anna, "youthAct", Names.debtHelp),
            item(.address, Names.bert, "youthAct", Names.municipality), item(.freeText, nil, "youthAct", Names.municipality),
        ]
        #expect(
            Holding.of(Names.anna, in: items) == [
                Holding(fields: [.name, .email], act: "youthAct", organisation: Names.municipality),
                Holding(fields: [.phone], act: nil, organisation: Names.municipality),
                Holding(fields: [.bsn], act: "youthAct", organisation: Names.debtHelp),
            ])
    }
}
