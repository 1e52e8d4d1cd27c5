import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Waiting for a message", .timeLimit(.minutes(15)))
struct InboxWaitingTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openVisitedCase(by: member)
    }

    /// So long that a wake which was lost shows as the suite's time limit, however busy the machine is.
    private static let forGood = 86_400

    /// What an inbox answers that waits so long at most.
    private func ask(_ partner: PartnerFixture, seconds: Int = forGood, after: String? = nil) async throws -> [String] {
        let answer = try await test.desk.awaitInbox(after: after, limit: 10, seconds: seconds, by: .partner(partner.oin))
        return (answer.body["items"]?.arrayValue ?? []).map { $0.text("messageId") }
    }

    /// Asks in a task of its own; returns once the desk knows that somebody waits.
    private func waiting(_ partner: PartnerFixture, after: String? = nil) async throws -> Task<[String], any Error> {
        let before = await waiters(partner)
        let task = Task { try await ask(partner, after: after) }
        while await waiters(partner) == before { try await Task.sleep(for: .milliseconds(1)) }
        return task
    }

    private func waiters(_ partner: PartnerFixture) async -> Int {
        let figures = (try? await test.desk.figuresNow()) ?? []
        return figures.first { $0.label == "convenant_partner_waiters" && $0.dimensions[0].1 == partner.oin.description }.map {
            Int($0.value)
        }
            ?? -1
    }

    @Test("the answer comes with the commit that queues something for this partner, and nobody else's wait ends")
    func woken() async throws {
        let (debt, care) = (try await waiting(test.debt), try await waiting(test.care))
        let queued = try await test.refer(test.referral(filed), by: member)
        #expect(try await debt.value == [queued.message])
        #expect(await waiters(test.debt) == 0)
        #expect(await waiters(test.care) == 1)
        care.cancel()
        #expect(try await care.value.isEmpty)
    }

    @Test("what waits already is answered at once, and after the last one known only what is newer")
    func atOnce() async throws {
        let queued = try await test.refer(test.referral(filed), by: member)
        #expect(try await ask(test.debt) == [queued.message])
        let next = try await waiting(test.debt, after: queued.message)
        let newer = try await test.refer(test.referral(filed), by: member)
        #expect(try await next.value == [newer.message])
    }

    @Test("when nothing comes the answer is an empty list, and a cancelled wait ends at once")
    func nothing() async throws {
        #expect(try await ask(test.debt, seconds: 1).isEmpty)
        let cancelled = try await waiting(test.debt)
        cancelled.cancel()
        #expect(try await cancelled.value.isEmpty)
        #expect(await waiters(test.debt) == 0)
    }

    @Test("a partner has eight waits at once, and another partner has its own")
    func bounded() async throws {
        var waits: [Task<[String], any Error>] = []
        for _ in 0..<8 { waits.append(try await waiting(test.debt)) }
        #expect(await waiters(test.debt) == 8)
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.awaitInbox(after: nil, limit: 10, seconds: 5, by: .partner(test.debt.oin))
            } == "too-many")
        #expect(try await ask(test.care, seconds: 1).isEmpty)
        let queued = try await test.refer(test.referral(filed), by: member)
        for wait in waits { #expect(try await wait.value == [queued.message]) }
        #expect(await waiters(test.debt) == 0)
    }

    @Test("nothing comes unseen between looking and waiting: 60 races")
    func race() async throws {
        let partner = Caller.partner(test.debt.oin)
        var last: String?
        for round in 0..<60 {
            let before = last
            async let answer = test.desk.awaitInbox(after: before, limit: 10, seconds: Self.forGood, by: partner)
            if round.isMultiple(of: 2) { await Task.yield() }
            let queued = try await test.refer(test.referral(filed), by: member)
            let items = try await answer.body["items"]?.arrayValue ?? []
            #expect(items.map { $0.text("messageId") } == [queued.message])
            last = queued.message
        }
    }
}
