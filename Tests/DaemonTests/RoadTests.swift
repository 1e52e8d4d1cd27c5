import Foundation
import StrictJSON
import Testing

/// The whole road of a referral, with partners that are programs of their own.
@Suite("the road", .serialized)
struct RoadTests {
    /// Python with joserfc and requests; a machine without it fails the test, it does not pass it by.
    private func python(_ script: String, _ arguments: [String]) async throws -> ProgramResult {
        guard FileManager.default.isExecutableFile(atPath: Checkout.python) else {
            throw Trouble("`\(Checkout.python)` is not there (hint: deploy/test makes it, or set CONVENANT_PYTHON)")
        }
        return try await run(Checkout.python, ["\(Checkout.interop)/\(script)"] + arguments)
    }

    @Test("the Python partner pulls, opens, signs and accepts; the desk sees that it was picked up")
    func pythonPartner() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open)
            let ended = try await python(
                "partner.py",
                [
                    "--dir", folder.partner(Town.debtHelp).path, "--exchange", "https://localhost:\(daemon.partners)", "--once", "--expect",
                    "1",
                ])
            #expect(ended.code == 0, "\(ended.errors)")
            let line = try parseJSON(Array(ended.output.split(separator: "\n").last.map { Array($0.utf8) } ?? []))
            #expect(line["messageId"]?.stringValue == made.message)
            #expect(line["result"] == "opened")
            #expect(line["task"] == "accepted")
            #expect(line["purpose"] == "debtAssistance")
            let fields = Set((line["fields"]?.arrayValue ?? []).compactMap(\.stringValue))
            #expect(fields.contains("identification.name"))
            #expect(fields.contains("domains.debts.observation"))
            #expect(!fields.contains { $0.hasPrefix("domains.wellbeing") })
            // The number was not asked for, and goes to nobody unasked.
            #expect(!fields.contains("identification.bsn"))

            let desk = try await daemon.staff("desk-1", .GET, "/v1/desk").expect(200)
            let news = desk["tasks"]?.arrayValue?.first { $0["taskId"]?.stringValue == made.task }
            #expect(news?["news"] == "pickedUp")
            let tasks = try await daemon.staff("desk-1", .GET, "/v1/tasks?state=accepted").expect(200)
            let task = tasks["items"]?.arrayValue?.first { $0["taskId"]?.stringValue == made.task }
            #expect(task?["dueKind"] == "progress")
            // A second turn finds nothing.
            let again = try await python(
                "partner.py",
                [
                    "--dir", folder.partner(Town.debtHelp).path, "--exchange", "https://localhost:\(daemon.partners)", "--once", "--expect",
                    "0",
                ])
            #expect(again.code == 0, "\(again.errors)")
        }
        let verified = try await python("verify_log.py", ["--data", folder.data, "--expect-commitment"])
        #expect(verified.code == 0, "\(verified.output)")
    }

    @Test("the Python partner opens a message on an X25519 key")
    func pythonX25519() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let made = try await daemon.refer(try await daemon.openCase(), to: Town.care)
            let ended = try await python(
                "partner.py",
                ["--dir", folder.partner(Town.care).path, "--exchange", "https://localhost:\(daemon.partners)", "--once", "--expect", "1"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains(made.message))
        }
    }

    @Test("the Python partner on Digikoppeling checks the payload's signature, opens with RSA, and signs its receipt with PS256")
    func pythonNLGov() async throws {
        let folder = try await TestFolder.prepared()
        try folder.nameNLGov(for: Town.debtHelp)
        try await withDaemon(folder) { daemon in
            let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").bytes
            try await folder.addPartner(Town.debtHelpNLGov, exchangeKeys: keys)
            let path = folder.partner(Town.debtHelpNLGov).path
            let made = try await daemon.refer(try await daemon.openCase())
            let sealed = try await daemon.partner(Town.debtHelpNLGov, .GET, "/v1/inbox/\(made.message)").expect(200).bytes
            let ours = try await convenant(
                "open", "--key", path + "/enc.jwk", "--sender", path + "/exchange-jwks.json", "--trust", path + "/exchange-roots.pem",
                input: Data(sealed))
            #expect(ours.code == 0, "\(ours.errors)")
            let ended = try await python(
                "partner.py", ["--dir", path, "--exchange", "https://localhost:\(daemon.partners)", "--once", "--expect", "1"])
            #expect(ended.code == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.output.contains(made.message))
        }
    }

    @Test("Debian's `jose` and `convenant open` read a sealed message; a changed one is refused by both")
    func opened() async throws {
        #expect(try await run("/usr/bin/env", ["jose", "alg"]).code == 0, "`jose` is missing (hint: deploy/test installs it)")
        let daemon = try await SharedDaemon.daemon()
        let household = Household()
        let made = try await daemon.refer(try await daemon.openCase(household))
        let sealed = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").expect(200).bytes
        let partner = daemon.folder.partner(Town.debtHelp).path
        func jose(_ bytes: [UInt8]) async throws -> ProgramResult {
            try await run(
                "/bin/sh", ["\(Checkout.interop)/open_with_jose.sh", partner + "/enc.jwk", partner + "/exchange-jwks.json"],
                input: Data(bytes))
        }
        func open(_ bytes: [UInt8], key: String = "/enc.jwk") async throws -> ProgramResult {
            try await convenant(
                "open", "--key", partner + key, "--sender", partner + "/exchange-jwks.json", "--trust", partner + "/exchange-roots.pem",
                input: Data(bytes))
        }
        let (theirs, ours) = (try await jose(sealed), try await open(sealed))
        #expect(theirs.code == 0, "\(theirs.errors)")
        #expect(ours.code == 0, "\(ours.errors)")
        let payload = try parseJSON(Array(ours.output.trimmingCharacters(in: .newlines).utf8))
        #expect(try parseJSON(Array(theirs.output.trimmingCharacters(in: .newlines).utf8)) == payload)
        #expect(payload["messageId"]?.stringValue == made.message)
        #expect(payload["to"]?.stringValue == Town.debtHelp.oin)
        #expect(payload["fields"]?["identification"]?["name"]?["family"]?.stringValue == household.family)
        #expect(payload["fields"]?["domains"]?["wellbeing"] == nil)
        #expect(payload["checkpoint"]?.stringValue?.hasPrefix("convenant/\(Town.municipality)/") == true)

        var changed = sealed
        changed[changed.count - 30] = changed[changed.count - 30] == 65 ? 66 : 65
        #expect(try await jose(changed).code != 0)
        #expect(try await open(changed).code == 1)
        let wrongKey = try await convenant(
            "open", "--key", daemon.folder.partner(Town.housing).path + "/enc.jwk", "--sender", partner + "/exchange-jwks.json", "--trust",
            partner + "/exchange-roots.pem", input: Data(sealed))
        #expect(wrongKey.code == 1)
        #expect(wrongKey.output.isEmpty)
    }

    @Test("`partner run --once --accept` receives, keeps, answers and accepts; after a withdrawal it removes what it kept")
    func partnerRun() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open, to: Town.care)
            let partner = folder.partner(Town.care).path
            let exchange = "https://localhost:\(daemon.partners)"
            let first = try await convenant("partner", "run", "--dir", partner, "--exchange", exchange, "--once", "--accept")
            #expect(first.code == 0, "\(first.errors)")
            #expect(first.output.contains("\(made.message) referral "))
            #expect(first.output.contains(" opened state=received\n"))
            #expect(first.output.contains("task \(made.task) accepted\n"))
            let kept = "\(partner)/opened/\(made.message).json"
            #expect(
                FileManager.default.contents(atPath: kept).map { String(decoding: $0, as: UTF8.self).contains(open.household.family) }
                    == true)

            let withdrawn = try await daemon.staff(
                "desk-1", .POST, "/v1/consents/\(open.consent(to: Town.care) ?? "")/withdrawal", ["how": "letter"]
            ).expect(200)
            #expect(withdrawn["left"] == [.string(made.message)])
            let second = try await convenant("partner", "run", "--dir", partner, "--exchange", exchange, "--once")
            #expect(second.code == 0, "\(second.errors)")
            #expect(second.output.contains(" notice "))
            #expect(!FileManager.default.fileExists(atPath: kept))
        }
    }

    @Test("`partner run --accept` also accepts what was received before: a process that ends after the receipt forgets nothing")
    func acceptedLater() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let made = try await daemon.refer(try await daemon.openCase(), to: Town.care)
            let arguments = [
                "partner", "run", "--dir", folder.partner(Town.care).path, "--exchange", "https://localhost:\(daemon.partners)", "--once",
            ]
            // What stands then is what a process leaves that is killed between the receipt and the acceptance.
            #expect(try await run(Checkout.binary, arguments).code == 0)
            #expect(try await daemon.state(of: made.task) == "received")
            let next = try await run(Checkout.binary, arguments + ["--accept"])
            #expect(next.code == 0 && next.output == "task \(made.task) accepted\n", "\(next.output)\(next.errors)")
            #expect(try await daemon.state(of: made.task) == "accepted")
            // It is said once.
            let last = try await run(Checkout.binary, arguments + ["--accept"])
            #expect(last.code == 0 && last.output.isEmpty && last.errors == "convenant: nothing waits\n", "\(last.errors)")
        }
    }

    @Test("R29: `partner run --role` opens nothing before the role has acknowledged the covenant, and then states both in the receipt")
    func acknowledgedFirst() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open, to: Town.care)
            let partner = folder.partner(Town.care).path
            let arguments = [
                "partner", "run", "--dir", partner, "--exchange", "https://localhost:\(daemon.partners)", "--once", "--role", "nurse",
            ]
            let first = try await run(Checkout.binary, arguments)
            #expect(first.code == 0 && first.output.contains(" waiting"), "\(first.errors)")
            let advice = try #require(first.output.firstMatch(of: /hint: convenant (partner acknowledge [^)]+)\)/)?.1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: partner + "/opened").isEmpty)
            #expect(try await daemon.state(of: made.task) == "requested")
            // It is here, and is not fetched again.
            #expect(try await run(Checkout.binary, arguments).output.contains("\(made.message) referral - waiting"))
            let acknowledged = try await run(Checkout.binary, advice.split(separator: " ").map(String.init))
            #expect(acknowledged.code == 0 && acknowledged.output.contains("version 1: nurse, since "), "\(acknowledged.errors)")
            let second = try await run(Checkout.binary, arguments)
            #expect(second.code == 0 && second.output.contains("\(made.message) referral - opened"), "\(second.errors)")
            let kept = FileManager.default.contents(atPath: "\(partner)/opened/\(made.message).json")
            #expect(kept.map { String(decoding: $0, as: UTF8.self).contains(open.household.family) } == true)
            #expect(try await daemon.state(of: made.task) == "received")
            #expect(try FileManager.default.contentsOfDirectory(atPath: partner + "/unacknowledged").isEmpty)
        }
    }

    @Test("`partner run` says what is wrong: no exchange there 69, no folder 65, no https 64")
    func partnerRunFails() async throws {
        let folder = try await TestFolder.prepared()
        let partner = folder.partner(Town.care).path
        let nobody = try await convenant("partner", "run", "--dir", partner, "--exchange", "https://localhost:1", "--once")
        #expect(nobody.code == 69)
        #expect(nobody.errors.contains("hint:"))
        #expect(try await convenant("partner", "run", "--dir", "/nonexistent", "--exchange", "https://localhost:1", "--once").code == 65)
        #expect(try await convenant("partner", "run", "--dir", partner, "--exchange", "http://localhost:1", "--once").code == 64)
    }
}
