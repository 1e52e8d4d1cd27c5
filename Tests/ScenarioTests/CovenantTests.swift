import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON
import Testing

/// R28 to R32: what flows hangs on a covenant that both have signed as it is, and that holds for both at that moment.
@Suite("Covenants: signed, joined, left, ended")
struct CovenantTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func queue() async throws -> QueuedReferral {
        try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
    }

    /// The queued message does not go; its task ends with it, which is how the desk is told, and the log says why.
    private func expectStopped(_ queued: QueuedReferral, reason: String) async throws {
        let before = try test.entries().count
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try test.entries().dropFirst(before).first { $0.event == "decision.changed" }?.facts["reasons"] == .list([reason]))
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.task(queued.task) == ("cancelled", nil))
        let news = try await test.page(of: member)["tasks"]?.arrayValue ?? []
        #expect(news.map { [$0.text("taskId"), $0.text("news")] } == [[queued.task, "groundEnded"]])
        #expect(try test.number("SELECT count(*) FROM attempt") == 0)
        #expect(try test.number("SELECT count(*) FROM message_body") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("R28: no covenant, no flow; after the party has signed, the same message is delivered")
    func sameMessageAfterSigning() async throws {
        let filed = try await test.openCase(by: member)
        try await test.adopt(TestPolicy { $0.unsigned = [test.debt.oin.description] })
        let refused = try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
        #expect(refused.status == 422 && refused.body.texts("reasons") == ["covenant-unsigned"])
        #expect(try test.entries().last { $0.event == "decision.refused" }?.facts["reasons"] == .list(["covenant-unsigned"]))
        #expect(try test.number("SELECT count(*) FROM message") == 0)
        try await test.adopt(TestPolicy())
        let queued = try await test.refer(test.referral(filed), by: member)
        #expect(try await test.fetch(queued.message, as: test.debt).payload.fields["domains"]?["debts"] != nil)
    }

    @Test("R29: a covenant that the municipality itself has not signed carries nothing, not even a signal to its desk")
    func ownSignature() async throws {
        try await test.adopt(TestPolicy { $0.unsigned = ["00000099000000001000"] })
        await #expect(throws: (any Error).self) { try await test.openCase(by: member) }
        #expect(try test.number("SELECT count(*) FROM signal") == 0)
    }

    @Test("R29: a covenant's file that is altered after it was signed stops the queue at the reload")
    func alteredAfterReload() async throws {
        let queued = try await queue()
        try await test.adopt(TestPolicy { $0.afterSigning = "# one word more\n" })
        try await expectStopped(queued, reason: "covenant-unsigned")
    }

    @Test("R31: a message queued two minutes before a covenant ends is not delivered after its last moment")
    func expiryStopsTheQueue() async throws {
        let end = test.clock.calendar.advanced(byMilliseconds: 120_000)
        try await test.adopt(TestPolicy { $0.debtUntil = end.rfc3339 })
        let queued = try await queue()
        test.clock.advance(milliseconds: 120_000)
        try await expectStopped(queued, reason: "covenant-expired")
    }

    @Test("R31: one millisecond before the end it still goes")
    func goesBeforeTheEnd() async throws {
        let end = test.clock.calendar.advanced(byMilliseconds: 120_000)
        try await test.adopt(TestPolicy { $0.debtUntil = end.rfc3339 })
        let queued = try await queue()
        test.clock.advance(milliseconds: 119_999)
        #expect(try await test.fetch(queued.message, as: test.debt).payload.fields["domains"]?["debts"] != nil)
    }

    @Test("R31: a party that withdraws at a moment gets nothing from that moment on, and the covenant itself goes on")
    func withdrawalStopsTheQueue() async throws {
        let leaves = test.clock.calendar.advanced(byMilliseconds: 60_000)
        try await test.adopt(TestPolicy { $0.debtParty = ", until: \(leaves.rfc3339)" })
        let queued = try await queue()
        test.clock.advance(milliseconds: 60_000)
        try await expectStopped(queued, reason: "covenant-expired")
    }

    @Test("R31: a party that joins later gets nothing before that moment, and the same referral from it on")
    func accession() async throws {
        let joins = test.clock.calendar.advanced(byMilliseconds: 60_000)
        try await test.adopt(TestPolicy { $0.debtParty = ", from: \(joins.rfc3339)" })
        let filed = try await test.openCase(by: member)
        let refused = try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
        #expect(refused.status == 422 && refused.body.texts("reasons") == ["covenant-expired"])
        test.clock.advance(milliseconds: 60_000)
        let queued = try await test.refer(test.referral(filed), by: member)
        #expect(try await test.fetch(queued.message, as: test.debt).payload.fields["domains"]?["debts"] != nil)
    }

    @Test("R32: what a partner has said not to take from this sector for this purpose stays behind, and the rest goes")
    func ownLimit() async throws {
        try await test.adopt(
            TestPolicy {
                $0.debtParty = ", limits: [{on: taking, fields: [domains.debts], purposes: [debtAssistance], sectors: [municipality]}]"
            })
        let queued = try await queue()
        let fields = try await test.fetch(queued.message, as: test.debt).payload.fields
        #expect(fields["domains"]?["debts"] == nil && fields["identification"]?["name"] != nil)
        let decided = try test.entries().last { $0.event == "decision.permitted" && $0.facts["leftOut"] != nil }
        #expect(decided.map { "\($0.facts)".contains("partner-protocol") } == true)
        // The overview tells how much it was for each partner, and of which data.
        let officer = try await test.staff("officer-1", .privacyOfficer)
        let limited = try await test.desk.showCovenants(by: officer).body["limited"]
        #expect(limited?.arrayValue?.map { $0["partner"] } == [.string(test.debt.oin.description)])
        #expect(limited?.arrayValue?.first?["decisions"]?.integerValue ?? 0 > 0)
        #expect(limited?.arrayValue?.first?["fields"] == ["domains.debts.concern", "domains.debts.observation"])
    }
}
