import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("the pages of the officers and the manager")
struct OfficerPageTests {
    /// A browser in which somebody of this role has signed in.
    private static func signedIn(_ test: TestDesk, _ browsing: Browsing, _ role: StaffRole) async throws -> Browsing {
        let added = try await test.desk.addStaff(
            name: "staff-\(StaffRole.allCases.firstIndex(of: role) ?? 0)", role: role, organisation: nil)
        let browser = await browsing.another()
        _ = try await browser.signIn(added.account, added.password)
        return browser
    }

    @Test("each page opens for its roles and for nobody else, and every look is an entry")
    func roles() async throws {
        try await servingPages { test, browsing in
            let looks: [(path: String, roles: Set<StaffRole>, entries: [String])] = [
                ("/officer/log", officers, ["log.read"]), ("/officer/state", officers, ["log.read"]),
                ("/officer/covenants", officers, ["log.read"]), ("/officer/person", officers, []),
                ("/officer/advice", officers, ["log.read"]), ("/manager", officers.union([.manager]), ["export.made", "export.made"]),
            ]
            for look in looks { #expect(try await browsing.get(look.path).leadsTo == "/sign-in?to=\(look.path)") }
            for role in StaffRole.allCases {
                let browser = try await Self.signedIn(test, browsing, role)
                for look in looks {
                    let before = try test.entries().count
                    let shown = try await browser.get(look.path)
                    #expect(shown.status == (look.roles.contains(role) ? 200 : 403), "\(role) \(look.path)")
                    #expect(try test.events(after: before) == (look.roles.contains(role) ? look.entries : []), "\(role) \(look.path)")
                    #expect(shown.text.utf8.count < 100_000 && shown.headers["cache-control"] == "no-store")
                }
                let navigation = try await browser.get("/").text
                #expect(navigation.contains("href=\"/officer/log\"") == officers.contains(role))
                #expect(navigation.contains("href=\"/manager\"") == (officers.contains(role) || role == .manager))
            }
        }
    }

    @Test("a manager chooses among the quarters that have ended; one that goes on is not shown")
    func endedQuarters() async throws {
        try await servingPages { test, browsing in
            let browser = try await Self.signedIn(test, browsing, .manager)
            for path in ["/manager", "/manager?quarter=2026-4"] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && page.text.contains("<option value=\"2026-3\" selected>"), "\(path)")
                #expect(!page.text.contains("value=\"2026-4\"") && !page.text.contains("4e kwartaal 2026"))
            }
            #expect(try await browser.get("/manager?quarter=2026-1").text.contains("<option value=\"2026-1\" selected>"))
        }
    }

    @Test("what is sent is taken from the role that may, and with the form's key only")
    func sending() async throws {
        try await servingPages { test, browsing in
            let posts: [(path: String, fields: [(String, String)], may: Set<StaffRole>, status: UInt)] = [
                ("/officer/log/export", [("format", "json")], officers, 200),
                ("/officer/person", [("casefile", "x"), ("person", "y")], officers, 400),
                ("/officer/person/find", [("bsn", "1")], officers, 400),
                ("/officer/advice", [("about", "consent"), ("text", "goed zo"), ("once", "a")], [.dataProtectionOfficer], 303),
            ]
            for role in [StaffRole.privacyOfficer, .dataProtectionOfficer, .manager, .contactPoint, .intermediary] {
                let browser = try await Self.signedIn(test, browsing, role)
                for post in posts {
                    _ = try await browser.get("/")
                    let answer = try await browser.post(post.path, post.fields)
                    #expect(answer.status == (post.may.contains(role) ? post.status : 403), "\(role) \(post.path)")
                    #expect(try await browser.post(post.path, post.fields + [("key", "no")]).status == 403)
                }
            }
            #expect(try test.entries().filter { $0.event == "advice.recorded" }.count == 1)
        }
    }

    @Test("the log tells in plain words what happened, filtered and page by page, and goes along as a file")
    func log() async throws {
        try await servingPages { test, browsing in
            let member = try await test.staff("desk-1", .contactPoint)
            let filed = try await test.openCase([.mother], by: member)
            _ = try await test.refer(test.referral(filed), by: member)
            _ = await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.referral(filed).with("purpose", "careSupport"), by: member, idempotency: nil)
            }
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            let all = try await browser.get("/officer/log").text
            #expect(all.contains("Bericht klaargezet") && all.contains("Testschuldhulp") && all.contains("Contactpunt, Teststad"))
            #expect(!all.contains(filed.casefile) && !all.contains(filed.persons[0]) && !all.contains(Resident.mother.family))
            let refused = try await browser.get("/officer/log?kind=refused").text
            #expect(refused.contains("Delen geweigerd") && !refused.contains("Bericht klaargezet"))
            #expect(refused.contains("Het convenant noemt dit doel niet."))
            #expect(refused.contains("<span>Gevraagd:</span>") && !refused.contains("<span>Gegevens:</span>"))
            let faulty = try await browser.get("/officer/log?from=gisteren&partner=\(test.debt.oin)")
            #expect(faulty.status == 400 && faulty.text.contains("aria-describedby=\"from-fault\""))
            #expect(faulty.text.contains("<option value=\"\(test.debt.oin)\" selected>Testschuldhulp</option>"))
            // Nothing is in view, so there is nothing to take along.
            #expect(all.contains("action=\"/officer/log/export\"") && !faulty.text.contains("action=\"/officer/log/export\""))
            let english = try await browser.get("/officer/log?kind=refused", language: "en").text
            #expect(english.contains("Sharing refused"))
            let csv = try await browser.post("/officer/log/export", [("format", "csv"), ("kind", "refused")])
            #expect(csv.headers["content-disposition"] == "attachment; filename=\"log.csv\"" && csv.text.contains("Delen geweigerd"))
            _ = try await browser.get("/officer/log")
            let entries = try parseJSON(Array(try await browser.post("/officer/log/export", [("format", "json")]).text.utf8)).arrayValue
            #expect(entries?.count == 50 || entries?.isEmpty == false)
            #expect(try test.entries().filter { $0.event == "export.made" }.count == 2)
        }
    }

    @Test("the log says what was sealed in a message and not what was asked; what was only permitted is not among what was shared")
    func shared() async throws {
        try await servingPages { test, browsing in
            let member = try await test.staff("desk-1", .contactPoint)
            let filed = try await test.openCase([.mother], by: member)
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            let asked = test.referral(filed, fields: ["identification.name", "domains.debts", "domains.health"])
            _ = try await test.desk.askDecision(asked, by: member)
            let allowed = try await browser.get("/officer/log").text
            #expect(allowed.contains("<strong>Delen mag</strong>") && allowed.contains("<span>Toegestaan:</span>"))
            #expect(!(try await browser.get("/officer/log?kind=received").text.contains("Delen mag")))
            _ = try await test.referAndReceive(asked, to: test.debt, by: member)
            let received = try await browser.get("/officer/log?kind=received").text
            for event in ["message.sealed", "attempt.started", "receipt.taken"] {
                #expect(received.contains("<strong>\(Words.name("event", event, in: .nl))</strong>"))
            }
            #expect(received.contains("<span>Gegevens:</span>") && received.contains("Schulden: wat is gezien"))
            #expect(!received.contains("Gezondheid") && !received.contains("Delen mag"))
            #expect(!(try await browser.get("/officer/log?kind=received&withoutConsent=yes").text.contains("Bericht klaargezet")))
        }
    }

    @Test("roles, days and what was looked at stand in the log in words")
    func facts() async throws {
        try await servingPages { test, browsing in
            _ = try await test.staff("desk-1", .contactPoint)
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            _ = try await browser.get("/manager")
            let access = try await browser.get("/officer/log?kind=access").text
            #expect(access.contains("<span>Rol:</span> Contactpunt") && !access.contains("contactPoint"))
            let looked = try await browser.get("/officer/log?kind=looked").text
            #expect(looked.contains("uniforme rapportage") && looked.contains("<span>Tot en met:</span>"))
            #expect(looked.firstMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) == nil)
            let english = try await browser.get("/officer/log?kind=looked", language: "en").text
            #expect(english.contains("<span>Until and including:</span>"))
        }
    }

    @Test("on paper each recipient of the covenants has a list, with everything that the table has")
    func recipients() async throws {
        try await servingPages { test, browsing in
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            let text = try await browser.get("/officer/covenants").text
            let paper = try #require(text.components(separatedBy: "<div class=\"print-only\">").dropFirst().first)
            // Each column's heading has its purpose in small letters.
            let heading = try #require(text.components(separatedBy: "</thead>").first)
            let columns = heading.components(separatedBy: "<small>").count - 1
            #expect(columns > 1 && paper.components(separatedBy: "<h3>").count - 1 == columns)
            #expect(paper.contains("Testzorg, ") && paper.contains("<dt>Gezondheid</dt>") && paper.contains("<dt>mag niet</dt>"))
        }
    }

    @Test("what was refused about a person is asked in a form, filtered and taken along; no address names anybody")
    func refusedAboutOne() async throws {
        try await servingPages { test, browsing in
            let member = try await test.staff("desk-1", .contactPoint)
            let filed = try await test.openCase([.mother], by: member)
            let other = try await test.openCase([.father], by: member)
            _ = await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.referral(filed).with("purpose", "careSupport"), by: member, idempotency: nil)
            }
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            _ = try await browser.get("/officer/person")
            let form = try await browser.post("/officer/person/find", [("bsn", "9999.10.012")])
            #expect(form.text.contains("formaction=\"/officer/log\""))
            let whom = [("casefile", filed.casefile), ("person", filed.persons[0])]
            let shown = try await browser.post("/officer/log", whom + [("kind", "refused")])
            #expect(shown.status == 200 && shown.text.contains("Delen geweigerd") && !shown.text.contains("Bericht klaargezet"))
            #expect(shown.text.contains(Words.text("log-about-person", in: .nl)) && !shown.text.contains("casefile="))
            let others = [("casefile", other.casefile), ("person", other.persons[0]), ("kind", "refused")]
            #expect(try await !browser.post("/officer/log", others).text.contains("<strong>Delen geweigerd</strong>"))
            let csv = try await browser.post("/officer/log/export", whom + [("format", "csv"), ("kind", "refused")])
            #expect(csv.text.components(separatedBy: "\r\n").count == 3 && csv.text.contains("Delen geweigerd"))
            _ = try await browser.get("/officer/log")
            let mistyped = try await browser.post("/officer/log", [("casefile", "12")])
            #expect(mistyped.status == 400 && mistyped.text.contains("href=\"#casefile\""))
            #expect(try await browser.post("/officer/log", [("casefile", other.casefile), whom[1]]).status == 404)
            // A number in an address is not looked at.
            let address = try await browser.get("/officer/log?casefile=\(other.casefile)&kind=refused").text
            #expect(address.contains("<strong>Delen geweigerd</strong>"))
        }
    }

    @Test("a person is searched for in a form, and what was shared is shown")
    func person() async throws {
        try await servingPages { test, browsing in
            let member = try await test.staff("desk-1", .contactPoint)
            let filed = try await test.openCase([.mother], by: member)
            _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
            let browser = try await Self.signedIn(test, browsing, .privacyOfficer)
            _ = try await browser.get("/officer/person")
            let found = try await browser.post("/officer/person", [("casefile", filed.casefile), ("person", filed.persons[0])])
            #expect(found.status == 200 && found.text.contains("Testschuldhulp") && found.text.contains("Schulden: wat is gezien"))
            // What is printed says from whom it is, and for whom.
            let head = try #require(found.text.components(separatedBy: "<dl class=\"print-only\">").dropFirst().first)
            #expect(head.contains("<dd>Teststad</dd>") && head.contains("<dd>\(filed.persons[0])</dd>"))
            let unknown = try await browser.post("/officer/person", [("casefile", filed.casefile), ("person", filed.casefile)])
            #expect(unknown.status == 404 && unknown.text.contains("id=\"person-fault\""))
            let mistyped = try await browser.post("/officer/person", [("casefile", filed.casefile), ("person", "12")])
            #expect(mistyped.status == 400 && mistyped.text.contains(Words.text("person-fault-number", in: .nl)))
            // By citizen service number one finds the cases first; the number is on no page.
            let cases = try await browser.post("/officer/person/find", [("bsn", "9999.10.012")])
            #expect(cases.status == 200 && cases.value(of: "person") == filed.persons[0] && cases.value(of: "casefile") == filed.casefile)
            #expect(!cases.text.contains("999910012"))
            let nobody = try await browser.post("/officer/person/find", [("bsn", "999990019")])
            #expect(nobody.text.contains(Words.text("person-nobody", in: .nl)))
            let wrong = try await browser.post("/officer/person/find", [("bsn", "123456789")])
            #expect(wrong.text.contains(Words.text("person-fault-bsn", in: .nl)))
            #expect(wrong.status == 400 && wrong.text.contains("id=\"bsn-fault\"") && !wrong.text.contains("123456789"))
        }
    }

    @Test("no markup comes of advice, filters or an address, and a form that is sent twice is kept once")
    func escaping() async throws {
        try await servingPages { test, browsing in
            let browser = try await Self.signedIn(test, browsing, .dataProtectionOfficer)
            let once = try await browser.get("/officer/advice").value(of: "once")
            #expect(!once.isEmpty)
            let evil = "<script>alert('x')</script>\"\u{301}"
            for _ in 0..<2 {
                #expect(try await browser.post("/officer/advice", [("about", "other"), ("text", evil), ("once", once)]).status == 303)
            }
            let shown = try await browser.get("/officer/advice?said=kept").text
            #expect(!shown.contains("<script>alert") && shown.components(separatedBy: "&lt;script&gt;alert").count == 2)
            let empty = try await browser.post("/officer/advice", [("about", "<b>"), ("text", ""), ("once", "z")])
            for field in ["about", "text"] {
                #expect(empty.text.contains("id=\"\(field)-fault\">\(Words.text("advice-fault-\(field)", in: .nl))<"))
            }
            #expect(empty.status == 400 && !empty.text.contains("<b>"))
            let query = "%22%3E%3Cb%3E"
            for path in ["/officer/log?kind=\(query)&partner=\(query)&from=\(query)", "/manager?quarter=\(query)"] {
                #expect(!(try await browser.get(path).text.contains("\"><b>")))
            }
        }
    }

    @Test("a cell that a spreadsheet would calculate becomes a text")
    func spreadsheet() {
        #expect(csvField("=1+1") == "\"'=1+1\"" && csvField("a\"b") == "\"a\"\"b\"" && csvField("") == "\"\"")
    }

    @Test("every event of the log has its words")
    func words() {
        for subject in AdviceSubject.allCases { #expect(Words.has("advice-\(subject.rawValue)")) }
        for role in StaffRole.allCases { #expect(Words.has("role-\(role.rawValue)")) }
        for event in AuditEvent.allCases {
            let phrase = Words.phrases["event-\(event.rawValue)"]
            #expect(phrase?.nl.isEmpty == false && phrase?.en.isEmpty == false, "\(event.rawValue)")
        }
        for group in logGroups {
            #expect(Words.has("log-group-\(group.name)"))
            for event in group.events { #expect(AuditEvent(rawValue: event) != nil, "\(event)") }
        }
    }

    @Test("every code of a closed list that the log shows has its words")
    func codes() {
        var codes = ClosureOutcome.allCases.map(\.rawValue)
        codes += AftercareOutcome.allCases.map(\.rawValue)
        codes += VisitOutcome.allCases.map(\.rawValue)
        codes += ContactOutcome.allCases.map(\.rawValue)
        codes += Triage.allCases.map(\.rawValue)
        codes += TaskState.allCases.map(\.rawValue)
        codes += GivenUpBecause.allCases.map(\.rawValue)
        codes += EraseReason.allCases.map(\.rawValue)
        codes += DisagreementReason.allCases.map(\.rawValue)
        // How consent was withdrawn and the resident told, and why telling waits.
        codes += ["telephone", "counter", "letter", "online", "phone", "visit", "atTheTable", "other"]
        codes += ["safetyOfOthers", "investigation", "cannotBeReached", "childsInterest"]
        // What became of filings, objections, tasks, receipts and attempts.
        codes += ["accepted", "acceptedWithoutIdentity", "upheld", "overruled", "withdrawn", "permitted", "refused", "opened"]
        codes += ["helped", "partlyHelped", "notHelped", "referredOn", "receipted", "retry", "unreachable", "unanswered", "dead", "known"]
        codes += ["interrupted", "overtaken"]
        // Why the desk itself did something, and what was looked at.
        codes += ["expired", "outage", "postponed", "firstDisclosure", "retriaged", "ground-ended", "erased", "meeting-cancelled"]
        codes += ["key-replaced", "sealing-refused", "refused-by-recipient", "unknown-after-restore", "erased-before-restore", "http"]
        codes += ["csv", "json", "log", "uniformReport", "openWork", "withoutConsent"]
        codes += ["state", "covenants", "advice", "person", "personSearch", "justifications", "objections", "consentReceipt"]
        codes += ["casefile", "residentLetter"]
        for code in codes { #expect(Words.has("fact-\(code)"), "\(code)") }
    }
}
