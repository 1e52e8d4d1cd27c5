import Foundation
import Testing

@Suite("a folder that has lost a part is refused, and nothing is put in its place")
struct LostPartsTests {
    private func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

    private func move(_ names: [String], from: String, to: String) throws {
        try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
        for name in names where FileManager.default.fileExists(atPath: "\(from)/\(name)") {
            try FileManager.default.moveItem(atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
        }
    }

    @Test(
        "its databases are away for a while: no command makes others, no key is destroyed, the doctor tells, and afterwards all is there",
        arguments: [["convenant.sqlite", "keys.sqlite"], ["convenant.sqlite"], ["keys.sqlite"]])
    func databases(lost: [String]) async throws {
        let folder = try await TestFolder.prepared()
        let before = try await folder.command("staff", "list")
        #expect(before.code == 0 && before.output.contains("desk-1"))
        let key = try #require(bytes(folder.file("secrets/kek-1.key")))
        let files = lost.flatMap { [$0, $0 + "-wal", $0 + "-shm"] }
        let away = folder.root + "/away"
        try move(files, from: folder.data, to: away)
        for command in [["staff", "list"], ["queue", "list"], ["serve", "--management", "127.0.0.1:0"]] {
            let refused = try await run(Checkout.binary, command + ["--data", folder.data], environment: [:])
            #expect(
                refused.code == 78 && refused.errors.contains(lost[0]) && refused.errors.contains("hint:"), "\(command) \(refused.errors)")
        }
        let doctor = try await folder.command("doctor")
        #expect(doctor.code == 1 && doctor.output.contains("databases") && doctor.output.contains(lost[0]), "\(doctor.output)")
        for name in lost { #expect(!FileManager.default.fileExists(atPath: folder.file(name)), "\(name)") }
        #expect(bytes(folder.file("secrets/kek-1.key")) == key)
        try move(files, from: away, to: folder.data)
        let after = try await folder.command("staff", "list")
        #expect(after.code == 0 && after.output == before.output)
        #expect(try await folder.command("log", "verify").code == 0)
    }

    @Test("a key of another certificate, and a list that is none, are named before the desk is opened, and by the doctor")
    func certificates() async throws {
        let folder = try await TestFolder.prepared()
        func refused(_ name: String) async throws {
            let entries = try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM audit_entry")
            let said = try await TestDaemon.serve(folder).end(within: 30)
            #expect(said.code == 78 && said.errors.contains(name) && said.errors.contains("hint:"), "\(said.errors)")
            #expect(try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM audit_entry") == entries)
            let doctor = try await folder.command("doctor")
            #expect(doctor.code == 1 && (doctor.output + doctor.errors).contains(name), "\(doctor.output) \(doctor.errors)")
        }
        let key = try String(contentsOfFile: folder.file("secrets/tls.pem"), encoding: .utf8)
        try folder.write(try String(contentsOfFile: folder.file("secrets/authority.pem"), encoding: .utf8), "secrets/tls.pem")
        try await refused("tls.pem")
        try folder.write(key, "secrets/tls.pem")
        try folder.write("rubbish", "trust/lists/other.crl")
        try await refused("other.crl")
    }

    @Test("a folder of another user is left alone: what is made in it the daemon could not open", .enabled(if: geteuid() == 0))
    func otherUser() async throws {
        let folder = try await TestFolder.make()
        #expect(chown(folder.data, 65_534, 65_534) == 0)
        let refused = try await folder.command("staff", "add", "desk-1", "--role", "contactPoint")
        #expect(refused.code == 78 && refused.errors.contains("belongs to another user"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("convenant.sqlite")))
    }

    @Test("what the command line gave counts also when the settings are read again")
    func commandLine() async throws {
        let folder = try await TestFolder.prepared()
        let other = folder.root + "/other-policies"
        try FileManager.default.copyItem(atPath: folder.policies, toPath: other)
        try FileManager.default.removeItem(atPath: other + "/covenants/den-haag-debt-help.yaml")
        let daemon = try await TestDaemon.start(folder, options: ["--policies", other])
        func revisions() async throws -> [String] {
            try await sqlite(
                folder.file("convenant.sqlite"),
                """
                SELECT group_concat(json_extract(CAST(entry AS TEXT), '$.facts.revision')) FROM audit_entry
                WHERE json_extract(CAST(entry AS TEXT), '$.event') = 'policy.loaded'
                """
            ).matches(of: /[0-9a-f]{16,}/).map { String($0.output) }
        }
        let before = try await revisions()
        daemon.reload()
        try await eventually("the second reading") { try await revisions().count == before.count + 1 }
        #expect(try await revisions().last == before.last)
        #expect(try await daemon.stop().code == 0)
    }

    @Test("an address that cannot be listened at names the listeners, and what is wrong with it")
    func addresses() async throws {
        let folder = try await TestFolder.prepared()
        for (address, hint) in [
            ("203.0.113.5:0", "no such address"), ("nosuchhost.invalid:0", "not known here"), (":18643", "the host, too"),
        ] {
            let refused = try await folder.command("serve", "--partners", address, "--staff", "127.0.0.1:0", "--management", "127.0.0.1:0")
            #expect(refused.code == 78 && refused.errors.contains("partners") && refused.errors.contains(hint), "\(refused.errors)")
        }
        let daemon = try await TestDaemon.start(folder, environment: ["CONVENANT_MANAGEMENT_ADDRESS": "127.0.0.1:0"], options: [])
        #expect(try await daemon.stop().code == 0)
    }
}
