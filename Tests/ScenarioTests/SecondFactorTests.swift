import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Signing in with a second factor")
struct SecondFactorTests {
    private let test: TestDesk
    init() async throws { test = try await TestDesk() }

    private func enrol(_ token: String, _ body: JSONValue) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.finishEnrolment(token: token, body) }
    }
    private func whose(_ token: String) async -> String? {
        await refusal { () async throws(DeskRefusal) in try await test.desk.authenticate(token: token) }
    }

    @Test("a one-time password opens a session that can enrol and nothing else; after it, the password alone is worth nothing")
    func firstTime() async throws {
        let first = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil).password
        let opened = await test.signIn("desk-1", first)
        #expect(opened.status == 201 && opened.body.text("state") == "enrolling")
        let token = opened.body.text("token")
        #expect(await whose(token) == "enrolment-due")
        #expect(await whose(token) == "enrolment-due", "also once it is remembered")

        let offer = try await test.desk.beginEnrolment(token: token).body
        #expect(
            offer.text("secret").count == 32
                && offer.text("uri").hasPrefix("otpauth://totp/Teststad:desk-1?secret=\(offer.text("secret"))&"))
        let code = test.oneTimeCode(offer.text("secret"))
        let done = await enrol(token, ["code": .string(code), "newPassword": "zeven gele fietsen"])
        #expect(done.status == 201 && Set(done.body.texts("recoveryCodes")).count == 10)
        #expect(await whose(token) == "not-signed-in", "the enrolling session is over")
        #expect(await whose(done.body.text("token")) == nil)

        #expect(await test.signIn("desk-1", first).status == 401)
        #expect(await test.signIn("desk-1", "zeven gele fietsen").status == 401)
        #expect(await test.signIn("desk-1", "zeven gele fietsen", code: code).status == 401, "that code was the enrolment's")
        test.clock.advance(milliseconds: 30_000)
        let again = await test.signIn("desk-1", "zeven gele fietsen", code: test.oneTimeCode(offer.text("secret")))
        #expect(again.status == 201 && again.body["state"] == nil && again.body["recoveryCodesLeft"] == nil)
        #expect(await whose(again.body.text("token")) == nil)
        let events = try test.events()
        #expect(events.filter { $0 == "staff.changed" }.count == 1 && events.filter { $0 == "session.opened" }.count == 2)
        #expect(events.filter { $0 == "session.refused" }.count == 3)
        #expect(try test.logIsIntact())
    }

    @Test("each code is taken once, one step early or late, and none that is older than one taken")
    func once() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        func tries(_ later: Int64) async -> Int {
            await test.signIn("desk-1", person.password, code: test.oneTimeCode(person.secret, later: later)).status
        }
        test.clock.advance(milliseconds: 300_000)
        #expect(await tries(-2) == 401)
        #expect(await tries(2) == 401)
        #expect(await tries(-1) == 201)
        #expect(await tries(-1) == 401)
        #expect(await tries(1) == 201)
        #expect(await tries(0) == 401, "a later one was taken")
    }

    @Test("of two who type the same code at once, one gets in")
    func race() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        test.clock.advance(milliseconds: 30_000)
        let code = test.oneTimeCode(person.secret)
        async let one = test.signIn("desk-1", person.password, code: code)
        async let other = test.signIn("desk-1", person.password, code: code)
        #expect(await [one.status, other.status].sorted() == [201, 401])
    }

    @Test("each of ten recovery codes serves once, however it is typed, and the answer tells how many are left")
    func recovery() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        for (place, code) in person.recoveryCodes.enumerated() {
            let typed = place % 2 == 0 ? code : " " + code.uppercased().replacing("-", with: " ")
            let opened = await test.signIn("desk-1", person.password, code: typed)
            #expect(opened.status == 201 && opened.body["recoveryCodesLeft"] == .integer(Int64(9 - place)))
            #expect(await test.signIn("desk-1", person.password, code: code).status == 401)
        }
    }

    @Test("a wrong code, a wrong password and an unknown name are answered alike, and each name is locked at the fifth")
    func alike() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        let other = try await test.enrolled("desk-2", .contactPoint)
        test.clock.advance(milliseconds: 30_000)
        for _ in 0..<5 {
            let answers = [
                await test.signIn("desk-1", person.password, code: "000000x"),
                await test.signIn("desk-2", "wrong", code: test.oneTimeCode(other.secret)),
                await test.signIn("nobody", person.password, code: "123456"),
            ]
            #expect(answers.allSatisfy { $0 == answers[0] && $0.status == 401 })
        }
        for (name, person) in [("desk-1", person), ("desk-2", other), ("nobody", person)] {
            #expect(await test.signIn(name, person.password, code: test.oneTimeCode(person.secret)).status == 429, "\(name)")
        }
        test.clock.advance(milliseconds: 900_000)
        #expect(await test.signIn("desk-1", person.password, code: test.oneTimeCode(person.secret)).status == 201)
        #expect(await test.signIn("nobody", "wrong").status == 401)
    }

    @Test("neither the secret nor a recovery code stands in any file, and another folder's key does not open it")
    func atRest() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        let bits = person.secret.utf8.map { UInt8($0 >= 65 ? $0 - 65 : $0 - 24) }
        var raw: [UInt8] = []
        for group in stride(from: 0, to: 32, by: 8) {
            let whole = bits[group..<group + 8].reduce(UInt64(0)) { $0 << 5 | UInt64($1) }
            raw += (0..<5).map { UInt8(truncatingIfNeeded: whole >> (32 - 8 * UInt64($0))) }
        }
        let hidden =
            [Data(raw), Data(person.secret.utf8)]
            + person.recoveryCodes.flatMap { [Data($0.utf8), Data($0.replacing("-", with: "").utf8)] }
        var found = false
        for name in try FileManager.default.subpathsOfDirectory(atPath: test.folder.path) {
            guard let data = FileManager.default.contents(atPath: test.folder.path + "/" + name) else { continue }
            for secret in hidden { #expect(data.range(of: secret) == nil, "\(name)") }
            if data.range(of: Data("desk-1".utf8)) != nil { found = true }
        }
        #expect(found, "the search finds what is there")
        // Moved to another account's row it is worth nothing.
        let other = try await test.enrolled("desk-2", .contactPoint)
        try test.sql(
            "UPDATE second_factor SET secret = (SELECT secret FROM second_factor JOIN account ON account.id = account WHERE name = 'desk-1')"
        )
        test.clock.advance(milliseconds: 30_000)
        #expect(await test.signIn("desk-2", other.password, code: test.oneTimeCode(person.secret)).status == 503)
        #expect(await test.signIn("desk-1", person.password, code: test.oneTimeCode(person.secret)).status == 201)
    }

    @Test("an enrolment names what is wrong with it, and leaves everything as it was")
    func faults() async throws {
        let first = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil).password
        let token = await test.signIn("desk-1", first).body.text("token")
        func codes(_ answer: DeskAnswer) -> [String] { (answer.body["errors"]?.arrayValue ?? []).map { $0.text("code") } }
        #expect(codes(await enrol(token, ["code": "123456", "newPassword": "zeven gele fietsen"])) == ["not-begun"])
        let former = try await test.desk.beginEnrolment(token: token).body.text("secret")
        let secret = try await test.desk.beginEnrolment(token: token).body.text("secret")
        func tries(_ password: String, _ secret: String) async -> [String] {
            codes(await enrol(token, ["code": .string(test.oneTimeCode(secret)), "newPassword": .string(password)]))
        }
        #expect(await tries("elf tekens.", secret) == ["too-short"])
        #expect(await tries("mijn Desk-1 is van mij", secret) == ["holds-the-name"])
        #expect(await tries(first, secret) == ["same-password"])
        #expect(await tries("zeven gele fietsen", former) == ["wrong-code"])
        #expect(await test.signIn("desk-1", first).body.text("state") == "enrolling")
        #expect(await enrol(token, ["code": .string(test.oneTimeCode(secret)), "newPassword": "zeven gele fietsen"]).status == 201)
        #expect(await enrol(token, ["code": .string(test.oneTimeCode(secret)), "newPassword": "acht gele fietsen"]).status == 401)
        let spent = await ask { () async throws(DeskRefusal) in try await test.desk.beginEnrolment(token: token) }
        #expect(spent.status == 401)
    }

    @Test("who has a factor cannot put another one in its place, and an enrolling session ends after half an hour")
    func noSecond() async throws {
        let person = try await test.enrolled("desk-1", .contactPoint)
        #expect(await ask { () async throws(DeskRefusal) in try await test.desk.beginEnrolment(token: person.token) }.status == 409)
        let first = try await test.desk.addStaff(name: "desk-2", role: .contactPoint, organisation: nil).password
        let token = await test.signIn("desk-2", first).body.text("token")
        test.clock.advance(milliseconds: 30 * 60_000)
        #expect(await ask { () async throws(DeskRefusal) in try await test.desk.beginEnrolment(token: token) }.status == 401)
    }

    @Test("a program's account keeps its password, files as an intermediary, and gets no page and no factor")
    func system() async throws {
        let refused = await refusal { () async throws(DeskRefusal) in
            try await test.desk.addStaff(name: "from-b", role: .contactPoint, organisation: nil, isSystem: true)
        }
        #expect(refused == "invalid-input")
        let made = try await test.desk.addStaff(name: "from-a", role: .intermediary, organisation: test.debt.oin, isSystem: true)
        let opened = await test.signIn("from-a", made.password)
        #expect(opened.status == 201 && opened.body["state"] == nil)
        #expect(await whose(opened.body.text("token")) == nil)
        #expect(await test.signIn("from-a", made.password, for: .page).status == 401)
        let enrols = await ask { () async throws(DeskRefusal) in try await test.desk.beginEnrolment(token: opened.body.text("token")) }
        #expect(enrols.status == 403)
    }

    @Test("where the factor is optional, a password alone is enough until one is enrolled")
    func optional() async throws {
        let test = try await TestDesk(settings: DeskSettings(scryptCost: 1 << 14, secondFactor: .optional))
        let first = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil).password
        let token = await test.signIn("desk-1", first).body.text("token")
        #expect(try await test.desk.authenticate(token: token).name == "desk-1")
        let secret = try await test.desk.beginEnrolment(token: token).body.text("secret")
        _ = try await test.desk.finishEnrolment(
            token: token,
            ["code": .string(test.oneTimeCode(secret)), "newPassword": "zeven gele fietsen", "password": .string(first)])
        #expect(await test.signIn("desk-1", "zeven gele fietsen").status == 401)
        test.clock.advance(milliseconds: 30_000)
        #expect(await test.signIn("desk-1", "zeven gele fietsen", code: test.oneTimeCode(secret)).status == 201)
    }

    @Test("a session that can do more than enrol takes no account over: the present password is demanded, and guesses at it lock")
    func borrowed() async throws {
        let test = try await TestDesk(settings: DeskSettings(scryptCost: 1 << 14, secondFactor: .optional))
        let first = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil).password
        let token = await test.signIn("desk-1", first).body.text("token")
        let secret = try await test.desk.beginEnrolment(token: token).body.text("secret")
        func enrol(_ password: String?) async -> DeskAnswer {
            var body: JSONObject = ["code": .string(test.oneTimeCode(secret)), "newPassword": "zeven gele fietsen"]
            if let password { body["password"] = .string(password) }
            let filled = JSONValue.object(body)
            return await ask { () async throws(DeskRefusal) in try await test.desk.finishEnrolment(token: token, filled) }
        }
        func fault(_ answer: DeskAnswer) -> String? {
            answer.body["errors"]?.arrayValue?.first.map { "\($0.text("pointer")) \($0.text("code"))" }
        }
        #expect(fault(await enrol(nil)) == "/password missing-member")
        let before = try test.entries().count
        for guess in 0..<5 { #expect(fault(await enrol("gok \(guess)")) == "/password wrong-password") }
        #expect(try test.events(after: before) == Array(repeating: "session.refused", count: 5))
        #expect(try test.entries().last?.facts["locked"] == .text("yes"))
        #expect(await enrol(first).status == 429)
        #expect(await test.signIn("desk-1", first).status == 429)
        test.clock.advance(milliseconds: 900_000)
        #expect(await test.signIn("desk-1", first).status == 201, "the password is as it was, and no factor was enrolled")
        #expect(await enrol(first).status == 201)
    }

    @Test("an account that signs in at the provider has no factor here")
    func bound() async throws {
        _ = try await test.desk.addStaff(name: "desk-1", role: .contactPoint, organisation: nil)
        _ = try await test.desk.bindStaff("desk-1", to: "1", of: "https://idp.example")
        let token = try await test.desk.signIn(as: ProvenSubject(issuer: "https://idp.example", subject: "1")).body.text("token")
        #expect(await whose(token) == nil)
        #expect(await ask { () async throws(DeskRefusal) in try await test.desk.beginEnrolment(token: token) }.status == 403)
        #expect(await enrol(token, ["code": "123456", "newPassword": "zeven gele fietsen", "password": "x"]).status == 403)
    }
}
