import Casework
import Testing

@testable import Storage

@Suite("The basis of a commit")
struct BasisTests {
    private let test: TestFolder
    private let store: Store
    private let person: PersonID

    init() async throws {
        test = try TestFolder()
        store = try test.store()
        person = test.id()
        let (casefile, person) = (test.id(CasefileID.self), person)
        _ = try await store.commit { transaction in
            try transaction.run("INSERT INTO policy_state (id, number, revision, loaded_at) VALUES (1, 7, 'r', 1)")
            try transaction.run("INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?, 'open', '', 2, 1)", [.of(casefile)])
            try transaction.run(
                "INSERT INTO person (id, casefile, ordinal, key, disclosure_revision) VALUES (?, ?, 0, 3, 4)", [.of(person), .of(casefile)])
        }
    }

    private func isStale(_ basis: Basis) async throws -> Bool {
        let outcome = try await store.commit(basis) { try $0.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('ran', 'x')") }
        if case .stale = outcome { return true }
        return false
    }

    @Test("what still holds is committed")
    func holds() async throws {
        #expect(try await !isStale(Basis(policy: 7, persons: [person: 4])))
        #expect(try await !isStale(.none))
    }

    @Test("another policy, another revision, an unknown person are stale, and the body does not run")
    func stale() async throws {
        #expect(try await isStale(Basis(policy: 6)))
        #expect(try await isStale(Basis(persons: [person: 3])))
        #expect(try await isStale(Basis(policy: 7, persons: [test.id(): 0])))
        #expect(try store.number("SELECT count(*) AS n FROM meta WHERE key = 'ran'") == 0)
    }

    @Test("an erased person is stale, even at the revision that was read")
    func erased() async throws {
        try await store.execute("UPDATE person SET erased_at = 9 WHERE id = ?", [.of(person)])
        #expect(try await isStale(Basis(persons: [person: 4])))
    }

    @Test("a change that commits between the reading and the writing makes stale")
    func race() async throws {
        try await store.execute("UPDATE person SET disclosure_revision = 5 WHERE id = ?", [.of(person)])
        #expect(try await isStale(Basis(policy: 7, persons: [person: 4])))
    }
}
