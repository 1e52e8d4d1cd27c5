import Casework
import Testing

@testable import Storage

@Suite("The planned visits of one household")
struct HomeVisitPlanTests {
    private let test: TestFolder
    private let store: Store
    private let whole: CasefileID
    private let part: CasefileID
    private let today: CalendarDate

    /// Two cases that became one, each with a visit, and before them in time the visits of two thousand other households.
    init() async throws {
        test = try TestFolder()
        store = try test.store()
        today = try #require(CalendarDate("2026-03-02"))
        whole = test.id(CasefileID.self)
        part = test.id(CasefileID.self)
        let ids: [SQLValue] = [.of(whole), .of(part)]
        let statements = """
            INSERT INTO account (id, name, role, organisation, password, salt, cost, added_at)
                VALUES (zeroblob(16), 'a', 'contactPoint', 'o', x'00', x'00', 16384, 1);
            INSERT INTO casefile (id, state, terms, key, opened_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                SELECT CAST(substr('000000000000000' || i, -16) AS BLOB), 'open', '', i + 2, 1 FROM n;
            INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?1, 'open', '', 1, 1), (?2, 'open', '', 2, 1);
            INSERT INTO signal (id, casefile, filer_organisation, channel, knows_whom_to_call, outcome, status, domains, filed_at)
                VALUES (coalesce(?2, ?1), ?2, 'o', 'phone', 0, 'accepted', 'received', '', 1);
            INSERT INTO casefile_part (casefile, part, because, signal, at) VALUES (?1, ?2, 'joined', ?2, 1);
            INSERT INTO home_visit (id, casefile, visit_on, account, state, made_at)
                SELECT id, id, iif(id IN (?1, ?2), '2026-03-05', '2026-03-03'), zeroblob(16), 'planned', 1 FROM casefile
            """
        _ = try await store.commit { transaction in
            for statement in statements.split(separator: ";\n").map(String.init) {
                try transaction.run(statement, statement.contains("?1") ? ids : [])
            }
        }
    }

    @Test("are those of the case and of what was joined to it, however many other households are visited first")
    func ownAndJoined() throws {
        try store.snapshot { transaction in
            let visits = try transaction.plannedVisits(of: whole, from: today)
            #expect(Set(visits.map(\.id.description)) == [whole.description, part.description])
            #expect(visits.allSatisfy { $0.household == whole })
            // The part shows nothing of its own any more.
            #expect(try transaction.plannedVisits(of: part, from: today).isEmpty)
        }
    }

    @Test("are found without reading the visits of others")
    func indexed() throws {
        let lines = try store.snapshot { transaction in
            try transaction.all("EXPLAIN QUERY PLAN " + HomeVisitQuery.ofHousehold, [.text(""), .of(whole)]).map { try $0.text("detail") }
        }
        #expect(lines.contains { $0.contains("home_visit") })
        for line in lines { #expect(!line.hasPrefix("SCAN home_visit") && !line.hasPrefix("SCAN casefile"), "\(line)") }
    }
}
