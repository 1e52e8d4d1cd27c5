import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("the letter that tells a resident what is shared", .timeLimit(.minutes(10)))
struct ResidentLetterPageTests {
    @Test("it names partners, data, purpose, ground, what a no and a duty mean and how long it is kept, in either language")
    func wholeLetter() async throws {
        let policy = TestPolicy {
            $0.hasCompulsion = true
            $0.retention = "P18M"
        }
        try await servingPages(policy) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let whom = [("person", filed.persons[0])]
            #expect(try await visitor.get(path).text.contains("action=\"\(path)/letter\""))
            let first = try await visitor.post("\(path)/letter", whom).text
            #expect(first.contains("Waterdrinkster") && first.contains(Words.text("letter-no-free", in: .nl)))
            #expect(first.contains(Words.text("letter-shares-none", in: .nl)) && first.contains("een jaar en 6 maanden"))

            _ = try await test.compel(filed.persons[0], in: filed, by: clerk)
            _ = try await test.refer(test.referral(filed), by: clerk)
            _ = try await test.refer(test.justified(test.compelled(filed)), by: clerk)
            let before = try test.entries().count
            let letter = try await visitor.post("\(path)/letter", whom).text
            #expect(letter.contains("<h3>Testschuldhulp</h3>") && letter.contains("<h3>Testzorg</h3>"))
            #expect(letter.contains("<dd>Schuldhulp</dd>") && letter.contains("U kunt uw ja altijd terugnemen. Bel of schrijf Teststad."))
            #expect(letter.contains("U hebt een uitkering.") && letter.contains("Opgelegd door Teststad"))
            #expect(letter.contains(Words.text("letter-no-open", in: .nl)) && !letter.contains("Nee heeft geen gevolgen"))
            #expect(!letter.contains("{") && !letter.contains("letter-ground-") && !letter.contains("letter-duty-"))
            let look = try #require(try test.entries().dropFirst(before).first)
            #expect(look.event == "casefile.read" && look.subjects.count == 1 && look.facts == ["what": .text("residentLetter")])

            let english = try await visitor.post("\(path)/letter", whom + [("language", "en")]).text
            #expect(english.contains("<article lang=\"en\">") && english.contains("You have a benefit.") && english.contains("Debt help"))
            #expect(!english.contains("U hebt een uitkering."))
            let outsider = try await browser.signedIn(test.account("worker", .socialCaseManager))
            _ = try await outsider.get("/")
            #expect(try await outsider.post("\(path)/letter", whom).status == 404)
        }
    }

    @Test("what rests on a justification stands in it with its law and how to object, but not while telling of it is postponed")
    func postponed() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            _ = try await test.refer(test.justified(test.protection(filed)), by: clerk)
            _ = try await visitor.get(path)
            let letter = try await visitor.post("\(path)/letter", [("person", filed.persons[0])]).text
            #expect(letter.contains("<h3>Testzorg</h3>") && letter.contains("Het hoort bij een taak die de wet ons geeft"))
            #expect(letter.contains("U kunt bezwaar maken.") && !letter.contains(Words.text("letter-postponed", in: .nl)))
            let telling = try #require(
                try await test.desk.showCasefile(filed.casefile, by: clerk).body.list("tellings").first { $0["justificationId"] != nil })
            let later: JSONValue = [
                "justificationId": telling["justificationId"] ?? .null,
                "postponed": ["ground": "safetyOfOthers", "reviewOn": .string(test.day(30))],
            ]
            _ = try await test.desk.tellResident(filed.casefile, later, by: clerk, idempotency: nil)
            _ = try await visitor.get(path)
            let held = try await visitor.post("\(path)/letter", [("person", filed.persons[0])]).text
            #expect(!held.contains("Testzorg") && held.contains(Words.text("letter-postponed", in: .nl)))
        }
    }

    @Test("the log says which text was sent, and only where it was this letter")
    func version() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let telling = "\(path)/tellings/signal/\(filed.signal)"
            let form = try await visitor.get(telling)
            let version = form.value(of: "textVersion")
            #expect(version == ResidentLetter.version(under: test.desk.policyRevision) && version.hasPrefix("letter-"))
            let letter = try await visitor.post("\(path)/letter", [("person", filed.persons[0])]).text
            #expect(letter.contains(version))
            _ = try await visitor.get(telling)
            let told = try await visitor.post(telling, [("how", "told-ourLetter"), ("textVersion", version)])
            #expect(told.leadsTo == "\(path)?said=told")
            let entries = try test.entries().filter { $0.event == "resident.told" }
            #expect(entries.map(\.facts) == [["way": .text("letter"), "textVersion": .text(version)]])
            let another = try await test.openCase([.father], by: clerk)
            let own = "/cases/\(another.casefile)/tellings/signal/\(another.signal)"
            _ = try await visitor.get(own)
            #expect(try await visitor.post(own, [("how", "told-letter"), ("textVersion", version)]).status == 303)
            #expect(try test.entries().last(where: { $0.event == "resident.told" })?.facts == ["way": .text("letter")])
        }
    }

    @Test("where the pack makes something hang on the answer, nobody is promised that a no costs nothing")
    func noPromise() async throws {
        try await servingPages(TestPolicy { $0.consentMode = "conditionalOnAgreements" }) { test, browser in
            #expect(!test.desk.letsRefuseFreely)
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let letter = try await visitor.post("/cases/\(filed.casefile)/letter", [("person", filed.persons[0])]).text
            #expect(letter.contains(Words.text("letter-no-open", in: .nl)) && !letter.contains("Nee heeft geen gevolgen"))
        }
        for text in DoorstepText.all {
            let shown = text.shown(organisation: nil, municipality: "Teststad", isNoFree: false, fields: nil)
            #expect(shown["choice"] as? String == text.openChoice && text.openChoice != text.choice)
        }
        let read = DoorstepText.versionRead(isNoFree: false)
        #expect(read != DoorstepText.version && DoorstepText.versions[read] == false)
        #expect(DoorstepText.versions[DoorstepText.versionRead(isNoFree: true)] == true)
    }
}
