import Casework
import ConvenantTestSupport
import Disclosure
import StrictJSON
import Testing

@testable import Exchange
@testable import Storage

@Suite("Prepare, then commit")
struct StaleTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private var answer: DeskAnswer { DeskAnswer(status: 200, body: ["fine": true]) }

    @Test("a policy adopted between preparing and committing: nothing of the old decision is written, and it is prepared again")
    func policyChanges() async throws {
        let filed = try await test.openCase(by: member)
        var narrow = TestPolicy()
        narrow.debtFields = ["identification", "domains.debts"]
        var rounds = 0
        let person = try #require(PersonID(filed.persons[0]))
        let result = try await test.desk.perform(nil, by: member) { () async throws(DeskRefusal) in
            rounds += 1
            let number = test.desk.policyInForce.number
            let basis = try await test.desk.read { try $0.basis(policy: number, persons: [person]) }
            if rounds == 1 { do { try await test.adopt(narrow) } catch { throw .busy } }
            let round = rounds
            return Prepared(basis: basis) { transaction in
                try transaction.setMeta("round", String(round))
                return answer
            }
        }
        #expect(rounds == 2)
        #expect(result == answer)
        #expect(try test.sql("SELECT value FROM meta WHERE key = 'round'").first?["value"] == "2")
    }

    @Test("a consent recorded between preparing and committing makes it stale, too; after three times it is busy and nothing happened")
    func alwaysStale() async throws {
        let filed = try await test.openCase(by: member)
        let person = try #require(PersonID(filed.persons[0]))
        var rounds = 0
        let code = await refusal { () async throws(DeskRefusal) in
            try await test.desk.perform(nil, by: member) { () async throws(DeskRefusal) in
                rounds += 1
                let basis = try await test.desk.read { try $0.basis(policy: 1, persons: [person]) }
                let yes = Consents.debt.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
                _ = try await test.desk.recordConsent(yes, by: member, idempotency: nil)
                return Prepared(basis: basis) { transaction in
                    try transaction.setMeta("written", "yes")
                    return answer
                }
            }
        }
        #expect(code == "busy")
        #expect(rounds == 3)
        #expect(try test.sql("SELECT value FROM meta WHERE key = 'written'").isEmpty)
    }

    @Test("a partner removed between preparing a referral and committing it: nothing is queued for it, and the next round refuses")
    func partnerRemoved() async throws {
        let filed = try await test.openCase(by: member)
        guard case .staff(let someone) = member else { return }
        let request = try reading(test.referral(filed)) { ReferralRequest($0) }
        var rounds = 0
        let result = try await test.desk.perform(nil, by: member) { () async throws(DeskRefusal) in
            rounds += 1
            let referral = try await test.desk.prepareReferral(request, by: someone, as: member)
            if rounds == 1 { _ = try await test.desk.removePartner(test.debt.oin, endingMessages: false) }
            return Prepared(basis: referral.basis) { transaction in
                guard try referral.holds(transaction) else { return nil }
                try referral.write(transaction)
                return referral.answer
            }
        }
        #expect(rounds == 2 && result.status == 422)
        #expect(try test.number("SELECT count(*) FROM message") == 0)
        #expect(try test.logIsIntact())
    }

    /// What is answered when debt help is removed once this was prepared, and before it is committed.
    private func removingDebtHelp(of town: MeetingTown, _ prepare: () async throws(DeskRefusal) -> Prepared) async throws(DeskRefusal)
        -> DeskAnswer
    {
        var rounds = 0
        return try await town.test.desk.perform(nil, by: town.desk) { () async throws(DeskRefusal) in
            rounds += 1
            let prepared = try await prepare()
            if rounds == 1 { _ = try await town.test.desk.removePartner(town.test.debt.oin, endingMessages: false) }
            return prepared
        }
    }

    /// The kinds of the messages that wait for debt help.
    private func waiting(in town: MeetingTown) throws -> [String?] {
        try town.test.sql("SELECT kind FROM message WHERE partner = ? AND state = 'queued'", [town.helpers[0].oin]).map {
            $0["kind"] as String?
        }
    }

    @Test("a partner removed while a meeting is dated is not invited, which the answer says, and the others are")
    func removedWhenDated() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let date = try reading(town.dateBody(filed, [("debts", nil), ("health", nil)])) { MeetingDate($0) }
        let dated = try await removingDebtHelp(of: town) { () async throws(DeskRefusal) in
            try await town.test.desk.prepareDate(date, of: try await town.test.desk.ledMeeting(meeting, by: town.desk))
        }
        #expect(dated.status == 200 && town.refusal(dated, town.helpers[0]) == ["unknown-fact"])
        #expect(!town.invitation(dated, town.helpers[1]).isEmpty)
        #expect(try waiting(in: town).isEmpty)
        #expect(try town.test.logIsIntact())
    }

    @Test("a partner removed while a meeting is cancelled is sent no content any more: a notice waits for it, and the others are told")
    func removedWhenCancelled() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        for helper in town.helpers { try await town.receive(town.invitation(dated, helper), helper.partner) }
        let cancelled = try await removingDebtHelp(of: town) { () async throws(DeskRefusal) in
            try await town.test.desk.prepareCancellation(of: try await town.test.desk.ledMeeting(meeting, by: town.desk))
        }
        #expect(cancelled.status == 200 && cancelled.body.text("state") == "cancelled")
        #expect(try waiting(in: town) == ["notice"])
        #expect(try await town.test.inbox(of: town.helpers[1].partner).map(\.kind) == ["invitation"])
        #expect(try town.test.logIsIntact())
    }

    @Test("when nothing can be stored the answer is not-durable, and nothing happened")
    func notDurable() async throws {
        let filed = try await test.openCase(by: member)
        let before = try test.entries().count
        try test.desk.store.limit(toPages: 1)
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed, fields: Consents.allFields), by: member, idempotency: nil)
        }
        #expect(refused.status == 503)
        #expect(refused.body.text("code") == "not-durable")
        try test.desk.store.limit(toPages: nil)
        #expect(try test.entries().count == before)
        #expect(try test.number("SELECT count(*) FROM message") == 0)
        _ = try await test.refer(test.referral(filed), by: member)
        #expect(try test.logIsIntact())
    }
}
