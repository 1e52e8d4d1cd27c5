import Casework
import ConvenantTestSupport
import JOSE
import PartnerTrust
import Testing

@testable import Storage

@Suite("A school's number holds letters")
struct SchoolTests {
    private static let school = "000000070000005AB000"

    @Test("a referral goes to a school, which opens it and signs for it")
    func road() async throws {
        let test = try await TestDesk(TestPolicy { $0.debtNumber = Self.school })
        let member = try await test.staff("desk-1", .contactPoint)
        let queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let message = try await test.fetch(queued.message, as: test.debt)
        #expect(message.payload.to == Self.school)
        let receipt = try test.debt.receipt(for: queued.message, message.bytes, at: test.clock.wall)
        let answer = try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin))
        #expect(answer.status == 200 && answer.body["state"] == "received")
        #expect(try test.logIsIntact())
    }

    @Test("the log is searched by a school, also for what was written before it was")
    func search() async throws {
        let test = try await TestDesk(TestPolicy { $0.debtNumber = Self.school })
        let member = try await test.staff("desk-1", .contactPoint)
        _ = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let terms = "SELECT count(*) FROM audit_term WHERE term = '\(Self.school)'"
        let written = try test.number(terms)
        #expect(written > 0)
        #expect(try TrailReader(test.folder).verifyIndex().faults.isEmpty)
        try test.sql("DELETE FROM audit_term WHERE term = '\(Self.school)' AND seq IN (SELECT seq FROM audit_entry)")
        try test.sql(schemaSchool)
        #expect(try test.number(terms) == written)
        #expect(try TrailReader(test.folder).verifyIndex().faults.isEmpty)
    }

    @Test(
        "whoever reads a number reads the same",
        arguments: [
            ("00000099000000002000", true), (school, true), ("00000007AAAAAAAAAAAA", true), ("000000070000005ab000", false),
            ("000000030000005AB000", false), ("0000000A000000000000", false), ("0000000700000005AB00 ", false), ("", false),
            ("000000990000000020000", false), ("0000000700000005Ä00", false),
        ])
    func sameRule(text: String, isNumber: Bool) {
        #expect((OrganisationNumber(text) != nil) == isNumber)
        #expect(isOIN(text) == isNumber)
        #expect(((try? CertificateSubject(oin: text, commonName: "School", organisation: "School")) != nil) == isNumber)
    }
}
