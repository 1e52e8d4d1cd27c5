import ConvenantTestSupport
import Exchange
import Foundation
import Testing

@testable import Console

@Suite("the page on which one changes one's own password", .timeLimit(.minutes(10)))
struct PasswordPageTests {
    @Test("a new password replaces the old one, ends the other sessions and keeps this one; it is an entry, and no password is shown")
    func changes() async throws {
        try await servingPages { test, browser in
            let account = try await test.account("worker", .contactPoint)
            let (here, elsewhere) = (try await browser.signedIn(account), try await browser.signedIn(account))
            let chosen = "zeven gele fietsen"
            _ = try await here.get("/password")
            for (old, new, field, said) in [
                ("", chosen, "password", "Vul dit in"), ("verkeerd", chosen, "password", "Dit is niet uw wachtwoord"),
                (account.password, "kort", "newPassword", "12 tekens"),
                (account.password, account.password, "newPassword", "Kies een ander wachtwoord"),
                (account.password, "een worker is dit", "newPassword", "zonder uw accountnaam"),
            ] {
                let shown = try await here.post("/password", [("password", old), ("newPassword", new)])
                #expect(shown.status == 400 && shown.text.contains("id=\"\(field)-fault\"") && shown.text.contains(said), "\(said)")
                #expect((old.isEmpty || !shown.text.contains(old)) && !shown.text.contains("value=\"\(new)\""))
            }
            #expect(try await elsewhere.get("/desk").status == 200)
            let before = try test.entries().count
            let done = try await here.post("/password", [("password", account.password), ("newPassword", chosen)])
            #expect(done.leadsTo == "/?said=password")
            #expect(try test.events(after: before) == ["staff.changed"])
            #expect(try await here.get(done.leadsTo).text.contains("Uw wachtwoord is gewijzigd."))
            #expect(try await elsewhere.get("/desk").leadsTo == "/sign-in?to=/desk")
            #expect(try await browser.another().signIn("worker", account.password).status == 401)
            #expect(try await browser.another().signIn("worker", chosen).status == 200)
            #expect(try test.logIsIntact())
        }
    }

    @Test("passwords that come after their session has ended stand in no page")
    func endedSession() async throws {
        try await servingPages { test, browser in
            let account = try await test.account("worker", .contactPoint)
            let here = try await browser.signedIn(account)
            let key = try await here.get("/password").key
            let form = [("password", account.password), ("newPassword", "zeven gele fietsen"), ("key", key), ("for", "worker")]
            test.clock.advance(milliseconds: 9 * 3_600_000)
            let ended = try await here.post("/password", form)
            #expect(ended.status == 303 && ended.leadsTo == "/sign-in?to=/password" && ended.text.isEmpty)
            // Nor when somebody signed in meanwhile, in another tab.
            _ = try await here.signIn(account.name, account.password)
            let open = try await here.post("/password", form, headers: [("Sec-Fetch-Site", "same-origin")])
            #expect(open.status == 303 && open.leadsTo == "/password" && open.text.isEmpty)
        }
    }

    @Test("who signs in at the provider has no password here, and is offered none to change")
    func bound() async throws {
        try await servingPages { test, browser in
            let account = try await test.account("worker", .contactPoint)
            #expect(try await browser.signedIn(account).get("/").text.contains("href=\"/password\""))
            _ = try await test.desk.bindStaff("worker", to: "1", of: "https://idp.example")
            let session = try await test.desk.signIn(as: ProvenSubject(issuer: "https://idp.example", subject: "1"))
            let there = await browser.another()
            await there.hold(PageCookie.Name.session.rawValue, session.body["token"]?.stringValue ?? "")
            let first = try await there.get("/")
            #expect(first.status == 200 && first.text.contains("action=\"/sign-out\"") && !first.text.contains("href=\"/password\""))
        }
    }

    @Test("whoever finds a session open cannot guess the password: five wrong ones lock the account")
    func guessing() async throws {
        try await servingPages { test, browser in
            let account = try await test.account("worker", .contactPoint)
            let here = try await browser.signedIn(account)
            _ = try await here.get("/password")
            for guess in 0..<5 {
                #expect(
                    try await here.post("/password", [("password", "gok \(guess)"), ("newPassword", "zeven gele fietsen")]).status == 400)
            }
            let locked = try await here.post("/password", [("password", account.password), ("newPassword", "zeven gele fietsen")])
            #expect(locked.status == 429 && locked.text.contains("Te vaak geprobeerd"))
            test.clock.advance(milliseconds: 900_000)
            let done = try await here.post("/password", [("password", account.password), ("newPassword", "zeven gele fietsen")])
            #expect(done.status == 303)
        }
    }
}
