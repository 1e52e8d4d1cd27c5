import Foundation
import PartnerTrust
import Testing

@Suite("certificates over a party's own request")
struct SignRequestTests {
    /// A request as a party makes it, naming whom it likes.
    private func request(_ folder: TestFolder, _ name: String, _ key: [String]) async throws -> String {
        let file = "\(folder.root)/\(name).csr"
        let made = try await run(
            "/usr/bin/env",
            ["openssl", "req", "-new", "-newkey"] + key + [
                "-nodes", "-keyout", "\(folder.root)/\(name).pem", "-subj", "/CN=Iemand anders/serialNumber=00000001002220647000", "-out",
                file,
            ])
        guard made.code == 0 else { throw Trouble(made.errors) }
        return file
    }

    private let p256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]

    @Test("only the key of a request is taken; the number is formed from the trade register or the school's, and OpenSSL finds it sound")
    func issued() async throws {
        let folder = try await TestFolder.make("request")
        for (name, number, oin, use, purpose) in [
            ("tls", ["--kvk", "12345678"], "00000003123456780000", "tls", "sslclient"),
            ("sig", ["--school", "05ab"], "000000070000005AB000", "sig", "any"),
            ("enc", ["--oin", Town.care.oin], Town.care.oin, "enc", "any"),
        ] {
            let file = try await request(folder, name, p256)
            let out = "\(folder.root)/\(name)-chain.pem"
            let made = try await run(
                Checkout.binary,
                [
                    "partner", "sign-request", "--data", folder.data, "--request", file, "--name", "Stichting Proef", "--use", use, "--out",
                    out,
                ]
                    + number)
            #expect(made.code == 0, "\(made.errors)")
            let leaf = try #require(certificatesDER(pem: [UInt8](try Data(contentsOf: URL(fileURLWithPath: out)))).first)
            #expect(subjectOIN(leaf) == oin)
            #expect((notAfter(leaf) ?? .max) <= Int64(Date().timeIntervalSince1970 * 1000) + 365 * 86_400_000)
            let verified = try await run(
                "/usr/bin/env", ["openssl", "verify", "-CAfile", folder.file("trust/roots.pem"), "-x509_strict", "-purpose", purpose, out])
            #expect(verified.code == 0, "\(verified.errors)")
            let text = try await run("/usr/bin/env", ["openssl", "x509", "-in", out, "-noout", "-subject"]).output
            #expect(text.contains("Stichting Proef") && !text.contains("Iemand anders"))
            #expect(try await folder.command("log", "entries", "--limit", "500").output.contains(try #require(certificateSerial(leaf))))
        }
    }

    @Test("a weak key, a request that was changed, a certificate for longer than a year, and a party without a number are refused")
    func refused() async throws {
        let folder = try await TestFolder.make("request")
        let weak = try await request(folder, "weak", ["rsa:2048"])
        let sound = try await request(folder, "sound", p256)
        var der = [UInt8](
            try Data(
                contentsOf: URL(fileURLWithPath: try await toDER(sound))))
        der[40] ^= 1
        try Data(der).write(to: URL(fileURLWithPath: folder.root + "/changed.csr"))
        for (file, more, code) in [
            (weak, ["--kvk", "12345678"], 65), (folder.root + "/changed.csr", ["--kvk", "12345678"], 65),
            (sound, ["--kvk", "1234567"], 65), (sound, ["--kvk", "12345678", "--days", "366"], 64), (sound, [], 64),
        ] as [(String, [String], Int32)] {
            let out = folder.root + "/refused.pem"
            let made = try await run(
                Checkout.binary,
                ["partner", "sign-request", "--data", folder.data, "--request", file, "--name", "X", "--use", "tls", "--out", out] + more)
            #expect(made.code == code, "\(more) \(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    @Test("a certificate that cannot be kept, or with names that cannot stand in one, is neither given nor recorded")
    func kept() async throws {
        let folder = try await TestFolder.make("request")
        let sound = try await request(folder, "sound", p256)
        func sign(_ out: String, name: String = "X", host: String = "a.example") async throws -> ProgramResult {
            try await folder.command(
                "partner", "sign-request", "--request", sound, "--kvk", "12345678", "--name", name, "--use", "tls", "--host", host, "--out",
                out)
        }
        func refused(_ made: ProgramResult, _ code: Int32, _ said: String) {
            #expect(made.code == code && made.output.isEmpty)
            #expect(made.errors.hasPrefix("convenant: \(said)"), "\(made.errors)")
        }
        let (there, none, new) = ("\(folder.root)/there.pem", "\(folder.root)/none/new.pem", "\(folder.root)/new.pem")
        try Data("kept".utf8).write(to: URL(fileURLWithPath: there))
        refused(try await sign(there), 1, "`\(there)` cannot be written (hint: an existing file is not replaced)")
        refused(try await sign(none), 1, "`\(none)` cannot be written (hint: check the folder")
        refused(try await sign(new, name: ""), 65, "--name cannot stand in a certificate")
        refused(try await sign(new, host: "a b"), 65, "--host `a b` cannot stand in a certificate")
        #expect(FileManager.default.contents(atPath: there) == Data("kept".utf8))
        #expect(!FileManager.default.fileExists(atPath: new))
        #expect(try await sign(new).code == 0)
        let entries = try await folder.command("log", "entries", "--limit", "500").output
        #expect(entries.matches(of: /certificate\.issued/).count == 1)
    }

    private func toDER(_ file: String) async throws -> String {
        _ = try await run("/usr/bin/env", ["openssl", "req", "-in", file, "-outform", "DER", "-out", file + ".der"])
        return file + ".der"
    }
}
