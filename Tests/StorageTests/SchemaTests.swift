import Casework
import Foundation
import GRDB
import Testing

@testable import Storage

private let consentColumns = """
    id, person, answer, recipients, purposes, fields, from_at, until_at, recorded_at, recorded_by, recorded_how, reason, language, text_version
    """

@Suite("What the schema refuses")
struct SchemaTests {
    private let store: Store
    private let test: TestFolder

    /// A casefile, person, partner, referral, task with its deadline, consent and decision, by ids of one repeated byte.
    init() async throws {
        test = try TestFolder()
        store = try test.store()
        let rows = """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('00000099000000002000', 'p', zeroblob(32), x'00', 1);
            INSERT INTO account VALUES (\(id(1)), 'a', 'contactPoint', 'o', x'00', x'00', 16384, 0, NULL, 1, NULL);
            INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (\(id(2)), 'open', '', 2, 1);
            INSERT INTO person (id, casefile, ordinal, key) VALUES (\(id(3)), \(id(2)), 0, 3);
            INSERT INTO referral VALUES (\(id(4)), \(id(2)), '00000099000000002000', 'x', \(id(1)), 1);
            INSERT INTO task (id, referral, casefile, partner, state, created_at, moved_at)
                VALUES (\(id(5)), \(id(4)), \(id(2)), '00000099000000002000', 'requested', 1, 1);
            INSERT INTO open_task (task, casefile, state, due_at, due_kind) VALUES (\(id(5)), \(id(2)), 'requested', 10, 'delivery');
            INSERT INTO consent (\(consentColumns)) VALUES (\(id(6)), \(id(3)), 'given', '', '', '', 1, 9, 1, 'x', 'spoken', NULL, NULL, NULL);
            INSERT INTO consent_withdrawal VALUES (\(id(6)), \(id(3)), 2, 'counter', 'x');
            INSERT INTO decision (id, casefile, question, outcome, policy_revision, decided_at) VALUES (\(id(7)), \(id(2)), '', 'permitted', 'r', 1);
            \(message(8, state: "queued", key: "4", sealed: "x'00'"));
            INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('casefile', \(id(2)), 'homeVisit', 1, 1)
            """
        for row in rows.split(separator: ";\n") { try await store.execute(String(row)) }
    }

    @Test(
        "a row that no legal move produces",
        arguments: [
            // An open task has a deadline of the kind its state is due for.
            "UPDATE open_task SET due_at = NULL",
            "UPDATE open_task SET due_kind = 'pickUp'",
            "UPDATE open_task SET state = 'accepted'",
            "UPDATE open_task SET state = 'completed', due_kind = 'progress'",
            "UPDATE task SET state = 'completed'",
            "UPDATE task SET state = 'paused'",
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('casefile', ID2, 'homeVisit', 2, 2)",
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('task', ID5, 'homeVisit', 2, 2)",
            "UPDATE deadline SET act_at = NULL",
            // Only what the queue rests on ends by its time, only a lever is reviewed, and neither waits for an office hour.
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('casefile', ID2, 'ending', 2, 2)",
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('justification', ID2, 'review', 2, 2)",
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('lever', ID2, 'telling', 2, 2)",
            "INSERT INTO deadline (subject_kind, subject, kind, due_at, act_at) VALUES ('lever', ID2, 'ending', 2, 3)",
            // A message keeps its bytes and its key exactly as long as it can be fetched.
            "UPDATE message SET state = 'ended'",
            "UPDATE message SET sealed = NULL, key = NULL",
            "UPDATE message SET key = NULL",
            "UPDATE message SET state = 'left'",
            "UPDATE message SET kind = 'notice'",
            "UPDATE message SET decision = NULL",
            "UPDATE message SET digest = x'00'",
            "UPDATE message SET queue_seal = x'00'",
            // A dead letter has bytes, and is not pushed.
            "UPDATE message SET dead_at = 5, next_try_at = 5",
            "UPDATE message SET dead_at = 5, state = 'ended', sealed = NULL, key = NULL",
            // Consent only appends.
            "UPDATE consent SET answer = 'refused'",
            "UPDATE consent_withdrawal SET withdrawn_at = 3",
            "INSERT INTO consent (\(consentColumns)) VALUES (ID9, ID3, 'given', '', '', '', 5, 5, 1, 'x', 'spoken', NULL, NULL, NULL)",
            "INSERT INTO consent (\(consentColumns)) VALUES (ID9, ID3, 'perhaps', '', '', '', 5, NULL, 1, 'x', 'spoken', NULL, NULL, NULL)",
            "INSERT INTO consent (\(consentColumns)) VALUES (ID9, ID9, 'given', '', '', '', 5, NULL, 1, 'x', 'spoken', NULL, NULL, NULL)",
            // What a decision stood on has a digest for each person; what was in force has its files.
            "UPDATE decision SET facts = x'00'",
            "INSERT INTO subject_facts VALUES (ID3, -2, 0, zeroblob(32), '{}')",
            "INSERT INTO subject_facts VALUES (ID3, 0, 0, x'00', '{}')",
            "INSERT INTO subject_facts VALUES (ID3, 0, 2, zeroblob(32), '{}')",
            "INSERT INTO policy_file VALUES (x'00', x'00')",
            "INSERT INTO policy_revision VALUES ('r', 'p', 2, 1)",
            "INSERT INTO policy_revision_file VALUES ('r', 'p', zeroblob(32))",
            // Cases, persons, signals.
            "UPDATE casefile SET state = 'closed'",
            "UPDATE casefile SET closed_at = 5",
            "UPDATE casefile SET triage = 'double'",
            "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (ID9, 'open', '', 2, 1)",
            "INSERT INTO person (id, casefile, ordinal, key) VALUES (ID9, ID2, 0, 9)",
            "UPDATE person SET age = '1968-03-07'", "UPDATE person SET represented = 2",
            "INSERT INTO consent (\(consentColumns), freely) VALUES (ID9, ID3, 'given', '', '', '', 5, 9, 1, 'x', 'spoken', NULL, NULL, NULL, 0)",
            "INSERT INTO consent (\(consentColumns), freely) VALUES (ID9, ID3, 'refused', '', '', '', 5, 9, 1, 'x', 'spoken', NULL, NULL, NULL, 1)",
            "INSERT INTO consent (\(consentColumns), speaker) VALUES (ID9, ID3, 'given', '', '', '', 5, 9, 1, 'x', 'spoken', NULL, NULL, NULL, x'00')",
            "INSERT INTO representative (id, person, office, recorded_at, recorded_by) VALUES (ID9, ID3, 'friend', 1, 'x')",
            "INSERT INTO representative (id, person, office, recorded_at, recorded_by) VALUES (ID9, ID9, 'curator', 1, 'x')",
            "INSERT INTO representative (id, person, office, member, recorded_at, recorded_by) VALUES (ID9, ID3, 'curator', ID3, 1, 'x')",
            "INSERT INTO representative (id, person, office, recorded_at, recorded_by, set_aside_at) VALUES (ID9, ID3, 'curator', 1, 'x', 2)",
            "UPDATE person SET bsn_mac = zeroblob(32), erased_at = 5",
            "UPDATE person SET bsn_mac = x'00'",
            "UPDATE person SET secrecy_indicator = 8",
            "INSERT INTO content VALUES (ID9, ID2, ID3, zeroblob(39), x'00', 1)",
            "INSERT INTO signal VALUES (ID9, NULL, 'o', NULL, 'email', 0, 'accepted', 'received', NULL, '', NULL, 1)",
            "INSERT INTO signal VALUES (ID9, ID2, 'o', NULL, 'email', 0, 'acceptedWithoutIdentity', 'received', NULL, '', NULL, 1)",
            "INSERT INTO signal VALUES (ID9, ID2, 'o', NULL, 'fax', 0, 'accepted', 'received', NULL, '', NULL, 1)",
            "INSERT INTO signal VALUES (ID9, ID2, 'o', NULL, 'email', 0, 'accepted', 'received', '2512AB', '', NULL, 1)",
            "INSERT INTO casefile_part (casefile, part, because, at) VALUES (ID2, ID2, 'follows', 1)",
            "INSERT INTO casefile_part (casefile, part, because, at) VALUES (ID2, ID9, 'follows', 1)",
            // A visit is somebody's, has an outcome exactly when it was made, and becomes one with another exactly when it says with which.
            "INSERT INTO home_visit (id, casefile, visit_on, state, made_at) VALUES (ID9, ID2, '2026-12-01', 'planned', 1)",
            "INSERT INTO home_visit (id, casefile, visit_on, account, state, made_at) VALUES (ID9, ID2, '2026-12-01', ID1, 'held', 1)",
            "INSERT INTO home_visit (id, casefile, visit_on, account, state, made_at) VALUES (ID9, ID2, '2026-12-01', ID1, 'joined', 1)",
            "INSERT INTO contact VALUES (ID9, ID2, NULL, 'homeVisit', 'spoke', ID9, 1)",
            // Who may come in.
            "INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('99', 'p', randomblob(32), x'00', 1)",
            "INSERT INTO account VALUES (ID9, 'b', 'r', 'o', x'00', x'00', 16383, 0, NULL, 1, NULL)",
            "INSERT INTO session (token_hash, account, expires_at) VALUES (zeroblob(31), ID1, 1)",
            "INSERT INTO session (token_hash, account, expires_at, use) VALUES (zeroblob(32), ID1, 1, 'page')",
            "INSERT INTO session (token_hash, account, expires_at, used_at) VALUES (zeroblob(32), ID1, 1, 1)",
            "INSERT INTO recovery_code VALUES (ID1, zeroblob(32))",
            "INSERT INTO session (token_hash, account, expires_at) VALUES (zeroblob(32), ID9, 1)",
            "INSERT INTO audit_index VALUES ('someone', ID9, 1)",
            "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES ('text', 'open', '', 77, 1)",
        ])
    func refused(_ sql: String) async throws {
        let statement = (1...9).reduce(sql) { $0.replacing("ID\($1)", with: id($1)) }
        let fault = await #expect(throws: StoreFault.self) { try await store.execute(statement) }
        guard case .constraint = fault else {
            Issue.record("not refused by a constraint but: \(String(describing: fault))")
            return
        }
    }

    @Test("legal moves pass: pick-up, leaving, ending, closing")
    func legal() async throws {
        for sql in [
            "UPDATE open_task SET state = 'received', due_kind = 'pickUp', due_at = 20", "UPDATE message SET state = 'left', left_at = 5",
            "UPDATE message SET dead_at = 6", "UPDATE message SET dead_at = NULL, next_try_at = 7",
            "UPDATE message SET state = 'receipted', sealed = NULL, key = NULL, next_try_at = NULL", "DELETE FROM open_task",
            "UPDATE task SET state = 'completed'",
            "UPDATE casefile SET state = 'closed', closed_at = 9", "UPDATE person SET erased_at = 9",
        ] {
            try await store.execute(sql)
        }
    }

    @Test("the versions that a file lacks come all at once, or none of them")
    func atOnce() throws {
        try DatabaseQueue().writeWithoutTransaction { database in
            let faulty = SchemaVersions(scripts: ["CREATE TABLE a (b)", "CREATE TABLE a (b)"])
            #expect(throws: DatabaseError.self) { try faulty.migrate(database, file: "test") }
            #expect(try Int64.fetchOne(database, sql: "PRAGMA user_version") == 0)
            #expect(try !database.tableExists("a"))
            try SchemaVersions(scripts: ["CREATE TABLE a (b)", "CREATE TABLE c (d)"]).migrate(database, file: "test")
            #expect(try Int64.fetchOne(database, sql: "PRAGMA user_version") == 2)
            #expect(try database.tableExists("c"))
        }
    }

    @Test("a message's bytes move out of its row with the version that keeps them apart")
    func bodies() throws {
        try withFile(before: schemaBodies) { database in
            try database.execute(sql: message(8, state: "queued", key: "4", sealed: "x'0102'"))
            try database.execute(sql: message(9, state: "ended", key: "NULL", sealed: "NULL"))
            try SchemaVersions.main.migrate(database, file: "test")
            let bodies = try Row.fetchAll(database, sql: "SELECT * FROM message_body")
            #expect(bodies == [["message": Data(repeating: 8, count: 16), "sealed": Data([1, 2])]])
            let left = try Int?.fetchAll(database, sql: "SELECT length(sealed) FROM message ORDER BY id")
            #expect(left == [0, nil])
        }
    }

    @Test("what was agreed or recorded before ends by its time from the version on that knows of it, and keeps the deadlines that it had")
    func groundEnds() throws {
        try withFile(before: schemaGroundEnd) { database in
            func justification(_ number: Int, _ more: String) -> String {
                """
                INSERT INTO justification (id, casefile, decider, recipient, purpose, ground, fields, necessary, capacity, consent_sought,
                    made_at, until, tell_by, second, agreed_at, ended_as, ended_at)
                VALUES (\(id(number)), \(id(2)), \(id(1)), '00000099000000002000', 'p', 'g', '', '', 'helper', 'notAsked', 1, 50, 9, \(more))
                """
            }
            func lever(_ number: Int, ended: String) -> String {
                """
                INSERT INTO lever (id, person, kind, article, signers, holds_from, until, review_by, voluntary_on, recorded_at, ended_at)
                VALUES (\(id(number)), \(id(3)), 'judgment', 'a.1', '00000099000000002000', 1, 90, 40, '2026-01-01', 1, \(ended))
                """
            }
            for sql in [
                "INSERT INTO person (id, casefile, ordinal, key) VALUES (\(id(3)), \(id(2)), 0, 3)",
                justification(4, "\(id(9)), 2, NULL, NULL"), justification(5, "NULL, NULL, NULL, NULL"),
                justification(6, "\(id(9)), 2, 'ended', 3"), lever(7, ended: "NULL"), lever(8, ended: "3"),
                """
                INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at, fell_due_at, postponed)
                VALUES ('justification', \(id(4)), 'telling', \(id(2)), 9, 10, 11, 1)
                """,
            ] { try database.execute(sql: sql) }
            try SchemaVersions.main.migrate(database, file: "test")
            let rows = try String.fetchAll(
                database,
                sql: """
                    SELECT subject_kind || ' ' || substr(hex(subject), 2, 1) || ' ' || kind || ' ' || substr(hex(casefile), 2, 1) || ' ' || due_at
                        || ' ' || act_at || ' ' || coalesce(fell_due_at, '-') || ' ' || postponed FROM deadline ORDER BY subject_kind, kind
                    """)
            #expect(
                rows == [
                    "justification 4 ending 2 50 50 - 0", "justification 4 telling 2 9 10 11 1", "lever 7 ending 2 90 90 - 0",
                    "lever 7 review 2 40 40 - 0",
                ])
        }
    }

    @Test("a meeting that was dated before comes before the desk a day after it was to begin, from the version on that looks after it")
    func meetingDays() throws {
        try withFile(before: schemaMeetingDay) { database in
            for (number, more) in [
                (4, "'dated', 100, 60, 'comes', NULL"), (5, "'held', 100, 60, 'comes', 200"), (6, "'toBePlanned', NULL, NULL, NULL, NULL"),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO meeting (id, casefile, kind, opened_for, opened_at, state, at, minutes, resident, ended_at)
                        VALUES (\(id(number)), \(id(number)), 'mda', 'screening', 1, \(more))
                        """)
            }
            try SchemaVersions.main.migrate(database, file: "test")
            let rows = try String.fetchAll(
                database,
                sql: """
                    SELECT subject_kind || ' ' || substr(hex(subject), 2, 1) || ' ' || kind || ' ' || substr(hex(casefile), 2, 1) || ' ' || due_at
                        || ' ' || act_at FROM deadline
                    """)
            #expect(rows == ["meeting 4 planning 4 86400100 86400100"])
        }
    }

    @Test("an open task is in its state since it was moved there, from the version on that keeps it beside the term")
    func statesSince() throws {
        try withFile(before: schemaStateSince) { database in
            for sql in [
                """
                INSERT INTO task (id, referral, casefile, partner, state, created_at, moved_at)
                VALUES (\(id(5)), \(id(4)), \(id(2)), 'p', 'received', 3, 7)
                """,
                """
                INSERT INTO open_task (task, casefile, partner, state, due_at, due_kind, counts_from)
                VALUES (\(id(5)), \(id(2)), 'p', 'received', 90, 'pickUp', 40)
                """,
            ] { try database.execute(sql: sql) }
            try SchemaVersions.main.migrate(database, file: "test")
            #expect(try Int64.fetchAll(database, sql: "SELECT moved_at FROM open_task WHERE counts_from = 40") == [7])
        }
    }

    @Test("index rows that outlived an erasure go with the version in which none does, and so does the key of a case without anybody")
    func outlived() throws {
        try withFile(before: schemaOpenRows) { database in
            for sql in [
                "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (\(id(2)), 'open', '', 12, 1), (\(id(3)), 'open', '', 13, 1)",
                """
                INSERT INTO person (id, casefile, ordinal, key, erased_at)
                VALUES (\(id(4)), \(id(2)), 0, 4, 9), (\(id(5)), \(id(3)), 0, 5, 9), (\(id(6)), \(id(3)), 1, 6, NULL)
                """,
                """
                INSERT INTO audit_index (kind, subject, seq)
                SELECT 'casefile', id, 1 FROM casefile UNION ALL SELECT 'person', id, 1 FROM person
                """,
            ] { try database.execute(sql: sql) }
            try SchemaVersions.main.migrate(database, file: "test")
            let left = try String.fetchAll(database, sql: "SELECT kind || ' ' || substr(hex(subject), 2, 1) FROM audit_index ORDER BY kind")
            #expect(left == ["casefile 3", "person 6"])
            #expect(try Int64.fetchAll(database, sql: "SELECT key FROM casefile ORDER BY id") == [-12, 13])
        }
    }

    /// A file as it was before the version of this script; rows need no others to refer to.
    private func withFile(before script: String, _ body: (Database) throws -> Void) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(configuration: configuration).writeWithoutTransaction { database in
            let scripts = SchemaVersions.main.scripts.prefix { $0 != script }
            try SchemaVersions(scripts: Array(scripts)).migrate(database, file: "test")
            try body(database)
        }
    }

    private func id(_ number: Int) -> String { "x'" + String(repeating: "0\(number)", count: 16) + "'" }

    private func message(_ number: Int, state: String, key: String, sealed: String) -> String {
        """
        INSERT INTO message (id, partner, kind, casefile, decision, scopes, state, key, sealed, digest, queue_seal, queued_at, expires_at)
            VALUES (\(id(number)), '00000099000000002000', 'referral', \(id(2)), \(id(7)), '', '\(state)', \(key), \(sealed), zeroblob(32), zeroblob(32), 1, 9)
        """
    }
}
