import AuditTrail
import Casework
import Crypto
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Reading the log")
struct TrailReaderTests {
    private let test: TestFolder
    private let lock: RunLock
    private let vault: KeyVault
    private let persons: [PersonID]
    private let keys: [VaultKey]

    /// A log of 520 entries over two years: tiles, an index of two persons, a casefile and a message.
    init() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let store = try test.store(lock)
        let vault = try await test.vault(lock)
        let casefile: CasefileID = test.id()
        let persons: [PersonID] = [test.id(), test.id()]
        let keys = [try await vault.take(), try await vault.take(), try await vault.take()]
        _ = try await store.commit { transaction in
            try transaction.run(
                "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?, 'open', '', ?, 1)",
                [.of(casefile), .integer(keys[2].id)])
            for (ordinal, person) in persons.enumerated() {
                try transaction.run(
                    "INSERT INTO person (id, casefile, ordinal, key) VALUES (?, ?, ?, ?)",
                    [.of(person), .of(casefile), .of(ordinal), .integer(keys[ordinal].id)])
            }
        }
        for year in [2026, 2027] {
            _ = try await store.commit { transaction in
                for number in 0..<260 {
                    let id: EntryID = test.id()
                    let message: MessageID = test.id()
                    let entry = test.entry(
                        year: year, id: id, subjects: keys[0..<2].map { personHandle(key: $0.log, entryID: id.description) },
                        casefile: personHandle(key: keys[2].log, entryID: id.description),
                        refs: number == 5 ? [.message: message.description] : [:])
                    var index: [AuditIndexKey] = persons.map { .person($0) } + [.casefile(casefile)]
                    if number == 5 { index.append(.message(message)) }
                    try transaction.append(entry, index: index)
                }
            }
        }
        (self.test, self.lock, self.vault, self.persons, self.keys) = (test, lock, vault, persons, keys)
    }

    private func isIntact() throws -> Bool {
        let found = try test.verify()
        return try found.report.isIntact && found.derived.isEmpty && TrailReader(test.folder).verifyIndex().isEmpty
    }

    /// Changes the file behind the program's back.
    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: test.folder.database)
        let changed = try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON; " + sql)
            return database.changesCount
        }
        try queue.close()
        try #require(changed > 0, "\(sql)")
    }

    @Test("what was written verifies, from a folder that another holds the lock of")
    func intact() throws {
        #expect(try isIntact())
        let reader = try TrailReader(test.folder)
        #expect(try reader.entries(after: 519, limit: 10).map(\.seq) == [520, 521])
        #expect(try reader.checkpoints().count == 2)
    }

    @Test("a change in any column of the log is found")
    func changed() throws {
        let copy = test.folder.path + "/copy.sqlite"
        try change("INSERT INTO meta (key, value) VALUES ('copied', 'x'); VACUUM INTO '\(copy)'")
        let tables = ["audit_entry", "audit_tile", "audit_checkpoint", "audit_index"]
        let restore = tables.map { "DELETE FROM \($0); INSERT INTO \($0) SELECT * FROM copy.\($0);" }.joined()
        for sql in Self.changes {
            try change(sql)
            #expect(try !isIntact(), "\(sql)")
            try change("ATTACH '\(copy)' AS copy; " + restore)
        }
        #expect(try isIntact())
    }

    private static let changes = [
        "UPDATE audit_entry SET entry = CAST(replace(CAST(entry AS TEXT), '\"daemon\"', '\"staff\"') AS BLOB) WHERE seq = 7",
        "UPDATE audit_entry SET leaf = zeroblob(32) WHERE seq = 7",
        "UPDATE audit_entry SET shard = 2027 WHERE seq = 260",
        "UPDATE audit_entry SET shard = 2025 WHERE seq = 3",
        "UPDATE audit_entry SET seq = 9999 WHERE seq = 521",
        "UPDATE audit_entry SET seq = -1 WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 100",
        "DELETE FROM audit_entry WHERE seq = 521",
        "UPDATE audit_tile SET hashes = zeroblob(8192) WHERE shard = 2026",
        "UPDATE audit_tile SET shard = 2025 WHERE shard = 2026",
        "UPDATE audit_tile SET level = 1 WHERE shard = 2026",
        "UPDATE audit_tile SET idx = 1 WHERE shard = 2026",
        "UPDATE audit_tile SET idx = -1 WHERE shard = 2027",
        "DELETE FROM audit_tile WHERE shard = 2027",
        "UPDATE audit_checkpoint SET size = size + 1 WHERE shard = 2026",
        "UPDATE audit_checkpoint SET size = size - 1 WHERE shard = 2027",
        "UPDATE audit_checkpoint SET shard = 2028 WHERE shard = 2027",
        "UPDATE audit_checkpoint SET note = replace(note, '260', '259') WHERE shard = 2026",
        "UPDATE audit_checkpoint SET note = note || char(10) WHERE shard = 2027",
        "DELETE FROM audit_checkpoint WHERE shard = 2026",
        "UPDATE audit_index SET subject = randomblob(16) WHERE seq = 9 AND kind = 'person'",
        "UPDATE audit_index SET subject = randomblob(16) WHERE kind = 'message'",
        "UPDATE audit_index SET seq = 9999 WHERE seq = 9 AND kind = 'casefile'",
        "UPDATE audit_index SET seq = 11 WHERE seq = 6 AND kind = 'message'",
        "UPDATE audit_index SET kind = 'message' WHERE seq = 9 AND kind = 'casefile'",
        "DELETE FROM audit_index WHERE seq = 9 AND kind = 'person'",
        "DELETE FROM audit_index WHERE seq = 9 AND kind = 'casefile'",
        "DELETE FROM audit_index WHERE kind = 'message'",
    ]

    @Test("after an erasure the index is right without the person's rows, and wrong with them")
    func erased() async throws {
        try await vault.destroy([keys[0].id])
        try change("UPDATE person SET erased_at = 9 WHERE ordinal = 0")
        #expect(try TrailReader(test.folder).verifyIndex().first?.code == .outlivedKey)
        try change("DELETE FROM audit_index WHERE kind = 'person' AND subject IN (SELECT id FROM person WHERE ordinal = 0)")
        #expect(try TrailReader(test.folder).verifyIndex() == [])
        #expect(try isIntact())
    }

    @Test("a store does not go on over a log that differs from its checkpoint")
    func refuses() throws {
        try change("UPDATE audit_entry SET leaf = zeroblob(32) WHERE seq = 521")
        #expect(throws: StoreFault.self) { try test.store(lock) }
    }
}
