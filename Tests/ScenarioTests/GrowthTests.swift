import Casework
import ConvenantTestSupport
import Exchange
import Testing

/// What a referral costs must not grow with what is stored. Counted in steps of SQLite and not in time, so that it says the same on every machine.
@Suite("Growth", .timeLimit(.minutes(10)))
struct GrowthTests {
    private let test: TestDesk
    private let member: Caller
    private let steps: StatementSteps

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        test.crash()
        steps = StatementSteps.watch(test.folder)
        try await test.open()
    }

    /// Another person for each number.
    private func newcomer(_ number: Int) -> Resident {
        var resident = Resident.mother
        let first = 999_900_000 + number * 11
        resident.bsn = (first..<first + 11).lazy.map(String.init).first { CitizenServiceNumber($0) != nil }
        return resident
    }

    /// From the door to the receipt, a referral that is withdrawn, and the sweeps of a second; then nothing waits for any partner.
    private func wholeReferral(_ number: Int, from filed: FiledCase? = nil) async throws {
        let own = try await test.openCase([newcomer(number)], by: member)
        let filed = filed ?? own
        _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let second = try await test.refer(test.referral(own), by: member)
        _ = try await test.fetch(second.message, as: test.debt)
        _ = try await test.withdraw(try await test.debtConsent(of: own.persons[0], casefile: own.casefile, by: member), by: member)
        for (notice, _) in try await test.inbox(of: test.debt) { try await test.receive(notice, as: test.debt) }
        _ = try await test.desk.sweepDeadlines()
        try await test.desk.beat()
    }

    /// Statements that took more steps than before: half as many again, and ten more, for room in lists that stay short.
    private func grown(_ before: [String: StatementSteps.Work], _ after: [String: StatementSteps.Work]) -> [String] {
        after.compactMap { text, work in
            guard let earlier = before[text], work.each > earlier.each * 1.5 + 10 else { return nil }
            return "\(Int(earlier.each)) to \(Int(work.each)) steps: \(text)"
        }
        .sorted()
    }

    /// The work of the last of so many whole referrals.
    private func work(after numbers: Range<Int>, from filed: FiledCase? = nil) async throws -> [String: StatementSteps.Work] {
        for number in numbers.dropLast() { try await wholeReferral(number, from: filed) }
        _ = steps.take()
        try await wholeReferral(numbers.upperBound - 1, from: filed)
        return steps.take()
    }

    @Test("filing, referring, delivering and withdrawing look at as many rows in a town of a hundred cases as in one of ten")
    func cases() async throws {
        let few = try await work(after: 0..<10)
        let many = try await work(after: 10..<100)
        #expect(few.count > 60, "the statements were watched")
        #expect(grown(few, many) == [])
    }

    @Test("a case of which much was referred before costs no more to refer from")
    func referrals() async throws {
        let filed = try await test.openCase([newcomer(1000)], by: member)
        let few = try await work(after: 0..<10, from: filed)
        let many = try await work(after: 10..<70, from: filed)
        #expect(grown(few, many) == [])
    }
}
