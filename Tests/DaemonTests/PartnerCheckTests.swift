import Foundation
import PartnerKit
import StrictJSON
import Testing

/// A test sender, and a partner that trusts it and nothing else.
private struct Acceptance {
    static let sender = "00000099000000009990"
    let folder: TestFolder
    var check: String { folder.root + "/check" }
    let partner: String

    init(_ checked: Town.Partner = Town.debtHelp) async throws {
        folder = try await TestFolder.prepared()
        partner = folder.partner(checked).path
        if !FileManager.default.fileExists(atPath: partner) {
            let registration = try folder.makePartner(checked, exchangeKeys: [])
            try Data(registration.keys).write(to: URL(fileURLWithPath: partner + "/jwks.json"))
        }
        let made = try await convenant("partner", "check", "--prepare", "--dir", check)
        guard made.code == 0 else { throw Trouble(made.errors) }
        for name in ["exchange-roots.pem", "exchange-jwks.json"] {
            let file = URL(fileURLWithPath: "\(partner)/\(name)")
            try Data(contentsOf: URL(fileURLWithPath: "\(check)/\(name)")).write(to: file)
        }
        let about = #"{"oin":"\#(checked.oin)","exchangeOin":"\#(Self.sender)"}"#
        try about.write(toFile: partner + "/partner.json", atomically: false, encoding: .utf8)
    }

    func run(_ port: Int, _ format: String = "json") async throws -> ProgramResult {
        try await convenant(
            "partner", "check", "https://localhost:\(port)/", "--dir", check, "--certificate", partner + "/tls-chain.pem", "--keys",
            partner + "/jwks.json", "--format", format, "--by", "Gemeente <b>Voorbeeld</b>")
    }

    /// The names of the tests that did not go right.
    func faults(_ port: Int) async throws -> (code: Int32, names: [String], count: Int) {
        let result = try await run(port)
        let tests = try parseJSON(Array(result.output.utf8))["tests"]?.arrayValue ?? []
        return (result.code, tests.filter { $0["verdict"] != "right" }.compactMap { $0["name"]?.stringValue }, tests.count)
    }
}

@Suite("partner check", .timeLimit(.minutes(10)))
struct PartnerCheckTests {
    @Test(
        "`partner run` handles every test message rightly, in each profile",
        arguments: [(Town.debtHelp, 34), (Town.care, 34), (Town.debtHelpNLGov, 38)])
    func ours(_ checked: Town.Partner, _ count: Int) async throws {
        let acceptance = try await Acceptance(checked)
        let partner = try await ListeningPartner.start(acceptance.partner, exchange: 1)
        let faults = try await acceptance.faults(partner.port)
        #expect(faults.code == 0 && faults.names.isEmpty && faults.count == count, "\(faults)")
        await partner.stop()
    }

    @Test("the Python partner of the NL GOV profile does so too, and one that ignores the signature over the payload is found out by that")
    func payloadSignature() async throws {
        let acceptance = try await Acceptance(Town.debtHelpNLGov)
        let partner = try await ListeningPartner.python(acceptance.partner)
        let faults = try await acceptance.faults(partner.port)
        #expect(faults.code == 0 && faults.names.isEmpty && faults.count == 38, "\(faults)")
        await partner.stop()
        let careless = try await ListeningPartner.python(acceptance.partner, script: ["bad_partner.py", "ignores-payload-signatures"])
        let found = try await acceptance.faults(careless.port)
        let names = ["none", "of-another", "twice", "of-a-stranger"].map { "payload-signature-\($0)" }
        #expect(found.code == 1 && found.names == names, "\(found)")
        await careless.stop()
    }

    @Test("the Python partner handles every test message rightly, and the report says so as text and as a page of its own")
    func python() async throws {
        let acceptance = try await Acceptance()
        let partner = try await ListeningPartner.python(acceptance.partner)
        let faults = try await acceptance.faults(partner.port)
        #expect(faults.code == 0 && faults.names.isEmpty && faults.count == 34, "\(faults)")
        // the messages of a second check are others
        let text = try await acceptance.run(partner.port, "text")
        #expect(text.code == 0 && text.output.contains("\nAll 34 tests went right.\nNot tested: "), "\(text.output)")
        let page = try await acceptance.run(partner.port, "html").output
        #expect(page.contains("Alle 34 proeven gingen goed.") && page.contains("Gemeente &lt;b&gt;Voorbeeld&lt;/b&gt;"))
        #expect(!page.contains("<script") && !page.contains("http://"))
        await partner.stop()
    }

    @Test(
        "a partner that does one thing wrong is found out, by that",
        arguments: [
            ("opens-everything", ["content-changed", "unsigned", "misaddressed", "expired"]),
            ("signs-anew", ["duplicated", "replayed"]), ("ignores-recalls", ["recalled", "erased"]), ("takes-expired", ["expired"]),
            ("knows-no-meetings", ["invitation", "invitation-replaced", "meeting-cancelled"]), ("takes-any-number", ["other-number"]),
            ("takes-anybody", ["no-certificate", "other-root", "other-number"]),
        ])
    func bad(_ fault: String, _ found: [String]) async throws {
        let acceptance = try await Acceptance()
        let partner = try await ListeningPartner.python(acceptance.partner, script: ["bad_partner.py", fault])
        let faults = try await acceptance.faults(partner.port)
        #expect(faults.code == 1)
        #expect(Set(found).isSubset(of: faults.names), "\(faults)")
        if !["opens-everything", "signs-anew"].contains(fault) { #expect(faults.names == found) }
        await partner.stop()
    }

    @Test("an endpoint that is not there: 69, and no report")
    func absent() async throws {
        let acceptance = try await Acceptance()
        let result = try await acceptance.run(1)
        #expect(result.code == 69 && result.output.isEmpty)
    }

    @Test("a partner's folder is no test sender, and an exchange's data folder is none")
    func production() async throws {
        let acceptance = try await Acceptance()
        for folder in [acceptance.folder.partner(Town.care).path, acceptance.folder.data] {
            let result = try await convenant(
                "partner", "check", "https://localhost:1/", "--dir", folder, "--certificate", acceptance.partner + "/tls-chain.pem",
                "--keys",
                acceptance.partner + "/jwks.json")
            #expect(result.code == 65 && result.output.isEmpty, "\(result.errors)")
        }
    }

    @Test("a port that is taken ends `partner run` with an error instead of pulling on")
    func taken() async throws {
        let acceptance = try await Acceptance()
        let first = try await ListeningPartner.start(acceptance.partner, exchange: 1)
        let second = try await convenant(
            "partner", "run", "--dir", acceptance.folder.partner(Town.care).path, "--exchange", "https://localhost:1", "--listen",
            "127.0.0.1:\(first.port)")
        #expect(second.code == 65)
        #expect(second.errors.contains("`127.0.0.1:\(first.port)` cannot be listened at"))
        await first.stop()
    }
}
