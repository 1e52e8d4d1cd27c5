import Casework
import Testing

@testable import Disclosure

@Suite("Explanations in plain words")
struct ExplanationTests {
    private func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    /// A snapshot with names as long as names get.
    private func longWinded() -> Scenario {
        var scenario = Scenario()
        let long = Array(repeating: "Stichting", count: 30).joined(separator: " ")
        scenario.covenants = [
            Covenant(
                id: "long", version: 1, title: PlainText(nl: long, en: long), validFrom: at(0), validUntil: nil,
                parties: [CovenantParty(oin: scenario.recipient, name: long, direction: .both, role: .controller, hasSigned: true)],
                articles: [])
        ]
        return scenario
    }

    @Test("a refusal takes at most 60 words and tells its reason and who can change it", arguments: RefusalReason.allCases)
    func refusal(reason: RefusalReason) {
        let scenario = longWinded()
        // Alone, and with every reason after it.
        for reasons in [[reason], RefusalReason.allCases.filter { $0 >= reason }] {
            let text = explain(.refused(reasons), question: scenario.question, policy: scenario.policy, at: at(1))
            #expect(words(text.nl) <= 60 && words(text.en) <= 60)
            #expect(text.nl.contains(reason.sentence.nl) && text.en.contains(reason.sentence.en))
            #expect(text.nl.contains(reason.whoCanChange.nl) && text.en.contains(reason.whoCanChange.en))
            #expect(text.nl.hasPrefix("Nee") && text.en.hasPrefix("No"))
        }
    }

    @Test("a permission takes at most 60 words and tells its article, whatever was left out", arguments: RefusalReason.allCases)
    func permission(reason: RefusalReason) {
        var scenario = longWinded()
        for ground in [LawfulGround.consent, .vitalInterest, .publicTask(Names.act), .legalObligation(Names.act), .compulsory(Names.act)] {
            scenario.ground = ground
            let left = RefusalReason.allCases.filter { $0 >= reason }.map { LeftOut(subject: nil, field: .freeText, reason: $0) }
            let references = ["1", "2.1", "3"].map { CovenantReference(id: "long", version: 1, article: $0) }
            for (leftOut, articles) in [(left, references), ([], Array(references.prefix(1)))] {
                let permission = Permission(
                    question: scenario.question, grants: [Grant(subject: Names.anna, fields: [.name])], leftOut: leftOut,
                    articles: articles,
                    decidedAt: at(1), policyRevision: "test")
                let text = explain(.permitted(permission), question: scenario.question, policy: scenario.policy, at: at(1))
                #expect(words(text.nl) <= 60 && words(text.en) <= 60)
                #expect(text.nl.contains("artikel 1 ") && text.en.contains("article 1 "))
                #expect(text.en.contains(reason.sentence.en) == !leftOut.isEmpty)
            }
        }
    }

    @Test("every reason has a sentence of its own, and something to do, in both languages") func sentences() {
        let all = RefusalReason.allCases
        #expect(Set(all.map(\.sentence.nl)).count == all.count && Set(all.map(\.sentence.en)).count == all.count)
        for reason in all {
            let texts = [reason.sentence, reason.whoCanChange, filerCanDo(reason)].flatMap { [$0.nl, $0.en] }
            #expect(texts.allSatisfy { $0.hasSuffix(".") && words($0) >= 3 && words($0) <= 20 })
        }
    }

    @Test("an unknown recipient is not named") func unknownRecipient() {
        let scenario = Scenario()
        let text = explain(.refused([.noCovenant]), question: scenario.question, policy: scenario.policy, at: at(1))
        #expect(text.en.contains("this organisation") && !text.en.contains(scenario.recipient.description))
    }
}
