import Casework
import Testing

@testable import Storage

@Suite("Recalls that are not finished")
struct UnfinishedRecallTests {
    private let test: TestFolder
    private let store: Store

    /// Twelve hundred persons about whom everything is still to be looked at, and as many messages of which a recall and an erasure are still to
    /// be told.
    init() async throws {
        test = try TestFolder()
        store = try test.store()
        let rows = """
            WITH RECURSIVE n (i, id) AS (SELECT 1, CAST('0000000000000001' AS BLOB)
                UNION ALL SELECT i + 1, CAST(substr('000000000000000' || (i + 1), -16) AS BLOB) FROM n WHERE i < 1200)
            """
        let statements = [
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('00000099000000002000', 'p', zeroblob(32), x'00', 1)
            """,
            "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (zeroblob(16), 'open', '', 2, 1)",
            "INSERT INTO person (id, casefile, ordinal, key) \(rows) SELECT id, zeroblob(16), i, i + 2 FROM n",
            """
            INSERT INTO message (id, partner, kind, scopes, state, digest, queue_seal, queued_at, expires_at, left_at, ended_at)
            \(rows) SELECT id, '00000099000000002000', 'notice', '', 'ended', zeroblob(32), zeroblob(32), 1, 2, 1, 2 FROM n
            """,
            "INSERT INTO pending_recall (person, since) SELECT id, ordinal FROM person",
            """
            INSERT INTO untold_notice (message, code, since)
            SELECT id, code, 1 FROM message, (SELECT 'recalled' AS code UNION ALL SELECT 'erased')
            """,
        ]
        _ = try await store.commit { transaction in for statement in statements { try transaction.run(statement) } }
    }

    @Test("are all found, each once, also when there are more than a thousand")
    func found() throws {
        try store.snapshot { transaction in
            let untold = try transaction.untoldNotices().map { "\($0.message) \($0.code)" }
            #expect(untold.count == 2400 && Set(untold).count == 2400)
            let persons = try transaction.pendingRecalls().map { $0.person }
            #expect(persons.count == 1200 && Set(persons).count == 1200)
        }
    }
}
