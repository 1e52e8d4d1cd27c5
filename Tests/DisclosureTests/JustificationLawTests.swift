import Casework
import Testing

@testable import Disclosure

@Suite("The laws of sharing without consent, over random questions")
struct JustificationLawTests {
    /// Asks a law of scenarios that share something without consent and ask for a justification.
    private func forShares(_ seed: UInt64, _ law: (Scenario, inout ScenarioGenerator) -> Bool?) -> (held: Int, broken: Int) {
        var generator = ScenarioGenerator(seed: seed)
        var (held, broken) = (0, 0)
        for _ in 0..<8_000 {
            let scenario = generator.scenario()
            guard scenario.ground != .consent, scenario.asksForJustification, !scenario.granted.isEmpty else { continue }
            switch law(scenario, &generator) {
            case true?: held += 1
            case false?: broken += 1
            case nil: break
            }
        }
        return (held, broken)
    }

    private func changed(_ scenario: Scenario, _ change: (Justification) -> Justification) -> Scenario {
        var other = scenario
        other.facts = scenario.facts.mapValues { $0.with(justifications: $0.justifications?.map(change)) }
        return other
    }

    private func isInForce(_ justification: Justification, at now: Instant) -> Bool {
        guard let agreedAt = justification.agreedAt, agreedAt <= now, now < justification.until else { return false }
        return justification.endedAt.map { now < $0 } ?? true
    }

    @Test("without a justification in force, for exactly this, nothing goes without consent") func nothingBare() {
        let outcome = forShares(301) { scenario, _ in
            var (none, unknown) = (scenario, scenario)
            none.facts = scenario.facts.mapValues { $0.with(justifications: []) }
            unknown.facts = scenario.facts.mapValues { $0.with(justifications: nil) }
            let others = [
                none, unknown, changed(scenario) { $0.with(recipient: Names.oin(9)) },
                changed(scenario) { $0.with(purpose: Purpose(rawValue: "other")) }, changed(scenario) { $0.with(ground: .consent) },
                changed(scenario) { $0.with(fields: []) }, changed(scenario) { $0.with(agreedAt: .some(nil)) },
                changed(scenario) { $0.with(agreedAt: scenario.now.advanced(byMilliseconds: 1)) },
                changed(scenario) { $0.with(until: scenario.now) }, changed(scenario) { $0.with(endedAt: scenario.now) },
            ]
            return others.allSatisfy(\.granted.isEmpty)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("what goes is named by a justification, and with its necessity where every act wants it") func onlyWhatIsNamed() {
        let outcome = forShares(302) { scenario, _ in
            var strict = scenario
            strict.statutes = scenario.statutes.map { $0.with(rules: $0.rules.map { $0.with(necessity: true) }) }
            func isNamed(_ slots: Set<Slot>, _ names: (Justification) -> FieldNames) -> Bool {
                slots.allSatisfy { slot in
                    let subjects = slot.subject.map { [$0] } ?? scenario.subjects
                    return subjects.allSatisfy { scenario.facts[$0]?.justifications?.contains { names($0).contains(slot.field) } ?? false }
                }
            }
            return isNamed(scenario.granted, \.fields) && isNamed(strict.granted) { $0.fields.intersection($0.necessary) }
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("a justification opens nothing by itself: without a covenant or an act nothing goes on it") func opensNothing() {
        let outcome = forShares(303) { scenario, _ in
            var (bare, lawless) = (scenario, scenario)
            bare.covenants = []
            lawless.statutes = []
            return bare.granted.isEmpty && lawless.granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("one more justification never takes a field away, and one less never adds one") func monotone() {
        let outcome = forShares(304) { scenario, generator in
            let added = generator.justification()
            var (more, fewer) = (scenario, scenario)
            more.facts = scenario.facts.mapValues { $0.with(justifications: $0.justifications.map { $0 + [added] }) }
            fewer.facts = scenario.facts.mapValues { $0.with(justifications: $0.justifications.map { Array($0.dropFirst()) }) }
            return scenario.granted.isSubset(of: more.granted) && fewer.granted.isSubset(of: scenario.granted)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }

    @Test("a permission names each justification on which something goes and none that is idle; on consent none, which needs none")
    func named() {
        let outcome = forShares(305) { scenario, _ in
            guard let permission = scenario.decide().permission else { return false }
            let named = Set(permission.justifications)
            let others = changed(scenario) { named.contains($0.id) ? $0 : $0.with(until: scenario.now) }
            let granted = FieldNames(scenario.granted.map(\.field))
            let idle = scenario.facts.values.flatMap { $0.justifications ?? [] }.filter {
                !isInForce($0, at: scenario.now) || $0.fields.isDisjoint(with: granted)
            }
            return !named.isEmpty && named.isDisjoint(with: idle.map(\.id)) && others.granted == scenario.granted
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
        var generator = ScenarioGenerator(seed: 306)
        for _ in 0..<2_000 {
            var scenario = generator.scenario()
            if scenario.ground != .consent { continue }
            let before = scenario.decide()
            scenario.facts = scenario.facts.mapValues { $0.with(justifications: nil) }
            #expect(scenario.decide() == before && before.permission?.justifications.isEmpty ?? true)
        }
    }

    @Test("facts from before there were justifications are decided as they were then") func before() {
        let outcome = forShares(307) { scenario, _ in
            var older = scenario
            older.asksForJustification = false
            let with = older.granted
            older.facts = scenario.facts.mapValues { $0.with(justifications: nil) }
            return older.granted == with && scenario.granted.isSubset(of: with)
        }
        #expect(outcome.broken == 0 && outcome.held > 100, "\(outcome)")
    }
}
