import ConvenantTestSupport
import Disclosure
import Foundation
import PolicyFiles
import StrictJSON
import Testing

@testable import Exchange
@testable import Storage

@Suite("Policies that were in force")
struct PolicyArchiveTests {
    private let test: TestDesk
    init() async throws { test = try await TestDesk() }

    private func archived(_ policies: LoadedPolicies) throws -> ArchivedPolicy? {
        try DecisionReader(test.folder).policy(policies.snapshot.revision)
    }

    @Test("what was adopted is kept as bytes, which make the same policy and the same revision again")
    func same() async throws {
        for policy in [TestPolicy(), TestPolicy { $0.debtFields = ["identification"] }] {
            let adopted = try policy.load()
            try await test.desk.adopt(adopted)
            let again = try #require(try archived(adopted)?.load())
            #expect(again.snapshot.revision == adopted.snapshot.revision)
            #expect(again.snapshot.covenants == adopted.snapshot.covenants && again.snapshot.pack == adopted.snapshot.pack)
            #expect(again.files == adopted.files && again.fictitious == adopted.fictitious)
        }
    }

    @Test("a file that did not change is kept once, whatever revisions hold it")
    func once() async throws {
        let files = try TestPolicy().load().files.count
        #expect(try test.number("SELECT count(*) FROM policy_file") == files)
        try await test.adopt(TestPolicy { $0.debtFields = ["identification"] })
        // The covenant that changed, and its signatures.
        #expect(try test.number("SELECT count(*) FROM policy_file") == files + 2)
        #expect(try test.number("SELECT count(*) FROM policy_revision_file") == 2 * files)
        try await test.adopt(TestPolicy())
        #expect(try test.number("SELECT count(*) FROM policy_revision") == 2)
    }

    @Test("a policy that a program adopted which kept none is kept when the desk opens, and nothing is adopted anew")
    func later() async throws {
        for table in ["policy_revision_file", "policy_revision", "policy_file"] { try test.sql("DELETE FROM \(table)") }
        let before = try test.events()
        test.crash()
        try await test.open()
        #expect(try archived(TestPolicy().load())?.load() != nil)
        #expect(try test.events().filter { $0 == "policy.loaded" } == before.filter { $0 == "policy.loaded" })
    }

    @Test("a policy that cannot be stored is not adopted: what was in force stays, in memory and on the disk")
    func atomic() async throws {
        let before = test.desk.policyInForce.snapshot.revision
        let entries = try test.entries().count
        try test.sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON policy_revision_file WHEN NEW.path LIKE 'packs/%' BEGIN SELECT RAISE(ABORT, 'no'); END")
        let narrow = try TestPolicy { $0.debtFields = ["identification"] }.load()
        await #expect(throws: DeskRefusal.self) { try await test.desk.adopt(narrow) }
        #expect(test.desk.policyInForce.snapshot.revision == before)
        #expect(try test.sql("SELECT revision FROM policy_state").first?["revision"] == before)
        #expect(try archived(narrow) == nil)
        #expect(try test.entries().count == entries)
    }
}
