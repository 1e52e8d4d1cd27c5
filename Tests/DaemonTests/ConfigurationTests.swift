import Foundation
import Testing

/// Folders and policies that `serve` refuses with 78, and `policy check` with 1.
@Suite("what is wrong with a configuration is said before anything is served")
struct ConfigurationTests {
    /// Runs `serve` on a folder that it must refuse, and gives what it said.
    private func refusal(_ folder: TestFolder, environment: [String: String] = [:]) async throws -> String {
        let result = try await TestDaemon.serve(folder, environment: environment).end(within: 30)
        #expect(result.code == 78, "\(result.errors)")
        #expect(result.output.isEmpty)
        return result.errors
    }

    private func addToSettings(_ folder: TestFolder, _ text: String) throws {
        try folder.write(try String(contentsOfFile: folder.file("convenant.yaml"), encoding: .utf8) + text, "convenant.yaml")
    }

    @Test("an unknown key in convenant.yaml", arguments: ["colour: red\n", "partners:\n  adress: 0.0.0.0:1\n"])
    func unknownKey(line: String) async throws {
        let folder = try await TestFolder.make()
        try addToSettings(folder, line)
        let said = try await refusal(folder)
        #expect(said.contains("convenant.yaml:"))
        #expect(said.contains(line.contains("colour") ? "colour" : "adress"))
    }

    @Test("a key that stands twice in convenant.yaml")
    func duplicateKey() async throws {
        let folder = try await TestFolder.make()
        try addToSettings(folder, "policies: /somewhere\n")
        #expect(try await refusal(folder).contains("policies"))
    }

    @Test(
        "a setting that cannot be",
        arguments: [
            ("CONVENANT_BODY_LIMIT", "12"), ("CONVENANT_CONNECTIONS_PERADDRESS", "3001"), ("CONVENANT_SCRYPT_COST", "20000"),
            ("CONVENANT_LOG_LEVEL", "loud"),
            ("CONVENANT_PARTNERS_TLS12", "maybe"),
            ("CONVENANT_MUNICIPALITY_OIN", "12"), ("CONVENANT_POLICIES", "/nonexistent"), ("CONVENANT_PACK", "no-such-pack"),
            ("CONVENANT_STAFF_SECONDFACTOR", "off"),
        ])
    func badSetting(name: String, value: String) async throws {
        let folder = try await TestFolder.make()
        let said = try await refusal(folder, environment: [name: value])
        #expect(said.contains(value))
    }

    @Test("a variable that is one character away from a setting's; others that begin with the name are let be")
    func mistypedVariable() async throws {
        let folder = try await TestFolder.make()
        for (name, meant) in [
            ("CONVENANT_STAF_ADDRESS", "CONVENANT_STAFF_ADDRESS"), ("CONVENANT_STAFF_SECOND_FACTOR", "CONVENANT_STAFF_SECONDFACTOR"),
            ("CONVENANT_PARTNERS_TLS13", "CONVENANT_PARTNERS_TLS12"),
        ] {
            let said = try await refusal(folder, environment: [name: "x"])
            #expect(said.contains("`\(name)` is not a setting (hint: write \(meant))"), "\(said)")
        }
        let others = ["CONVENANT_SERVICE_HOST": "10.0.0.1", "CONVENANT_PORT": "tcp://10.0.0.1:8443"]
        #expect(try await folder.command("staff", "list", environment: others).code == 0)
    }

    @Test("policies that are missing: by the daemon with the names of the setting, and by `init`, which keeps the path from the root")
    func missingPolicies() async throws {
        let folder = try await TestFolder.make()
        let said = try await refusal(folder, environment: ["CONVENANT_POLICIES": "/nonexistent"])
        #expect(said.contains("`/nonexistent` is missing (hint: ") && said.contains("CONVENANT_POLICIES"), "\(said)")
        func begin(_ policies: String, at data: String) async throws -> ProgramResult {
            try await convenant(
                "init", "--data", data, "--oin", Town.municipality, "--name", "Gemeente", "--policies", policies, folder: folder.root)
        }
        let data = folder.root + "/other"
        for policies in ["/nonexistent", "data"] {
            let refused = try await begin(policies, at: data)
            #expect(refused.code == 64 && refused.errors.contains("--policies `\(policies)`"), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: data))
        }
        #expect(try await begin("./policies", at: data).code == 0)
        let settings = try String(contentsOfFile: data + "/convenant.yaml", encoding: .utf8)
        #expect(settings.contains("policies: \"\(folder.policies)\""), "\(settings)")
    }

    @Test("`doctor` names the folder of policies that it looked at")
    func doctor() async throws {
        let folder = try await TestFolder.make(decided: false)
        let undecided = try await folder.command("doctor").output
        #expect(undecided.contains("`convenant policy explain \(folder.policies) --pack den-haag-meldcode`"), "\(undecided)")
        try "rubbish".write(toFile: folder.policies + "/covenants/other.yaml", atomically: true, encoding: .utf8)
        let faulty = try await folder.command("doctor").output
        #expect(faulty.contains("`convenant policy check \(folder.policies)`"), "\(faulty)")
    }

    @Test("a management address that others can reach")
    func management() async throws {
        let folder = try await TestFolder.make()
        let result = try await folder.command(
            "serve", "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:0", "--management", "0.0.0.0:0")
        #expect(result.code == 78, "\(result.errors)")
        #expect(result.errors.contains("loopback"))
    }

    @Test("a port that another program holds")
    func portInUse() async throws {
        let daemon = try await SharedDaemon.daemon()
        let folder = try await TestFolder.make()
        let result = try await folder.command(
            "serve", "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:\(daemon.staff)", "--management", "127.0.0.1:0")
        #expect(result.code == 75, "\(result.errors)")
        #expect(result.errors.contains("hint:"))
        #expect(result.output.isEmpty)
    }

    @Test("two listeners at one port, also where one is at every address, are named before anything is opened")
    func onePort() async throws {
        let folder = try await TestFolder.make()
        let port = try await SharedDaemon.daemon().staff
        for host in ["127.0.0.1", "0.0.0.0"] {
            let result = try await folder.command(
                "serve", "--partners", "127.0.0.1:0", "--staff", "\(host):\(port + 1)", "--management", "127.0.0.1:\(port + 1)")
            #expect(result.code == 78 && result.errors.contains("`management.address` and `staff.address`"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("convenant.sqlite")))
    }

    @Test("a secret or the folder itself open to others", arguments: ["secrets/tls.pem", "secrets/checkpoint.key", "secrets", ""])
    func mode(name: String) async throws {
        let folder = try await TestFolder.make()
        chmod(folder.file(name), name.contains(".") ? 0o644 : 0o755)
        let said = try await refusal(folder)
        #expect(said.contains("chmod"))
    }

    @Test("a secret that is missing or damaged", arguments: ["message-sign.pem", "checkpoint.key", "staff-handle.key"])
    func secret(name: String) async throws {
        let folder = try await TestFolder.make()
        try FileManager.default.removeItem(atPath: folder.file("secrets/" + name))
        #expect(try await refusal(folder).contains(name))
        if name != "staff-handle.key" {
            try folder.write("rubbish", "secrets/" + name)
            #expect(try await refusal(folder).contains("hint:"))
        }
    }

    @Test("a database of a newer program", arguments: ["convenant.sqlite", "keys.sqlite"])
    func newer(name: String) async throws {
        let folder = try await TestFolder.prepared()
        _ = try await sqlite(folder.file(name), "PRAGMA user_version = 99")
        let said = try await refusal(folder)
        #expect(said.contains(name))
        #expect(said.contains("99"))
        #expect(try await folder.command("staff", "list").code == 78)
    }

    @Test("a demonstration's folder")
    func demoFolder() async throws {
        let path = try await DemoFolder.copy()
        let result = try await convenant("serve", "--data", path, "--policies", Checkout.policies)
        #expect(result.code == 78)
        #expect(result.errors.contains("demo") && result.errors.contains("`convenant init` makes one to serve"), "\(result.errors)")
    }

    @Test("fictitious decisions")
    func fictitious() async throws {
        let folder = try await TestFolder.make()
        let name = "/den-haag-meldcode.yaml"
        try FileManager.default.removeItem(atPath: folder.policies + "/decisions" + name)
        try FileManager.default.copyItem(atPath: folder.policies + "/decisions-demo" + name, toPath: folder.policies + "/decisions" + name)
        #expect(try await refusal(folder).contains("fictitious"))
    }

    /// A fault put into a covenant, and what is said of it.
    struct PolicyHarm: Sendable, CustomTestStringConvertible {
        let what: String
        let old: String
        let new: String
        let named: String
        var testDescription: String { what }
    }

    static let harms = [
        PolicyHarm(what: "an unknown key", old: "version: 1\n", new: "version: 1\ncolour: red\n", named: "colour"),
        PolicyHarm(what: "a duplicate key", old: "version: 1\n", new: "version: 1\nversion: 2\n", named: "version"),
        PolicyHarm(
            what: "a receiver that is no party", old: "    to: [\"00000099000000002000\"]", new: "    to: [\"00000099000000007000\"]",
            named: "00000099000000007000"),
        PolicyHarm(what: "an end before the begin", old: "validUntil: null", new: "validUntil: 2008-01-05T00:00:00+01:00", named: "valid"),
        PolicyHarm(
            what: "a field that does not exist", old: "domains.debts, domains.income", new: "domains.debts, domains.religion",
            named: "religion"),
    ]

    @Test("a fault in a covenant: `policy check` ends with 1 and `serve` with 78, both with file, line and column", arguments: harms)
    func policyFault(harm: PolicyHarm) async throws {
        let folder = try await TestFolder.make()
        let file = folder.policies + "/covenants/den-haag-debt-help.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try #require(text.contains(harm.old))
        try text.replacingOccurrences(of: harm.old, with: harm.new).write(toFile: file, atomically: true, encoding: .utf8)
        let checked = try await convenant("policy", "check", folder.policies)
        #expect(checked.code == 1)
        let said = try await refusal(folder)
        for text in [checked.output + checked.errors, said] {
            #expect(text.contains(#/den-haag-debt-help\.yaml:[0-9]+:[0-9]+: /#), "\(text)")
            #expect(text.contains(harm.named), "\(text)")
            #expect(text.contains("hint:"))
        }
        #expect(try await convenant("policy", "explain", folder.policies).code == 65)
    }

    @Test("`policy check` of the repository ends with 0 and lists what is open; --strict makes that 1")
    func openQuestions() async throws {
        let checked = try await convenant("policy", "check", Checkout.policies)
        #expect(checked.code == 0, "\(checked.output)")
        #expect(checked.output.contains("terms.pickUp"))
        #expect(try await convenant("policy", "check", Checkout.policies, "--strict").code == 1)
        #expect(try await convenant("policy", "check", "/nonexistent").code != 0)
    }

    @Test("a fault that comes with SIGHUP is reported, and what was in force stays; what comes in force is told, too")
    func reload() async throws {
        try await withDaemon { daemon in
            func refused(_ part: String) async throws -> Double { try await daemon.figure("convenant_reload_failed{part=\"\(part)\"}") }
            for part in ["trust", "policies"] { try await eventually("the figure") { try await refused(part) == 0 } }
            let open = try await daemon.openCase()
            let file = daemon.folder.policies + "/covenants/den-haag-debt-help.yaml"
            let sound = try String(contentsOfFile: file, encoding: .utf8)
            try (sound + "colour: red\n").write(toFile: file, atomically: true, encoding: .utf8)
            daemon.reload()
            // It says why, as `policy check` does: file, line, and what is wrong.
            try await daemon.says("reload refused", "den-haag-debt-help.yaml:", "`colour`")
            try await eventually("the figure") { try await refused("policies") == 1 }
            #expect(try await refused("trust") == 0)
            #expect(!daemon.process.errors.contains("revision="))
            _ = try await daemon.refer(open)
            #expect(try await daemon.manage("/health/ready").status == 200)
            // A covenant that ends by a reload ends what waits under it.
            let made = try await daemon.refer(open)
            try FileManager.default.removeItem(atPath: file)
            daemon.reload()
            try await eventually("the end of the covenant") {
                try await daemon.staff("case-manager-1", .POST, "/v1/referrals", open.referral()).status == 422
            }
            #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").status == 410)
            try await eventually("the figure") { try await refused("policies") == 0 }
            try await daemon.says("reloaded, and in force")
            #expect(daemon.process.errors.contains(#/part=policies revision=[0-9a-f]{64}/#), "\(daemon.process.errors)")
            // Under either policy, and beside the daemon: everything that was decided comes out as the same bytes.
            let replay = try await convenant("policy", "replay", "--all", "--json", "--data", daemon.folder.data)
            #expect(
                replay.code == 0 && replay.output.contains("\"faults\":[]") && replay.output.contains("\"notKept\":0"), "\(replay.output)")
        }
    }
}
