import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("the pages of a case and its meeting")
struct DeskCaseTests {
    @Test("markup in names and in what was seen is shown as it was written, on every page of a case")
    func escaped() async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            resident.given = "<b>D'Árcy</b>"
            resident.family = "\"><img src=x>"
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([resident], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            for path in ["/cases/\(filed.casefile)", "/cases/\(filed.casefile)/share", "/desk/signals/\(filed.signal)"] {
                let shown = try await visitor.get(path)
                #expect(shown.status == 200 && shown.text.contains("&lt;b&gt;D"))
                #expect(!shown.text.contains("<b>D") && !shown.text.contains("<img"), "\(path)")
            }
        }
    }

    @Test("a case names who may receive something, also before anything was sent there")
    func recipients() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/cases/\(filed.casefile)").text
            #expect(page.contains("Testzorg") && page.contains("de gemeente") && !page.contains(test.care.oin.description))
        }
    }

    @Test("sharing shows what would go and what stays, sends it once however often it is pressed, and the case then tells it")
    func share() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let choose = try await visitor.get("/cases/\(filed.casefile)/share")
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            #expect(choose.text.contains("value=\"\(article)\""))
            let empty = try await visitor.post("/cases/\(filed.casefile)/share/check", [])
            #expect(empty.status == 400)
            for field in ["article", "subject", "field"] { #expect(empty.text.contains("href=\"#\(field)\"")) }
            let question = [
                ("article", article), ("subject", filed.persons[0]), ("field", "identification.name"),
                ("field", "domains.debts.observation"), ("field", "domains.health.observation"),
            ]
            let before = try test.events().filter { $0 == "message.sealed" }.count
            let check = try await visitor.post("/cases/\(filed.casefile)/share/check", question)
            // What may go is shown with its value, what may not with the gate's reason and without.
            #expect(check.status == 200 && check.text.contains("ongeopende brieven op tafel"))
            #expect(!check.text.contains("slaapt al weken slecht") && check.text.contains("Gezondheid: wat is gezien"))
            #expect(try test.events().filter { $0 == "message.sealed" }.count == before)
            let send = question + [("once", check.value(of: "once"))]
            for _ in 0..<2 {
                let sent = try await visitor.post("/cases/\(filed.casefile)/share", send)
                #expect(sent.status == 303 && sent.leadsTo.hasPrefix("/cases/\(filed.casefile)"))
            }
            #expect(try test.events().filter { $0 == "message.sealed" }.count == before + 1)
            let page = try await visitor.get("/cases/\(filed.casefile)")
            #expect(page.text.contains("Testschuldhulp · Schuldhulp") && page.text.contains("Schulden: wat is gezien"))
        }
    }

    @Test("what the gate refuses is said before sending, and there is nothing to send")
    func refused() async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            resident.consents = [Consents.intake, ["answer": "refused", "recipients": ["sector:debt"], "purposes": ["debtAssistance"]]]
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([resident], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            _ = try await visitor.get("/cases/\(filed.casefile)/share")
            let question = [("article", article), ("subject", filed.persons[0]), ("field", "identification.name")]
            let check = try await visitor.post("/cases/\(filed.casefile)/share/check", question)
            #expect(check.status == 200 && check.text.contains("Dit mag niet"))
            #expect(!check.text.contains("action=\"/cases/\(filed.casefile)/share\""))
            let forced = try await visitor.post("/cases/\(filed.casefile)/share", question)
            #expect(forced.status == 422 && forced.text.contains("role=\"alert\""))
            #expect(try !test.events().contains("message.sealed"))
        }
    }

    @Test("a consent is withdrawn by telephone; what had not left is named as stopped, and what was received as recalled")
    func withdraw() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            let shown = try await test.desk.showCasefile(filed.casefile, by: clerk).body
            let consent = try #require(
                shown.list("persons")[0].list("consents").first { $0["purposes"] == ["debtAssistance"] }?["consentId"]?.stringValue)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let path = "/cases/\(filed.casefile)/withdrawals/\(consent)"
            #expect(try await visitor.post(path, []).status == 400)
            let done = try await visitor.post(path, [("how", "telephone")])
            #expect(done.status == 200 && done.text.contains("<h2>Al ontvangen</h2>") && done.text.contains("<li>Testschuldhulp</li>"))
            #expect(try test.events().contains("consent.withdrawn"))
            #expect(try await visitor.get("/cases/\(filed.casefile)").text.contains("Ingetrokken"))
        }
    }

    @Test("a partner that cannot be asked to stop yet stands under those only")
    func untold() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            let consent = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: clerk)
            try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = '\(test.debt.oin)'")
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let done = try await visitor.post("/cases/\(filed.casefile)/withdrawals/\(consent)", [("how", "telephone")])
            let groups = done.text.components(separatedBy: "<section>").filter { $0.contains("<li>Testschuldhulp</li>") }
            #expect(groups.count == 1 && groups.first?.contains("<h2>Nog niet gevraagd te stoppen</h2>") == true)
        }
    }

    @Test("a no names whom it asks to stop; one that stops nothing leads back to the case")
    func no() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            let unshared = try await test.openCase([.father], triage: "multipleUnrelated", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            func refuse(_ filed: FiledCase) async throws -> Shown {
                _ = try await visitor.get("/cases/\(filed.casefile)")
                return try await visitor.post(
                    "/cases/\(filed.casefile)/consents", [("person", filed.persons[0]), ("answer", "refused"), ("recordedHow", "spoken")])
            }
            #expect(try await refuse(unshared).leadsTo.hasSuffix("said=consent"))
            let stopped = try await refuse(filed)
            #expect(stopped.status == 200 && stopped.text.contains("Het nee is vastgelegd"))
            #expect(stopped.text.contains("<li>Testschuldhulp</li>"))
        }
    }

    @Test("a closing that is refused keeps what was chosen and says why at its field; a case that is closed has no such field any more")
    func refusedClosing() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            #expect(try await !visitor.get(path).text.contains("closure-fault"))
            let refused = try await visitor.post("\(path)/closure", [("outcome", "partlySolved")])
            #expect(refused.status == 409 && refused.text.contains("<a href=\"#closure\">\(Words.text("obstacle-tasks-open", in: .nl))"))
            #expect(refused.text.contains("id=\"closure-fault\"") && refused.text.contains("<details open><summary>Zaak sluiten"))
            #expect(refused.text.contains("<option value=\"partlySolved\" selected>"))
            let empty = try await visitor.post("\(path)/closure", [("outcome", "")])
            #expect(empty.status == 400 && empty.text.contains("href=\"#closure\"") && !empty.text.contains(" selected>"))

            let other = try await test.openCase([.father], triage: "single", by: clerk)
            _ = try await test.desk.closeCase(other.casefile, ["outcome": "solved"], by: clerk, idempotency: nil)
            let late = try await visitor.post("/cases/\(other.casefile)/closure", [("outcome", "solved")])
            #expect(late.status == 409 && late.text.contains("href=\"#content\"") && !late.text.contains("#closure"))
        }
    }

    @Test("a new consent opens the gate that was closed")
    func consent() async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            resident.consents = [Consents.intake]
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([resident], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let asked = try await visitor.post("/cases/\(filed.casefile)/consents/ask", [("person", filed.persons[0])])
            #expect(asked.status == 200 && asked.text.contains("Annemarijke"))
            let empty = try await visitor.post("/cases/\(filed.casefile)/consents", [("person", filed.persons[0])])
            #expect(empty.status == 400 && empty.text.contains("href=\"#answer\""))
            let kept = try await visitor.post(
                "/cases/\(filed.casefile)/consents",
                [
                    ("person", filed.persons[0]), ("answer", "given"), ("freely", "yes"), ("article", article),
                    ("recordedHow", "spoken"),
                ])
            #expect(kept.status == 303)
            let check = try await visitor.post(
                "/cases/\(filed.casefile)/share/check",
                [("article", article), ("subject", filed.persons[0]), ("field", "identification.name")])
            #expect(check.text.contains("Dit gaat er weg"))
        }
    }

    @Test(
        "what was read aloud on a case, and in which language, stands beside the answer and on the receipt",
        arguments: ["given", "refused"])
    func spokenLanguage(_ said: String) async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            resident.consents = [Consents.intake]
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([resident], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            let path = "/cases/\(filed.casefile)"
            _ = try await visitor.get(path)
            let person = [("person", filed.persons[0])]
            let asked = try await visitor.post("\(path)/consents/ask", person)
            #expect(asked.text.contains("name=\"language\" value=\"nl\" checked"))
            #expect(asked.text.contains("name=\"language\" value=\"tr\""))
            var form: [(String, String)] = person + [("answer", said), ("recordedHow", "spoken"), ("language", "tr")]
            if said == "given" { form += [("freely", "yes"), ("article", article)] }
            #expect(try await visitor.post("\(path)/consents", form).status == 303)
            let consents = try await test.desk.showCasefile(filed.casefile, by: clerk).body.list("persons")[0].list("consents")
            let recorded = try #require(consents.last?["consentId"]?.stringValue)
            let receipt = try await test.desk.showConsentReceipt(recorded, by: clerk).body
            let processing = try #require(receipt["pii_processing"])
            #expect(processing["language"] == "tr")
            #expect(processing["privacy_notice"] == "case-1")
            let printed = try await visitor.get("\(path)/consents/\(recorded)/receipt").text
            #expect(printed.contains("Türkçe") && printed.contains("case-1") && printed.contains(", Contactpunt</dd>"))
        }
    }

    @Test("the last day of a consent is the same on the case and on its receipt")
    func lastDayOfConsent() async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            let debt = Consents.given(
                to: ["sector:debt"], for: ["debtAssistance"], fields: Consents.allFields, until: "2027-01-01T00:00:00+01:00")
            resident.consents = [Consents.intake, debt]
            let filed = try await test.openCase([resident], triage: "single", by: test.staff("other", .contactPoint))
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/cases/\(filed.casefile)").text
            #expect(page.contains("tot en met 31 december 2026"))
            var told: [Bool] = []
            for receipt in page.matches(of: /href="(\/cases\/[^"]+\/receipt)"/).map({ String($0.output.1) }) {
                told.append(try await visitor.get(receipt).text.contains("tot en met 31 december 2026"))
            }
            #expect(told.count == 2 && told.filter { $0 }.count == 1)
        }
    }

    @Test("each ticked partner has a consent of its own, with its own data; what could not be recorded is said, and the others stay")
    func consentEach() async throws {
        try await servingPages { test, browser in
            var resident = Resident.mother
            resident.consents = [Consents.intake]
            let clerk = try await test.staff("clerk", .contactPoint)
            let filed = try await test.openCase([resident], triage: "single", by: clerk)
            let reset = try await test.desk.resetStaff("clerk").body
            let password = try #require(reset["password"]?.stringValue)
            let visitor = try await browser.signedIn(("clerk", password))
            let items = try await test.desk.showSharingChoices(of: filed.casefile, by: clerk).body.list("items")
            let debt = try await test.choice("debtAssistance", in: filed, by: clerk)
            let care = try await test.choice("careSupport", in: filed, by: clerk)
            let path = "/cases/\(filed.casefile)/consents"
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let asked = try await visitor.post("\(path)/ask", [("person", filed.persons[0])])
            #expect(asked.text.contains("<small>Krijgt: Naam, Geboortedatum, "), "what each partner would have stands beside the tick")
            // The key of the second one was used for something else.
            let once = asked.value(of: "once")
            let other: JSONValue = [
                "personId": .string(filed.persons[0]), "answer": "notAsked", "reason": "other", "recordedHow": "spoken",
            ]
            _ = try await test.desk.recordConsent(
                other, by: clerk, idempotency: IdempotencyKey(route: "POST /v1/consents", key: "\(once)-\(care)", body: [1]))
            let yes = [("person", filed.persons[0]), ("answer", "given"), ("freely", "yes"), ("recordedHow", "spoken")]
            let both = yes + [("article", debt), ("article", care)]
            let part = try await visitor.post(path, both + [("once", once)])
            #expect(part.status == 409 && part.text.contains("href=\"#article\""))
            #expect(part.text.contains("<strong>Vastgelegd</strong>: Testschuldhulp: "))
            #expect(part.text.contains("<strong>Niet vastgelegd</strong>: Testzorg: "))
            #expect(part.text.contains("value=\"\(care)\" checked") && !part.text.contains("value=\"\(debt)\" checked"))
            let rest = yes + [("article", care), ("once", part.value(of: "once"))]
            for _ in 0..<2 { #expect(try await visitor.post(path, rest).status == 303) }
            let consents = try await test.desk.showCasefile(filed.casefile, by: clerk).body.list("persons")[0].list("consents")
                .filter { $0["answer"] == "given" && $0["purposes"] != ["intake"] }
            try #require(consents.count == 2)
            for (consent, choice) in zip(consents, [debt, care]) {
                let item = try #require(items.first { $0["choice"] == JSONValue.string(choice) })
                let oin = try #require(item["oin"])
                #expect(consent["recipients"] == JSONValue.array([oin]))
                #expect(consent["fields"] == item["fields"])
            }
            let page = try await visitor.get("/cases/\(filed.casefile)").text
            #expect(page.contains("<br>Testschuldhulp · ") && page.contains("<br>Testzorg · "), "by name, before anything was shared")
        }
    }

    @Test(
        "a yes that a later no beats is shown as counting no more, and can be withdrawn, which recalls what went before; a no says whom it concerns"
    )
    func beaten() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let debt = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            func times(_ text: String, _ page: String) -> Int { page.components(separatedBy: text).count - 1 }
            let before = try await visitor.get(path).text
            #expect(before.contains("\(path)/withdrawals/\(debt)") && !before.contains("telt niet meer"))
            #expect(times("<br>schuldhulp · Schuldhulp", before) == 1)
            test.clock.advance(milliseconds: 1000)
            let no: JSONValue = [
                "personId": .string(filed.persons[0]), "answer": "refused", "recordedHow": "spoken", "recipients": ["sector:debt"],
                "purposes": ["debtAssistance"],
            ]
            _ = try await test.desk.recordConsent(no, by: clerk, idempotency: nil)
            let after = try await visitor.get(path).text
            #expect(times("Ja, maar telt niet meer", after) == 1 && after.contains("\(path)/withdrawals/\(debt)"))
            #expect(times("Ja, mag gedeeld worden", after) == times("Ja, mag gedeeld worden", before) - 1)
            #expect(times("<br>schuldhulp · Schuldhulp", after) == 2, "the no stands with those whom it concerns")
            let all: JSONValue = ["personId": .string(filed.persons[0]), "answer": "refused", "recordedHow": "spoken"]
            _ = try await test.desk.recordConsent(all, by: clerk, idempotency: nil)
            let last = try await visitor.get(path).text
            #expect(last.contains("<br>iedereen · alles") && times("Ja, mag gedeeld worden", last) == 0)
        }
    }

    @Test("a meeting is asked for, dated with an agenda, and held; what the chair's sheet says follows the audiences")
    func meeting() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            _ = try await test.account("manager", .socialCaseManager)
            let filed = try await test.openCase([.mother, .father], triage: "multipleInterrelated", by: clerk)
            let path = "/meetings/" + (try await test.openMeeting(about: filed, by: clerk))
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let dating = try await visitor.get(path + "/date")
            #expect(dating.text.contains("debts:\(filed.persons[0])"))
            let empty = try await visitor.post(path + "/date", [])
            #expect(empty.status == 400 && empty.text.contains("href=\"#item\""))
            let past = [
                ("day", "2026-11-20"), ("time", "10:00"), ("minutes", "60"), ("item", "debts:\(filed.persons[0])"), ("resident", "comes"),
            ]
            #expect(try await visitor.post(path + "/date", past).text.contains("Deze datum is voorbij"))
            var form = past
            form[0].1 = "2026-12-01"
            let dated = try await visitor.post(path + "/date", form + [("item", "health:\(filed.persons[0])")])
            #expect(dated.status == 303)
            let page = try await visitor.get(dated.leadsTo)
            #expect(page.text.contains("1 december 2026, 10.00 uur") && page.text.contains("Testschuldhulp"))
            test.clock.advance(days: 9)
            let again = try await browser.signedIn(test.account("clerk-2", .contactPoint))
            _ = try await again.get(path + "/minutes")
            let half = try await again.post(path + "/minutes", [("coordinator", "manager"), ("owner-1", "account:manager")])
            #expect(half.status == 400 && half.text.contains("href=\"#action-1\"") && half.text.contains("id=\"action-1-fault\""))
            #expect(half.text.contains("<option value=\"account:manager\" selected>"))
            let held = try await again.post(
                path + "/minutes",
                [
                    ("coordinator", "manager"), ("present", test.debt.oin.description), ("owner-1", "account:manager"),
                    ("action-1", "coordinate"), ("domain-1", "debts"), ("subject-1", filed.persons[0]), ("due-1", "2026-12-20"),
                ])
            #expect(held.status == 303)
            #expect(try await again.get(held.leadsTo).text.contains("Afstemmen"))
            #expect(try await again.get("/cases/\(filed.casefile)").text.contains("manager"))
            #expect(try test.events().contains("meeting.held"))
        }
    }

    @Test("who leaves when follows from the audiences of the items")
    func sheet() throws {
        let seats = chairSheet([["a", "b"], ["b"], ["b", "c"]])
        #expect(seats.map(\.comes) == [[], [], ["c"]])
        #expect(seats.map(\.leaves) == [["a"], [], []])
    }
}
