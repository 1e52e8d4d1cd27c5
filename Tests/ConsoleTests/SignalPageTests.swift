import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import Testing

@testable import Console

@Suite("filing a signal on the pages", .serialized, .timeLimit(.minutes(10)))
struct SignalPageTests {
    private static let debt = OrganisationNumber("00000099000000002000")
    private static let person: [(String, String)] = [
        ("given", "Ö"), ("prefix", "van 't"), ("family", "O'Brien-Çelik"), ("day", ""), ("month", "3"), ("year", "1968"),
        ("street", "Kwikstaartpad"), ("houseNumber", "71"), ("place", "Teststad"), ("then", "next"),
    ]

    private func signedIn(_ test: TestDesk, _ browser: Browsing, as name: String = "filer") async throws {
        let secret = try await test.desk.addStaff(name: name, role: .intermediary, organisation: Self.debt).password
        #expect(try await browser.signIn(name, secret).status == 200)
    }

    /// From the first question to the page before sending.
    private func toCheck(
        _ browser: Browsing, person: [(String, String)] = person, answer: String = "given", under: String = "socialSupportAct.2.3.2",
        more: [(String, String)] = []
    )
        async throws -> Shown
    {
        _ = try await browser.get("/signals/may-i")
        let asked = try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts"), ("consent", "yes")])
        #expect(asked.leadsTo == "/signals/answer")
        #expect(try await browser.get("/signals/answer").text.contains(Words.text("answer-yes", in: .nl)))
        #expect(try await browser.post("/signals/answer", [("names", "yes")]).leadsTo == "/signals/people")
        _ = try await browser.get("/signals/people")
        #expect(try await browser.post("/signals/people", person).leadsTo == "/signals/concerns")
        #expect(try await browser.get("/signals/concerns").text.contains("Hulp thuis (Wmo)"))
        let concerns = try await browser.post(
            "/signals/concerns",
            [("observation-debts", "Post & <brieven>"), ("how-debts", "visit"), ("freeText", ""), ("under", under)])
        #expect(concerns.leadsTo == "/signals/consent/1")
        _ = try await browser.get("/signals/consent/1?text=tr")
        #expect(
            try await browser.post("/signals/consent/1", [("answer", answer), ("text", "tr"), ("freely", "yes")] + more).leadsTo
                == "/signals/check")
        return try await browser.get("/signals/check")
    }

    @Test("a signal goes from the first question to my signals, and is filed once however often it is sent")
    func filing() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            let check = try await toCheck(browser)
            #expect(check.text.contains("Ö van &#39;t O&#39;Brien-Çelik") && check.text.contains("maart 1968"))
            #expect(check.text.contains("Post &amp; &lt;brieven&gt;"))
            #expect(!check.text.contains("<title>Ö"))
            #expect(check.text.contains("Hulp thuis (Wmo)"))
            let fields = [("once", check.value(of: "once")), ("key", check.key)]
            async let first = browser.post("/signals/check", fields)
            async let second = browser.post("/signals/check", fields)
            let both = try await [first, second]
            #expect(both.allSatisfy { $0.status == 303 && $0.leadsTo == "/signals/sent" })
            #expect(try await browser.post("/signals/check", fields).leadsTo == "/signals/sent")
            #expect(try test.number("SELECT count(*) FROM signal WHERE outcome = 'accepted'") == 1)
            #expect(try test.number("SELECT count(*) FROM consent WHERE language = 'tr' AND text_version = 'doorstep-2-open'") == 1)
            let mine = try await browser.get("/signals")
            #expect(mine.text.contains(Words.text("signal-received", in: .nl)) && !mine.text.contains("Brien"))
            #expect(try test.logIsIntact())
        }
    }

    @Test("the card that stays behind has one code, in the resident's language; by that code the desk confirms what was said at the door")
    func card() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await toCheck(browser)
            let shown = try await browser.get("/signals/card/1?text=ar")
            let code = String(try #require(shown.text.firstMatch(of: />([2-9A-Z]{4}-[2-9A-Z]{4})</)).output.1)
            #expect(shown.text.contains("lang=\"ar\" dir=\"rtl\"") && shown.text.contains("احتفظوا بهذه البطاقة"))
            #expect(try await browser.get("/signals/card/1?text=tr").text.contains(code))
            let check = try await browser.get("/signals/check")
            _ = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])

            let clerk = try await test.staff("other", .contactPoint)
            let list = try await test.desk.showDesk(by: clerk).body.list("newSignals")
            let signal = try #require(list.first?["signalId"]?.stringValue)
            let triaged = try await test.desk.triageSignal(signal, ["outcome": "single"], by: clerk, idempotency: nil)
            let path = "/cases/\(try #require(triaged.body["casefileId"]?.stringValue))"
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            // Under which act somebody knows it is kept with each thing that they told: a ground other than consent stands or falls with it.
            let told = try await test.desk.showCasefile(try #require(triaged.body["casefileId"]?.stringValue), by: clerk).body.list(
                "persons")
            let fields = told.flatMap { $0["fields"]?.arrayValue ?? [] }
            #expect(!fields.isEmpty && fields.allSatisfy { $0["under"] == "socialSupportAct.2.3.2" })
            let open = try await visitor.get(path)
            #expect(open.text.contains("niet bevestigd"))
            let person = String(try #require(open.text.firstMatch(of: /id="code-([0-9a-f-]{36})"/)).output.1)
            let wrong = try await visitor.post("\(path)/confirmations", [("person", person), ("code", "2222-2222")])
            #expect(wrong.status == 400 && wrong.text.contains("href=\"#code-\(person)\""))
            let right = try await visitor.post("\(path)/confirmations", [("person", person), ("code", code.lowercased())])
            #expect(right.leadsTo == "\(path)?said=confirmed")
            let confirmed = try await visitor.get(path).text
            #expect(!confirmed.contains("niet bevestigd"))
            let receipt = String(try #require(confirmed.firstMatch(of: /href="(\/cases\/[^"]+\/receipt)"/)).output.1)
            let printed = try await visitor.get(receipt).text
            #expect(printed.contains("Ja gezegd") && printed.contains("Bevestigd") && !printed.contains("Brien"))
        }
    }

    @Test(
        "the card that stays behind for a child confirms what was said for it; a form with a gap comes back with the reason that was ticked"
    )
    func childsCard() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            let child = [("family", "Zandloopster"), ("year", "2018"), ("then", "next")]
            _ = try await toCheck(browser, person: child, answer: "notAsked", more: [("reason", "tooYoung"), ("decider-z", "given")])
            _ = try await browser.get("/signals/consent/1")
            let gap = try await browser.post("/signals/consent/1", [("answer", "notAsked"), ("reason", "unsafe")])
            #expect(gap.status == 422 && gap.text.contains("value=\"unsafe\" checked"))
            let card = try await browser.get("/signals/card/1?text=nl").text
            let code = String(try #require(card.firstMatch(of: />([2-9A-Z]{4}-[2-9A-Z]{4})</)).output.1)
            let check = try await browser.get("/signals/check")
            _ = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])

            let clerk = try await test.staff("other", .contactPoint)
            let list = try await test.desk.showDesk(by: clerk).body.list("newSignals")
            let signal = try #require(list.first?["signalId"]?.stringValue)
            let triaged = try await test.desk.triageSignal(signal, ["outcome": "single"], by: clerk, idempotency: nil)
            let path = "/cases/\(try #require(triaged.body["casefileId"]?.stringValue))"
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let person = String(try #require(try await visitor.get(path).text.firstMatch(of: /id="code-([0-9a-f-]{36})"/)).output.1)
            let confirmed = try await visitor.post("\(path)/confirmations", [("person", person), ("code", code)])
            #expect(confirmed.status == 303 && confirmed.leadsTo == "\(path)?said=confirmed")
        }
    }

    @Test("what is read aloud is what a yes is recorded to and what is told, no more and no less; the receipt shows the words")
    func readAloud() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await toCheck(browser)
            let alone = try await browser.get("/signals/consent/1?text=nl").text
            #expect(alone.contains("Ik geef door: uw naam en geboortedatum, uw adres, en wat ik zag over:"))
            #expect(!alone.contains("()") && !alone.contains("(1/1)") && !alone.contains(Words.text("consent-again", in: .nl)))
            // Somebody is added with a telephone number and a safe way, and a remark is made: what was read aloud says too little now.
            _ = try await browser.get("/signals/people")
            let other = [
                ("family", "Zandloopster"), ("year", "1970"), ("phone", "070-5550123"), ("safeWay", "Alleen overdag"), ("then", "next"),
            ]
            #expect(try await browser.post("/signals/people", other).leadsTo == "/signals/concerns")
            _ = try await browser.get("/signals/concerns")
            _ = try await browser.post(
                "/signals/concerns", [("observation-debts", "Post"), ("how-debts", "visit"), ("freeText", "Zij vroeg erom"), ("under", "")])
            #expect(try await browser.get("/signals/check").leadsTo == "/signals/consent/1")
            let whole =
                "uw naam en geboortedatum, uw adres, uw telefoonnummer, hoe u veilig te bereiken bent, wie er bij u wonen, "
                + "wat ik er zelf bij schreef, en wat ik zag over:"
            for place in 1...2 {
                let read = try await browser.get("/signals/consent/\(place)?text=nl").text
                #expect(read.contains(whole) && read.contains("(\(place)/2)"))
                #expect(read.contains(Words.text("consent-again", in: .nl)) == (place == 1) && !read.contains("value=\"given\" checked"))
                let yes = [("answer", "given"), ("text", "nl"), ("freely", "yes")]
                #expect(try await browser.post("/signals/consent/\(place)", yes).status == 303)
            }
            let check = try await browser.get("/signals/check")
            let sent = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])
            #expect(sent.leadsTo == "/signals/sent")
            let asked =
                "identification.name identification.birthDate contact.address contact.phone contact.safeWay household.members "
                + "domains.debts.concern domains.debts.observation freeText"
            #expect(try test.number("SELECT count(*) FROM consent WHERE fields = '\(asked)'") == 2)
            #expect(try test.number("SELECT count(*) FROM consent") == 2)

            let clerk = try await test.staff("other", .contactPoint)
            let list = try await test.desk.showDesk(by: clerk).body.list("newSignals")
            let signal = try #require(list.first?["signalId"]?.stringValue)
            let triaged = try await test.desk.triageSignal(signal, ["outcome": "single"], by: clerk, idempotency: nil)
            let casefile = try #require(triaged.body["casefileId"]?.stringValue)
            let told = try await test.desk.showCasefile(casefile, by: clerk).body
            let items = told.list("persons").flatMap { $0.list("fields") } + told.list("household")
            let fields = Set(items.compactMap { $0["field"]?.stringValue })
            #expect(fields == Set(asked.split(separator: " ").map(String.init)), "the gate let through all that was asked")
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/cases/\(casefile)").text
            let receipt = String(try #require(page.firstMatch(of: /href="(\/cases\/[^"]+\/receipt)"/)).output.1)
            let printed = try await visitor.get(receipt).text
            #expect(printed.contains(whole) && printed.contains("<li>schulden</li>") && printed.contains("Vindt u dit goed?"))
            #expect(printed.contains(DoorstepText.versionRead(isNoFree: false)) && !printed.contains("Ik werk bij"))
            #expect(printed.contains("<dt>Gevraagd door</dt><dd>Testschuldhulp, Intermediair</dd>") && !printed.contains("filer"))
        }
    }

    @Test("of a secret address it is filed that it is secret, and nothing else")
    func secretAddress() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            let check = try await toCheck(browser, person: Self.person + [("secret", "yes")])
            #expect(check.text.contains(Words.text("check-secret", in: .nl)) && !check.text.contains("Kwikstaartpad"))
            #expect(try await !browser.get("/signals/consent/1?text=nl").text.contains("uw adres"))
            let sent = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])
            #expect(sent.leadsTo == "/signals/sent")
            #expect(try test.number("SELECT secrecy_indicator FROM person") == 7)
        }
    }

    @Test("an act that no policy knows is not taken from the form")
    func strangeAct() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            #expect(try await !toCheck(browser, under: "publicOrderAct.1").text.contains(Words.text("under-question", in: .nl)))
        }
    }

    @Test("nothing is kept before the gate has spoken, and nothing of a draft can be read in the data folder")
    func draftIsSealed() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await browser.get("/signals/may-i")
            #expect(try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts")]).status == 422)
            #expect(try test.number("SELECT count(*) FROM draft") == 0)
            _ = try await toCheck(browser)
            #expect(try test.number("SELECT count(*) FROM draft") == 1)
            for file in try FileManager.default.contentsOfDirectory(atPath: test.folder.path) {
                guard let data = FileManager.default.contents(atPath: test.folder.path + "/" + file) else { continue }
                #expect(data.range(of: Data("Brien".utf8)) == nil && data.range(of: Data("brieven".utf8)) == nil, "\(file)")
            }
        }
    }

    @Test("another account cannot open a draft in the same browser, and after a day nobody can")
    func draftEnds() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await toCheck(browser)
            await browser.forget("__Host-session")
            try await signedIn(test, browser, as: "other")
            #expect(try await browser.get("/signals/check").leadsTo == "/signals/new?said=draft-gone")
            _ = try await toCheck(browser)
            test.clock.advance(milliseconds: DraftKey.lifetime + 1)
            try await test.desk.tidy()
            #expect(try test.number("SELECT count(*) FROM draft") == 0)
        }
    }

    @Test(
        "markup in any field is shown as it was typed",
        arguments: ["given", "prefix", "family", "street", "houseNumber", "addition", "place", "safeWay"])
    func markup(_ name: String) async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            let value = "\"><u>"
            var fields = Self.person.filter { $0.0 != name } + [(name, value)]
            let check = try await toCheck(browser, person: fields)
            #expect(check.status == 200 && !check.text.contains("<u>") && check.text.contains("&quot;&gt;&lt;u&gt;"))
            // With a fault beside it, the form comes back with what was typed.
            fields = fields.filter { $0.0 != "year" } + [("year", "19")]
            _ = try await browser.get("/signals/people")
            let again = try await browser.post("/signals/people", fields)
            #expect(again.status == 422 && !again.text.contains("<u>") && again.text.contains("&quot;&gt;&lt;u&gt;"))
            // What is wrong with a birth date is said once, of its three fields together.
            #expect(again.text.contains("id=\"born-fault\"") && again.text.contains("href=\"#day\""))
            #expect(again.text.split(separator: "aria-describedby=\"born-fault\" aria-invalid=\"true\"").count == 4)
        }
    }

    @Test("of an address that was begun the rest is asked for, a postcode and a telephone number are looked at, and what is shown is filed")
    func address() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await browser.get("/signals/may-i")
            _ = try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts"), ("consent", "yes")])
            _ = try await browser.get("/signals/answer")
            _ = try await browser.post("/signals/answer", [("names", "yes")])
            #expect(try await browser.get("/signals/people").text.contains("<summary>Iemand toevoegen</summary>"))
            func whole(_ postcode: String) -> [(String, String)] {
                [("street", "Kwikstaartpad"), ("houseNumber", "71"), ("postcode", postcode), ("place", "Teststad")]
            }
            for (fields, wrong) in [
                ([("postcode", "2512AB"), ("place", "Teststad")], ["street", "houseNumber"]),
                ([("postcode", "2512AB"), ("houseNumber", "71")], ["street", "place"]),
                ([("addition", "bis")], ["street", "houseNumber", "place"]),
                (whole("2512 A"), ["postcode"]), (whole("\"><u>"), ["postcode"]),
                ([("phone", "06-1234567")], ["phone"]), ([("phone", "\"><u>")], ["phone"]),
            ] as [([(String, String)], [String])] {
                let typed = [("family", "Zandloopster"), ("year", "1968"), ("then", "next")] + fields
                let again = try await browser.post("/signals/people", typed)
                #expect(again.status == 422 && !again.text.contains("<u>"))
                for field in ["street", "houseNumber", "addition", "postcode", "place", "phone"] {
                    #expect(again.text.contains("id=\"\(field)-fault\"") == wrong.contains(field), "\(field) of \(fields)")
                }
                let postcode = fields.first { $0.0 == "postcode" }?.1 ?? ""
                #expect(again.text.contains("value=\"2512 AB\"") == (postcode == "2512AB"), "what was typed stays")
            }
            let check = try await toCheck(browser, person: Self.person + [("postcode", "2512ab"), ("phone", "070-555 01 99")])
            #expect(check.text.contains("Kwikstaartpad 71, 2512 AB Teststad") && check.text.contains("070-555 01 99"))
            #expect(try await browser.get("/signals/people").text.contains("<summary>Nog iemand toevoegen</summary>"))
        }
    }

    @Test("every part of an address that a draft holds is filed, a whole one or not")
    func addressIsFiled() throws {
        var draft = SignalDraft()
        draft.namesPeople = true
        draft.persons = [SignalDraft.Person(family: "Zandloopster", postcode: "2512 AB", place: "Teststad")]
        let members = draft.filing(to: "00000099000000001000")["household"]?["members"]?.arrayValue ?? []
        #expect(members.first?["contact"]?["address"] == ["postcode": "2512 AB", "place": "Teststad"])
    }

    @Test("it is asked whether somebody is an adult where the birth date does not tell, and never supposed")
    func adult() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            _ = try await browser.get("/signals/may-i")
            _ = try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts"), ("consent", "yes")])
            _ = try await browser.get("/signals/answer")
            _ = try await browser.post("/signals/answer", [("names", "yes")])
            for (year, adult, status) in [
                ("", "", 422), ("", "unknown", 303), ("2018", "", 303), ("2018", "yes", 422), ("1968", "no", 422), ("1968", "yes", 303),
            ] {
                _ = try await browser.get("/signals/people")
                let fields = [("family", "Zandloopster"), ("year", year), ("adult", adult), ("then", "another")]
                #expect(try await browser.post("/signals/people", fields).status == status, "\(year) \(adult)")
            }
            _ = try await browser.get("/signals/concerns")
            _ = try await browser.post("/signals/concerns", [("observation-debts", ""), ("how-debts", "visit"), ("under", "")])
            // The third one is an adult; the two before may be children, for whom the others decide, and somebody elsewhere.
            let child = try await browser.get("/signals/consent/2")
            #expect(["a", "c", "z"].allSatisfy { child.text.contains("decider-\($0)") } && !child.text.contains("decider-b"))
            #expect(try await !browser.get("/signals/consent/3").text.contains("decider-"))
            _ = try await browser.get("/signals/consent/2")
            for fields in [
                [("answer", "given"), ("freely", "yes")],
                [("answer", "given"), ("decider-a", "none"), ("decider-c", "none"), ("decider-z", "none")],
                [("answer", "refused"), ("decider-a", "none"), ("decider-c", "given"), ("decider-z", "none"), ("freely", "no")],
            ] {
                _ = try await browser.get("/signals/consent/2")
                #expect(try await browser.post("/signals/consent/2", fields).status == 422, "who decides, and whether a yes was free")
            }
        }
    }

    @Test("who says no is not filed by name, and the page says so; without names only domains and an area are filed")
    func withoutIdentity() async throws {
        try await servingPages { test, browser in
            try await signedIn(test, browser)
            let check = try await toCheck(browser, answer: "refused")
            _ = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])
            #expect(try await browser.get("/signals/sent").text.contains(Words.text("sent-without-identity", in: .nl)))
            #expect(try test.number("SELECT count(*) FROM person") == 0)
            _ = try await browser.get("/signals/may-i")
            _ = try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts"), ("consent", "no")])
            #expect(try await browser.get("/signals/answer").text.contains(Words.text("answer-no", in: .nl)))
            _ = try await browser.post("/signals/answer", [("names", "no")])
            _ = try await browser.get("/signals/area")
            #expect(try await browser.post("/signals/area", [("area", "25 12")]).status == 422)
            #expect(try await browser.post("/signals/area", [("area", "2512")]).leadsTo == "/signals/check")
            let without = try await browser.get("/signals/check")
            _ = try await browser.post("/signals/check", [("once", without.value(of: "once")), ("key", without.key)])
            #expect(try test.number("SELECT count(*) FROM signal WHERE outcome = 'acceptedWithoutIdentity' AND area = '2512'") == 1)
        }
    }

    @Test("what the gate refuses is told in its words, is not kept, and may be changed and sent again")
    func refusal() async throws {
        try await servingPages(TestPolicy { $0.onRefusal = "refuse" }) { test, browser in
            try await signedIn(test, browser)
            let check = try await toCheck(browser, answer: "refused")
            let refused = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])
            #expect(refused.status == 422 && refused.text.contains(Words.text("check-not-sent", in: .nl)))
            #expect(refused.value(of: "once") != check.value(of: "once"))
            _ = try await browser.get("/signals/consent/1")
            _ = try await browser.post("/signals/consent/1", [("answer", "given"), ("text", "nl"), ("freely", "yes")])
            let again = try await browser.get("/signals/check")
            #expect(
                try await browser.post("/signals/check", [("once", again.value(of: "once")), ("key", again.key)]).leadsTo == "/signals/sent"
            )
            #expect(try test.number("SELECT count(*) FROM signal") == 1)
        }
    }

    @Test("R11 a filer who may name the number is asked for it; it is never shown again, and proposes the case in which it stands")
    func number() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            _ = try await test.openCase([.mother], triage: "single", by: clerk)
            try await signedIn(test, browser)
            let check = try await toCheck(browser, person: Self.person + [("bsn", "9999.10.012")])
            #expect(check.text.contains(Words.text("check-bsn", in: .nl)) && !check.text.contains("999910012"))
            _ = try await browser.get("/signals/people")
            let wrong = try await browser.post("/signals/people", Self.person + [("bsn", "123456789")])
            #expect(wrong.status == 422 && wrong.text.contains("id=\"bsn-fault\"") && !wrong.text.contains("123456789"))
            let again = try await browser.post("/signals/people", Self.person.filter { $0.0 != "family" } + [("bsn", "999910012")])
            #expect(again.text.contains(Words.text("person-bsn-again", in: .nl)) && !again.text.contains("999910012"))
            _ = try await browser.post("/signals/check", [("once", check.value(of: "once")), ("key", check.key)])
            #expect(try await test.desk.showDesk(by: clerk).body.list("proposedJoins").count == 1)
            #expect(try await test.desk.showFilingChoices(by: clerk).body["takesBSN"] == nil)
        }
    }
}
