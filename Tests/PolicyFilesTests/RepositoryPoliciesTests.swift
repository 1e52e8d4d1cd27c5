import Casework
import Disclosure
import Foundation
import StrictJSON
import Testing

@testable import PolicyFiles

@Suite("the policies of this repository")
struct RepositoryPoliciesTests {
    private var folder: String { Self.policies }
    private static let policies = Samples.repository.appendingPathComponent("policies").path

    @Test("they have no fault, and the check says what is open")
    func check() {
        let report = checkPolicies(folder: folder)
        #expect(report.faults == [])
        #expect(report.packs.map(\.id) == ["den-haag-meldcode"] && report.packs.first?.standing == .decidable)
        #expect(
            report.covenants.map(\.id) == [
                "den-haag-care", "den-haag-ccp", "den-haag-cjg", "den-haag-debt-help", "den-haag-housing", "den-haag-intake",
                "den-haag-other-platform", "den-haag-signalling-meeting", "den-haag-topteam", "den-haag-welfare",
            ])
        #expect(report.openQuestions.contains { $0.key == "terms.pickUp" && $0.answeredInDemo && $0.stopsWork })
        #expect(report.warnings.count == 10)
        #expect(
            report.text.hasSuffix("covenant `den-haag-welfare` version 1: 2 parties, 1 article\n0 errors, 10 warnings, 11 open questions\n")
        )
    }

    @Test("a serving daemon gets what the source and the controller say, and nothing invented")
    func serving() throws {
        let loaded = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false)
        #expect(!loaded.fictitious)
        #expect(
            loaded.snapshot.pack.terms == CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: .calendar(months: 6, days: 0))
        )
        #expect(loaded.snapshot.pack.onRefusal == nil && loaded.snapshot.pack.mayFile == [.intermediary])
        #expect(loaded.pack.ladder == [.deskContactsHelper, .conveneMDA] && loaded.pack.consentMode == .unresolved)
        let free: [ConsentMode] = [.voluntary, .explicitConsentBeforeDiscussion, .referrerObtainsConsent]
        #expect(ConsentMode.allCases.filter(\.letsRefuseFreely) == free, "nothing is promised where the source leaves it open")
        #expect(loaded.pack.lifeDomains == nil)
    }

    @Test("the demo can run, and says that it is fictitious")
    func demo() throws {
        let loaded = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: true)
        #expect(loaded.fictitious && loaded.snapshot.pack.onRefusal == .withoutIdentity)
        #expect(
            loaded.snapshot.pack.terms
                == CaseTerms(
                    pickUp: .workingDays(5), afterContact: .workingDays(2), progress: .workingDays(20),
                    aftercare: .calendar(months: 6, days: 0), homeVisit: .workingDays(10), meeting: .workingDays(10),
                    recall: .workingDays(2)))
        #expect(loaded.snapshot.pack.ladder == [.deskContactsHelper, .conveneMDA])
        #expect(!loaded.openQuestions.contains { $0.stopsWork })
    }

    @Test("the housing corporation learns that there are debts, and nothing that was seen of them")
    func minimisation() throws {
        let loaded = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false)
        let article = try #require(loaded.snapshot.covenants.first { $0.id == "den-haag-housing" }?.articles.first)
        #expect(article.fields == [.name, .address, .concern(.housing), .observation(.housing), .concern(.debts)])
    }

    @Test("no covenant takes offences or nuisance, and the BSN travels under a named act only")
    func restraint() throws {
        let loaded = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false)
        let articles = loaded.snapshot.covenants.flatMap(\.articles)
        #expect(articles.allSatisfy { !$0.fields.contains(.offences) && !$0.fields.contains(.concern(.crimeNuisance)) })
        #expect(articles.allSatisfy { $0.fields.contains(.bsn) == ($0.bsnUnder != nil) })
        #expect(articles.allSatisfy { $0.grounds == [.consent] })
    }

    @Test(
        "every platform to which a case can be passed on has a covenant of its own, with a purpose, and gets no more than it works with",
        arguments: [
            ("00000099000000006000", "youthAndFamily"), ("00000099000000007000", "shelter"), ("00000099000000008000", "signalling"),
            ("00000099000000009000", "topTeam"), ("00000099000000010000", "otherPlatform"), ("00000099000000005000", "socialWork"),
        ])
    func platforms(_ oin: String, _ purpose: String) throws {
        let loaded = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false)
        let articles = loaded.snapshot.covenants.flatMap(\.articles).filter { $0.to.map(\.description).contains(oin) }
        #expect(articles.map(\.purpose.rawValue) == [purpose])
        let fields = try #require(articles.first).fields
        #expect(fields.contains(.name) && fields.contains(.safeWay) && !fields.contains(.bsn) && !fields.contains(.freeText))
        // At least one concern, or nothing could be told of why; never what is above all the resident's own.
        #expect(LifeDomain.allCases.contains { fields.contains(.concern($0)) })
        #expect(!fields.contains(.health) && !fields.contains(.observation(.addiction)) && !fields.contains(.concern(.domesticViolence)))
    }

    @Test("the explanation tells who gives whom what, and that values are invented")
    func explanation() throws {
        let text = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: true).explanation
        #expect(text.contains("FICTITIOUS"))
        #expect(
            text.contains(
                """
                    from: Gemeente Den Haag (fictief)
                    to: Schuldhulp Haaglanden (fictief)
                    fields: identification.name, identification.birthDate, identification.bsn, contact.address,
                """.split(separator: "\n").map { "    " + $0.drop { $0 == " " } }.joined(separator: "\n")))
        #expect(text.contains("ground: consent; the BSN under debtAssistanceAct.8c"))
        #expect(text.contains("\n  from 2009-01-05T00:00:00+01:00 without an end\n"))
        #expect(text.contains("ladder for a task that stays open: deskContactsHelper, then conveneMDA"))
    }

    @Test("every decision key and every life domain is explained in the folder's README")
    func readme() throws {
        let text = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
        for key in DecisionKey.allCases { #expect(text.contains("`\(key.rawValue)`")) }
        for domain in LifeDomain.allCases { #expect(text.contains(domain.rawValue)) }
    }

    @Test("every reason for which something is refused is listed there, and no other, in the words in which it is told")
    func reasons() throws {
        let text = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Why something is refused\n") })
        #expect(
            section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
                == RefusalReason.allCases.map { "| `\($0.rawValue)` | \($0.sentence.en) | \($0.whoCanChange.en) |" })
        let published = try parseJSON(
            Array(Data(contentsOf: Samples.repository.appendingPathComponent("Tests/Vectors/code-lists.json"))))
        #expect(published["refusalReasons"]?.arrayValue?.compactMap(\.stringValue) == RefusalReason.allCases.map(\.rawValue))
    }
}
