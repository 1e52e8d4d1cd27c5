import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import Logging
import SignOn
import Testing

@testable import Console

@Suite("the pages behind the staff listener", .serialized, .timeLimit(.minutes(10)))
struct DoorTests {
    private static let welfare = OrganisationNumber("00000099000000002000")

    /// An account of a filer, or of another role of the municipality.
    private func password(_ test: TestDesk, _ name: String, _ role: StaffRole) async throws -> String {
        try await test.desk.addStaff(name: name, role: role, organisation: role == .intermediary ? Self.welfare : nil).password
    }

    @Test("a page tells the browser to keep nothing, load nothing from elsewhere and be in no frame; cookies are bound to the host")
    func headers() async throws {
        try await servingPages { test, browser in
            let page = try await browser.get("/sign-in")
            #expect(page.status == 200 && page.headers["cache-control"] == "no-store")
            #expect(page.headers["x-content-type-options"] == "nosniff" && page.headers["referrer-policy"] == "no-referrer")
            #expect(page.headers["x-frame-options"] == "DENY")
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
            let secret = try await password(test, "filer", .intermediary)
            let entered = try await browser.post("/sign-in", [("account", "filer"), ("password", secret)])
            #expect(entered.status == 303)
            for cookie in page.cookies + entered.cookies {
                #expect(cookie.hasPrefix("__Host-") && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Strict"))
            }
            #expect(try await browser.get("/nothing").status == 404)
            #expect(try await browser.get("/signals/").status == 404)
            #expect(try await browser.get("/v1/nothing").headers["content-type"] == "application/problem+json")
            let home = try await browser.get("/")
            let style = try #require(home.text.firstMatch(of: /\/assets\/console-[0-9a-f]+\.css/)).output
            #expect(try await browser.get(String(style)).headers["cache-control"]?.contains("immutable") == true)
        }
    }

    @Test("whatever is wrong when signing in, the same sentence is said; signing out ends the session")
    func signingIn() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            let sentence = Words.text("sign-in-refused", in: .nl)
            for (account, password) in [("filer", "wrong"), ("nobody", secret), ("", ""), (String(repeating: "x", count: 500), "y")] {
                let refused = try await browser.signIn(account, password)
                #expect(refused.status == 401 && refused.text.contains(sentence))
            }
            #expect(try await browser.signIn("filer", secret).text.contains("/signals/new"))
            let out = try await browser.post("/sign-out", [])
            #expect(out.status == 303 && out.leadsTo == "/sign-in?said=out")
            #expect(try await browser.get("/signals").leadsTo == "/sign-in?to=/signals")
        }
    }

    @Test("a browser that signs in again has one session: the one that it had has ended")
    func again() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            _ = try await browser.signIn("filer", secret)
            // The form of a page that was open, as `/sign-in` leads on whoever has signed in.
            #expect(try await browser.post("/sign-in", [("account", "filer"), ("password", secret)]).status == 303)
            #expect(try test.number("SELECT count(*) FROM session") == 1)
            #expect(try await browser.get("/signals").status == 200)
        }
    }

    @Test("who sets out to sign in at the provider has no session any more: on the way back the browser would not bring it")
    func atProvider() async throws {
        let provider = try IdentityProvider(
            ProviderSettings(issuer: "nowhere", clientID: "desk", clientSecret: nil, ownAddress: "https://localhost"),
            now: { 0 }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await servingPages(provider: provider) { test, browser in
                _ = try await browser.signIn("filer", try await password(test, "filer", .intermediary))
                #expect(try test.number("SELECT count(*) FROM session") == 1)
                // Nobody answers there: the session has ended before that.
                #expect(try await browser.get("/sign-in/provider").status == 502)
                #expect(try test.number("SELECT count(*) FROM session") == 0)
                #expect(try await browser.get("/signals").leadsTo == "/sign-in?to=/signals")
            }
        } catch {
            await provider.close()
            throw error
        }
        await provider.close()
    }

    @Test("a form without its key, with another's key or from another site changes nothing")
    func foreignForms() async throws {
        try await servingPages { test, browser in
            _ = try await browser.signIn("filer", try await password(test, "filer", .intermediary))
            let other = await browser.another()
            let key = try await other.get("/sign-in").key
            for (fields, headers) in [
                ([("key", ""), ("danger", "no")], []), ([("key", key), ("danger", "no")], []),
                ([("danger", "no")], [("Origin", "https://evil.example")]), ([("danger", "no")], [("Sec-Fetch-Site", "cross-site")]),
            ] as [([(String, String)], [(String, String)])] {
                _ = try await browser.get("/signals/new")
                #expect(try await browser.post("/signals/new", fields, headers: headers).status == 403)
            }
            _ = try await browser.get("/signals/new")
            #expect(try await browser.post("/signals/new", [("danger", "no")]).leadsTo == "/signals/whom")
        }
    }

    @Test("each page that one must sign in for asks that; and only those who file see the pages of filing")
    func roles() async throws {
        try await servingPages { test, browser in
            for route in pageTable where route.access == .signedIn && route.method == .get {
                let path = route.path.replacing(":place", with: "1")
                let anyone = await browser.another()
                #expect(try await anyone.get(path).status == 303, "\(route.path)")
            }
            for role in StaffRole.allCases {
                let one = await browser.another()
                let name = "one-\(role.rawValue.lowercased())"
                let secret = try await password(test, name, role)
                #expect(try await one.signIn(name, secret).status == 200)
                let mayFile = role == .intermediary || role == .contactPoint
                for path in ["/signals", "/signals/new", "/signals/whom", "/signals/danger", "/signals/may-i"] {
                    #expect(try await one.get(path).status == (mayFile ? 200 : 403), "\(role.rawValue) \(path)")
                }
            }
        }
    }

    @Test("the language is the browser's unless another was chosen, and the page says which")
    func languages() async throws {
        try await servingPages { _, browser in
            #expect(try await browser.get("/sign-in").text.contains("<html lang=\"nl\">"))
            #expect(try await browser.get("/sign-in", language: "en-GB,nl;q=0.5").text.contains("<html lang=\"en\">"))
            #expect(try await browser.get("/sign-in", language: "fr").text.contains("<html lang=\"nl\">"))
            let chosen = try await browser.post("/language", [("language", "en"), ("back", "//evil.example")])
            #expect(chosen.leadsTo == "/")
            #expect(try await browser.get("/sign-in", language: "nl").text.contains("Account name"))
        }
    }

    @Test("where a form was sent the page offers no other language, so that nothing typed is lost; where one only looked it leads back")
    func languageAfterAForm() async throws {
        try await servingPages { test, browser in
            _ = try await browser.signIn("filer", try await password(test, "filer", .intermediary))
            let looked = try await browser.get("/signals/may-i")
            #expect(looked.text.contains("action=\"/language\"") && looked.value(of: "back") == "/signals/may-i")
            let sent = try await browser.post("/signals/may-i", [("capacity", "helper"), ("domains", "debts")])
            #expect(sent.status == 422 && !sent.text.contains("action=\"/language\""))
            #expect(sent.text.contains("action=\"/sign-out\""))
        }
    }

    @Test("a form whose session has ended is kept for its own account, and sent on after signing in")
    func endedSession() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            let other = try await password(test, "other", .intermediary)
            _ = try await browser.signIn("filer", secret)
            _ = try await browser.get("/signals/may-i")
            test.clock.advance(milliseconds: 9 * 3_600_000)
            let asked = try await browser.post("/signals/may-i", [("capacity", "<i>"), ("domains", "debts")])
            #expect(asked.status == 401 && !asked.text.contains("<i>"))
            let kept = asked.value(of: "kept")
            #expect(!kept.isEmpty)
            let again = try await browser.post("/sign-in", [("account", "filer"), ("password", secret), ("kept", kept)])
            #expect(again.status == 200 && again.text.contains("action=\"/signals/may-i\"") && again.text.contains("&lt;i&gt;"))
            #expect(try await browser.post("/signals/may-i", [("domains", "debts")]).status == 422, "it arrives, and is looked at")
            let stranger = await browser.another()
            _ = try await stranger.get("/sign-in")
            let wrong = try await stranger.post("/sign-in", [("account", "other"), ("password", other), ("kept", kept)])
            #expect(wrong.leadsTo == "/?said=kept-for-another")
        }
    }

    @Test("of two forms whose session has ended each is shown again, though signing in for the one makes the other's sign-in page old")
    func twoKept() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            _ = try await browser.signIn("filer", secret)
            let key = try await browser.get("/signals/new").key
            test.clock.advance(milliseconds: 9 * 3_600_000)
            let fields = [("key", key), ("for", "filer")]
            let first = try await browser.post("/signals/may-i", [("capacity", "<i>"), ("domains", "debts")] + fields)
            let second = try await browser.post("/signals/new", [("danger", "<no>")] + fields)
            #expect(first.status == 401 && second.status == 401)
            let (own, other) = ([("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "cross-site")])
            func signIn(_ page: Shown, _ kept: String, _ headers: [(String, String)]) async throws -> Shown {
                try await browser.post(
                    "/sign-in", [("account", "filer"), ("password", secret), ("kept", kept), ("key", page.key)], headers: headers)
            }
            #expect(try await signIn(first, first.value(of: "kept"), own).text.contains("action=\"/signals/may-i\""))
            let before = try test.entries().count
            // Of another account's form, and of a form from elsewhere, nothing is shown.
            let theirs = KeptForm(path: "/signals/new", form: FormFields(pairs: [("danger", "<no>"), ("for", "other")])).text
            for refused in [
                try await signIn(second, theirs, own), try await signIn(second, "", own),
                try await signIn(second, second.value(of: "kept"), []), try await signIn(second, second.value(of: "kept"), other),
            ] {
                #expect(refused.status == 403 && !refused.text.contains("&lt;no&gt;"))
            }
            let again = try await signIn(second, second.value(of: "kept"), own)
            #expect(again.status == 200 && again.text.contains("action=\"/signals/new\"") && again.text.contains("&lt;no&gt;"))
            #expect(again.cookies.isEmpty, "nobody is signed in by it")
            #expect(try test.entries().count == before)
            #expect(try await browser.post("/signals/new", [("danger", "no")]).leadsTo == "/signals/whom")
        }
    }

    @Test("a kept form outlives a sign-in that could not be stored")
    func keptWithoutStorage() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            _ = try await browser.signIn("filer", secret)
            _ = try await browser.get("/signals/may-i")
            test.clock.advance(milliseconds: 9 * 3_600_000)
            let kept = try await browser.post("/signals/may-i", [("capacity", "<i>"), ("domains", "debts")]).value(of: "kept")
            try test.sql("CREATE TRIGGER no_session BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'no session'); END")
            let form = [("account", "filer"), ("password", secret), ("kept", kept)]
            let failed = try await browser.post("/sign-in", form)
            #expect(failed.status == 503 && !kept.isEmpty && failed.value(of: "kept") == kept)
            #expect(failed.text.contains(Words.text("refused-not-durable-do", in: .nl)) && !failed.text.contains(secret))
            try test.sql("DROP TRIGGER no_session")
            #expect(try await browser.post("/sign-in", form).text.contains("action=\"/signals/may-i\""))
        }
    }

    @Test("a form that was open when its visitor signed in again in another tab is shown once more, and never acted on by itself")
    func otherTab() async throws {
        try await servingPages { test, browser in
            let secret = try await password(test, "filer", .intermediary)
            _ = try await browser.signIn("filer", secret)
            let key = try await browser.get("/signals/new").key
            _ = try await browser.post("/sign-out", [])
            _ = try await browser.signIn("filer", secret)
            let own = [("Sec-Fetch-Site", "same-origin")]
            func send(_ account: String, _ headers: [(String, String)], key: String = key) async throws -> Shown {
                try await browser.post("/signals/new", [("danger", "<no>"), ("key", key), ("for", account)], headers: headers)
            }
            let again = try await send("filer", own)
            #expect(again.status == 200 && again.text.contains("action=\"/signals/new\"") && again.text.contains("&lt;no&gt;"))
            #expect(try await browser.post("/signals/new", [("danger", "no")], headers: own).leadsTo == "/signals/whom")
            // Of a browser that does not say where the form was, and of anybody else's form, nothing is shown.
            for refused in [try await send("filer", []), try await send("other", own), try await send("", own)] {
                #expect(refused.status == 403 && !refused.text.contains("&lt;no&gt;"))
            }
        }
    }
}
