import Casework
import Testing

@testable import Storage

@Suite("What has ended is not read in search of what has not")
struct HistoryPlanTests {
    private let test: TestFolder
    private let store: Store
    private let partner: OrganisationNumber

    /// Two thousand tasks, each with a message that was a delivery fault and a visit that was planned: all but three of them of the past. Beside
    /// them a visit of the municipality's of which nobody has said what came of it.
    init() async throws {
        test = try TestFolder()
        store = try test.store()
        partner = try #require(OrganisationNumber("00000099000000002000"))
        let rows = """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('00000099000000002000', 'p', zeroblob(32), x'00', 1);
            INSERT INTO account (id, name, role, organisation, password, salt, cost, added_at)
                VALUES (zeroblob(16), 'a', 'contactPoint', 'o', x'00', x'00', 16384, 1);
            INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (zeroblob(16), 'open', '', 2, 1);
            CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                SELECT i, CAST(substr('000000000000000' || i, -16) AS BLOB) AS id FROM n;
            INSERT INTO referral SELECT id, zeroblob(16), '00000099000000002000', 'x', zeroblob(16), 1 FROM number;
            INSERT INTO task (id, referral, casefile, partner, state, created_at, moved_at)
                SELECT id, id, zeroblob(16), '00000099000000002000', iif(i > 1997, 'received', 'completed'), 1, 1 FROM number;
            INSERT INTO open_task (task, casefile, partner, state, due_at, due_kind, act_at)
                SELECT id, casefile, partner, state, 5, 'pickUp', 5 FROM task WHERE state = 'received';
            INSERT INTO message (id, partner, kind, scopes, state, digest, queue_seal, queued_at, expires_at)
                SELECT id, '00000099000000002000', 'notice', '', 'ended', zeroblob(32), zeroblob(32), 1, 9 FROM number;
            INSERT INTO delivery_fault (id, message, code, at, settled_at, settled_as)
                SELECT id, id, 'x', 1, iif(i > 1997, NULL, 2), iif(i > 1997, NULL, 'seen') FROM number;
            INSERT INTO home_visit (id, casefile, visit_on, partner, task, state, made_at)
                SELECT id, zeroblob(16), iif(i > 1997, '2026-03-05', '2026-01-05'), '00000099000000002000', id, 'planned', 1 FROM number;
            INSERT INTO home_visit (id, casefile, visit_on, account, state, made_at)
                VALUES (zeroblob(16), zeroblob(16), '2026-02-01', zeroblob(16), 'planned', 1)
            """
        let statements = rows.split(separator: ";\n").map(String.init)
        _ = try await store.commit { transaction in for statement in statements { try transaction.run(statement) } }
    }

    /// How SQLite goes about a statement, a line each.
    private func plan(_ sql: String, values: Int) throws -> [String] {
        try store.snapshot { transaction in
            try transaction.all("EXPLAIN QUERY PLAN " + sql, Array(repeating: .integer(0), count: values)).map { try $0.text("detail") }
        }
    }

    @Test(
        "each statement goes through the index of what is open, and sorts nothing",
        arguments: [
            (QueueQuery.depths, "delivery_fault_open"), (SweepQuery.withoutDeadline, "task_open"),
            (TaskQuery.page(ofPartner: true, state: .received), "task_open"), (HomeVisitQuery.allPlanned, "home_visit_partner"),
            (OpenWorkQuery.idle, "casefile_open"),
        ])
    func plans(_ sql: String, _ index: String) throws {
        let lines = try plan(sql, values: sql.count { $0 == "?" })
        #expect(lines.contains { $0.contains(" INDEX \(index)") }, "\(lines)")
        for line in lines {
            #expect(!line.contains("TEMP B-TREE"), "\(line)")
            // Partners are few; an index of open rows is read as a whole where all of them are asked for.
            let isBounded = line == "SCAN partner" || line.contains(" INDEX \(index)") || line.contains(" INDEX home_visit_staff")
            #expect(!line.hasPrefix("SCAN ") || isBounded, "\(line)")
        }
    }

    @Test("everybody's open tasks are those of the narrow table, in its order")
    func everybodysOpen() throws {
        let lines = try plan(TaskQuery.page(ofPartner: false, state: .received), values: 4)
        #expect(lines.first?.hasPrefix("SEARCH open_task USING PRIMARY KEY (task>?)") == true, "\(lines)")
        for line in lines { #expect(!line.hasPrefix("SCAN ") && !line.contains("TEMP B-TREE"), "\(line)") }
    }

    @Test("an erasure scans no table", arguments: PersonQuery.erasing)
    func erasing(_ sql: String) throws {
        let lines = try plan(sql, values: 1)
        #expect(!lines.isEmpty)
        for line in lines { #expect(!line.hasPrefix("SCAN "), "\(line)") }
    }

    @Test("what is open is found, and nothing else")
    func found() async throws {
        try store.snapshot { transaction in
            #expect(try transaction.tasks(of: partner, state: .received, after: nil, limit: 10).count == 3)
            #expect(try transaction.tasks(of: partner, state: .requested, after: nil, limit: 10).isEmpty)
            #expect(try transaction.tasks(of: partner, state: .completed, after: nil, limit: 5000).count == 1997)
            let open = try transaction.tasks(of: nil, state: .received, after: nil, limit: 10).map(\.task.id)
            #expect(open.count == 3 && open == open.sorted())
            let next = try transaction.tasks(of: nil, state: .received, after: open.first, limit: 10).map(\.task.id)
            #expect(next == Array(open.dropFirst()))
            #expect(try transaction.tasks(of: nil, state: .requested, after: nil, limit: 10).isEmpty)
            #expect(try transaction.openTasksWithoutDeadline() == 0)
            #expect(try transaction.queueDepths().map(\.faults) == [3])
            let today = try #require(CalendarDate("2026-03-02"))
            let days = try transaction.plannedVisits(from: today, limit: 10).map(\.on.description)
            #expect(days == ["2026-02-01", "2026-03-05", "2026-03-05", "2026-03-05"])
            #expect(try transaction.plannedVisits(from: today, limit: 2).count == 2)
        }
        try await store.execute("DELETE FROM open_task")
        #expect(try store.snapshot { try $0.openTasksWithoutDeadline() } == 3)
    }
}
