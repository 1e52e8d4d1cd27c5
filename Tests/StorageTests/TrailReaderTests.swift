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
    private let casefile: CasefileID
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
                        year: year, id: id, event: year == 2026 && number == 0 ? .signalFiled : .taskMoved,
                        subjects: keys[0..<2].map { personHandle(key: $0.log, entryID: id.description) },
                        casefile: personHandle(key: keys[2].log, entryID: id.description),
                        refs: number == 5 ? [.message: message.description] : [:])
                    var index = zip(persons, keys).map { AuditIndexKey.person($0, key: $1.id) }
                    index.append(.casefile(casefile, key: keys[2].id))
                    if number == 5 { index.append(.message(message)) }
                    try transaction.append(entry, index: index)
                }
            }
        }
        (self.test, self.lock, self.vault, self.casefile, self.persons, self.keys) = (test, lock, vault, casefile, persons, keys)
    }

    private func isIntact() throws -> Bool {
        let found = try test.verify()
        return try found.report.isIntact && found.derived.isEmpty && TrailReader(test.folder).verifyIndex().faults.isEmpty
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
        #expect(try TrailReader(test.folder).verifyIndex().faults.first?.code == .outlivedKey)
        try change("DELETE FROM audit_index WHERE kind = 'person' AND subject IN (SELECT id FROM person WHERE ordinal = 0)")
        // Who was filed cannot be named any more, and the log tells of no erasure.
        #expect(try TrailReader(test.folder).verifyIndex().faults.map(\.code) == [.erasureUnlogged])
        let store = try test.store(lock)
        _ = try await store.commit { [entry = erasure()] in try $0.append(entry) }
        let found = try TrailReader(test.folder).verifyIndex()
        #expect(found.faults == [])
        #expect(found.unnamed == 520 && found.erasures == ["requested": 1])
        #expect(try isIntact())
    }

    @Test("a key that is gone without an erasure is a fault, whether the index still names whose it was or not")
    func lostKey() async throws {
        try await vault.destroy([keys[0].id, keys[2].id])
        #expect(Set(try TrailReader(test.folder).verifyIndex().faults.map(\.code)) == [.keyLost, .outlivedKey])
        try change("DELETE FROM audit_index WHERE kind <> 'message' AND subject NOT IN (SELECT id FROM person WHERE ordinal = 1)")
        let faults = try TrailReader(test.folder).verifyIndex().faults
        #expect(faults.map(\.code) == [.keyLost, .keyLost, .erasureUnlogged])
        #expect(faults.first?.detail.hasPrefix("key \(keys[0].id) ") == true)
        #expect(try !isIntact())
    }

    @Test("a case has lost its key while somebody whom it shows lives, also in a part of it, and not when all of them were erased")
    func keyOfErasedHousehold() async throws {
        let part: CasefileID = test.id()
        let store = try test.store(lock)
        _ = try await store.commit { [casefile, persons, entry = erasure(), other = erasure()] transaction in
            try transaction.run(
                "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?, 'open', '', -9, 1)", [.of(part)])
            try transaction.run(
                "INSERT INTO casefile_part (casefile, part, because, at) VALUES (?, ?, 'follows', 1)", [.of(casefile), .of(part)])
            try transaction.run("UPDATE person SET casefile = ? WHERE id = ?", [.of(part), .of(persons[1])])
            try transaction.run("UPDATE person SET erased_at = 9 WHERE id = ?", [.of(persons[0])])
            try transaction.run("DELETE FROM audit_index WHERE kind = 'casefile' OR subject = ?", [.of(persons[0])])
            try transaction.append(entry)
            try transaction.append(other)
        }
        try await vault.destroy([keys[0].id, keys[2].id])
        #expect(try TrailReader(test.folder).verifyIndex().faults.map(\.code) == [.keyLost])
        try await vault.destroy([keys[1].id])
        try change("UPDATE person SET erased_at = 9 WHERE ordinal = 1")
        try change("DELETE FROM audit_index WHERE kind = 'person'")
        #expect(try TrailReader(test.folder).verifyIndex().faults == [])
    }

    /// An entry of an erasure, which names nobody.
    private func erasure() -> EncodedEntry { test.entry(year: 2027, event: .erasureDone, facts: ["because": .text("requested")]) }

    @Test("an entry that was prepared before an erasure gets no row that leads to who was erased, while the keys stand as well")
    func preparedBefore() async throws {
        let store = try test.store(lock)
        let (casefile, person, keys) = (casefile, persons[0], keys)
        let id: EntryID = test.id()
        let late = test.entry(
            year: 2027, id: id, event: .taskMoved, subjects: [personHandle(key: keys[0].log, entryID: id.description)],
            casefile: personHandle(key: keys[2].log, entryID: id.description))
        _ = try await store.commit { transaction in
            try transaction.run("UPDATE person SET erased_at = 9 WHERE id = ?", [.of(person)])
            try transaction.run("DELETE FROM audit_index WHERE kind = 'person' AND subject = ?", [.of(person)])
            try transaction.deleteHouseholdContent(of: casefile)
            try transaction.endKey(of: casefile, followedBy: nil)
        }
        _ = try await store.commit { [erasure = erasure()] in
            try $0.append(late, index: [.person(person, key: keys[0].id), .casefile(casefile, key: keys[2].id)])
            try $0.append(erasure)
        }
        #expect(try store.number("SELECT count(*) AS n FROM audit_index WHERE seq = 522") == 0)
        #expect(try isIntact())
        #expect(try store.snapshot { try $0.doomedKeys(limit: 10) } == [keys[2].id])
        try await vault.destroy([keys[0].id, keys[2].id])
        _ = try await store.commit { try $0.forgetDoomed([keys[2].id]) }
        #expect(try isIntact())
        // A number that was used is not handed out again.
        #expect(try store.highestKey() == keys[2].id)
    }

    @Test("a handle that no row explains is tried with the keys that were there by then and with no later one; a missing row is found")
    func tried() async throws {
        let (test, casefile, erased) = (test, casefile, persons[0])
        let store = try test.store(lock)
        var filed: [(person: PersonID, key: VaultKey)] = []
        for _ in 0..<50 { filed.append((test.id(), try await vault.take())) }
        _ = try await store.commit { [filed, erasure = erasure()] transaction in
            try transaction.run("UPDATE person SET erased_at = 9 WHERE id = ?", [.of(erased)])
            try transaction.run("DELETE FROM audit_index WHERE kind = 'person' AND subject = ?", [.of(erased)])
            for (ordinal, (person, key)) in filed.enumerated() {
                try transaction.run(
                    "INSERT INTO person (id, casefile, ordinal, key) VALUES (?, ?, ?, ?)",
                    [.of(person), .of(casefile), .of(ordinal + 2), .integer(key.id)])
                let id: EntryID = test.id()
                let entry = test.entry(year: 2027, id: id, subjects: [personHandle(key: key.log, entryID: id.description)])
                try transaction.append(entry, index: [.person(person, key: key.id)])
            }
            try transaction.append(erasure)
        }
        try await vault.destroy([keys[0].id])
        let found = try SQLiteFile.openReadOnly(test.folder.database, .main).snapshot { transaction in
            var check = try IndexCheck(transaction, keys: VaultReader(test.folder))
            return (faults: try check.run().faults, tried: check.tried)
        }
        #expect(found.faults == [])
        // 520 entries are about somebody who was erased, and one living person is as old as they are.
        #expect((520..<530).contains(found.tried))
        try change("DELETE FROM audit_index WHERE seq = 540 AND kind = 'person'")
        #expect(try TrailReader(test.folder).verifyIndex().faults.map { "\($0.code) \($0.seq ?? 0)" } == ["missing 540"])
    }

    @Test("a store does not go on over a log that differs from its checkpoint")
    func refuses() throws {
        try change("UPDATE audit_entry SET leaf = zeroblob(32) WHERE seq = 521")
        #expect(throws: StoreFault.self) { try test.store(lock) }
    }
}
