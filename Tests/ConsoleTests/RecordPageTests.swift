import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("what is recorded on a case besides its tasks", .timeLimit(.minutes(10)))
struct RecordPageTests {
    @Test("each page is open to the roles whose use case says so, and to nobody else")
    func pagesByRole() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("clerk", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let meeting = "018f0000-0000-7000-8000-000000000000"
            let paths: [(path: String, roles: Set<StaffRole>)] = [
                ("/cases/\(filed.casefile)/spoken", [.contactPoint]),
                ("/cases/\(filed.casefile)/transfers/\(meeting)", [.contactPoint]),
                ("/cases/\(filed.casefile)/tellings/signal/\(filed.signal)", [.contactPoint]),
                ("/cases/\(filed.casefile)/justifications", [.contactPoint]), ("/officer/without-consent", officers),
                ("/officer/objections", officers),
                ("/break-glass", ReferralDesk.caseRoles), ("/officer/break-glass", officers), ("/password", Set(StaffRole.allCases)),
            ]
            for role in StaffRole.allCases {
                let visitor = try await browser.signedIn(test.account("a-\(role.rawValue.lowercased())", role))
                for (path, roles) in paths {
                    let shown = try await visitor.get(path)
                    #expect(
                        roles.contains(role) ? shown.status == 200 : [403, 404].contains(shown.status), "\(role) \(path) \(shown.status)")
                    #expect(roles.contains(role) || !shown.text.contains("Waterdrinkster"), "\(role) \(path)")
                    #expect(shown.text.utf8.count < 100_000)
                }
            }
            for (path, _) in paths { #expect(try await browser.another().get(path).leadsTo.hasPrefix("/sign-in")) }
        }
    }

    @Test("forms of another role change nothing")
    func formsByRole() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("clerk", .contactPoint)
            _ = try await test.account("worker", .socialCaseManager)
            let filed = try await test.openCase([.mother], by: clerk)
            let path = "/cases/\(filed.casefile)"
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            let told = [("article", article), ("subject", filed.persons[0]), ("field", "identification.name"), ("platform", "cjg")]
            let forms: [(String, [(String, String)])] = [
                ("\(path)/assignments", [("account", "worker")]), ("\(path)/assignments/end", [("account", "worker")]),
                ("\(path)/coordinator", [("coordinator", "worker")]),
                ("\(path)/objections", [("person", filed.persons[0]), ("scope", "all")]),
                ("\(path)/objections/ask", [("person", filed.persons[0])]), ("\(path)/spoken", told),
                ("\(path)/registrations", [("person", filed.persons[0]), ("secret", "yes")]),
                ("\(path)/registrations/ask", [("person", filed.persons[0])]),
                ("\(path)/transfers/\(filed.signal)", told), ("\(path)/transfers/\(filed.signal)/check", told),
                ("\(path)/tellings/signal/\(filed.signal)", [("how", "told-phone")]), ("\(path)/justifications", told),
                ("\(path)/justifications/ask", told), ("\(path)/justifications/\(filed.signal)/answer", [("answer", "agreed")]),
            ]
            for role in StaffRole.allCases where role != .contactPoint {
                let visitor = try await browser.signedIn(test.account("b-\(role.rawValue.lowercased())", role))
                let glass: [(String, [(String, String)])] =
                    ReferralDesk.caseRoles.contains(role)
                    ? [] : [("/break-glass", [("casefile", filed.casefile), ("reason", "other"), ("because", "x")])]
                for (path, fields) in forms + glass {
                    _ = try await visitor.get("/")
                    let before = try test.entries().count
                    let shown = try await visitor.post(path, fields)
                    #expect([403, 404].contains(shown.status), "\(role) \(path) \(shown.status)")
                    #expect(try test.entries().count == before, "\(role) \(path)")
                }
            }
        }
    }

    @Test("the desk gives a case to a colleague, who then opens it, and takes it back; the coordinator keeps it")
    func assign() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let (worker, coordinator) = (
                try await test.account("worker", .socialCaseManager), try await test.account("regie", .planCoordinator)
            )
            let filed = try await test.openCase([.mother], by: clerk)
            let path = "/cases/\(filed.casefile)"
            let desk = try await browser.signedIn(test.account("clerk", .contactPoint))
            let theirs = try await browser.signedIn(worker)
            #expect(try await theirs.get(path).status == 404)
            let page = try await desk.get(path)
            #expect(page.text.contains("<option value=\"worker\">worker, Sociaal casemanager</option>"))
            #expect(try await desk.post("\(path)/assignments", [("account", "clerk")]).text.contains("href=\"#assignee\""))
            let given = try await desk.post("\(path)/assignments", [("account", "worker"), ("once", page.value(of: "once"))])
            #expect(given.leadsTo == "\(path)?said=assignments")
            let shown = try await desk.get(given.leadsTo)
            #expect(shown.text.contains("Deze collega kan nu bij de zaak.") && shown.text.contains("/assignments/end"))
            let opened = try await theirs.get(path)
            #expect(opened.status == 200 && !opened.text.contains("/assignments"))
            #expect(try await desk.post("\(path)/assignments/end", [("account", "worker")]).leadsTo == "\(path)?said=assignment-ended")
            #expect(try await theirs.get(path).status == 404)
            _ = try await test.desk.assignCase(filed.casefile, ["account": .string(coordinator.name)], by: clerk, idempotency: nil)
            _ = try await test.desk.makePlan(filed.casefile, ["coordinator": .string(coordinator.name)], by: clerk, idempotency: nil)
            let kept = try await desk.post("\(path)/assignments/end", [("account", coordinator.name)])
            #expect(kept.status == 400 && kept.text.contains("Deze collega is de regisseur"))
        }
    }

    @Test("the desk names another coordinator while there is a plan; of a closed case it cannot, and nobody else can")
    func nameCoordinator() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let (first, second) = (try await test.account("regie-1", .planCoordinator), try await test.account("regie-2", .planCoordinator))
            let filed = try await test.openCase([.mother], by: clerk)
            _ = try await test.desk.makePlan(filed.casefile, ["coordinator": .string(first.name)], by: clerk, idempotency: nil)
            let path = "/cases/\(filed.casefile)"
            let desk = try await browser.signedIn(test.account("clerk", .contactPoint))
            let theirs = try await browser.signedIn(first)
            #expect(try await !theirs.get(path).text.contains("\(path)/coordinator"))
            #expect(try await theirs.post("\(path)/coordinator", [("coordinator", second.name)]).status == 403)
            let page = try await desk.get(path)
            #expect(page.text.contains("action=\"\(path)/coordinator\"") && page.text.contains("<option>\(second.name)</option>"))
            #expect(try await desk.post("\(path)/coordinator", [("coordinator", "clerk")]).text.contains("href=\"#named\""))
            let named = try await desk.post("\(path)/coordinator", [("coordinator", second.name), ("once", page.value(of: "once"))])
            #expect(named.leadsTo == "\(path)?said=coordinator")
            let shown = try await desk.get(named.leadsTo).text
            #expect(shown.contains("De regisseur is aangewezen.") && shown.contains("Regisseur: <strong>\(second.name)</strong>"))
            #expect(try await theirs.get(path).status == 404)
            _ = try await test.desk.closeCase(filed.casefile, ["outcome": "residentDeclined"], by: clerk, idempotency: nil)
            #expect(try await !desk.get(path).text.contains("\(path)/coordinator"))
        }
    }

    @Test("another's case opens with a reason, which the privacy officer reads; a wrong number or no reason opens nothing")
    func breakGlass() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let worker = try await browser.signedIn(test.account("worker", .socialCaseManager))
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            #expect(try await officer.get("/officer/break-glass").text.contains("Niemand heeft de nooddeur gebruikt"))
            #expect(try await worker.get("/cases").text.contains("href=\"/break-glass\""))
            let form = try await worker.get("/break-glass")
            let why = "Er staat <iemand> aan de \"balie\""
            let filled = [("casefile", filed.casefile.uppercased()), ("reason", "residentAsks"), ("because", why)]
            let before = try test.entries().count
            for (wrong, field) in [(0, "casefile"), (1, "reason"), (2, "because")] {
                var fields = filled
                fields[wrong].1 = ""
                let shown = try await worker.post("/break-glass", fields)
                #expect(shown.status == 400 && shown.text.contains("href=\"#\(field)\""), "\(field)")
            }
            #expect(try test.entries().count == before)
            let opened = try await worker.post("/break-glass", filled + [("once", form.value(of: "once"))])
            #expect(opened.leadsTo == "/cases/\(filed.casefile)?said=glass")
            #expect(try await worker.get(opened.leadsTo).text.contains("Annemarijke Waterdrinkster"))
            #expect(try await worker.post("/break-glass", filled).leadsTo == "/cases/\(filed.casefile)", "it is open already")
            #expect(try test.events().filter { $0 == "break-glass" }.count == 1)
            // A form that was kept and sent about another case is no second click.
            let other = try await test.openCase([.father], by: clerk)
            let kept = [("casefile", other.casefile), ("reason", "residentAsks"), ("because", why), ("once", form.value(of: "once"))]
            let again = try await worker.post("/break-glass", kept)
            #expect(again.status == 409 && !again.leadsTo.contains(other.casefile))
            let list = try await officer.get("/officer/break-glass").text
            #expect(list.contains("De bewoner vraagt erom") && list.contains("&lt;iemand&gt;") && list.contains(filed.casefile))
            test.clock.advance(milliseconds: 5 * 3_600_000)
            let later = try await browser.signedIn(("worker", test.desk.resetStaff("worker").body["password"]?.stringValue ?? ""))
            #expect(try await later.get("/cases/\(filed.casefile)").status == 404)
        }
    }

    @Test("a secret address is recorded on the case, stands there in a line of its own, and is taken back")
    func registration() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let line = "<p>\(Words.text("registration-secret", in: .nl))</p>"
            #expect(try await !visitor.get(path).text.contains(line))
            let person = [("person", filed.persons[0])]
            let asked = try await visitor.post("\(path)/registrations/ask", person)
            #expect(asked.status == 200 && asked.text.contains("Is dit adres geheim?") && asked.text.contains("Annemarijke"))
            #expect(try await visitor.post("\(path)/registrations", person).text.contains("href=\"#secret\""))
            let kept = try await visitor.post("\(path)/registrations", person + [("secret", "yes")])
            #expect(kept.leadsTo == "\(path)?said=registration")
            let shown = try await visitor.get(kept.leadsTo).text
            #expect(shown.contains(line) && shown.contains(Words.text("case-said-registration", in: .nl)))
            #expect(try await visitor.post("\(path)/registrations", person + [("deceased", "yes")]).status == 303)
            #expect(try test.number("SELECT secrecy_indicator FROM person WHERE deceased = 1") == 7, "what stays open stays as it is")
            #expect(try await visitor.post("\(path)/registrations", person + [("secret", "no"), ("deceased", "no")]).status == 303)
            #expect(try await !visitor.get(path).text.contains(line))
            #expect(try test.events().filter { $0 == "registration.noted" }.count == 3)
        }
    }

    @Test("an objection closes the gate to what goes without consent, in its scope: a part of the sharing, or all of it")
    func objection() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            func choice(_ purpose: JSONValue) async throws -> String { try await test.choice(purpose, in: filed, by: clerk) }
            _ = try await visitor.get(path)
            let asked = try await visitor.post("\(path)/objections/ask", [("person", filed.persons[0])])
            #expect(asked.status == 200 && asked.text.contains("Waartegen is het bezwaar van Annemarijke"))
            #expect(asked.text.contains("<button>Bezwaar vastleggen</button>"))
            let form = [("person", filed.persons[0])]
            #expect(try await visitor.post("\(path)/objections", form).text.contains("href=\"#scope\""))
            #expect(try await visitor.post("\(path)/objections", form + [("scope", "some")]).text.contains("href=\"#article\""))
            let some = try await visitor.post("\(path)/objections", form + [("scope", "some"), ("article", choice("careSupport"))])
            #expect(some.leadsTo == "\(path)?said=objection")
            let question = [("subject", filed.persons[0]), ("field", "identification.name")]
            let onDuty = try await question + [("article", choice("protection")), ("ground", "publicTask:socialSupportAct.5.2.6")]
            let onConsent = try await question + [("article", choice("debtAssistance"))]
            _ = try await test.justified(test.protection(filed))
            _ = try await visitor.get(path)
            #expect(try await visitor.post("\(path)/share/check", onDuty).text.contains("Dit gaat er weg"))
            let all = try await visitor.post("\(path)/objections", form + [("scope", "all"), ("once", asked.value(of: "once"))])
            #expect(all.status == 303)
            #expect(try await visitor.post("\(path)/share/check", onDuty).text.contains("Dit mag niet"))
            #expect(try await visitor.post("\(path)/share/check", onConsent).text.contains("Dit gaat er weg"))
            #expect(try test.events().filter { $0 == "objection.made" }.count == 2)
            #expect(try await visitor.get(path).text.contains("nog niet beoordeeld"))
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            for _ in 0..<2 {
                let list = try await officer.get("/officer/objections").text
                let action = String(try #require(list.firstMatch(of: /action="(\/officer\/objections\/[^"]+)"/)).output.1)
                let id = action.dropFirst("/officer/objections/".count)
                #expect(try await officer.post(action, []).text.contains("href=\"#outcome-\(id)\""))
                let weighed = [("outcome-\(id)", "overruled")]
                #expect(try await officer.post(action, weighed).text.contains("href=\"#because-\(id)\""))
                let whole = weighed + [("because-\(id)", "Het kind <gaat> voor.")]
                #expect(try await officer.post(action, whole).leadsTo == "/officer/objections?said=overruled")
                #expect(try await officer.post(action, whole).status == 409)
            }
            #expect(try await officer.get("/officer/objections").text.contains("Het kind &lt;gaat&gt; voor."))
            #expect(try await visitor.post("\(path)/share/check", onDuty).text.contains("Dit gaat er weg"))
        }
    }

    @Test("what was typed to an objection on a later page stands there again, beside what is missing")
    func objectionFurtherOn() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            for _ in 0..<21 {
                _ = try await test.desk.makeObjection(["personId": .string(filed.persons[0])], by: clerk, idempotency: nil)
            }
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            let first = try await officer.get("/officer/objections").text
            let older = String(try #require(first.firstMatch(of: /href="(\/officer\/objections\?after=[^"]+)"/)).output.1)
            let page = try await officer.get(older)
            let action = String(try #require(page.text.firstMatch(of: /action="(\/officer\/objections\/[^"]+)"/)).output.1)
            let id = String(action.dropFirst("/officer/objections/".count))
            #expect(!first.contains(id))
            let typed = [("because-\(id)", "Het kind <gaat> voor."), ("after", page.value(of: "after"))]
            let again = try await officer.post(action, typed)
            #expect(again.status == 400 && again.text.contains("id=\"outcome-\(id)\""))
            #expect(again.text.contains("Het kind &lt;gaat&gt; voor."))
        }
    }

    @Test("what was told by word of mouth is recorded, also what should not have been told, which is said at once")
    func spoken() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)/spoken"
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            let page = try await visitor.get(path)
            #expect(page.text.contains("Wat vertelde u?"))
            #expect(try await visitor.post(path, []).text.contains("href=\"#article\""))
            let form = [("article", article), ("subject", filed.persons[0]), ("field", "identification.name")]
            let told = form + [("once", page.value(of: "once"))]
            for _ in 0..<2 { #expect(try await visitor.post(path, told).leadsTo == "/cases/\(filed.casefile)?said=spoken") }
            #expect(try test.events().filter { $0 == "spoken.disclosure" }.count == 1)
            let beyond = try await visitor.post(path, form + [("field", "domains.health.observation")])
            #expect(beyond.status == 200 && beyond.text.contains("Gezondheid: wat is gezien") && !beyond.text.contains("<br>Naam"))
            #expect(try test.events().filter { $0 == "spoken.disclosure" }.count == 2)
        }
    }

    @Test("a resident is told of a signal, or that is postponed with a ground and a day; then the desk's list is empty")
    func telling() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)/tellings/signal/\(filed.signal)"
            #expect(try await visitor.get("/desk").text.contains(path))
            #expect(try await visitor.get("/cases/\(filed.casefile)").text.contains(path))
            #expect(try await visitor.get(path).status == 200)
            #expect(try await visitor.post(path, []).text.contains("href=\"#how\""))
            for ground in postponementGrounds {
                let form = [("how", "later-\(ground)")]
                #expect(try await visitor.post(path, form).text.contains("href=\"#reviewOn\""))
                #expect(try await visitor.post(path, form + [("reviewOn", "2026-11-01")]).text.contains("Deze datum is voorbij"))
                let later = try await visitor.post(path, form + [("reviewOn", "2026-12-01")])
                #expect(later.leadsTo == "/cases/\(filed.casefile)?said=postponed", "\(ground)")
            }
            #expect(try await visitor.get("/cases/\(filed.casefile)").text.contains("uitgesteld"))
            for (place, way) in tellingWays.enumerated() {
                let another = place == 0 ? filed : try await test.openCase([.father], by: clerk)
                let done = try await visitor.post(
                    "/cases/\(another.casefile)/tellings/signal/\(another.signal)", [("how", "told-\(way)")])
                #expect(done.leadsTo == "/cases/\(another.casefile)?said=told", "\(way)")
            }
            #expect(try await visitor.post(path, [("how", "told-phone")]).status == 409)
            #expect(try await visitor.get("/desk").text.contains("Er is nu niemand in te lichten"))
            #expect(try await visitor.get("/cases/\(filed.casefile)/tellings/other/\(filed.signal)").status == 404)
        }
    }

    @Test("a case is passed on from a meeting: the gate is asked first, and it goes once")
    func transfer() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleInterrelated", by: clerk)
            let meeting = try await test.openMeeting(about: filed, by: clerk)
            _ = try await test.desk.makePlan(
                filed.casefile, ["coordinator": .string(test.account("regie", .planCoordinator).name)], by: clerk, idempotency: nil)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)/transfers/\(meeting)"
            #expect(try await visitor.get("/meetings/\(meeting)").text.contains("href=\"\(path)\""))
            let article = try await test.choice("debtAssistance", in: filed, by: clerk)
            _ = try await visitor.get(path)
            let empty = try await visitor.post("\(path)/check", [])
            for field in ["platform", "article", "subject", "field"] { #expect(empty.text.contains("href=\"#\(field)\""), "\(field)") }
            let form = [
                ("platform", "topTeam"), ("article", article), ("subject", filed.persons[0]), ("field", "identification.name"),
            ]
            let check = try await visitor.post("\(path)/check", form)
            #expect(check.status == 200 && check.text.contains("Dit gaat er weg") && check.text.contains("action=\"\(path)\""))
            #expect(try await visitor.post("\(path)/change", form).text.contains("value=\"topTeam\" checked"))
            for _ in 0..<2 {
                let sent = try await visitor.post(path, form + [("once", check.value(of: "once"))])
                #expect(sent.leadsTo == "/meetings/\(meeting)?said=transferred")
            }
            let page = try await visitor.get("/meetings/\(meeting)?said=transferred").text
            #expect(page.contains("<strong>Topteam</strong> · Testschuldhulp") && page.contains("De zaak is doorgezet."))
            #expect(try test.events().filter { $0 == "case.transferred" }.count == 1)
        }
    }

    @Test("recalls without an answer, answers to them, and partners that receive nothing stand on the desk's page")
    func waiting() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let queued = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            _ = try await test.withdraw(test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: clerk), by: clerk)
            let desk = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await desk.get("/desk").text
            #expect(page.contains("gevraagd op 23 november 2026") && page.contains("Elke partner is te bereiken."))
            let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }).id
            let bytes = try await test.fetch(notice, as: test.debt).bytes
            let receipt = try test.debt.receipt(for: notice, bytes, answer: .stopped, at: test.clock.wall)
            _ = try await test.desk.takeReceipt(notice, receipt, by: .partner(test.debt.oin))
            let answered = try await desk.get("/desk")
            #expect(answered.text.contains("Testschuldhulp: gebruikt het niet meer") && !answered.text.contains("gevraagd op"))
            #expect(try await desk.post("/desk/news", [("upTo", answered.value(of: "upTo"))]).status == 303)
            #expect(try await !desk.get("/desk").text.contains("gebruikt het niet meer"))
            #expect(!queued.task.isEmpty)

            try await test.giveEndpoint(test.care)
            let other = try await test.openCase([.father], triage: "single", by: clerk)
            let pushed = try await test.refer(
                test.referral(other, to: test.care, purpose: "careSupport", fields: ["identification.name"]), by: clerk)
            _ = try await test.desk.settlePush(try await test.begin(pushed.message), .status(404))
            let resting = try await desk.get("/desk").text
            #expect(resting.contains("<strong>Testzorg</strong> <span class=\"soft\">(http-404)</span>"))
        }
    }
}
