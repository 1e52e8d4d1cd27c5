import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import Storage
import StrictJSON
import Testing

@Suite("Sessions and accounts")
struct SessionTests {
    private let test: TestDesk
    init() async throws { test = try await TestDesk() }

    private func isOpen(_ token: String) async -> Bool {
        await refusal { () async throws(DeskRefusal) in try await test.desk.authenticate(token: token) } == nil
    }
    private func usedAt() throws -> Int { try test.number("SELECT max(used_at) FROM session") }

    @Test("one of a page ends after half an hour without use, also over a restart; one of a program does not")
    func idle() async throws {
        let page = try await test.enrolled("desk-1", .contactPoint, for: .page).token
        let api = try await test.enrolled("desk-2", .contactPoint).token
        for _ in 0..<3 {
            test.clock.advance(milliseconds: 29 * 60_000)
            #expect(await isOpen(page))
        }
        test.crash()
        try await test.open()
        #expect(await isOpen(page))
        test.clock.advance(milliseconds: 30 * 60_000)
        #expect(await !isOpen(page))
        #expect(await isOpen(api))
        test.crash()
        try await test.open()
        #expect(await !isOpen(page), "what ended stays ended")
        #expect(await isOpen(api))
    }

    @Test("either ends after eight hours, however much it is used", arguments: [SessionUse.api, .page])
    func absolute(use: SessionUse) async throws {
        let token = try await test.enrolled("desk-1", .contactPoint, for: use).token
        for _ in 0..<23 {
            test.clock.advance(milliseconds: 20 * 60_000)
            #expect(await isOpen(token))
        }
        test.clock.advance(milliseconds: 20 * 60_000)
        #expect(await !isOpen(token))
    }

    @Test("the use of a page's is written once in five minutes, that of a program's never")
    func written() async throws {
        let token = try await test.enrolled("desk-1", .contactPoint, for: .page).token
        _ = try await test.enrolled("desk-2", .contactPoint)
        #expect(try test.number("SELECT count(*) FROM session WHERE used_at IS NULL") == 1)
        let opened = try usedAt()
        var written: Set<Int> = []
        for _ in 0..<20 {
            test.clock.advance(milliseconds: 60_000)
            #expect(await isOpen(token))
            written.insert(try usedAt())
        }
        #expect(written.subtracting([opened]).count == 4)
    }

    @Test("disabling an account ends its sessions at once, for good, and its name is not given out again")
    func disable() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint, for: .page)
        #expect(await isOpen(person.token))
        #expect(try await test.desk.disableStaff("desk-1").status == 200)
        #expect(await !isOpen(person.token))
        test.clock.advance(milliseconds: 30_000)
        #expect(await test.signIn("desk-1", person.password, code: test.oneTimeCode(person.secret)).status == 401)
        #expect(try test.number("SELECT (SELECT count(*) FROM second_factor) + (SELECT count(*) FROM recovery_code)") == 0)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil)
            } == "already-decided")
        #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.disableStaff("desk-1") } == "not-found")
        #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.resetStaff("nobody") } == "not-found")
        let last = try #require(try test.entries().last { $0.event == "staff.changed" })
        #expect(last.facts["change"] == .text("disabled"))
    }

    @Test("a reset forgets factor, recovery codes, lock and sessions, and begins again with a one-time password")
    func reset() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        for _ in 0..<5 { _ = await test.signIn("desk-1", "wrong") }
        #expect(await test.signIn("desk-1", person.password).status == 429)
        let first = try await test.desk.resetStaff("desk-1").body.text("password")
        #expect(await !isOpen(person.token))
        #expect(await test.signIn("desk-1", person.password, code: person.recoveryCodes[0]).status == 401)
        let opened = await test.signIn("desk-1", first)
        #expect(opened.status == 201 && opened.body.text("state") == "enrolling")
        #expect(try test.number("SELECT count(*) FROM recovery_code") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("of failures under names that nobody has an hour has twenty entries, and the next one tells for how many it stands")
    func unknownNames() async throws {
        _ = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil)
        let before = try test.entries().count
        for guess in 0..<30 { #expect(await test.signIn("nobody-\(guess)", "gok").status == 401) }
        #expect(try test.events(after: before) == Array(repeating: "session.refused", count: 20))
        #expect(await test.signIn("desk-1", "gok").status == 401)
        #expect(try test.entries().last?.facts.keys.sorted() == ["handle"], "of a name that somebody has each is entered")
        test.crash()
        try await test.open()
        test.clock.advance(milliseconds: 3_600_000)
        let expected: [[String: AuditFact]] = [["items": .integer(11)], [:]]
        for facts in expected {
            #expect(await test.signIn("nobody", "gok").status == 401)
            #expect(try test.entries().last?.facts == facts)
        }
        #expect(try test.logIsIntact())
    }

    @Test("a session that a new one takes the place of ends with it, and not where signing in fails")
    func replaced() async throws {
        let test = try await TestDesk(settings: DeskSettings(scryptCost: 1 << 14, secondFactor: .optional))
        let password = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil).password
        func signIn(_ password: String, replacing former: String?) async -> String {
            let body: JSONValue = ["account": "desk-1", "password": .string(password)]
            return await ask { () async throws(DeskRefusal) in
                try await test.desk.signIn(body, for: .page, replacing: former)
            }.body.text("token")
        }
        func isOpen(_ token: String) async -> Bool {
            await refusal { () async throws(DeskRefusal) in try await test.desk.authenticate(token: token) } == nil
        }
        let former = await signIn(password, replacing: nil)
        #expect(await signIn("gok", replacing: former).isEmpty)
        #expect(await isOpen(former))
        let fresh = await signIn(password, replacing: former)
        #expect(await !isOpen(former))
        #expect(await isOpen(fresh))
        _ = try await test.desk.bindStaff("desk-1", to: "1", of: "https://idp.example")
        let person = ProvenSubject(issuer: "https://idp.example", subject: "1")
        let there = try await test.desk.signIn(as: person).body.text("token")
        #expect(await isOpen(there))
        let again = try await test.desk.signIn(as: person, replacing: there).body.text("token")
        #expect(await !isOpen(there))
        #expect(await isOpen(again))
    }

    @Test("an account that is bound to the provider keeps no hash of the password that it had")
    func bound() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        func hash() throws -> Data? { try test.sql("SELECT password FROM account WHERE name = 'desk-1'").first?["password"] as Data? }
        let before = try #require(try hash())
        _ = try await test.desk.bindStaff("desk-1", to: "1", of: "https://idp.example")
        #expect(try hash() != before)
        #expect(await test.signIn("desk-1", person.password).status == 401)
    }

    @Test("signing out ends a session, also one that may only enrol")
    func signOut() async throws {
        let token = try await test.enrolled("desk-1", .contactPoint).token
        #expect(await isOpen(token))
        _ = try await test.desk.signOut(token: token)
        #expect(await !isOpen(token))
        let first = try await test.desk.addStaff(name: "desk-2", role: .contactPoint, organisation: nil).password
        let enrolling = await test.signIn("desk-2", first).body.text("token")
        _ = try await test.desk.signOut(token: enrolling)
        #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.authenticate(token: enrolling) } == "not-signed-in")
    }
}
