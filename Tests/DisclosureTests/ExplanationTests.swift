import Casework
import Testing

@testable import Disclosure

@Suite("Explanations in plain words")
struct ExplanationTests {
    private func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    /// Whether a text holds the whole sentence, or the sentence with articles in brackets before its full stop.
    private func says(_ text: String, _ sentence: String) -> Bool { text.contains(sentence) || text.contains(sentence.dropLast() + " (") }

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
        let text = PlainText(nl: long, en: long)
        let ages = ["1", "2"].compactMap { LegalArticle("\(Names.act.act).\($0)") }.map {
            ConsentAge(article: $0, sources: nil, representativeUnder: 12, personFrom: 16, validFrom: at(0), validUntil: nil, text: text)
        }
        scenario.statutes = [Statute(id: Names.act.act, title: text, asOf: lawAsOf, rules: [], consentAges: ages)]
        return scenario
    }

    @Test("a refusal takes at most 60 words and tells its reason and who can change it", arguments: RefusalReason.allCases)
    func refusal(reason: RefusalReason) {
        let scenario = longWinded()
        // Alone, and with every reason after it.
        for reasons in [[reason], RefusalReason.allCases.filter { $0 >= reason }] {
            let text = explain(.refused(reasons), question: scenario.question, policy: scenario.policy, at: at(1))
            #expect(words(text.nl) <= 60 && words(text.en) <= 60)
            #expect(says(text.nl, reason.sentence.nl) && says(text.en, reason.sentence.en))
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
                #expect(says(text.en, reason.sentence.en) == !leftOut.isEmpty)
            }
        }
    }

    @Test("a covenant is called by its whole title, and by its first words only where sixty do not allow more")
    func covenantTitles() {
        func explained(_ scenario: Scenario) -> PlainText {
            let permission = Permission(
                question: scenario.question, grants: [Grant(subject: Names.anna, fields: [.name])], leftOut: [],
                articles: [CovenantReference(id: "long", version: 1, article: "1")], decidedAt: at(1), policyRevision: "test")
            return explain(.permitted(permission), question: scenario.question, policy: scenario.policy, at: at(1))
        }
        var scenario = Scenario()
        let title = PlainText(
            nl: "Convenant melden bij het contactpunt, Den Haag", en: "Covenant on filing with the contact point, The Hague")
        scenario.covenants = [
            Covenant(id: "long", version: 1, title: title, validFrom: at(0), validUntil: nil, parties: [], articles: [])
        ]
        #expect(explained(scenario).nl.contains("artikel 1 van \(title.nl) en uit"))
        #expect(explained(scenario).en.contains("article 1 of \(title.en) and on"))
        #expect(explained(longWinded()).nl.contains("artikel 1 van Stichting Stichting Stichting Stichting… en uit"))
    }

    @Test("each reason has its own remedy beside it; what the same people can change says so once") func remedies() {
        let scenario = Scenario()
        func text(_ reasons: [RefusalReason]) -> PlainText {
            explain(.refused(reasons), question: scenario.question, policy: scenario.policy, at: at(1))
        }
        #expect(
            text([.consentRefused]).en
                == "No: this organisation may not have this. The resident said no. Only the resident can change this.")
        #expect(
            text([.fieldNotCovered, .consentRefused]).en
                == "No: this organisation may not have this. This item is not in the covenant. The parties to the covenant can change this. "
                + "The resident said no. Only the resident can change this.")
        #expect(
            text([.consentRefused, .consentWithdrawn]).nl
                == "Nee: deze organisatie mag dit niet krijgen. De bewoner heeft nee gezegd. De bewoner heeft de toestemming ingetrokken. "
                + "Alleen de bewoner kan dit veranderen.")
        let many = text(RefusalReason.allCases)
        #expect(many.en.hasSuffix(" more reasons.") && words(many.nl) <= 60 && words(many.en) <= 60)
    }

    @Test("an article is called as people call its act, and as it is written where nobody knows the act")
    func articles() throws {
        var scenario = Scenario()
        let title = PlainText(nl: "Wet maatschappelijke ondersteuning 2015", en: "Social Support Act 2015")
        let name = PlainText(nl: "Wmo 2015", en: "Social Support Act")
        scenario.statutes = [Statute(id: "socialSupportAct", title: title, name: name, asOf: lawAsOf, rules: [])]
        let policy = scenario.policy
        let called = { (text: String) in policy.name(of: try #require(LegalArticle(text))) }
        #expect(try called("socialSupportAct.5.2.9") == PlainText(nl: "Wmo 2015, artikel 5.2.9", en: "Social Support Act, article 5.2.9"))
        #expect(try called("otherAct.1") == PlainText(nl: "otherAct.1", en: "otherAct.1"))
        scenario.ground = .publicTask(Names.act)
        let permission = Permission(
            question: scenario.question, grants: [Grant(subject: Names.anna, fields: [.name])], leftOut: [],
            articles: [CovenantReference(id: "long", version: 1, article: "1")], decidedAt: at(1), policyRevision: "test")
        let text = explain(.permitted(permission), question: permission.question, policy: scenario.policy, at: at(1))
        #expect(text.nl.hasSuffix("uit een publieke taak (Wmo 2015, artikel 5.2.9)."))
        #expect(text.en.hasSuffix("on a public task (Social Support Act, article 5.2.9)."))
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
