import ConvenantTestSupport
import Foundation
import Testing

@testable import Console
@testable import Exchange

@Suite("the pages on which a second factor is enrolled")
struct EnrolPageTests {
    @Test("who has no second factor enrols one before anything else, and signs in with its code from then on")
    func enrols() async throws {
        try await servingPages(secondFactor: .required) { test, browser in
            let (name, password) = ("worker", try await test.desk.addStaff(name: "worker", role: .contactPoint, organisation: nil).password)
            func signIn(_ password: String, _ code: String = "") async throws -> Shown {
                _ = try await browser.get("/sign-in")
                return try await browser.post("/sign-in", [("account", name), ("password", password), ("code", code)])
            }
            #expect(try await signIn(password).leadsTo == "/enrol")
            for path in ["/", "/desk", "/cases", "/signals"] { #expect(try await browser.get(path).leadsTo == "/enrol") }
            let shown = try await browser.get("/enrol")
            #expect(shown.status == 200 && !shown.text.contains("otpauth"))
            let offered = try await browser.post("/enrol/app", [])
            let secret = try #require(offered.text.firstMatch(of: /<p class="code">([A-Z2-7 ]+)</)).output.1.filter { $0 != " " }
            #expect(offered.text.contains("otpauth://totp/") && offered.headers["cache-control"]?.contains("no-store") == true)

            let code = test.oneTimeCode(secret)
            let short = try await browser.post("/enrol", [("code", code), ("newPassword", "kort")])
            #expect(short.status == 400 && short.text.contains("id=\"newPassword-fault\"") && !short.text.contains("kort"))
            let wrong = try await browser.post("/enrol", [("code", "000000"), ("newPassword", "zeven gele fietsen")])
            #expect(wrong.status == 400 && wrong.text.contains("id=\"code-fault\"") && !wrong.text.contains(secret))
            let done = try await browser.post("/enrol", [("code", code), ("newPassword", "zeven gele fietsen")])
            #expect(done.status == 200 && done.text.matches(of: /<li>[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}<\/li>/).count == 10)
            #expect(try await browser.get("/desk").status == 200)
            #expect(try await browser.get("/enrol").leadsTo == "/")

            await browser.forget("__Host-session")
            #expect(try await signIn("zeven gele fietsen").status == 401)
            #expect(try await signIn("zeven gele fietsen", test.oneTimeCode(secret, later: 1)).leadsTo == "/")
        }
    }

    @Test("where the factor is optional, whoever enrols types the present password as well")
    func presentPassword() async throws {
        try await servingPages { test, browser in
            let account = try await test.account("worker", .contactPoint)
            let here = try await browser.signedIn(account)
            _ = try await here.get("/password")
            let offered = try await here.post("/enrol/app", [])
            #expect(offered.text.contains("name=\"password\""))
            let secret = try #require(offered.text.firstMatch(of: /<p class="code">([A-Z2-7 ]+)</)).output.1.filter { $0 != " " }
            func enrol(_ password: String) async throws -> Shown {
                try await here.post(
                    "/enrol", [("code", test.oneTimeCode(secret)), ("newPassword", "zeven gele fietsen"), ("password", password)])
            }
            for (password, said) in [("", "Vul dit in"), ("verkeerd", "Dit is niet uw wachtwoord")] {
                let shown = try await enrol(password)
                #expect(shown.status == 400 && shown.text.contains("id=\"password-fault\"") && shown.text.contains(said), "\(said)")
                #expect(!shown.text.contains("verkeerd"))
            }
            #expect(try await enrol(account.password).status == 200)
            #expect(try await here.get("/desk").status == 200)
        }
    }

    @Test("nobody enrols without a session, and the key is not offered to a form from elsewhere")
    func guarded() async throws {
        try await servingPages(secondFactor: .required) { test, browser in
            #expect(try await browser.get("/enrol").leadsTo == "/")
            #expect(try await browser.post("/enrol/app", []).status == 403)
            _ = try await browser.get("/sign-in")
            #expect(try await browser.post("/enrol/app", []).leadsTo == "/sign-in")
            #expect(try await browser.post("/enrol", [("code", "000000")]).leadsTo == "/sign-in")
        }
    }
}
