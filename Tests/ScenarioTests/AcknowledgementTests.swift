import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import Reporting
import StrictJSON
import Testing

/// R29 at the municipality: it knows the roles that a covenant names, and by receipts which of them have acknowledged it.
@Suite("Covenants acknowledged by worker role")
struct AcknowledgementTests {
    private let test: TestDesk
    private let member: Caller
    private let officer: Caller

    private static func policy(_ roles: [String]) -> TestPolicy {
        TestPolicy { $0.debtParty = ", workers: [\(roles.joined(separator: ", "))]" }
    }

    init() async throws {
        test = try await TestDesk(Self.policy((1...10).map { "worker\($0)" }))
        member = try await test.staff("desk-1", .contactPoint)
        officer = try await test.staff("officer-1", .privacyOfficer)
    }

    /// A referral that debt help received, with what its receipt says of who read it.
    @discardableResult private func receive(by role: String?, version: Int64?) async throws -> QueuedReferral {
        let queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let receipt = try test.debt.receipt(
            for: queued.message, bytes, readerRole: role, covenantVersion: version, at: test.clock.wall)
        let answer = try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin))
        #expect(answer.status == 200)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        return queued
    }

    private func faults() async throws -> [JSONValue] { try await test.faults(by: member) }

    private func report() async throws -> JSONValue {
        try await test.desk.reportUniformly(from: "2026-11-01", to: "2026-12-31", by: officer).body
    }

    @Test("R29: three of ten roles acknowledged the version: the report and the covenants' page say 3 of 10") func threeOfTen() async throws
    {
        for role in ["worker1", "worker2", "worker3", "worker2"] { try await receive(by: role, version: 1) }
        let line = try await report()["acknowledgements"]
        #expect(line == [["name": "Testhulp", "covenant": "test-debt", "version": 1, "roles": 10, "acknowledged": 3]])
        let covenants = try await test.desk.showCovenants(by: officer).body["covenants"]?.arrayValue ?? []
        let debt = try #require(covenants.first { $0["id"] == "test-debt" })
        #expect(debt["workers"]?.arrayValue?.count == 1)
        #expect(debt["workers"]?.arrayValue?.first?["acknowledged"] == ["worker1", "worker2", "worker3"])
        #expect(debt["workers"]?.arrayValue?.first?["roles"]?.arrayValue?.count == 10)
        #expect(covenants.filter { $0["id"] != "test-debt" }.allSatisfy { $0["workers"] == [] })
        #expect(try await faults().isEmpty)
        #expect(try test.number("SELECT count(*) FROM acknowledgement") == 3)
        let entry = try #require(try test.entries().last { $0.event == "receipt.taken" })
        #expect(entry.facts["readerRole"] == .text("worker2") && entry.facts["covenant"] == .text("test-debt/1"))
        #expect(entry.facts["covenantVersion"] == .integer(1))
        #expect(try test.logIsIntact())
    }

    @Test(
        "a role that the covenant does not name, or another version, is taken and logged, told to the desk, and counts for nobody",
        arguments: [
            ("caretaker", 1, "reader-role-not-named"), ("worker1", 2, "other-covenant-version"),
            ("caretaker", 2, "other-covenant-version"),
        ])
    func fault(_ role: String, _ version: Int64, _ code: String) async throws {
        let queued = try await receive(by: role, version: version)
        let fault = try #require(try await faults().first)
        #expect(fault["code"] == .string(code) && fault["messageId"] == .string(queued.message))
        #expect(try await report()["acknowledgements"]?.arrayValue?.first?["acknowledged"] == 0)
        #expect(try test.number("SELECT count(*) FROM acknowledgement") == 0)
        #expect(try test.entries().last { $0.event == "receipt.taken" }?.facts["readerRole"] == .text(role))
        // It has arrived: there is nothing to send again, and ending what the desk was told leaves the task as it is.
        let id = fault.text("faultId")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.replayFault(id, [:], by: member, idempotency: nil) }
                == "illegal-transition")
        _ = try await test.desk.endFault(id, ["reason": "toldOtherwise"], by: member, idempotency: nil)
        #expect(try await faults().isEmpty)
        #expect(try test.task(queued.task) == ("received", "pickUp"))
        #expect(try test.logIsIntact())
    }

    @Test("what a receipt says of its reader in words of its own does not come into the log") func ownWords() async throws {
        try await receive(by: "Jan Jansen", version: 1)
        #expect(try test.entries().last { $0.event == "receipt.taken" }?.facts["readerRole"] == .text("other"))
        #expect(try await faults().first?["code"] == "reader-role-not-named")
    }

    @Test("a receipt without a role is as good as it was, and counts for none") func withoutRole() async throws {
        try await receive(by: nil, version: 1)
        try await receive(by: nil, version: nil)
        // A role that does not say what it has acknowledged has acknowledged nothing.
        try await receive(by: "worker1", version: nil)
        #expect(try await faults().isEmpty)
        #expect(try await report()["acknowledgements"]?.arrayValue?.first?["acknowledged"] == 0)
    }

    @Test("a covenant that names no roles asks nothing, and a report without such covenants has no line") func notAsked() async throws {
        try await test.adopt(TestPolicy())
        try await receive(by: "caretaker", version: 2)
        #expect(try await faults().isEmpty)
        #expect(try await report()["acknowledgements"] == nil)
    }

    @Test("what was acknowledged in an earlier year stays acknowledged") func earlier() async throws {
        try await receive(by: "worker1", version: 1)
        let later = try await test.desk.reportUniformly(from: "2027-01-01", to: "2027-01-31", by: officer).body
        #expect(later["acknowledgements"]?.arrayValue?.first?["acknowledged"] == 1)
        let before = try await test.desk.reportUniformly(from: "2026-10-01", to: "2026-10-31", by: officer).body
        #expect(before["acknowledgements"]?.arrayValue?.first?["acknowledged"] == 0)
    }
}
