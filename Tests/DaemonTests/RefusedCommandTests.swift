import Foundation
import Testing

@Suite("what a command says when it is refused")
struct RefusedCommandTests {
    @Test("by the desk: what is not there or was done before, and where to look; options by their names, no pointers")
    func desk() async throws {
        let folder = try await TestFolder.prepared()
        func refused(_ arguments: String..., said: String) async throws {
            let result = try await run(Checkout.binary, arguments + ["--data", folder.data])
            #expect(result.code == 1 && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.hasPrefix("convenant: \(said)"), "\(result.errors)")
        }
        try await refused(
            "staff", "add", "desk-1", "--role", "contactPoint",
            said: "the account `desk-1` exists already (hint: `convenant staff reset desk-1`")
        try await refused("staff", "add", "desk-9", "--role", "king", said: "--role: there is no such role (hint: ")
        try await refused("staff", "add", "Desk 9", "--role", "contactPoint", said: "this is not an account name (hint: ")
        try await refused("staff", "disable", "nobody", said: "there is no account `nobody` (hint: `convenant staff list`")
        try await refused("queue", "show", "xyz", said: "there is no message `xyz` (hint: `convenant queue list")
        try await refused(
            "erase", "--casefile", "x", "--person", "y", "--because", "requested",
            said: "there is no person `y` in a case `x`, or it was erased before (hint: ")
        try await refused("resume", said: "nothing is held here (hint: only a restored folder holds its messages)\n")

        let (care, keys) = (Town.care.oin, "\(folder.partner(Town.care).path)/jwks.json")
        let stranger = "00000099000000007000"
        let noPartner = "there is no partner `\(stranger)` (hint: `convenant partner list`"
        let tomorrow = String(Date(timeIntervalSinceNow: 86_400).ISO8601Format().prefix(10))
        try await refused("queue", "list", "--partner", stranger, said: noPartner)
        try await refused("queue", "retry", "--partner", stranger, said: noPartner)
        try await refused("partner", "rotate", "--oin", stranger, "--keys", keys, "--until", tomorrow, said: noPartner)
        try await refused("partner", "remove", "--oin", stranger, said: noPartner)
        try await refused("partner", "rotate", "--oin", care, "--until", tomorrow, said: "there is nothing new (hint: ")
        try await refused("partner", "rotate", "--oin", care, "--until", "soon", said: "--until: this is not a date (hint: ")
    }

    @Test("over a partner that is registered: by the name of the option")
    func registration() async throws {
        let folder = try await TestFolder.prepared()
        let care = folder.partner(Town.care).path
        func refused(name: String = "X", keys: String = "jwks.json", role: String = "directeur", said: String) async throws {
            let result = try await folder.command(
                "partner", "add", "--oin", Town.care.oin, "--certificate", "\(care)/tls-chain.pem", "--name", name, "--keys",
                "\(care)/\(keys)", "--mandated-role", role)
            #expect(result.code == 1 && result.output.isEmpty)
            #expect(result.errors.hasPrefix("convenant: \(said)"), "\(result.errors)")
        }
        try await refused(name: "", said: "--name: this is not the name of an organisation (hint: ")
        try await refused(name: "two\nlines", said: "--name: this is not the name of an organisation (hint: ")
        try await refused(role: "two\nlines", said: "--mandated-role: this is not the name of a role (hint: ")
        try await refused(
            keys: "enc.jwk", said: "--keys: this is not a JWK Set with a `sig` and an `enc` key that can be used: malformed (hint: ")
        #expect(try await folder.command("partner", "list").output.contains(Town.care.name))
    }

    @Test("over a file or an address: which one, and what it should be")
    func files() async throws {
        let folder = try await TestFolder.prepared()
        let care = folder.partner(Town.care).path
        func refused(_ arguments: String..., code: Int32 = 65, said: String) async throws {
            let result = try await run(Checkout.binary, arguments)
            #expect(result.code == code && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.hasPrefix("convenant: \(said)"), "\(result.errors)")
        }
        func look(_ more: String..., said: String) async throws {
            let result = try await run(
                Checkout.binary, ["partner", "run", "--once", "--dir", care, "--exchange", "https://localhost:1"] + more)
            #expect(result.code == 65 && result.errors.hasPrefix("convenant: \(said)"), "\(result.errors)")
        }
        try await look("--listen", "foo", said: "`foo` is not an address to listen at (hint: write host:port")
        try await refused(
            "partner", "run", "--dir", care, "--exchange", "https://localhost:1", "--page", "--page-port", "70000",
            said: "`127.0.0.1:70000` is not an address to listen at (hint: write host:port")
        for options in [["--page-port", "9000"], ["--page", "--once"], ["--every", "0"], ["--every=-1"]] {
            let result = try await run(Checkout.binary, ["partner", "run", "--dir", care, "--exchange", "https://localhost:1"] + options)
            let option = options.last { $0.hasPrefix("--") }?.prefix { $0 != "=" } ?? ""
            #expect(result.code == 64 && result.output.isEmpty, "\(options)")
            #expect(result.errors.contains(option) && result.errors.contains("(hint: "), "\(result.errors)")
        }
        try await look(
            "--file-into", "https://localhost:1", "--account", "from-a",
            said: "`\(care)/desk-password` cannot be read (hint: it holds the password that `convenant staff add from-a --role intermediary"
        )
        try await refused(
            "open", "--key", "\(care)/sig.pem", "--sender", "\(care)/exchange-jwks.json", "--trust", "\(care)/exchange-roots.pem", code: 1,
            said: "`\(care)/sig.pem` is not a JWK (hint: ")
        let nowhere = "\(folder.policies)/covenants/nowhere.yaml"
        try await refused(
            "policy", "sign", nowhere, "--as", Town.care.oin, "--key", "\(care)/sig.pem",
            said: "\(nowhere):1:1: the file does not exist (hint: ")
        let check = "\(folder.root)/check"
        try await refused(
            "partner", "check", "--prepare", "--dir", check, "--oin", "00000001001234567000",
            said: "--oin `00000001001234567000` is not a test number (hint: 20 digits that begin with 00000099)")
        #expect(try await convenant("partner", "check", "--prepare", "--dir", check).code == 0)
        try await refused("partner", "check", "--prepare", "--dir", check, said: "`\(check)` exists already (hint: ")
    }

    @Test("`init` tries every name before it makes anything, and says which option it is")
    func names() async throws {
        for (option, value) in [
            ("--name", ""), ("--name", "two\nlines"), ("--name", String(repeating: "x", count: 55)), ("--host", "bad host"),
            ("--address", "localhost"),
        ] {
            let data = TemporaryFolders.newPath("names")
            var options = ["--name": "Gemeente", "--host": "localhost", "--address": "127.0.0.1"]
            options[option] = value
            let result = try await run(
                Checkout.binary, ["init", "--data", data, "--oin", Town.municipality] + options.flatMap { [$0.key, $0.value] })
            #expect(result.code == 64 && result.output.isEmpty, "\(option) \(value)")
            #expect(result.errors.hasPrefix("convenant: \(option) "), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    @Test("a demonstration that cannot begin leaves no temporary folder", arguments: [[], ["--year", "2009"]])
    func demonstration(year: [String]) async throws {
        let temporary = TemporaryFolders.newPath("tmp")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        let result = try await run(
            Checkout.binary, ["demo", "--once", "--policies", "/nonexistent"] + year,
            environment: ["TMPDIR": temporary, "CONVENANT_SCRYPT_COST": "16384"])
        #expect(result.code == 78, "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
    }
}
