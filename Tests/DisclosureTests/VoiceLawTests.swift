import Casework
import Testing

@testable import Disclosure

@Suite("The laws of who consents, over random questions")
struct VoiceLawTests {
    /// Runs a law over scenarios in which the first person does not consent alone; how often it held, and how often not.
    private func forSomebody(
        _ seed: UInt64, _ law: (Scenario, SubjectFacts, Representation, inout ScenarioGenerator) -> Bool?
    ) -> (held: Int, broken: Int) {
        var generator = ScenarioGenerator(seed: seed)
        var outcome = (held: 0, broken: 0)
        for _ in 0..<20_000 {
            var scenario = generator.scenario()
            scenario.ground = .consent
            guard let person = scenario.subjects.first, let known = scenario.facts[person], let representation = known.representation,
                !representation.isOwn
            else { continue }
            scenario.subjects = [person]
            switch law(scenario, known, representation, &generator) {
            case true?: outcome.held += 1
            case false?: outcome.broken += 1
            case nil: break
            }
        }
        return outcome
    }
    private func changing(_ scenario: Scenario, to known: SubjectFacts) -> Scenario {
        var after = scenario
        after.facts[scenario.subjects[0]] = known
        return after
    }

    @Test("knowing less of an age never adds a field") func widerAges() {
        let outcome = forSomebody(301) { scenario, known, representation, generator in
            let ages = PossibleAges(
                max(0, representation.ages.youngest - generator.random.below(6))...representation.ages.oldest + generator.random.below(6))
            let wider = Representation(ages: ages, representatives: representation.representatives)
            return changing(scenario, to: known.with(representation: wider)).granted.isSubset(of: scenario.granted)
        }
        #expect(outcome.broken == 0 && outcome.held > 1_000, "\(outcome)")
    }

    @Test("somebody more who decides, and says nothing, never adds a field") func oneMore() {
        let outcome = forSomebody(302) { scenario, known, representation, generator in
            let silent = Representative(
                id: RepresentativeID(high: 8, low: 8), office: generator.random.one(of: Representative.Office.allCases))
            let more = Representation(ages: representation.ages, representatives: representation.representatives + [silent])
            return changing(scenario, to: known.with(representation: more)).granted.isSubset(of: scenario.granted)
        }
        #expect(outcome.broken == 0 && outcome.held > 1_000, "\(outcome)")
    }

    @Test("of a field that goes nobody who must consent said no last, and everybody said yes") func everybodySaidYes() {
        let outcome = forSomebody(303) { scenario, known, representation, _ in
            guard scenario.asksWhoConsents, let permission = scenario.decide().permission else { return nil }
            let voices = Voices(
                representation, held: scenario.policy.index.statutes.recognising(known.held),
                acts: scenario.statutes.flatMap(\.consentAges).filter { $0.isInForce(at: scenario.now) },
                purpose: scenario.purpose)
            let engine = NaiveEngine(
                question: scenario.question, facts: DisclosureFacts(subjects: scenario.facts), policy: scenario.policy, now: scenario.now)
            for field in permission.grantedFields(to: scenario.subjects[0]) {
                if voices.own.contains(field), engine.word(of: .person, on: field, in: known.consents ?? []) != .yes { return false }
                for one in voices.representatives where voices.represented.contains(field) {
                    if engine.word(of: .representative(one.id), on: field, in: known.consents ?? []) != .yes { return false }
                }
                if voices.represented.contains(field) && voices.representatives.isEmpty || voices.unheard.contains(field) { return false }
            }
            return true
        }
        #expect(outcome.broken == 0 && outcome.held > 40, "\(outcome)")
    }

    @Test("what somebody says who was set aside changes nothing") func setAside() {
        let outcome = forSomebody(304) { scenario, known, representation, generator in
            guard let consents = known.consents, let one = representation.representatives.first(where: \.isSetAside) else { return nil }
            let more = known.with(consents: consents + [generator.consent(by: .representative(one.id))])
            return changing(scenario, to: more).decide() == scenario.decide()
        }
        #expect(outcome.broken == 0 && outcome.held > 300, "\(outcome)")
    }

    @Test("who decides in another row of the same resident never adds a field, and a no of theirs takes every one") func elsewhere() {
        let outcome = forSomebody(306) { scenario, known, representation, _ in
            guard scenario.asksWhoConsents, let consents = known.consents, !scenario.granted.isEmpty, representation.ages.oldest == 18
            else { return nil }
            let other = Representative(id: RepresentativeID(high: 8, low: 9), office: .curator, isElsewhere: true)
            let more = Representation(ages: representation.ages, representatives: representation.representatives + [other])
            func granted(_ answer: ConsentRecord.Answer) -> Set<Slot> {
                let record = ConsentRecord(
                    id: ConsentID(high: 8, low: 8), by: .representative(other.id), answer: answer, recipients: [.anyone], purposes: nil,
                    fields: .everything, from: at(0), until: nil, recordedAt: scenario.now, withdrawnAt: nil)
                return changing(scenario, to: known.with(representation: more).with(consents: consents + [record])).granted
            }
            return granted(.notAsked).isSubset(of: scenario.granted) && granted(.refused).isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 10, "\(outcome)")
    }

    @Test("what the person refused goes at no age") func ownNo() {
        let outcome = forSomebody(305) { scenario, known, _, generator in
            let no = ConsentRecord(
                id: ConsentID(high: 8, low: 8), answer: .refused, recipients: [.anyone], purposes: nil, fields: .everything, from: at(0),
                until: nil, recordedAt: scenario.now, withdrawnAt: nil)
            guard scenario.asksWhoConsents else { return nil }
            return changing(scenario, to: known.with(consents: (known.consents ?? []) + [no])).granted.isEmpty
        }
        #expect(outcome.broken == 0 && outcome.held > 1_000, "\(outcome)")
    }
}
