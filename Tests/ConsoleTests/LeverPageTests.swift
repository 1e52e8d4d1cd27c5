import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("levers, on the pages", .timeLimit(.minutes(10)))
struct LeverPageTests {
    @Test("a lever is recorded with the steps before it, stands on the case, is reviewed and ended; what is missing is said at its field")
    func wholeStory() async throws {
        try await servingPages(TestPolicy { $0.hasCompulsion = true }) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let person = ("person", filed.persons[0])
            let before = try await visitor.get(path).text
            #expect(before.contains("Dwangmiddel vastleggen") && !before.contains("<h2>Dwangmiddelen"))

            let form = try await visitor.post("\(path)/levers/ask", [person])
            #expect(form.text.contains("participationAct.55") && form.text.contains("Wie legden het op?") && form.text.contains("Testzorg"))
            let empty = try await visitor.post("\(path)/levers", [person])
            for field in ["kind", "article", "signers", "from", "until", "reviewBy", "voluntaryOn", "because"] {
                #expect(empty.text.contains("href=\"#\(field)\""), "\(field)")
            }
            var written = [
                person, ("kind", "benefitObligation"), ("article", "participationAct.55"), ("signers", test.municipality.oin.description),
                ("from", test.day(0)), ("until", test.day(300)), ("reviewBy", test.day(100)), ("voluntaryOn", test.day(-60)),
                ("ultimatumOn", test.day(-30)), ("because", "Zij weigert <alles>."),
            ]
            let early = try await visitor.post("\(path)/levers", written)
            #expect(early.status == 400 && early.text.contains("href=\"#from\"") && early.text.contains("De laatste kans loopt dan nog."))
            #expect(early.text.contains("Zij weigert &lt;alles&gt;."))
            #expect(try test.number("SELECT count(*) FROM lever") == 0)
            written.append(("ultimatumUntil", test.day(-1)))
            for _ in 0..<2 {
                let sent = written + [("once", form.value(of: "once"))]
                #expect(try await visitor.post("\(path)/levers", sent).leadsTo == "\(path)?said=lever")
            }
            #expect(try test.number("SELECT count(*) FROM lever") == 1)

            let shown = try await visitor.get("\(path)?said=lever").text
            #expect(shown.contains("Het dwangmiddel is vastgelegd.") && shown.contains("Verplichting bij een uitkering"))
            let lever = String(try #require(shown.firstMatch(of: /href="(\/cases\/[^"]+\/levers\/[^"]+)"/)).output.1)
            let page = try await visitor.get(lever).text
            #expect(page.contains("Zij weigert &lt;alles&gt;.") && page.contains("Het moet blijven"))
            let nothing = try await visitor.post(lever, [("act", "reviewed")])
            #expect(nothing.text.contains("href=\"#reviewBy\"") && nothing.text.contains("href=\"#because\""))
            let far = [("act", "reviewed"), ("reviewBy", test.day(301)), ("because", "Nog nodig.")]
            #expect(try await visitor.post(lever, far).text.contains("href=\"#reviewBy\""))
            let near = [("act", "reviewed"), ("reviewBy", test.day(200)), ("because", "Nog nodig.")]
            #expect(try await visitor.post(lever, near).leadsTo == "\(path)?said=lever-reviewed")
            #expect(try await visitor.post(lever, [("act", "ended"), ("because", "Het gaat goed.")]).leadsTo == "\(path)?said=lever-ended")
            let after = try await visitor.get(path).text
            #expect(after.contains("gestopt") && !after.contains(lever))
            #expect(try await visitor.post(lever, [("act", "ended"), ("because", "Nog eens.")]).status == 409)
            #expect(try await visitor.post(lever, [("act", "else"), ("because", "x")]).text.contains("href=\"#act\""))
        }
    }

    @Test("where no covenant allows compulsion there is nothing to fill in: the page says so and leads back")
    func nothingToCompelBy() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            _ = try await visitor.get(path)
            for form in ["levers/ask", "levers"] {
                let shown = try await visitor.post("\(path)/\(form)", [("person", filed.persons[0])])
                #expect(shown.status == 200 && shown.text.contains(Words.text("lever-none", in: .nl)), "\(form)")
                #expect(shown.text.contains("href=\"\(path)\"") && !shown.text.contains("action=\"\(path)"), "\(form)")
            }
        }
    }

    @Test("a lever to be reviewed stands on the desk's page with the way to it, and its page says by which id a partner knows it")
    func dueAndKnown() async throws {
        try await servingPages(TestPolicy { $0.hasCompulsion = true }) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let lever = try await test.compel(filed.persons[0], in: filed, by: clerk)
            let sent = try await test.refer(test.justified(test.compelled(filed)), by: clerk)
            let known = try #require(try await test.fetch(sent.message, as: test.care).payload.ground?.levers.first)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)/levers/\(lever)"
            #expect(try await visitor.get("/desk").text.contains("Geen dwangmiddel is binnen twee weken te beoordelen."))
            let page = try await visitor.get(path).text
            #expect(page.contains("Bekend bij Testzorg") && page.contains(known))
            for (days, isOverdue) in [(90, false), (11, true)] as [(Int64, Bool)] {
                test.clock.setCalendar(test.clock.calendar.advanced(byMilliseconds: days * 86_400_000))
                _ = try await test.desk.sweepDeadlines()
                let desk = try await visitor.get("/desk").text
                #expect(desk.contains("href=\"\(path)\"") && desk.contains("1 × dwangmiddel beoordelen"))
                #expect(desk.contains("geldt niet: niet op tijd beoordeeld") == isOverdue)
            }
        }
    }

    @Test("the desk's days show a review and a telling on the last day that was chosen, and not on the day after")
    func lastDays() async throws {
        try await servingPages(TestPolicy { $0.hasCompulsion = true }) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            #expect(await test.record(test.lever(about: filed.persons[0], reviewDays: 0), in: filed, by: clerk).status == 201)
            let later: JSONValue = ["ground": "safetyOfOthers", "reviewOn": .string(test.day(3))]
            _ = try await test.desk.tellResident(
                filed.casefile, ["signalId": .string(filed.signal), "postponed": later], by: clerk, idempotency: nil)
            let page = try await browser.signedIn(test.account("clerk", .contactPoint)).get("/desk").text
            let list = try #require(page.components(separatedBy: "<ol class=\"days\">").last?.components(separatedBy: "</ol>").first)
            let days = list.components(separatedBy: "</li>")
            for (word, day) in [("deadline-lever", 0), ("deadline-telling", 3)] {
                let text = "1 × \(Words.text(word, in: .nl))"
                #expect(days.indices.filter { days[$0].contains(text) } == [day], "\(word)")
            }
        }
    }

    @Test("the forms of another's case are closed, and the page stands in both languages")
    func closed() async throws {
        try await servingPages(TestPolicy { $0.hasCompulsion = true }) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let lever = try await test.compel(filed.persons[0], in: filed, by: clerk)
            let path = "/cases/\(filed.casefile)"
            for role in [StaffRole.socialCaseManager, .privacyOfficer, .manager, .administrator] {
                let visitor = try await browser.signedIn(test.account("a-\(role.rawValue.lowercased())", role))
                #expect([403, 404].contains(try await visitor.get("\(path)/levers/\(lever)").status), "\(role)")
                for (form, fields) in [
                    ("levers/ask", [("person", filed.persons[0])]), ("levers", [("person", filed.persons[0])]),
                    ("levers/\(lever)", [("act", "ended"), ("because", "x")]),
                ] {
                    _ = try await visitor.get("/")
                    let before = try test.entries().count
                    #expect([403, 404].contains(try await visitor.post("\(path)/\(form)", fields).status), "\(role) \(form)")
                    #expect(try test.entries().count == before)
                }
            }
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            #expect(try await visitor.get("\(path)/levers/\(lever)", language: "en").text.contains("It must stay"))
            #expect(try await visitor.get("\(path)/levers/01970000-0000-7000-8000-000000000007").status == 404)
        }
    }
}
