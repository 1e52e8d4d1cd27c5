import Casework
import Testing

@testable import Storage

@Suite("What a sweep reads")
struct SweepPlanTests {
    private let test: TestFolder
    private let store: Store
    private let due: Int64 = 1_000_000

    /// Twenty thousand open tasks, none of them due; one that waits for a person, and one whose delivery is due.
    init() async throws {
        test = try TestFolder()
        store = try test.store()
        let rows = """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('00000099000000002000', 'p', zeroblob(32), x'00', 1);
            INSERT INTO account (id, name, role, organisation, password, salt, cost, added_at)
                VALUES (zeroblob(16), 'a', 'contactPoint', 'o', x'00', x'00', 16384, 1);
            INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (zeroblob(16), 'open', '', 2, 1);
            CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                SELECT i, CAST(substr('000000000000000' || i, -16) AS BLOB) AS id FROM n;
            INSERT INTO referral SELECT id, zeroblob(16), '00000099000000002000', 'x', zeroblob(16), 1 FROM number;
            INSERT INTO task (id, referral, casefile, partner, state, created_at, moved_at)
                SELECT id, id, zeroblob(16), '00000099000000002000', iif(i = 2, 'requested', 'received'), 1, 1 FROM number;
            INSERT INTO open_task (task, casefile, state, due_at, due_kind, act_at, fell_due_at)
                SELECT id, zeroblob(16), iif(i = 2, 'requested', 'received'), \(due), iif(i = 2, 'delivery', 'pickUp'),
                    iif(i < 3, 5, \(due) + i), iif(i = 1, 6, NULL) FROM number;
            INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
                SELECT 'casefile', id, 'aftercare', zeroblob(16), \(due), \(due) + i FROM number
            """
        let statements = rows.split(separator: ";\n").map(String.init)
        _ = try await store.commit { transaction in for statement in statements { try transaction.run(statement) } }
    }

    /// How SQLite goes about a statement, a line each.
    private func plan(_ sql: String) throws -> [String] {
        let marks = sql.count { $0 == "?" }
        return try store.snapshot { transaction in
            try transaction.all("EXPLAIN QUERY PLAN " + sql, Array(repeating: .integer(0), count: marks)).map { try $0.text("detail") }
        }
    }

    @Test("the keys of a few thousand ids are looked up by their index, and none of the other rows is read")
    func keys() throws {
        let steps = try plan(KeyQuery.referenced)
        #expect(steps.count { $0.hasPrefix("SEARCH") && $0.contains("(key>? AND key<?)") } == 4, "\(steps)")
    }

    @Test(
        "through the partial index of exactly the rows that nobody has handled, in its order",
        arguments: [
            (SweepQuery.tasks, "open_task", "open_task_act"), (SweepQuery.deliveries, "open_task", "open_task_delivery"),
            (SweepQuery.deadlines, "deadline", "deadline_act"), (SweepQuery.oldestTask, "open_task", "open_task_act"),
            (SweepQuery.oldestDelivery, "open_task", "open_task_delivery"), (SweepQuery.oldestDeadline, "deadline", "deadline_act"),
            (SweepQuery.deadlinesOfLaw, "deadline", "deadline_law"), (SweepQuery.oldestOfLaw, "deadline", "deadline_law"),
        ])
    func indexed(_ sql: String, _ table: String, _ index: String) throws {
        let lines = try plan(sql)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix("SEARCH \(table) USING ") && line.contains(" INDEX \(index)"), "\(line)")
    }

    @Test("the call list goes through the index of what waits for a person", arguments: [true, false])
    func callList(_ stalled: Bool) throws {
        let lines = try plan(Transaction.waitingSelect(stalled: stalled))
        #expect(lines.first?.contains("INDEX open_task_fallen") == true, "\(lines)")
        #expect(!lines.contains { $0.hasPrefix("SCAN ") && !$0.contains("open_task_fallen") || $0.contains("TEMP B-TREE") }, "\(lines)")
    }

    @Test("the cases that nobody coordinates are found through indexes of exactly those, also of coordinators whose account has ended")
    func withoutCoordinator() throws {
        let lines = try plan(Transaction.withoutCoordinator)
        for index in ["casefile_without_coordinator", "casefile_coordinator", "account_disabled"] {
            #expect(lines.contains { $0.contains("INDEX \(index)") }, "\(index): \(lines)")
        }
        #expect(!lines.contains { $0.hasPrefix("SCAN ") && !$0.contains(" INDEX ") }, "\(lines)")
    }

    @Test("what is due is found, and nothing else; page after page, and never twice")
    func pages() throws {
        try store.snapshot { transaction in
            let before = Instant(millisecondsSince1970: due)
            #expect(try transaction.passedTasks(at: before, after: nil, limit: 10) == [])
            #expect(try transaction.passedDeliveries(at: before, after: nil, limit: 10).count == 1)
            #expect(try transaction.passedDeadlines(ofLaw: false, at: before, limit: 10).isEmpty)
            let oldest = try transaction.oldestUnhandled()
            #expect(oldest.people == Instant(millisecondsSince1970: due + 1))
            #expect(oldest.atOnce == Instant(millisecondsSince1970: 5))
            let later = Instant(millisecondsSince1970: due + 100)
            var found: [PassedTask] = []
            while true {
                let page = try transaction.passedTasks(at: later, after: found.last, limit: 7)
                found += page
                if page.count < 7 { break }
            }
            // Numbers 3 to 100.
            #expect(found.count == 98 && Set(found).count == 98)
            #expect(found.map(\.actAt) == found.map(\.actAt).sorted())
            #expect(try transaction.waitingTasks(stalled: false, limit: 10).count == 1)
            #expect(try transaction.waitingTasks(stalled: true, limit: 10).isEmpty)
            #expect(try transaction.openTasksWithoutDeadline() == 0)
        }
    }

    @Test("what is about law is found apart from what is about people, an end before a review, and counts as due at once")
    func ofLaw() async throws {
        _ = try await store.commit { transaction in
            try transaction.run(
                """
                INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
                VALUES ('lever', zeroblob(16), 'review', zeroblob(16), 3, 3), ('lever', zeroblob(16), 'ending', zeroblob(16), 3, 3)
                """)
        }
        try store.snapshot { transaction in
            let now = Instant(millisecondsSince1970: 3)
            let found = try transaction.passedDeadlines(ofLaw: true, at: now, limit: 10)
            #expect(found.map(\.kind) == [.ending, .review])
            #expect(try transaction.passedDeadlines(ofLaw: true, at: now.advanced(byMilliseconds: -1), limit: 10).isEmpty)
            #expect(try transaction.passedDeadlines(ofLaw: false, at: now, limit: 10).isEmpty)
            #expect(try transaction.oldestUnhandled().atOnce == now)
            #expect(try transaction.nextActing() == now)
        }
    }
}
