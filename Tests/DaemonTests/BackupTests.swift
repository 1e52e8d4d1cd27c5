import Foundation
import StrictJSON
import Testing

extension TestFolder {
    /// Where this folder's copies of a part go.
    func place(_ part: String) -> String { "\(root)/backup-\(part)" }

    /// Copies the data, or the keys.
    func backUp(keys: Bool = false) async throws -> ProgramResult {
        if keys { return try await command("backup", "--keys", "--to", place("keys")) }
        return try await command("backup", "--to", place("data"))
    }

    /// Restores the newest copies in a new folder that has this one's accounts, policies and partners.
    func restore(_ more: String...) async throws -> (folder: TestFolder, result: ProgramResult) {
        let restored = TestFolder(root: TemporaryFolders.newPath("restored"), passwords: passwords)
        try FileManager.default.createDirectory(
            atPath: restored.root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: root + "/partners", toPath: restored.root + "/partners")
        let arguments = ["restore", "--from", place("data"), "--keys", place("keys"), "--data", restored.data]
        return (restored, try await run(Checkout.binary, arguments + more, environment: ["CONVENANT_SCRYPT_COST": "16384"]))
    }

    /// The names of the copies in a place; what begins with a dot is none.
    func copies(_ part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place(part)).filter { !$0.hasPrefix(".") }.sorted()
    }
}

@Suite("backup and restore", .serialized, .timeLimit(.minutes(15)))
struct BackupTests {
    @Test("what ended after the copy of the data stays ended in what is restored; nothing is sent twice; the log shows the gap")
    func endings() async throws {
        let folder = try await TestFolder.prepared("backup")
        var cases: [String: OpenCase] = [:]
        var messages: [String: String] = [:]
        var sealed: [String: [UInt8]] = [:]
        var early = "", late = ""
        try await withDaemon(folder) { daemon in
            for name in ["erased", "withdrawn", "received", "waiting", "fetched"] {
                let open = try await daemon.openCase()
                (cases[name], messages[name]) = (open, try await daemon.refer(open).message)
            }
            sealed["fetched"] = try await daemon.fetch(messages["fetched"]).expect(200).bytes
            early = try await daemon.checkpoint()
            let data = try await folder.backUp()
            #expect(data.code == 0, "\(data.errors)")

            // All this is in no copy of the data.
            let erased = try #require(cases["erased"])
            let gone = try await folder.command(
                "erase", "--casefile", erased.casefile, "--person", erased.person, "--because", "requested")
            #expect(gone.code == 0, "\(gone.errors)")
            let consent = try #require(cases["withdrawn"]?.consent(to: Town.debtHelp))
            _ = try await daemon.staff("case-manager-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]).expect(200)
            _ = try await daemon.receipt(of: messages["received"] ?? "").expect(200)
            messages["lost"] = try await daemon.refer(try #require(cases["waiting"])).message
            late = try await daemon.checkpoint()
            #expect(try await daemon.stop().code == 0)
        }
        // Whoever opens the folder destroys what was doomed; then the keys know all of it.
        #expect(try await folder.command("keys", "list").code == 0)
        #expect(try await folder.backUp(keys: true).code == 0)

        let (restored, result) = try await folder.restore()
        try #require(result.code == 0, "\(result.output)\(result.errors)")
        for line in ["1 persons erased since", "1 consents withdrawn since", "1 messages received or ended since"] {
            #expect(result.output.contains(line), "\(result.output)")
        }
        #expect(try await restored.command("log", "verify").code == 0)
        let entries = try await restored.command("log", "entries", "--limit", "2000").output
        #expect(entries.contains("\"event\":\"daemon.restored\"") && entries.contains("entriesLost"))
        // A partner's checkpoint from before still holds; one from the lost tail shows that it is lost.
        #expect(try await restored.verify(against: early).code == 0)
        let fork = try await restored.verify(against: late)
        #expect(fork.code == 1 && fork.output.contains("FAULT"), "\(fork.output)")

        try await withDaemon(restored) { daemon in
            for name in ["erased", "withdrawn", "received"] { #expect(try await daemon.fetch(messages[name]).status == 410, "\(name)") }
            #expect(try await daemon.fetch(messages["lost"]).status == 404)
            // Until somebody has looked through the gap nothing leaves.
            for name in ["waiting", "fetched"] { #expect(try await daemon.fetch(messages[name]).status == 503, "\(name)") }
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(cases["erased"]?.casefile ?? "")")
            #expect(shown["persons"]?.arrayValue?.isEmpty != false, "an erased person is back")
            let refused = try await daemon.staff("case-manager-1", .POST, "/v1/referrals", cases["withdrawn"]?.referral())
            #expect(refused.status == 422)

            #expect(try await restored.command("resume").code == 0)
            #expect(try await daemon.fetch(messages["waiting"]).status == 200)
            // The same id and the same bytes: whoever has it already knows it.
            #expect(try await daemon.fetch(messages["fetched"]).expect(200).bytes == sealed["fetched"])
            let inbox = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox?limit=200").expect(200)["items"]?.arrayValue ?? []
            let referrals = inbox.filter { $0["kind"] == "referral" }.compactMap { $0["messageId"]?.stringValue }
            #expect(Set(referrals) == Set([messages["waiting"], messages["fetched"]].compactMap { $0 }))
            _ = try await daemon.receipt(of: messages["fetched"] ?? "").expect(200)
            // What was received in the gap has left, so far as anybody knows: who has it is told of an erasure.
            let received = try #require(cases["received"])
            let told = try await restored.command(
                "erase", "--casefile", received.casefile, "--person", received.person, "--because", "requested")
            #expect(told.code == 0 && told.output.contains("1 recipients told"), "\(told.output)\(told.errors)")
            #expect(try await daemon.stop().code == 0)
        }
        let verified = try await restored.command("log", "verify")
        #expect(verified.code == 0, "\(verified.output)")
    }

    @Test("a no that is entered again before resuming reaches who got the message after both copies, of which nobody here knows")
    func gap() async throws {
        let folder = try await TestFolder.prepared("backup")
        var cases: [OpenCase] = []
        var messages: [String] = []
        try await withDaemon(folder) { daemon in
            for _ in 0..<2 {
                cases.append(try await daemon.openCase())
                messages.append(try await daemon.refer(try #require(cases.last)).message)
            }
            for keys in [false, true] { #expect(try await folder.backUp(keys: keys).code == 0) }
            for message in messages { _ = try await daemon.fetch(message).expect(200) }
            #expect(try await daemon.stop().code == 0)
        }
        let (restored, result) = try await folder.restore()
        try #require(result.code == 0, "\(result.output)\(result.errors)")
        try await withDaemon(restored) { daemon in
            let consent = try #require(cases[0].consent(to: Town.debtHelp))
            let answer = try await daemon.staff("case-manager-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"])
                .expect(200)
            #expect(answer["mayHaveLeft"] == [.string(messages[0])] && answer["ended"] == [])
            let told = try await restored.command(
                "erase", "--casefile", cases[1].casefile, "--person", cases[1].person, "--because", "requested")
            #expect(told.code == 0 && told.output.contains("1 recipients told"), "\(told.output)\(told.errors)")
            let inbox = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox?limit=200").expect(200)["items"]?.arrayValue ?? []
            #expect(inbox.map { $0["kind"]?.stringValue } == ["notice", "notice"])
            #expect(try await daemon.stop().code == 0)
        }
        #expect(try await restored.command("log", "verify").code == 0)
    }

    @Test("a checkpoint that is no newer than the copy must be of its log, or the copy is refused; others may have signed it, too")
    func rewritten() async throws {
        let folder = try await TestFolder.prepared("backup")
        for keys in [false, true] { #expect(try await folder.backUp(keys: keys).code == 0) }
        var note = ""
        try await withDaemon(folder) { daemon in
            _ = try await daemon.openCase()
            note = try await daemon.checkpoint()
            #expect(try await daemon.stop().code == 0)
        }
        let file = folder.root + "/checkpoint.txt"
        let witnessed = note + "\u{2014} witness.example \(Data(repeating: 7, count: 75).base64EncodedString())\n"
        try witnessed.write(toFile: file, atomically: true, encoding: .utf8)
        // Of a log that is longer than the copy's it says how much is lost.
        let (other, behind) = try await folder.restore("--checkpoint", file)
        try #require(behind.code == 0 && behind.output.contains("of the log are lost"), "\(behind.output)\(behind.errors)")
        try await withDaemon(other) { daemon in
            for _ in 0..<4 { _ = try await daemon.openCase() }
            #expect(try await daemon.stop().code == 0)
        }
        for keys in [false, true] { #expect(try await other.backUp(keys: keys).code == 0) }
        let forked = try await other.restore("--checkpoint", file).result
        #expect(forked.code == 1 && forked.errors.contains("rewritten"), "\(forked.output)\(forked.errors)")
        for keys in [false, true] { #expect(try await folder.backUp(keys: keys).code == 0) }
        let kept = try await folder.restore("--checkpoint", file).result
        #expect(kept.code == 0 && !kept.output.contains("of the log are lost"), "\(kept.output)\(kept.errors)")
    }

    @Test("a copy made while 16 clients write holds all that was answered before it began, and its log goes on")
    func underLoad() async throws {
        let folder = try await TestFolder.prepared("backup")
        try await withDaemon(folder) { daemon in
            let load = try await WriteLoad(daemon)
            let writing = Task { try await load.write(on: daemon, clients: 16) }
            try await eventually("some writes are accepted") { load.current.accepted.count > 50 }
            let before = load.current.accepted
            #expect(try await folder.backUp().code == 0)
            #expect(try await folder.backUp(keys: true).code == 0)
            let after = load.current.accepted.count
            writing.cancel()
            try await writing.value
            #expect(after > before.count, "nobody wrote while the copy was made")
            let (restored, result) = try await folder.restore()
            try #require(result.code == 0, "\(result.errors)")
            let compared = try await load.check(restored, atLeast: before)
            #expect(compared.code == 0, "\(compared.output)\(compared.errors)")
            try await withDaemon(restored) { next in
                _ = try await next.openCase()
                #expect(try await next.stop().code == 0)
            }
            #expect(try await restored.command("log", "verify").code == 0)
        }
    }

    @Test("of the keys there is one copy; data and keys never lie in one folder, nor a copy within what it copies; modes are strict")
    func places() async throws {
        let folder = try await TestFolder.prepared("backup")
        for _ in 0..<2 {
            #expect(try await folder.backUp().code == 0)
            #expect(try await folder.backUp(keys: true).code == 0)
        }
        #expect(try folder.copies("data").count == 2)
        #expect(try folder.copies("keys").count == 1)
        for (path, wanted) in [(folder.place("keys"), 0o700), (try folder.newestCopy("keys") + "/keys.sqlite", 0o600)] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == wanted, "\(path)")
        }
        for arguments in [
            ["--to", folder.place("keys")], ["--keys", "--to", folder.place("data")], ["--to", folder.file("copies")],
            ["--to", folder.data],
        ] {
            let refused = try await run(Checkout.binary, ["backup", "--data", folder.data] + arguments)
            #expect(refused.code == 1 && refused.errors.contains("hint:"), "\(arguments) \(refused.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("copies")))
        let file = folder.root + "/file"
        try "text".write(toFile: file, atomically: true, encoding: .utf8)
        let onFile = try await folder.command("backup", "--to", file)
        #expect(onFile.code == 1 && onFile.errors.contains("`\(file)`: a file stands where a folder should be"), "\(onFile.errors)")
        let made = try await convenant("init", "--data", file, "--oin", Town.municipality, "--name", "Gemeente")
        #expect(made.code == 78 && made.errors.contains("a file stands where a folder should be"), "\(made.errors)")
        // A checkpoint that is none is told before anything is made.
        let restored = try await folder.restore("--checkpoint", file).result
        #expect(restored.code == 65 && restored.errors.contains("`\(file)` holds no checkpoint"), "\(restored.errors)")
    }

    @Test("what is there and cannot be read is in no way left out: the copy is not made, and the one before stays")
    func unreadable() async throws {
        let folder = try await TestFolder.prepared("backup")
        #expect(try await folder.backUp(keys: true).code == 0)
        let before = try folder.copies("keys")
        // Of itself nobody can read it, root neither.
        try FileManager.default.createSymbolicLink(atPath: folder.file("trust/revoked"), withDestinationPath: "revoked")
        let refused = try await folder.backUp(keys: true)
        #expect(refused.code == 1 && refused.errors.contains("/trust/revoked` cannot be read"), "\(refused.errors)")
        #expect(try folder.copies("keys") == before && before.count == 1)
    }

    @Test("a copy is told to the daemon that runs; without one it opens no desk, so the log stays as it was")
    func noted() async throws {
        let folder = try await TestFolder.prepared("backup")
        func log() async throws -> String { try await folder.command("log", "entries", "--limit", "2000").output }
        let before = try await log()
        for keys in [false, true] { #expect(try await folder.backUp(keys: keys).code == 0) }
        #expect(try await log() == before && !before.isEmpty)
        try await withDaemon(folder) { daemon in
            let noted = try await folder.backUp()
            #expect(noted.code == 0)
            #expect(try await log().contains("backup.made"))
            #expect(try await daemon.stop().code == 0)
        }
        // Its socket, as a killed daemon leaves it, is nobody who answers.
        let daemon = try await TestDaemon.start(folder)
        await daemon.kill()
        let unheard = try await folder.backUp()
        #expect(unheard.code == 0 && unheard.errors.contains("no daemon answers"), "\(unheard.errors)")
    }

    @Test("the way back of deploy/upgrade.md: copies of before, by their names, also when newer ones were made")
    func wayBack() async throws {
        let page = try String(contentsOfFile: Checkout.root + "/deploy/upgrade.md", encoding: .utf8)
        #expect(page.contains("--from /var/backups/convenant/INSTANT --keys /var/backups/convenant-keys/before "))
        let folder = try await TestFolder.prepared("backup")
        #expect(try await folder.backUp().code == 0)
        #expect(try await folder.backUp(keys: true).code == 0)
        let (data, keys) = (try #require(try folder.copies("data").last), try #require(try folder.copies("keys").last))
        let apart = folder.place("keys") + "/before"
        try FileManager.default.createDirectory(
            atPath: apart, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: "\(folder.place("keys"))/\(keys)", toPath: "\(apart)/\(keys)")
        try await withDaemon(folder) { daemon in
            _ = try await daemon.openCase()
            #expect(try await folder.backUp().code == 0)
            #expect(try await folder.backUp(keys: true).code == 0)
            #expect(try await daemon.stop().code == 0)
        }
        let left = try folder.copies("keys")
        #expect(left.contains("before") && !left.contains(keys))
        let target = TemporaryFolders.newPath("restored")
        let restored = try await convenant("restore", "--from", "\(folder.place("data"))/\(data)", "--keys", apart, "--data", target)
        #expect(restored.code == 0, "\(restored.errors)")
    }

    @Test("a changed byte, keys of another exchange, and keys older than the data are refused, and leave nothing behind")
    func refusals() async throws {
        let folder = try await TestFolder.prepared("backup")
        #expect(try await folder.backUp(keys: true).code == 0)
        // More than the stock of keys is used up, so that the copy of the keys cannot hold all that the data name.
        try await withDaemon(folder) { daemon in
            _ = try await daemon.openCase()
            #expect(try await daemon.stop().code == 0)
        }
        #expect(try await folder.backUp().code == 0)
        let older = try await folder.restore().result
        #expect(older.code == 1 && older.errors.contains("older than that of the data"), "\(older.errors)")

        let other = try await TestFolder.make("other")
        #expect(try await other.command("staff", "list").code == 0)
        let place = folder.place("keys")
        try FileManager.default.removeItem(atPath: place)
        #expect(try await other.command("backup", "--keys", "--to", place).code == 0)
        let foreign = try await folder.restore().result
        #expect(foreign.code == 1 && foreign.errors.contains("two exchanges"), "\(foreign.errors)")

        try FileManager.default.removeItem(atPath: place)
        #expect(try await folder.backUp(keys: true).code == 0)
        for name in ["convenant.sqlite", "trust/roots.pem"] {
            let file = try folder.newestCopy("data") + "/" + name
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            var bytes = whole
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: file))
            let (restored, changed) = try await folder.restore()
            #expect(changed.code == 1 && changed.errors.contains("not as the backup's manifest says"), "\(changed.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: restored.root) == ["partners"])
            try whole.write(to: URL(fileURLWithPath: file))
        }
        #expect(try await folder.restore().result.code == 0)
    }

    @Test("a restored folder gets its name once every file and folder of it is on the disk")
    func durable() async throws {
        let folder = try await TestFolder.prepared("durable")
        #expect(try await folder.backUp().code == 0)
        #expect(try await folder.backUp(keys: true).code == 0)
        let (target, record) = (TemporaryFolders.newPath("restored"), TemporaryFolders.newPath("strace"))
        let restored = try await run(
            "/usr/bin/strace",
            [
                "-f", "-y", "-s", "500", "-e", "trace=fsync,/^rename", "-o", record, Checkout.binary, "restore", "--from",
                folder.place("data"), "--keys", folder.place("keys"), "--data", target,
            ], environment: ["CONVENANT_SCRYPT_COST": "16384"])
        try #require(restored.code == 0, "\(restored.errors)")
        let lines = try String(contentsOfFile: record, encoding: .utf8).split(separator: "\n")
        let named = try #require(lines.firstIndex { $0.contains("rename") && $0.contains("\"\(target).restoring\"") })
        for path in ["", "/secrets", "/trust", "/trust/lists", "/run", "/convenant.yaml", "/convenant.sqlite", "/keys.sqlite"] {
            #expect(lines[..<named].contains { $0.contains("fsync(") && $0.contains("\(target).restoring\(path)>") }, "\(path)")
        }
    }

    @Test("epochs rotate under load without losing a queued message, and an old one ends")
    func rotation() async throws {
        let folder = try await TestFolder.prepared("rotate")
        try await withDaemon(folder) { daemon in
            let load = try await WriteLoad(daemon)
            let writing = Task { try await load.write(on: daemon, clients: 16) }
            for round in 1...3 {
                let enough = load.current.accepted.count + 20
                try await eventually("writes go on") { load.current.accepted.count > enough }
                let rotated = try await folder.command("keys", "rotate")
                #expect(rotated.output.contains("epoch \(round + 1)"), "\(rotated.errors)")
            }
            writing.cancel()
            try await writing.value
            #expect(load.current.strange.isEmpty && load.current.refused.isEmpty)
            for epoch in 1...3 { #expect(try await folder.command("keys", "end-epoch", "\(epoch)").code == 0) }
            let queued = load.current.accepted.filter { $0.key.kind == .referral }.compactMap { $0.value["messageId"]?.stringValue }
            #expect(queued.count > 20)
            for message in queued { #expect(try await daemon.fetch(message).status == 200) }
            #expect(try await daemon.stop().code == 0)
        }
        #expect(try await folder.command("log", "verify").code == 0)
    }
}

extension TestFolder {
    fileprivate func newestCopy(_ part: String) throws -> String { "\(place(part))/\(try copies(part).last ?? "")" }

    fileprivate func verify(against note: String) async throws -> ProgramResult {
        let file = root + "/checkpoint.txt"
        try note.write(toFile: file, atomically: true, encoding: .utf8)
        return try await command("log", "verify", "--checkpoint", file)
    }
}

extension TestDaemon {
    fileprivate func fetch(_ message: String?) async throws -> Answer {
        try await partner(Town.debtHelp, .GET, "/v1/inbox/\(message ?? "")")
    }

    fileprivate func checkpoint() async throws -> String {
        try await staff("desk-1", .GET, "/v1/log/checkpoint").expect(200)["note"]?.stringValue ?? ""
    }
}
