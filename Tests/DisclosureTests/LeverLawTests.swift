import Casework
import Testing

@testable import Disclosure

@Suite("The laws of compulsion, over random questions")
struct LeverLawTests {
    /// Asks a law of scenarios that share something on compulsion and ask for a lever.
    private func forCompelled(_ seed: UInt64, _ law: (Scenario, inout ScenarioGenerator) -> Bool?) -> (held: Int, broken: Int) {
        var generator = ScenarioGenerator(seed: seed)
        var (held, broken) = (0, 0)
        for _ in 0..<16_000 {
            let scenario = generator.scenario()
            guard scenario.ground.isCompulsory, scenario.asksForLever, !scenario.granted.isEmpty else { continue }
            switch law(scenario, &generator) {
            case true?: held += 1
            case false?: broken += 1
            case nil: break
            }
        }
        return (held, broken)
    }

    private func changed(_ scenario: Scenario, _ change: (Lever) -> Lever) -> Scenario {
        var other = scenario
        other.facts = scenario.facts.mapValues { $0.with(levers: $0.levers?.map(change)) }
        return other
    }

    @Test("R24 without a lever of exactly this article that holds now, signed by the sender, nothing is compelled") func nothingBare() {
        let outcome = forCompelled(401) { scenario, _ in
            let now = scenario.now
            var (none, unknown) = (scenario, scenario)
            none.facts = scenario.facts.mapValues { $0.with(levers: []) }
            unknown.facts = scenario.facts.mapValues { $0.with(levers: nil) }
            let others = [
                none, unknown, changed(scenario) { $0.with(article: LegalArticle("other.1")!) }, changed(scenario) { $0.with(signers: []) },
                changed(scenario) { $0.with(signers: [Names.oin(9)] + $0.signers.filter { $0 != scenario.sender }) },
                changed(scenario) { $0.with(from: now.advanced(byMilliseconds: 1)) }, changed(scenario) { $0.with(until: now) },
                changed(scenario) { $0.with(reviewBy: now) }, changed(scenario) { $0.with(endedAt: now) },
            ]
            return others.allSatisfy(\.granted.isEmpty) && none.decide() == .refused(reasons(none))
        }
        #expect(outcome.broken == 0 && outcome.held > 60, "\(outcome)")
    }

    /// The reasons of a refusal, which names the missing lever.
    private func reasons(_ scenario: Scenario) -> [RefusalReason] {
        guard case .refused(let reasons) = scenario.decide(), reasons.contains(.leverMissing) else { return [] }
        return reasons
    }

    @Test("R24 a lever opens nothing by itself, and on every other ground it changes nothing") func opensNothing() {
        let outcome = forCompelled(402) { scenario, _ in
            var (bare, lawless, unjustified) = (scenario, scenario, scenario)
            bare.covenants = []
            lawless.statutes = []
            unjustified.facts = scenario.facts.mapValues { $0.with(justifications: []) }
            return bare.granted.isEmpty && lawless.granted.isEmpty && (unjustified.granted.isEmpty || !scenario.asksForJustification)
        }
        #expect(outcome.broken == 0 && outcome.held > 60, "\(outcome)")
        var generator = ScenarioGenerator(seed: 403)
        for _ in 0..<4_000 {
            var scenario = generator.scenario()
            if scenario.ground.isCompulsory { continue }
            let before = scenario.decide()
            scenario.facts = scenario.facts.mapValues { $0.with(levers: nil) }
            #expect(scenario.decide() == before && before.permission?.levers.isEmpty ?? true)
        }
    }

    @Test("R24 one more lever never takes a field away, and one less never adds one") func monotone() {
        let outcome = forCompelled(404) { scenario, generator in
            let added = generator.lever()
            var (more, fewer) = (scenario, scenario)
            more.facts = scenario.facts.mapValues { $0.with(levers: $0.levers.map { $0 + [added] }) }
            fewer.facts = scenario.facts.mapValues { $0.with(levers: $0.levers.map { Array($0.dropFirst()) }) }
            return scenario.granted.isSubset(of: more.granted) && fewer.granted.isSubset(of: scenario.granted)
        }
        #expect(outcome.broken == 0 && outcome.held > 60, "\(outcome)")
    }

    @Test("R24 a permission names the levers that hold of whom something is granted, and no others") func named() {
        let outcome = forCompelled(405) { scenario, _ in
            guard let permission = scenario.decide().permission else { return false }
            let named = Set(permission.levers)
            let onlyNamed = changed(scenario) { named.contains($0.id) ? $0 : $0.with(until: scenario.now) }
            let withoutNamed = changed(scenario) { named.contains($0.id) ? $0.with(until: scenario.now) : $0 }
            return !named.isEmpty && onlyNamed.granted == scenario.granted && withoutNamed.granted.isEmpty
                && permission.levers == permission.levers.sorted()
        }
        #expect(outcome.broken == 0 && outcome.held > 60, "\(outcome)")
    }

    @Test("R24 facts from before there were levers are decided as they were then, and name none") func before() {
        let outcome = forCompelled(406) { scenario, _ in
            var older = scenario
            older.asksForLever = false
            let with = older.granted
            older.facts = scenario.facts.mapValues { $0.with(levers: nil) }
            return older.granted == with && scenario.granted.isSubset(of: with) && older.decide().permission?.levers == []
        }
        #expect(outcome.broken == 0 && outcome.held > 60, "\(outcome)")
    }
}
