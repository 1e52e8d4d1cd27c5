import AuditTrail
import Casework
import Testing

@testable import Storage

@Suite("What a search of the log reads")
struct LogSearchPlanTests {
    private let test: TestFolder
    private let store: Store

    init() async throws {
        test = try TestFolder()
        let lock = try RunLock(test.folder)
        store = try test.store(lock)
        // Who compares the log with what living keys make of it needs their file.
        _ = try await test.vault(lock)
        let entries = (Int64(0)..<40).map { Self.entry($0, id: test.id(EntryID.self)) }
        _ = try await store.commit { transaction in for entry in entries { try transaction.append(entry) } }
    }

    /// Every fourth is a refusal, every fifth a partner's, every seventh goes to another partner.
    private static func entry(_ number: Int64, id: EntryID) -> EncodedEntry {
        let event: AuditEvent = number % 4 == 0 ? .decisionRefused : .signalFiled
        let partner = AuditActor(kind: .partner, organisation: "00000099000000002000")
        let actor = number % 5 == 0 ? partner : AuditActor(kind: .daemon, organisation: "00000099000000001000")
        let recipient: [String: AuditFact] = ["recipient": .text("00000099000000003000")]
        let facts = number % 7 == 0 ? recipient : ["partner": .text("no number")]
        let at = 1_767_225_600_000 + number * 60_000
        return AuditEntry(id: id.description, at: at, event: event, actor: actor, facts: facts).encoded()
    }

    @Test(
        "each statement goes through an index or the key, sorts nothing and scans nothing",
        arguments: [
            LogSearchQuery.byTerm, LogSearchQuery.newestOfBoth, LogSearchQuery.about, LogSearchQuery.newest, LogSearchQuery.one,
            AdviceQuery.page, OpenWorkQuery.waitingTasks, OpenWorkQuery.heldTasks,
            OpenWorkQuery.openCases, IndexQuery.rows, IndexQuery.terms, IndexQuery.message, IndexQuery.term, IndexQuery.tiles,
        ])
    func plans(_ sql: String) throws {
        let marks = sql.count { $0 == "?" }
        let lines = try store.snapshot { transaction in
            try transaction.all("EXPLAIN QUERY PLAN " + sql, Array(repeating: .integer(0), count: marks)).map { try $0.text("detail") }
        }
        #expect(!lines.isEmpty)
        for line in lines { #expect(line.hasPrefix("SEARCH "), "\(line)") }
    }

    @Test("entries are found by event and by partner, newest first, page after page and none twice")
    func pages() throws {
        try store.snapshot { transaction in
            var found: [Int64] = []
            var below = Int64.max
            while let last = try transaction.logEntries(terms: ["decision.refused"], above: 0, below: below, limit: 3).last?.seq {
                found += try transaction.logEntries(terms: ["decision.refused"], above: 0, below: below, limit: 3).map(\.seq)
                below = last
            }
            #expect(found == stride(from: Int64(37), through: 1, by: -4).map(\.self))
            let partner = try transaction.logEntries(terms: ["00000099000000002000"], above: 0, below: .max, limit: 50)
            #expect(partner.map(\.seq) == stride(from: Int64(36), through: 1, by: -5).map(\.self))
            #expect(try transaction.logEntries(terms: ["00000099000000003000"], above: 0, below: .max, limit: 50).count == 6)
            #expect(try transaction.logEntries(terms: ["no number"], above: 0, below: .max, limit: 50).isEmpty)
            let both = try transaction.logEntries(terms: ["decision.refused", "00000099000000002000"], above: 30, below: .max, limit: 50)
            #expect(both.map(\.seq) == [37, 36, 33, 31])
        }
    }

    @Test("a span of time takes in every entry of it, whatever its order by some hundred")
    func span() throws {
        let middle = Instant(millisecondsSince1970: 1_767_225_600_000 + 20 * 60_000)
        let (above, below) = try store.snapshot { try $0.logNumbers(from: middle, until: middle) }
        #expect(above == 0 && below == 21 + 512)
        #expect(try store.snapshot { try $0.logNumbers(from: nil, until: nil) } == (0, .max))
    }

    @Test("entries from before the terms were kept get theirs, and a term too many or too few is found")
    func derived() async throws {
        let written = try terms()
        // The statements of the migration that fill the table, on what is there.
        let statements = schemaOfficer.split(separator: ";\n").map(String.init).filter { $0.contains("INSERT OR IGNORE INTO audit_term") }
        #expect(statements.count == 2)
        _ = try await store.commit { transaction in
            try transaction.run("DELETE FROM audit_term")
            for statement in statements { try transaction.run(statement) }
        }
        #expect(try terms() == written)
        #expect(try TrailReader(test.folder).verifyIndex().faults.filter { $0.code == .terms }.isEmpty)
        _ = try await store.commit { try $0.run("UPDATE audit_term SET term = 'case.closed' WHERE seq = 9 AND term = 'decision.refused'") }
        #expect(try TrailReader(test.folder).verifyIndex().faults.filter { $0.code == .terms }.map(\.seq) == [9])
    }

    private func terms() throws -> [String] {
        try store.snapshot { transaction in
            try transaction.all("SELECT term || ' ' || seq AS line FROM audit_term ORDER BY term, seq").map { try $0.text("line") }
        }
    }
}
