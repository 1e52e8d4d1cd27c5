import Foundation
import PartnerTrust
import Testing

@Suite("a folder that has lost a part is refused, and nothing is put in its place")
struct LostPartsTests {
    private static let serve = ["serve", "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:0", "--management", "127.0.0.1:0"]

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
        for command in [["staff", "list"], ["queue", "list"], Self.serve] {
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

    @Test("after a clean stop the one file is all of the database")
    func whole() async throws {
        let folder = try await TestFolder.prepared()
        let before = try await folder.command("staff", "list")
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.file("convenant.sqlite" + rest)) }
        let after = try await folder.command("staff", "list")
        #expect(after.code == 0 && after.output == before.output && after.output.contains("desk-1"), "\(after.errors)")
        #expect(try await folder.command("log", "verify").code == 0)
    }

    @Test("a database that is emptied, rubbish, without its tables or an older one is refused, and no key is destroyed for what it lacks")
    func older() async throws {
        let folder = try await TestFolder.prepared()
        let file = folder.file("convenant.sqlite")
        func put(_ bytes: Data) throws {
            for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + rest) }
            try bytes.write(to: URL(fileURLWithPath: file))
        }
        func keys() async throws -> String {
            try await sqlite(folder.file("keys.sqlite"), "SELECT count(*) FROM key WHERE wrapped <> zeroblob(40)")
        }
        #expect(try await folder.command("staff", "list").code == 0)
        let old = try #require(bytes(file))
        try await withDaemon(folder) { daemon in
            _ = try await daemon.openCase()
            #expect(try await daemon.stop().code == 0)
        }
        let (whole, living) = (try #require(bytes(file)), try await keys())
        _ = try await sqlite(file, "DROP TABLE audit_term", "DROP TABLE audit_entry", "PRAGMA wal_checkpoint(TRUNCATE)")
        let bare = try #require(bytes(file))
        for lost in [Data(), Data("rubbish".utf8), bare, old] {
            try put(lost)
            for command in [["staff", "list"], ["keys", "list"], Self.serve] {
                let refused = try await run(Checkout.binary, command + ["--data", folder.data], environment: [:])
                #expect(
                    refused.code == 78 && refused.errors.contains(file) && refused.errors.contains("hint:"),
                    "\(lost.count) \(command) \(refused.errors)")
            }
            let doctor = try await folder.command("doctor")
            #expect(doctor.code == 1 && doctor.output.contains(file) && !doctor.output.contains("durable writes"), "\(doctor.output)")
            #expect(bytes(file) == lost)
            #expect(try await keys() == living)
        }
        try put(whole)
        #expect(try await folder.command("doctor").output.contains("durable writes"))
        #expect(try await folder.command("log", "verify").code == 0)
    }

    @Test("a log that is not as its checkpoint says keeps the doctor from opening the desk")
    func harmed() async throws {
        let folder = try await TestFolder.prepared()
        _ = try await sqlite(folder.file("convenant.sqlite"), "UPDATE audit_checkpoint SET note = replace(note, 'convenant/', 'other/')")
        let entries = try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM audit_entry")
        let doctor = try await folder.command("doctor")
        #expect(doctor.code == 1 && doctor.output.contains("not opened"), "\(doctor.output)")
        #expect(try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM audit_entry") == entries)
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
            #expect(doctor.code == 1 && doctor.output.contains(name), "\(doctor.output) \(doctor.errors)")
        }
        let key = try String(contentsOfFile: folder.file("secrets/tls.pem"), encoding: .utf8)
        try folder.write(try String(contentsOfFile: folder.file("secrets/authority.pem"), encoding: .utf8), "secrets/tls.pem")
        try await refused("tls.pem")
        try folder.write(key, "secrets/tls.pem")
        try folder.write("rubbish", "trust/lists/other.crl")
        try await refused("other.crl")
    }

    @Test("a TLS chain that cannot be read is named, by commands too")
    func chain() async throws {
        let folder = try await TestFolder.prepared()
        try folder.write("rubbish", "secrets/tls-chain.pem")
        let listed = try await folder.command("keys", "list")
        #expect(listed.code == 78 && listed.errors.contains("tls-chain.pem") && listed.errors.contains("hint:"), "\(listed.errors)")
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

    @Test("an address that cannot be listened at is named with its setting, before the desk is opened; what may pass ends with 75")
    func addresses() async throws {
        let folder = try await TestFolder.prepared()
        func entries() async throws -> String { try await sqlite(folder.file("convenant.sqlite"), "SELECT count(*) FROM audit_entry") }
        let before = try await entries()
        for (address, hint, code) in [
            ("203.0.113.5:0", "no such address", 75), ("nosuchhost.invalid:0", "not known here", 75), (":18643", "the host, too", 78),
        ] as [(String, String, Int32)] {
            let refused = try await folder.command("serve", "--partners", address, "--staff", "127.0.0.1:0", "--management", "127.0.0.1:0")
            #expect(
                refused.code == code && refused.errors.contains("`partners.address`") && refused.errors.contains(hint), "\(refused.errors)")
        }
        let daemon = try await TestDaemon.start(folder.copy("other"), environment: ["CONVENANT_MANAGEMENT_ADDRESS": "127.0.0.1:0"])
        let taken = "127.0.0.1:\(daemon.staff)"
        let refused = try await folder.command("serve", "--partners", "127.0.0.1:0", "--staff", taken, "--management", "127.0.0.1:0")
        #expect(refused.code == 75 && refused.errors.contains("`staff.address`") && refused.errors.contains(taken), "\(refused.errors)")
        #expect(!refused.errors.contains("CancellationError"))
        #expect(try await daemon.stop().code == 0)
        #expect(try await entries() == before)
    }

    @Test("`serve` tells when a key that signs has no certificate, or the listeners' has ended, and serves")
    func certificatesOfOurs() async throws {
        let folder = try await TestFolder.prepared()
        try FileManager.default.removeItem(atPath: folder.file("trust/message-sign.crt"))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let ended = try folder.authority().issue(
            CertificateSubject(oin: Town.municipality, commonName: "X", organisation: "X"),
            for: .tls(hosts: ["localhost"], addresses: ["127.0.0.1"]), key: .generated, from: now - 7_200_000, until: now - 3_600_000)
        try folder.write(String(decoding: ended.pem, as: UTF8.self), "secrets/tls-chain.pem")
        try folder.write(String(decoding: try #require(ended.privateKeyPEM), as: UTF8.self), "secrets/tls.pem")
        let daemon = try await TestDaemon.start(folder)
        let said = try await daemon.stop()
        #expect(said.code == 0 && said.errors.contains("has no certificate") && said.errors.contains("has ended"), "\(said.errors)")
    }

    @Test("the doctor compares the clock with the last sign of life before it gives one itself")
    func clock() async throws {
        let folder = try await TestFolder.prepared()
        let ahead = Int64(Date().timeIntervalSince1970 * 1000) + 5 * 86_400_000
        _ = try await sqlite(folder.file("convenant.sqlite"), "UPDATE meta SET value = '\(ahead) \(ahead)' WHERE key = 'heartbeat'")
        let doctor = try await folder.command("doctor")
        #expect(doctor.code == 1 && doctor.output.contains("before the last sign of life"), "\(doctor.output)")
    }
}
