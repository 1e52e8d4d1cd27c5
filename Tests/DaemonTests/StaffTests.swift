import Foundation
import StrictJSON
import Testing

@Suite("staff, with the second factor demanded", .timeLimit(.minutes(5)))
struct StaffTests {
    private static func demanding() async throws -> TestFolder {
        let folder = try await TestFolder.make("staff")
        let settings = try String(contentsOfFile: folder.file("convenant.yaml"), encoding: .utf8)
        // What `init` leaves: the default.
        try folder.write(settings.replacing("staff.secondFactor: optional\n", with: ""), "convenant.yaml")
        return folder
    }

    /// What an app shows, worked out by a program that shares nothing with ours.
    private func code(_ secret: String, later seconds: Int = 0) async throws -> JSONValue {
        let shown = try await run(Checkout.python, ["\(Checkout.interop)/authenticator.py", secret, "\(seconds)"])
        guard shown.code == 0 else { throw Trouble("authenticator.py ended with \(shown.code): \(shown.errors)") }
        return .string(shown.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test("a new account enrols over the wire before anything else works, is reset beside the daemon, and is disabled at once")
    func wholeLife() async throws {
        var folder = try await Self.demanding()
        try await folder.addStaff("desk-1", role: "contactPoint")
        let program = try await folder.command(
            "staff", "add", "from-a", "--role", "intermediary", "--organisation", Town.municipality, "--system")
        #expect(program.code == 0, "\(program.errors)")
        try await withDaemon(folder) { daemon in
            func signIn(_ password: String, _ code: JSONValue? = nil) async throws -> Answer {
                var body: JSONObject = ["account": "desk-1", "password": .string(password)]
                if let code { body["code"] = code }
                return try await daemon.anonymous(.POST, "/v1/sessions", .object(body))
            }
            func call(_ token: String?, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
                let headers = ["Authorization": "Bearer \(token ?? "")"]
                return try await daemon.anonymous(path == "/v1/desk" ? .GET : .POST, path, body, headers: headers)
            }
            let first = try await signIn(folder.passwords["desk-1"] ?? "").expect(201)
            #expect(first["state"] == "enrolling")
            let token = first["token"]?.stringValue
            #expect(try await call(token, "/v1/desk").expect(403)["code"] == "enrolment-due")
            #expect(try await daemon.anonymous(.POST, "/v1/sessions/current/enrolment").status == 401)
            let secret = try await call(token, "/v1/sessions/current/enrolment").expect(201)["secret"]?.stringValue ?? ""
            let path = "/v1/sessions/current/enrolment/confirmation"
            let done = try await call(token, path, ["code": try await code(secret), "newPassword": "zeven gele fietsen"]).expect(201)
            let open = done["token"]?.stringValue
            _ = try await call(open, "/v1/desk").expect(200)
            #expect(try await call(token, "/v1/desk").status == 401)
            #expect(try await signIn("zeven gele fietsen").status == 401)
            _ = try await signIn("zeven gele fietsen", try await code(secret, later: 30)).expect(201)

            let listed = try await folder.command("staff", "list").output
            #expect(listed.contains("enrolled") && listed.contains("system"))
            let reset = try await folder.command("staff", "reset", "desk-1")
            #expect(reset.code == 0, "\(reset.errors)")
            #expect(try await call(open, "/v1/desk").status == 401)
            let again = try await signIn(reset.output.trimmingCharacters(in: .whitespacesAndNewlines)).expect(201)
            #expect(again["state"] == "enrolling")
            let disabled = try await folder.command("staff", "disable", "desk-1")
            #expect(disabled.code == 0 && disabled.output == "disabled desk-1\n")
            #expect(try await call(again["token"]?.stringValue, "/v1/desk").status == 401)
            #expect(try await folder.command("staff", "disable", "desk-1").code == 1)

            let password = program.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let machine = try await daemon.signIn("from-a", password).expect(201)
            #expect(machine["state"] == nil)
        }
    }
}
