import Foundation
import StrictJSON
import Testing

@Suite("the demonstration and its log")
struct LogTests {
    @Test("`demo --once --json` ends with 0 and tells what happened, without ids, hashes or times")
    func demo() async throws {
        let result = try await DemoFolder.result()
        #expect(result.code == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 1)
        let outcome = try parseJSON(Array(lines.first.map { Array($0.utf8) } ?? []))
        #expect(outcome["filed"] == "accepted")
        #expect(outcome["refused"] == ["consent-refused"])
        #expect(outcome["stoppedByWithdrawal"] == 1)
        #expect(outcome["receipt"] == "opened")
        #expect(outcome["task"] == "accepted")
        #expect(outcome["logIntact"] == true)
        let sent = Set((outcome["sent"]?.arrayValue ?? []).compactMap(\.stringValue))
        let leftOut = Set((outcome["leftOut"]?.arrayValue ?? []).compactMap(\.stringValue))
        #expect(sent.contains("identification.name"))
        #expect(sent.contains("domains.debts"))
        #expect(!sent.isEmpty && !leftOut.isEmpty && sent.isDisjoint(with: leftOut))
        #expect(result.output.firstMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-|20[0-9]{2}-[0-9]{2}/) == nil)
        #expect(result.output.firstMatch(of: /[A-Za-z0-9_-]{40,}/) == nil)
    }

    @Test("the Python verifier finds the demonstration's log intact, with handles and at least one commitment recomputed")
    func python() async throws {
        let verified = try await verifyWithPython(try await DemoFolder.copy(), "--expect-commitment")
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
        let verdict = try parseJSON(Array(verified.output.utf8))
        #expect(verdict["ok"] == true)
        #expect((verdict["entries"]?.integerValue ?? 0) > 10)
        #expect((verdict["keyed"]?["commitments"]?.integerValue ?? 0) > 0)
        #expect((verdict["keyed"]?["handles"]?.integerValue ?? 0) > 0)
    }

    @Test("`log verify` finds it intact")
    func intact() async throws {
        let verified = try await convenant("log", "verify", "--data", try await DemoFolder.copy())
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
        #expect(verified.output.contains("log intact"))
    }

    /// One place that is harmed, and what the verdict names.
    struct Harm: Sendable, CustomTestStringConvertible {
        let what: String
        let statement: String
        let named: String
        var testDescription: String { what }
    }

    static let harms = [
        Harm(what: "a byte of an entry", statement: "UPDATE audit_entry SET entry = flip(entry, 60) WHERE seq = 5", named: "5-5"),
        Harm(what: "a byte of a leaf", statement: "UPDATE audit_entry SET leaf = flip(leaf, 3) WHERE seq = 6", named: "6-6"),
        Harm(what: "the year of an entry", statement: "UPDATE audit_entry SET shard = shard - 1 WHERE seq = 7", named: "FAULT"),
        Harm(what: "an entry taken out", statement: "DELETE FROM audit_entry WHERE seq = 8", named: "8"),
        Harm(what: "a number of an entry", statement: "UPDATE audit_entry SET seq = 100000 WHERE seq = 9", named: "FAULT"),
        Harm(
            what: "two entries changed places",
            statement:
                "UPDATE audit_entry SET (entry, leaf) = "
                + "(SELECT entry, leaf FROM audit_entry b WHERE b.seq = 21 - audit_entry.seq) WHERE seq IN (10, 11)",
            named: "FAULT"),
        Harm(what: "a checkpoint's note", statement: "UPDATE audit_checkpoint SET note = flip(note, length(note) - 10)", named: "FAULT"),
        Harm(what: "a checkpoint's size", statement: "UPDATE audit_checkpoint SET size = size - 1", named: "size"),
        Harm(
            what: "whom the index names",
            statement:
                "UPDATE audit_index SET subject = flip(subject, 2) WHERE kind = "
                + "'casefile' AND seq = (SELECT min(seq) FROM audit_index WHERE kind = 'casefile')",
            named: "entry "),
        Harm(
            what: "an index row taken out",
            statement: "DELETE FROM audit_index WHERE kind = "
                + "'person' AND seq = (SELECT min(seq) FROM audit_index WHERE kind = 'person')",
            named: "index-missing"),
        Harm(
            what: "an index row to nowhere",
            statement:
                "UPDATE audit_index SET seq = 100000 WHERE kind = "
                + "'message' AND seq = (SELECT max(seq) FROM audit_index WHERE kind = 'message')",
            named: "100000"),
    ]

    @Test("harm in one place makes `log verify` end with 1 and name it, and the Python verifier fail too", arguments: harms)
    func harmed(harm: Harm) async throws {
        let folder = try await DemoFolder.copy()
        _ = try await sqlite(folder + "/convenant.sqlite", harm.statement)
        let verified = try await convenant("log", "verify", "--data", folder)
        #expect(verified.code == 1, "\(verified.output)")
        #expect(verified.output.contains("LOG NOT INTACT"))
        #expect(verified.output.contains(harm.named), "\(verified.output)")
        #expect(try await verifyWithPython(folder).code == 1)
    }

    @Test("a checkpoint that somebody kept fits what was written since")
    func olderCheckpoint() async throws {
        let folder = try await TestFolder.prepared()
        let kept = TemporaryFolders.newPath("checkpoint")
        try await withDaemon(folder) { daemon in
            let note = try await daemon.staff("desk-1", .GET, "/v1/log/checkpoint").expect(200)["note"]?.stringValue
            try #require(note).write(toFile: kept, atomically: true, encoding: .utf8)
            _ = try await daemon.openCase()
            // Beside the running daemon, too.
            #expect(try await folder.command("log", "verify", "--checkpoint", kept).code == 0)
            #expect(try await daemon.stop().code == 0)
        }
        let verified = try await folder.command("log", "verify", "--checkpoint", kept)
        #expect(verified.code == 0, "\(verified.output)")
        #expect(try await verifyWithPython(folder.data, "--checkpoint", kept).code == 0)
    }

    @Test("a cut tail shows beside a checkpoint that somebody kept, and only there")
    func cutTail() async throws {
        let folder = try await TestFolder.prepared()
        let earlier = try folder.copy("earlier")
        let kept = TemporaryFolders.newPath("checkpoint")
        try await withDaemon(folder) { daemon in
            _ = try await daemon.openCase()
            let note = try await daemon.staff("desk-1", .GET, "/v1/log/checkpoint").expect(200)["note"]?.stringValue
            try #require(note).write(toFile: kept, atomically: true, encoding: .utf8)
        }
        #expect(try await folder.command("log", "verify", "--checkpoint", kept).code == 0)
        // The earlier state of the same log, with a checkpoint that was true then: nothing inside it can show that more was written.
        #expect(try await earlier.command("log", "verify").code == 0)
        let cut = try await earlier.command("log", "verify", "--checkpoint", kept)
        #expect(cut.code == 1)
        #expect(cut.output.contains("FAULT"))
        #expect(try await verifyWithPython(earlier.data, "--checkpoint", kept).code == 1)
    }

    @Test("a checkpoint file that is missing, is none or is of another log is named, and nothing is said of the log")
    func badCheckpoint() async throws {
        let folder = try await TestFolder.prepared()
        #expect(try await folder.command("log", "verify", "--checkpoint", "/nonexistent").code == 65)
        let file = TemporaryFolders.newPath("garbage")
        let another = { (origin: String) in
            "\(origin)\n5\n\(Data(count: 32).base64EncodedString())\n\n\u{2014} \(origin) \(Data(count: 68).base64EncodedString())\n"
        }
        for (text, said) in [
            ("not a checkpoint\n", "`\(file)` holds no checkpoint (hint: "), ("", "`\(file)` holds no checkpoint (hint: "),
            (#"{"code":"not-signed-in"}"#, "`\(file)` holds no checkpoint (hint: "),
            (
                another("convenant/00000099000000009000/2026"),
                "`\(file)` is a checkpoint of another log, `convenant/00000099000000009000/2026`"
            ),
            (another("convenant/\(Town.municipality)/2026/simulated"), "`\(file)` is a checkpoint of another log, "),
        ] {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let verified = try await folder.command("log", "verify", "--checkpoint", file)
            #expect(verified.code == 65 && verified.output.isEmpty && verified.errors.hasPrefix("convenant: \(said)"), "\(verified.errors)")
        }
        // One that names this log, and that this log did not sign, is a matter of the log.
        try another("convenant/\(Town.municipality)/2026").write(toFile: file, atomically: true, encoding: .utf8)
        let verified = try await folder.command("log", "verify", "--checkpoint", file)
        #expect(verified.code == 1 && verified.output.contains("FAULT outside-invalid"), "\(verified.output)")
    }

    @Test("a checkpoint is read as the API answers it, and with the line ends that copying gives")
    func copiedCheckpoint() async throws {
        let folder = try await TestFolder.prepared()
        let file = TemporaryFolders.newPath("copied")
        try await withDaemon(folder) { daemon in
            let answer = try await daemon.staff("desk-1", .GET, "/v1/log/checkpoint").expect(200)
            let note = try #require(answer["note"]?.stringValue)
            for text in [
                String(decoding: answer.bytes, as: UTF8.self), note.replacingOccurrences(of: "\n", with: "\r\n"), String(note.dropLast()),
                "\n\(note)\n\n",
            ] {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                let verified = try await folder.command("log", "verify", "--checkpoint", file)
                #expect(verified.code == 0 && verified.output.contains("log intact"), "\(text) \(verified.output)\(verified.errors)")
            }
        }
    }

    @Test("`log entries` prints one entry a line, in order, from where it is asked to begin")
    func entries() async throws {
        let folder = try await DemoFolder.copy()
        let printed = try await convenant("log", "entries", "--data", folder, "--after", "3", "--limit", "4")
        #expect(printed.code == 0)
        let lines = printed.output.split(separator: "\n").map { $0.split(separator: "\t", maxSplits: 1) }
        #expect(lines.map { String($0[0]) } == ["4", "5", "6", "7"])
        for line in lines { #expect(try parseJSON(Array(line[1].utf8))["v"] == 1) }
    }
}
