import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Traces")
struct TraceTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase
    private let trace = TraceID(random: Array(1...16))

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openVisitedCase(by: member)
    }

    private func refer(_ trace: TraceID?) async throws -> QueuedReferral {
        try await test.refer(test.referral(filed), by: member, trace: trace)
    }

    private func listed() async throws -> [JSONValue] {
        try await test.desk.listInbox(after: nil, limit: 10, by: .partner(test.debt.oin)).body["items"]?.arrayValue ?? []
    }

    @Test("a message stands in the trace of the request that made it: in its row, its entry, the inbox and its push")
    func carried() async throws {
        _ = try await refer(trace)
        #expect(try await listed().map { $0.text("traceId") } == [trace.description])
        let sealed = try #require(try test.entries().last { $0.event == "message.sealed" })
        #expect(sealed.facts["trace"] == .text(trace.description))
        try await test.giveEndpoint(test.debt)
        let due = try #require(try await test.due(test.debt).first)
        #expect(try await test.begin(due).trace == trace)
    }

    @Test("without one, each request has its own")
    func own() async throws {
        _ = try await refer(nil)
        _ = try await refer(nil)
        let traces = try await listed().map { $0.text("traceId") }
        #expect(Set(traces).count == 2 && traces.allSatisfy { $0.count == 32 })
    }

    @Test("a recall stands in the trace of what it recalls")
    func recall() async throws {
        let queued = try await refer(trace)
        _ = try await test.fetch(queued.message, as: test.debt)
        let shown = try await test.desk.showCasefile(filed.casefile, by: member).body
        let consents = shown["persons"]?.arrayValue?.first?["consents"]?.arrayValue ?? []
        let consent = try #require(consents.first { $0.texts("recipients") == ["sector:debt"] }).text("consentId")
        _ = try await test.desk.withdrawConsent(consent, ["how": "telephone"], by: member, idempotency: nil)
        let items = try await listed()
        #expect(items.map { $0.text("kind") } == ["notice"] && items.map { $0.text("traceId") } == [trace.description])
        #expect(try test.logIsIntact())
    }
}
