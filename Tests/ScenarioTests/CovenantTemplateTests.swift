import Casework
import ConvenantTestSupport
import Disclosure
import Foundation
import StrictJSON
import Testing

@testable import Exchange

/// R30: the text is agreed once, and each pair has a covenant of its own, which begins, is signed and ends by itself.
@Suite("Covenants on one template")
struct CovenantTemplateTests {
    private static let oins = ["00000099000000021000", "00000099000000022000", "00000099000000023000"]
    private let test: TestDesk
    private let member: Caller
    private let corporations: [PartnerFixture]

    private static func policy(ending: String? = nil, at until: Instant? = nil, _ change: (inout TestPolicy) -> Void = { _ in })
        -> TestPolicy
    {
        TestPolicy { policy in
            policy.addTemplate("test-homes", purpose: "evictionPrevention", fields: ["identification.name", "domains.debts"])
            for oin in oins {
                policy.add("test-homes-\(oin.suffix(5))", oin: oin, template: "test-homes", until: oin == ending ? until?.rfc3339 : nil)
            }
            change(&policy)
        }
    }

    init() async throws {
        test = try await TestDesk(Self.policy())
        member = try await test.staff("desk-1", .contactPoint)
        var corporations: [PartnerFixture] = []
        for oin in Self.oins {
            let partner = try PartnerFixture(
                oin, "Testcorporatie", sealing: .p256, authority: test.authority, at: test.clock.wall.millisecondsSince1970)
            _ = try await test.desk.addPartner(
                oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil)
            corporations.append(partner)
        }
        self.corporations = corporations
    }

    /// A message to each of the three, queued.
    private func queueThree() async throws -> [QueuedReferral] {
        var resident = Resident.mother
        resident.consents =
            [Consents.intake] + Self.oins.map { Consents.given(to: [$0], for: ["evictionPrevention"], fields: Consents.allFields) }
        let filed = try await test.openCase([resident], by: member)
        var queued: [QueuedReferral] = []
        for partner in corporations {
            queued.append(
                try await test.refer(
                    test.referral(filed, to: partner, purpose: "evictionPrevention", fields: ["identification.name", "domains.debts"]),
                    by: member))
        }
        return queued
    }

    /// What becomes of each message when its recipient asks for it: the covenant under which it came, or the code of the refusal.
    private func fetched(_ queued: [QueuedReferral]) async throws -> [String] {
        var found: [String] = []
        for (message, partner) in zip(queued, corporations) {
            let code = await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(message.message, by: .partner(partner.oin))
            }
            if let code {
                found.append(code)
            } else {
                found.append(try await test.fetch(message.message, as: partner).payload.covenant?.id ?? "")
            }
        }
        return found
    }

    @Test("R30: one template, three corporations, three flows; ending one covenant stops one of the three") func oneOfThree() async throws {
        let queued = try await queueThree()
        let end = test.clock.calendar.advanced(byMilliseconds: 60_000)
        try await test.adopt(Self.policy(ending: Self.oins[1], at: end))
        test.clock.advance(milliseconds: 60_000)
        #expect(try await fetched(queued) == ["test-homes-21000", "ended", "test-homes-23000"])
        let changed = try test.entries().filter { $0.event == "decision.changed" }
        #expect(changed.map { $0.facts["reasons"] } == [.list(["covenant-expired"])])
        #expect(try test.task(queued[1].task) == ("cancelled", nil))
        #expect(try test.logIsIntact())
    }

    @Test("R29, R30: a template that is altered after the covenants on it were signed stops all of them, and nothing else") func altered()
        async throws
    {
        let queued = try await queueThree()
        let toDebt = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        try await test.adopt(Self.policy { $0.templateAfterSigning = "# one word more\n" })
        #expect(try await fetched(queued) == ["ended", "ended", "ended"])
        #expect(
            try test.entries().filter { $0.event == "decision.changed" }.map { $0.facts["reasons"] }
                == Array(repeating: .list(["covenant-unsigned"]), count: 3))
        #expect(try await test.fetch(toDebt.message, as: test.debt).payload.covenant?.id == "test-debt")
    }

    @Test("R30: a template that cannot be read is not adopted: what was in force stays, and the three go on") func atomic() async throws {
        let queued = try await queueThree()
        let before = test.desk.policyInForce.snapshot.revision
        await #expect(throws: (any Error).self) { try await test.adopt(Self.policy { $0.templateAfterSigning = "places: []\n" }) }
        #expect(test.desk.policyInForce.snapshot.revision == before)
        #expect(try await fetched(queued).allSatisfy { $0.hasPrefix("test-homes-") })
    }

    @Test("decisions under a template are decided again to the same bytes, from what is kept, also after the template has gone")
    func replayed() async throws {
        let queued = try await queueThree()
        #expect(try test.number("SELECT count(*) FROM policy_revision_file WHERE path = 'templates/test-homes.yaml'") == 1)
        try await test.adopt(TestPolicy())
        #expect(try await fetched(queued) == ["ended", "ended", "ended"])
        let archive = try DecisionArchive(test.folder)
        let outcomes = try test.entries().compactMap { try archive.replay($0) }
        #expect(outcomes.count >= 6 && outcomes.allSatisfy { $0 == .same })
    }
}
