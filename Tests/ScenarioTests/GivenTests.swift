import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("What a partner was given")
struct GivenTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openVisitedCase(by: member)
    }

    private func given(_ partner: PartnerFixture, from: Instant? = nil, to: Instant? = nil, limit: Int = 10, after: String? = nil)
        async throws -> JSONValue
    {
        try await test.desk.listGiven(from: from?.rfc3339, to: to?.rfc3339, after: after, limit: limit, by: .partner(partner.oin)).body
    }

    private func states(_ page: JSONValue) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (page["items"]?.arrayValue ?? []).map { ($0.text("messageId"), $0.text("state")) })
    }

    private func withdraw() async throws {
        let shown = try await test.desk.showCasefile(filed.casefile, by: member).body
        let consents = shown["persons"]?.arrayValue?.first?["consents"]?.arrayValue ?? []
        let consent = try #require(consents.first { $0.texts("recipients") == ["sector:debt"] }).text("consentId")
        _ = try await test.desk.withdrawConsent(consent, ["how": "telephone"], by: member, idempotency: nil)
    }

    @Test("what was fetched, receipted or ended is listed with its state; what never left is not, nor what another was given")
    func listed() async throws {
        let fetched = try await test.refer(test.referral(filed), by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let other = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = try await test.fetch(fetched.message, as: test.debt)
        _ = try await test.fetch(other.message, as: test.care)
        #expect(states(try await given(test.debt)) == [fetched.message: "given", received.message: "receipted"])
        try await withdraw()
        #expect(states(try await given(test.debt)) == [fetched.message: "ended", received.message: "receipted"])
        #expect(!states(try await given(test.debt)).keys.contains(waiting.message))
        #expect(states(try await given(test.care)) == [other.message: "given"])
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listGiven(from: nil, to: nil, after: nil, limit: 10, by: member)
            } == "role-may-not")
    }

    @Test("the span begins with `from` and ends before `to`, in pages")
    func span() async throws {
        var made: [(id: String, at: Instant)] = []
        for _ in 0..<5 {
            made.append((try await test.referAndReceive(test.referral(filed), to: test.debt, by: member).message, test.clock.wall))
            test.clock.advance(milliseconds: 60_000)
        }
        #expect(states(try await given(test.debt, from: made[1].at, to: made[3].at)).keys.sorted() == [made[1].id, made[2].id])
        #expect(states(try await given(test.debt, from: made[3].at)).keys.sorted() == [made[3].id, made[4].id])
        #expect(states(try await given(test.debt, to: made[1].at)).keys.sorted() == [made[0].id])
        let page = try await given(test.debt, from: made[1].at, limit: 2)
        #expect(states(page).keys.sorted() == [made[1].id, made[2].id])
        let next = try await given(test.debt, from: made[1].at, limit: 2, after: page.text("next"))
        #expect(states(next).keys.sorted() == [made[3].id, made[4].id] && next["next"] == nil)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.listGiven(from: "yesterday", to: nil, after: nil, limit: 10, by: .partner(test.debt.oin))
            } == "invalid-input")
    }

    @Test("what was given and has no receipt is fetched again with the same bytes, decided anew; after the receipt never more")
    func again() async throws {
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        test.clock.advance(days: 1)
        #expect(try await test.fetch(queued.message, as: test.debt).bytes == bytes)
        #expect(try test.events().filter { $0 == "attempt.started" }.count == 2)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        try await withdraw()
        for id in [queued.message, received.message] {
            #expect(
                await refusal { () async throws(DeskRefusal) in
                    try await test.desk.fetchMessage(id, by: .partner(test.debt.oin))
                } == "ended")
        }
    }
}
