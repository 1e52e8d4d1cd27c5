import Casework
import Disclosure

/// Random levers, with mostly one among them that carries what is compelled, or nothing would ever go for the rest to stop.
extension ScenarioGenerator {
    private static let articles = [Names.act, LegalArticle("youthAct.1")!]

    mutating func levers() -> [Lever] {
        (random.once(in: 10) ? [] : [soundLever()]) + (0..<random.below(3)).map { _ in lever() }
    }
    private mutating func soundLever() -> Lever {
        Lever(
            id: LeverID(high: random.next(), low: random.next()), kind: .benefitObligation, article: Names.act,
            signers: Names.organisations, from: at(0), until: at(100), reviewBy: at(100))
    }
    mutating func lever() -> Lever {
        Lever(
            id: LeverID(high: random.next(), low: random.next()), kind: random.one(of: LeverKind.allCases),
            article: random.once(in: 10) ? random.one(of: Self.articles) : Names.act,
            signers: random.once(in: 3)
                ? random.some(of: Names.organisations) : random.once(in: 6) ? [Names.oin(9)] : [Names.municipality],
            from: random.once(in: 8) ? instant() : at(0), until: random.once(in: 8) ? instant() : at(100),
            reviewBy: random.once(in: 8) ? instant() : at(100), endedAt: random.once(in: 8) ? instant() : nil)
    }
}
