import Casework
import Disclosure
import Foundation
import Testing

@testable import PolicyFiles

@Suite("what acts say, read from files")
struct StatuteTests {
    private func load(_ text: String, withDemo: Bool = false) throws -> LoadedPolicies {
        try loadPolicies(
            Samples.files(Samples.file("statutes/debtAssistanceAct.yaml", text)), pack: "proef", allowingFictitious: withDemo)
    }

    @Test("the values of a rule arrive as they are written")
    func values() throws {
        let snapshot = try load(Samples.statute).snapshot
        let act = try #require(snapshot.statutes.first)
        #expect(act.id == "debtAssistanceAct" && act.title == PlainText(nl: "Proef", en: "Trial"))
        #expect(snapshot.lawAsOf == CalendarDate("2026-11-21"))
        let article = try #require(LegalArticle("debtAssistanceAct.8d"))
        // The year begins at midnight in the Netherlands.
        #expect(
            act.rules == [
                StatuteRule(
                    article: article, effect: .permits(.publicTask(article), acrossSecrecy: false), holder: .only(["municipality"]),
                    recipients: .init(sameController: true, others: nil), sources: ["debtAssistanceAct"],
                    purposes: [Purpose(rawValue: "debtAssistance")], fields: [.name, .birthDate], necessity: true,
                    validFrom: Instant(millisecondsSince1970: 1_609_455_600_000), text: PlainText(nl: "Tekst", en: "Text"))
            ])
    }

    @Test("`any`, `all`, `except` and both kinds of recipient are read")
    func words() throws {
        let text = Samples.statute
            .replacingOccurrences(of: "does: permitsWithoutConsent\n    ground: publicTask\n", with: "does: forbidsOnward\n")
            .replacingOccurrences(of: "holder: [municipality]", with: "holder: {except: [police]}")
            .replacingOccurrences(of: "recipient: sameController", with: "recipient: {sameController: true, others: any}")
            .replacingOccurrences(of: "obtainedUnder: [debtAssistanceAct]", with: "obtainedUnder: any")
            .replacingOccurrences(of: "purposes: [debtAssistance]", with: "purposes: any")
            .replacingOccurrences(of: "fields: [identification]", with: "fields: all")
            .replacingOccurrences(of: "necessity: stated", with: "necessity: notStated")
            .replacingOccurrences(of: "from: 2021-01-01", with: "from: 2021-01-01\n    until: 2021-07-01")
        let rule = try #require(try load(text).snapshot.statutes.first?.rules.first)
        #expect(rule.effect == .forbidsOnward && rule.holder == .except(["police"]))
        #expect(rule.recipients == .init(sameController: true, others: .any))
        #expect(rule.sources == nil && rule.purposes == nil && rule.fields == .everything && !rule.necessity && !rule.bill)
        #expect(rule.validUntil == Instant(millisecondsSince1970: 1_625_090_400_000))
    }

    @Test("each effect and ground has its word")
    func effects() throws {
        let article = try #require(LegalArticle("debtAssistanceAct.8d"))
        let effects: [(String, StatuteRule.Effect)] = [
            ("forbids", .forbids), ("forbidsOnward", .forbidsOnward), ("forbidsUnlessReleased", .forbidsUnlessReleased),
            ("onlyToThese", .onlyToThese), ("requiresConsent", .requiresConsent),
            ("permitsWithoutConsent\n    ground: legalObligation", .permits(.legalObligation(article), acrossSecrecy: false)),
            ("permitsWithoutConsent\n    ground: compulsory", .permits(.compulsory(article), acrossSecrecy: false)),
            ("permitsWithoutConsent\n    ground: vitalInterest", .permits(.vitalInterest, acrossSecrecy: false)),
            ("permitsWithoutConsent\n    ground: publicTask\n    acrossSecrecy: true", .permits(.publicTask(article), acrossSecrecy: true)),
        ]
        for (word, effect) in effects {
            let text = Samples.statute.replacingOccurrences(of: "permitsWithoutConsent\n    ground: publicTask", with: word)
            #expect(try load(text).snapshot.statutes.first?.rules.first?.effect == effect)
        }
    }

    @Test("a prefix covers all that is below it in a rule that forbids, and not what is sensitive in one that permits")
    func prefixes() throws {
        let permits = try #require(try load(Samples.statute).snapshot.statutes.first?.rules.first)
        #expect(permits.fields == [.name, .birthDate])
        for verb in ["forbids", "forbidsOnward", "forbidsUnlessReleased", "onlyToThese", "requiresConsent"] {
            let text = Samples.statute.replacingOccurrences(of: "permitsWithoutConsent\n    ground: publicTask", with: verb)
            let rule = try #require(try load(text).snapshot.statutes.first?.rules.first)
            #expect(rule.fields == [.name, .birthDate, .bsn], "\(verb)")
        }
    }

    @Test("an act is part of the revision, and the demo reads it too")
    func revision() throws {
        let one = try load(Samples.statute)
        let other = try load(Samples.statute.replacingOccurrences(of: "2026-11-21", with: "2026-11-20"))
        #expect(one.snapshot.revision != other.snapshot.revision && one.files.map(\.path).contains("statutes/debtAssistanceAct.yaml"))
        #expect(try load(Samples.statute, withDemo: true).snapshot.statutes.count == 1)
    }

    @Test("an article that rests on a ground which no act carries is warned of")
    func uncarried() {
        let covenant = Samples.covenant.replacingOccurrences(of: "[consent]", with: "[consent, \"publicTask:debtAssistanceAct.8d\"]")
        let without = PolicyCollection(Samples.files(Samples.file("covenants/proef.yaml", covenant)), withDemo: false)
        #expect(without.warnings.contains { $0.text.contains("`publicTask:debtAssistanceAct.8d`, which no act carries") })
        let carried = Samples.files(
            Samples.file("covenants/proef.yaml", covenant), Samples.file("statutes/debtAssistanceAct.yaml", Samples.statute))
        #expect(!PolicyCollection(carried, withDemo: false).warnings.contains { $0.text.contains("no act carries") })
    }

    @Test("the acts of this repository tell what they say, and a bill that it refuses")
    func repository() throws {
        let folder = Samples.repository.appendingPathComponent("policies").path
        let report = checkPolicies(folder: folder)
        #expect(report.statutes.count == 11)
        #expect(report.text.contains("act `multipleProblemsApproachAct` as of 2026-11-21: 1 rule, of which 1 bill\n"))
        let text = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false).explanation
        #expect(text.contains("article 8d: The college's debt help may use"))
        #expect(text.contains("article 2.1 (a bill: it always refuses): "))
    }
}
