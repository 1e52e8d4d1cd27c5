import AuditTrail
import Casework
import Crypto
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Every byte of a small log")
struct EveryByteTests {
    /// One cell of a table of the log.
    private struct Cell {
        let table: String
        let column: String
        let rowid: Int64
        let value: DatabaseValue
    }

    @Test("changing any byte of any cell of any audit table is found")
    func everyByte() async throws {
        let test = try TestFolder()
        try await fill(test)
        let queue = try DatabaseQueue(path: test.folder.database)
        #expect(try isIntact(test))
        var missed: [String] = []
        var tried = 0
        for cell in try cells(queue) {
            for changed in changes(of: cell.value) {
                try write(changed, into: cell, queue)
                if try isIntact(test) { missed.append("\(cell.table).\(cell.column) row \(cell.rowid)") }
                try write(cell.value, into: cell, queue)
                tried += 1
            }
        }
        #expect(missed == [])
        #expect(tried > 1000)
        #expect(try isIntact(test))
    }

    @Test("removing, doubling or swapping any entry is found")
    func everyEntry() async throws {
        let test = try TestFolder()
        try await fill(test)
        let queue = try DatabaseQueue(path: test.folder.database)
        let last = try await queue.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM audit_entry") ?? 0 }
        var missed: [String] = []
        for seq in 1...last {
            for (name, sql) in [
                ("removed", "DELETE FROM audit_entry WHERE seq = \(seq)"),
                ("doubled", "INSERT INTO audit_entry SELECT \(last + 1), shard, entry, leaf FROM audit_entry WHERE seq = \(seq)"),
                (
                    "swapped",
                    """
                    UPDATE audit_entry SET seq = -1 WHERE seq = \(seq); UPDATE audit_entry SET seq = \(seq) WHERE seq = \(seq % last + 1);
                    UPDATE audit_entry SET seq = \(seq % last + 1) WHERE seq = -1
                    """
                ),
            ] {
                try await queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE kept AS SELECT * FROM audit_entry; " + sql) }
                if try isIntact(test) { missed.append("\(name) \(seq)") }
                try await queue.writeWithoutTransaction {
                    try $0.execute(sql: "DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept; DROP TABLE kept")
                }
            }
        }
        #expect(missed == [])
        #expect(try isIntact(test))
    }

    /// Three entries about a person in a casefile, with their index.
    private func fill(_ test: TestFolder) async throws {
        let lock = try RunLock(test.folder)
        let store = try test.store(lock)
        let vault = try await test.vault(lock)
        let casefile: CasefileID = test.id()
        let person: PersonID = test.id()
        let (personKey, casefileKey) = (try await vault.take(), try await vault.take())
        _ = try await store.commit { transaction in
            try transaction.run(
                "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?, 'open', '', ?, 1)",
                [.of(casefile), .integer(casefileKey.id)])
            try transaction.run(
                "INSERT INTO person (id, casefile, ordinal, key) VALUES (?, ?, 0, ?)", [.of(person), .of(casefile), .integer(personKey.id)])
            for _ in 0..<3 {
                let id: EntryID = test.id()
                let message: MessageID = test.id()
                let entry = test.entry(
                    id: id, subjects: [personHandle(key: personKey.log, entryID: id.description)],
                    casefile: personHandle(key: casefileKey.log, entryID: id.description), refs: [.message: message.description])
                try transaction.append(
                    entry, index: [.person(person, key: personKey.id), .casefile(casefile, key: casefileKey.id), .message(message)])
            }
        }
    }

    private func isIntact(_ test: TestFolder) throws -> Bool {
        // A file that the reader itself refuses is found, too.
        guard let found = try? test.verify(), let index = try? TrailReader(test.folder).verifyIndex().faults else { return false }
        return found.report.isIntact && found.derived.isEmpty && index.isEmpty
    }

    /// Every cell but the rows' own numbers, which `TrailReaderTests` changes.
    private func cells(_ queue: DatabaseQueue) throws -> [Cell] {
        try queue.read { database in
            var cells: [Cell] = []
            for (table, columns) in [
                ("audit_entry", ["shard", "entry", "leaf"]), ("audit_checkpoint", ["size", "note"]),
            ] {
                for column in columns {
                    for row in try Row.fetchAll(database, sql: "SELECT rowid AS place, \(column) AS value FROM \(table)") {
                        cells.append(Cell(table: table, column: column, rowid: row["place"], value: row["value"]))
                    }
                }
            }
            return cells
        }
    }

    /// The value with one byte of it changed, for each byte; a number, one less and one more.
    private func changes(of value: DatabaseValue) -> [DatabaseValue] {
        switch value.storage {
        case .blob(let data):
            data.indices.map { place in
                var changed = data
                changed[place] ^= 1
                return changed.databaseValue
            }
        case .string(let text):
            text.utf8.indices.compactMap { place in
                var bytes = Array(text.utf8)
                bytes[text.utf8.distance(from: text.utf8.startIndex, to: place)] ^= 1
                return String(validating: bytes, as: UTF8.self)?.databaseValue
            }
        case .int64(let number): [(number - 1).databaseValue, (number + 1).databaseValue]
        default: []
        }
    }

    private func write(_ value: DatabaseValue, into cell: Cell, _ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "UPDATE \(cell.table) SET \(cell.column) = ? WHERE rowid = ?", arguments: [value, cell.rowid])
        }
    }
}
