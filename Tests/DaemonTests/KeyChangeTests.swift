import Foundation
import JOSE
import PartnerKit
import StrictJSON
import Testing

/// A change of our signing key as the operator does it, and as a partner sees it that knows only the old key.
@Suite("changing our signing key beside the daemon", .serialized)
struct KeyChangeTests {
    private func kids(_ daemon: TestDaemon) async throws -> [String] {
        let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").json["keys"]?.arrayValue ?? []
        return keys.filter { $0["kty"] == "EC" }.compactMap { $0["kid"]?.stringValue }
    }

    private func look(_ daemon: TestDaemon) async throws -> ProgramResult {
        try await convenant(
            "partner", "run", "--dir", daemon.folder.partner(Town.debtHelp).path, "--exchange", "https://localhost:\(daemon.partners)",
            "--once")
    }

    @Test("made, published, switched, retired: without a restart; a partner that knows the old key alone fetches the set and opens")
    func change() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let old = try #require(try await kids(daemon).first)
            #expect(try await folder.command("keys", "switch").code == 1)
            #expect(try await folder.command("keys", "retire").code == 1)

            let made = try await folder.command("keys", "rotate", "--signing")
            let new = try #require(made.output.wholeMatch(of: /next ([A-Za-z0-9_-]{43})\n/)).1
            #expect(try await Set(kids(daemon)) == [old, String(new)])
            #expect(try await folder.command("keys", "rotate", "--signing").errors.contains("keys switch"))
            let early = try await daemon.refer(try await daemon.openCase())

            #expect(try await folder.command("keys", "switch").output == "current \(new)\n")
            #expect(try await Set(kids(daemon)) == [old, String(new)])
            // What the former key signed has no receipt yet.
            #expect(try await folder.command("keys", "retire").errors.contains("--at-once"))
            let late = try await daemon.refer(try await daemon.openCase())
            let listed = try await folder.command("keys", "list")
            #expect(listed.output.contains("\(new)  jose     current"))
            #expect(listed.output.contains("\(old)  jose     former"))

            let pinned = folder.partner(Town.debtHelp).path + "/exchange-jwks.json"
            #expect(try !String(contentsOfFile: pinned, encoding: .utf8).contains(new))
            let looked = try await look(daemon)
            #expect(looked.code == 0, "\(looked.output)\(looked.errors)")
            for message in [early.message, late.message] { #expect(looked.output.contains(try Regex("\(message).* opened"))) }
            #expect(try String(contentsOfFile: pinned, encoding: .utf8).contains(new))
            // What is kept is read with either, however often it changes.
            let seen = try String(contentsOfFile: folder.partner(Town.debtHelp).path + "/exchange-jwks.seen.json", encoding: .utf8)
            #expect(seen.contains(old) && seen.contains(new))

            #expect(try await folder.command("keys", "retire").output == "retired \(old)\n")
            #expect(try await kids(daemon) == [String(new)])
            #expect(!FileManager.default.fileExists(atPath: folder.file("secrets/message-sign.former.pem")))
            #expect(try await daemon.stop().code == 0)
        }
        // The next process signs with the new key, certified.
        try await withDaemon(folder) { daemon in
            #expect(try await kids(daemon).count == 1)
            let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").json["keys"]?.arrayValue ?? []
            #expect(keys.allSatisfy { $0["x5c"]?.arrayValue?.isEmpty == false })
            _ = try await daemon.refer(try await daemon.openCase())
            #expect(try await look(daemon).code == 0)
        }
        #expect(try await folder.command("log", "verify").code == 0)
    }

    @Test("the key of the NL GOV profile changes by itself, without a daemon as well")
    func nlGov() async throws {
        let folder = try await TestFolder.prepared()
        let made = try await folder.command("keys", "rotate", "--signing", "--nlgov")
        #expect(made.code == 0, "\(made.errors)")
        #expect(try await folder.command("keys", "switch").code == 1)
        #expect(try await folder.command("keys", "switch", "--nlgov").code == 0)
        #expect(try await folder.command("keys", "retire", "--nlgov").code == 0)
        #expect(try await folder.command("keys", "rotate", "--nlgov").code == 64)
        let listed = try await folder.command("keys", "list").output.split(separator: "\n")
        #expect(listed.filter { $0.contains("current") }.count == 2)
    }

    @Test("a set whose certificate leads elsewhere is not taken: the partner stays with the keys that it knows")
    func pinned() async throws {
        let folder = try await TestFolder.prepared()
        let path = folder.partner(Town.debtHelp).path + "/exchange-jwks.json"
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let made = try await folder.command("keys", "rotate", "--signing")
        let new = try #require(made.output.wholeMatch(of: /next ([A-Za-z0-9_-]{43})\n/)).1
        #expect(try await folder.command("keys", "switch").code == 0)
        // The certificate of the key that signs is gone: the set then holds a key of which nobody says whose it is.
        try FileManager.default.removeItem(atPath: folder.file("trust/message-sign-\(new).crt"))
        try await withDaemon(folder) { daemon in
            _ = try await daemon.refer(try await daemon.openCase())
            let looked = try await look(daemon)
            #expect(looked.output.contains("refused:unknown-key"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test("a next key without its certificate does not come to sign; the one of before goes on, and partners open what it signs")
    func uncertified() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let old = try #require(try await kids(daemon).first)
            let made = try await folder.command("keys", "rotate", "--signing")
            let new = try #require(made.output.wholeMatch(of: /next ([A-Za-z0-9_-]{43})\n/)).1
            try FileManager.default.removeItem(atPath: folder.file("trust/message-sign-\(new).crt"))
            let refused = try await folder.command("keys", "switch")
            #expect(refused.code == 1 && refused.errors.contains("no certificate") && refused.errors.contains("hint:"), "\(refused.errors)")
            #expect(try await folder.command("keys", "list").output.contains("\(old)  jose     current"))
            _ = try await daemon.refer(try await daemon.openCase())
            let looked = try await look(daemon)
            #expect(looked.code == 0 && looked.output.contains(" opened"), "\(looked.output)\(looked.errors)")
        }
    }

    @Test("a disk that is full while a next key is written leaves a folder that opens, and the step is done again")
    func fullDisk() async throws {
        let folder = try await TestFolder.prepared()
        let next = folder.file("secrets/message-sign.next.pem")
        let failed = try await run(
            "/usr/bin/strace",
            [
                "-f", "-y", "-o", "/dev/null", "-P", next, "-P", next + ".new", "-e", "trace=pwrite64", "-e",
                "inject=pwrite64:error=ENOSPC",
                Checkout.binary, "keys", "rotate", "--signing", "--data", folder.data,
            ], environment: ["CONVENANT_SCRYPT_COST": "16384"])
        #expect(failed.code == 1, "\(failed.errors)")
        #expect(!FileManager.default.fileExists(atPath: next))
        let made = try await folder.command("keys", "rotate", "--signing")
        #expect(made.code == 0, "\(made.errors)")
    }

    @Test("what is sealed to a key that a partner does not have is fetched once, however often it looks, until it starts anew")
    func missing() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let made = try await daemon.refer(try await daemon.openCase())
            let partner = folder.partner(Town.debtHelp)
            let key = URL(fileURLWithPath: partner.path + "/enc.jwk")
            let old = try Data(contentsOf: key)
            try Data(try AgreementPrivateKey.generate(.p256).jwk).write(to: key)
            let exchange = try #require(URL(string: "https://localhost:\(daemon.partners)"))
            func look(times: Int) async throws -> [InboxResult.Outcome] {
                let identity = try PartnerIdentity(folder: partner)
                let client = try ExchangeClient(identity: identity, exchange: exchange)
                let inbox = try Inbox(identity: identity, client: client) { _ in .opened() }
                var outcomes: [InboxResult.Outcome] = []
                for _ in 1...times { outcomes += try await inbox.pull().filter { $0.messageId == made.message }.map(\.outcome) }
                await client.close()
                return outcomes
            }
            #expect(try await look(times: 3) == Array(repeating: InboxResult.Outcome.failed(.sealedToOtherKey), count: 3))
            let begun = try await sqlite(
                folder.file("convenant.sqlite"),
                "SELECT count(*) FROM audit_entry WHERE CAST(entry AS TEXT) LIKE '%\"attempt.started\"%\(made.message)%'")
            #expect(begun.filter(\.isNumber) == "1")
            try old.write(to: key)
            #expect(try await look(times: 1) == [.opened])
        }
    }
}
