import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("sharing without consent, on the pages", .timeLimit(.minutes(10)))
struct JustificationPageTests {
    /// What is asked of the gate in these stories: a name and a health concern, on the Social Support Act.
    private func question(_ test: TestDesk, _ filed: FiledCase, by clerk: Caller) async throws -> [(String, String)] {
        let article = try await test.choice("protection", in: filed, by: clerk)
        return [
            ("subject", filed.persons[0]), ("field", "identification.name"), ("field", "domains.health.concern"), ("article", article),
            ("ground", "publicTask:socialSupportAct.5.2.6"),
        ]
    }

    private func written(_ test: TestDesk) -> [(String, String)] {
        let today = WorkingCalendar().localDate(of: test.clock.calendar)
        return [
            ("necessity-identification.name", "Zonder naam <vindt> niemand haar."), ("necessity-domains.health.concern", "Zij is ziek."),
            ("proportionality", "Het gaat om haar leven."), ("subsidiarity", "Bellen hielp niet."), ("consent", "unanswered"),
            ("exception", "9(2)(h)"), ("tell", "by"), ("tellOn", today.adding(days: 14).description),
            ("until", today.adding(days: 20).description),
        ]
    }

    @Test("the gate refuses, a reason is written for each item, another person agrees, and then it goes; the resident is told the safe way")
    func wholeStory() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            let (path, asked) = ("/cases/\(filed.casefile)", try await question(test, filed, by: clerk))
            _ = try await visitor.get(path)
            let refused = try await visitor.post("\(path)/share/check", asked)
            #expect(refused.text.contains("Dit mag niet") && refused.text.contains("action=\"\(path)/justifications/ask\""))

            let form = try await visitor.post("\(path)/justifications/ask", asked)
            #expect(form.text.contains("Waarom is dit nodig: Naam") && form.text.contains("Op welke uitzondering?"))
            let before = try test.entries().filter { $0.event == "justification.made" }.count
            let empty = try await visitor.post("\(path)/justifications", asked)
            for field in ["necessity-identification.name", "proportionality", "consent", "exception", "tellOn", "until"] {
                #expect(empty.text.contains("href=\"#\(field)\""), "\(field)")
            }
            let late = written(test).map { $0.0 == "until" ? ($0.0, "2031-01-01") : $0 }
            #expect(try await visitor.post("\(path)/justifications", asked + late).text.contains("Deze dag is voorbij of te ver weg"))
            #expect(try test.entries().filter { $0.event == "justification.made" }.count == before)
            let whole = asked + written(test) + [("once", form.value(of: "once"))]
            for _ in 0..<2 {
                #expect(try await visitor.post("\(path)/justifications", whole).leadsTo == "\(path)/justifications?said=made")
            }
            #expect(try test.entries().filter { $0.event == "justification.made" }.count == before + 1)

            let own = try await visitor.get("\(path)/justifications").text
            #expect(own.contains("wacht op een collega") && own.contains("Een ander beslist") && !own.contains("Ik ben het ermee eens"))
            #expect(own.contains("Zonder naam &lt;vindt&gt; niemand haar."))
            #expect(try await visitor.post("\(path)/share/check", asked).text.contains("Dit mag niet"))
            let list = try await officer.get("/officer/without-consent").text
            #expect(list.contains("Bellen hielp niet.") && !list.contains("Waterdrinkster") && list.contains(filed.casefile))
            let answer = try #require(list.firstMatch(of: /action="(\/officer\/without-consent\/[^"]+)"/)).output.1
            #expect(try await officer.post(String(answer), [("answer", "agreed")]).leadsTo == "/officer/without-consent?said=agreed")
            let again = try await officer.post(String(answer), [("answer", "agreed")])
            #expect(again.status == 409 && again.text.contains("href=\"#content\""))

            let check = try await visitor.post("\(path)/share/check", asked)
            #expect(check.text.contains("Dit gaat er weg"))
            #expect(try await visitor.post("\(path)/share", asked + [("once", check.value(of: "once"))]).leadsTo == "\(path)?said=shared")

            let shown = try await visitor.get(path).text
            let telling = try #require(shown.firstMatch(of: /href="(\/cases\/[^"]+\/tellings\/justification\/[^"]+)"/)).output.1
            let told = [("how", "told-visit")]
            #expect(try await visitor.get(String(telling)).text.contains("Alleen langs de veilige weg"))
            #expect(try await visitor.post(String(telling), told).text.contains("href=\"#safe\""))
            #expect(try await visitor.post(String(telling), told + [("safe", "yes")]).leadsTo == "\(path)?said=told")
            #expect(!(try await visitor.get(path).text.contains("/tellings/justification/")))
        }
    }

    @Test("what is declined or ended is shared no more, and the officers see how much left in each month")
    func declinedAndEnded() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            let (path, asked) = ("/cases/\(filed.casefile)", try await question(test, filed, by: clerk))
            func waiting() async throws -> String {
                _ = try await visitor.get(path)
                _ = try await visitor.post("\(path)/justifications", asked + written(test))
                let list = try await officer.get("/officer/without-consent").text
                return String(try #require(list.firstMatch(of: /action="(\/officer\/without-consent\/[^"]+)"/)).output.1)
            }
            let declined = try await waiting()
            #expect(try await officer.post(declined, [("answer", "declined")]).leadsTo.hasSuffix("said=declined"))
            #expect(try await visitor.post("\(path)/share/check", asked).text.contains("Dit mag niet"))
            _ = try await officer.post(try await waiting(), [("answer", "agreed")])
            let sent = try await test.refer(test.protection(filed), by: clerk)
            _ = try await test.fetch(sent.message, as: test.care)
            let list = try await officer.get("/officer/without-consent").text
            #expect(list.contains("november 2026") && list.contains("afgewezen") && list.contains("goedgekeurd"))
            let agreed = String(try #require(list.firstMatch(of: /action="(\/officer\/without-consent\/[^"]+)"/)).output.1)
            #expect(try await officer.post(agreed, [("answer", "ended")]).leadsTo.hasSuffix("said=ended"))
            #expect(try await visitor.post("\(path)/share/check", asked).text.contains("Dit mag niet"))
            #expect(try await officer.post(agreed, [("answer", "perhaps")]).text.contains("href=\"#content\""))
            let protectionOfficer = try await browser.signedIn(test.account("fg", .dataProtectionOfficer))
            let looked = try await protectionOfficer.get("/officer/without-consent").text
            #expect(looked.contains("Bellen hielp niet.") && !looked.contains("<button>"))
        }
    }
}
