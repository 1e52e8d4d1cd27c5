import Casework
import Disclosure

/// Random ages, representatives, and what acts say of them; most persons consent alone, or the rest of the gate would be met too seldom.
extension ScenarioGenerator {
    static let representatives = (1...3).map { RepresentativeID(high: 9, low: $0) }

    mutating func representation() -> Representation {
        if !random.once(in: 8) { return .adult }
        let (drawn, other) = (random.below(19), random.below(19))
        let ages =
            random.once(in: 3)
            ? PossibleAges.adult : PossibleAges(min(drawn, other)...(random.once(in: 2) ? min(drawn, other) : max(drawn, other)))
        let representatives = Self.representatives.filter { _ in random.once(in: 2) }.map { id in
            let one = representative(id)
            // Not drawn anew: the last one, where the first age that was drawn is odd.
            return id == Self.representatives.last && drawn % 2 == 1 ? one.fromElsewhere : one
        }
        return Representation(ages: ages, representatives: representatives)
    }
    private mutating func representative(_ id: RepresentativeID) -> Representative {
        let office = random.once(in: 2) ? .parentalAuthority : random.one(of: Representative.Office.allCases)
        return Representative(
            id: id, office: office, purposes: office == .mentor || office == .administrator ? random.some(of: Self.purposes) : nil,
            isSetAside: random.once(in: 5))
    }

    mutating func consentAge(of act: String, acts: [String]) -> ConsentAge {
        let under = 1 + random.below(18)
        return ConsentAge(
            article: LegalArticle("\(act).\(7 + random.below(2))")!, sources: random.once(in: 2) ? nil : random.some(of: acts),
            exceptPurposes: random.once(in: 8) ? random.some(of: Self.purposes) : [], representativeUnder: under,
            personFrom: 1 + random.below(under), validFrom: random.once(in: 10) ? instant() : at(0),
            validUntil: random.once(in: 10) ? instant() : nil, text: PlainText(nl: "proef", en: "test"))
    }
}
