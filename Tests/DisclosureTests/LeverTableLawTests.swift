import Casework
import Testing

@testable import Disclosure

/// Also a law: what holds of the gate and of the second engine holds of every state of a lever.
@Suite("The whole table of levers, against the second engine")
struct LeverTableLawTests {
    private static let other = LegalArticle("youthAct.1")!

    /// Everything right but the levers: covenant, act and justification carry a name and the household's free text on each of these grounds.
    private func scenario(on ground: LawfulGround) -> Scenario {
        var scenario = Scenario()
        let grounds: [LawfulGround] = [.compulsory(Names.act), .compulsory(Self.other), .publicTask(Names.act)]
        let text = PlainText(nl: "proef", en: "test")
        let article = Article(
            number: "1", purpose: Names.debtAssistance, from: [Names.municipality], to: [Names.debtHelp], fields: [.name, .freeText],
            grounds: grounds, bsnUnder: nil, text: text)
        let parties = [Names.municipality, Names.debtHelp].map {
            CovenantParty(oin: $0, name: "organisation", direction: .both, role: .controller, hasSigned: true)
        }
        scenario.covenants = [
            Covenant(id: "table", version: 1, title: text, validFrom: at(0), validUntil: nil, parties: parties, articles: [article])
        ]
        let rules = grounds.compactMap { ground in
            ground.article.map {
                StatuteRule(
                    article: $0, effect: .permits(ground, acrossSecrecy: false), holder: .any,
                    recipients: .init(sameController: false, others: .any), sources: nil, ofPartnersToo: true, purposes: nil,
                    fields: .everything, necessity: false, validFrom: at(0), validUntil: nil, bill: false, text: text)
            }
        }
        scenario.statutes = [
            Statute(id: "act", title: text, asOf: lawAsOf, rules: rules), Statute(id: "youthAct", title: text, asOf: lawAsOf, rules: []),
        ]
        scenario.ground = ground
        scenario.fields = [.name, .freeText]
        scenario.subjects = [Names.anna, Names.bert]
        return scenario
    }

    private func known(_ ground: LawfulGround, _ levers: [Lever]?) -> SubjectFacts {
        let justification = Justification(
            id: JustificationID(high: 1, low: 1), recipient: Names.debtHelp, purpose: Names.debtAssistance, ground: ground,
            fields: .everything, necessary: .everything, weighsSecrecy: true, agreedAt: at(0), until: at(100))
        return SubjectFacts(
            consents: [], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult,
            held: [Holding(fields: .everything, act: "youthAct", organisation: Names.municipality)], justifications: [justification],
            levers: levers)
    }

    /// Every lever around the instant 50, with whether it carries compulsion under this article.
    private func levers(for article: LegalArticle) -> [(lever: Lever, carries: Bool)] {
        var all: [(Lever, Bool)] = []
        for named in [Names.act, Self.other] {
            for signers: [OrganisationNumber] in [[], [Names.municipality], [Names.debtHelp], [Names.debtHelp, Names.municipality]] {
                for from in [49, 50, 51] {
                    for until in [50, 51] {
                        for review in [50, 51] {
                            for ended in [nil, 49, 50, 51] {
                                let lever = Lever(
                                    id: LeverID(high: 2, low: UInt64(all.count)), kind: .judgment, article: named, signers: signers,
                                    from: at(Int64(from)), until: at(Int64(until)), reviewBy: at(Int64(review)),
                                    endedAt: ended.map { at(Int64($0)) })
                                let holds = from != 51 && until == 51 && review == 51 && (ended == nil || ended == 51)
                                all.append((lever, holds && named == article && signers.contains(Names.municipality)))
                            }
                        }
                    }
                }
            }
        }
        return all
    }

    @Test("R24 each state of a lever, alone and beside others, of one person and of two") func leverTable() {
        var (asked, permitted) = (0, 0)
        for ground in [LawfulGround.compulsory(Names.act), .compulsory(Self.other), .publicTask(Names.act)] {
            let sound = Lever(
                id: LeverID(high: 9, low: 9), kind: .mayorsLetter, article: ground.article!, signers: [Names.municipality], from: at(0),
                until: at(100), reviewBy: at(100))
            for (lever, carries) in levers(for: ground.article!) {
                for (first, second) in [([lever], [sound]), ([sound], [lever]), ([lever, sound], [sound]), ([lever], nil), ([], [lever])] {
                    for asks in [true, false] {
                        var scenario = scenario(on: ground)
                        scenario.facts = [Names.anna: known(ground, first), Names.bert: known(ground, second)]
                        scenario.asksForLever = asks
                        let decision = scenario.decide()
                        if decision.answer != scenario.decideNaively() { Issue.record("the engines differ on \(lever) \(ground) \(asks)") }
                        let needed = ground.isCompulsory && asks
                        let goes = { (levers: [Lever]?) in !needed || (levers ?? []).contains { $0 == sound || ($0 == lever && carries) } }
                        let both = goes(first) && goes(second)
                        let slots = decision.granted
                        #expect(slots.contains(Slot(subject: Names.anna, field: .name)) == goes(first))
                        #expect(slots.contains(Slot(subject: Names.bert, field: .name)) == goes(second))
                        #expect(slots.contains(Slot(subject: nil, field: .freeText)) == both)
                        #expect(decision.permission?.levers.contains(lever.id) ?? false == (needed && carries))
                        asked += 1
                        if decision.permission != nil { permitted += 1 }
                    }
                }
            }
        }
        #expect(asked == 384 * 3 * 10 && permitted > 5_000, "\(asked) \(permitted)")
    }
}
