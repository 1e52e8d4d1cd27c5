import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Reporting
import StrictJSON
import Testing

@Suite("Trying a policy over history")
struct DryRunTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openCase(by: member)
        for _ in 0..<2 { _ = try await test.refer(test.referral(filed), by: member) }
        _ = try await test.refer(
            test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification", "domains.health"]), by: member)
    }

    private func dryRun(_ policy: TestPolicy, from: CalendarDate? = nil, to: CalendarDate? = nil) throws -> DryRun {
        try DecisionArchive(test.folder).dryRun(policy.load(), from: from, to: to, municipality: test.municipality.oin)
    }

    private func told(_ flows: [DryRun.Flow]) -> Set<String> {
        Set(flows.map { "\($0.partner.description.suffix(4)) \($0.purpose) \($0.field) \($0.passed) -\($0.newlyStops) +\($0.newlyPasses)" })
    }

    @Test("the policy of the history itself changes nothing")
    func same() throws {
        let found = try dryRun(TestPolicy())
        #expect(found.changes == [] && found.changed == 0 && found.decided == 4 && found.notes == [])
        #expect(found.flows.contains { $0.purpose == "intake" && $0.partner == test.debt.oin && $0.passed == 1 })
    }

    @Test("an article that lists one field less stops exactly the flows of that field")
    func less() throws {
        let fields = TestPolicy().debtFields.filter { $0 != "contact" }
        let found = try dryRun(TestPolicy { $0.debtFields = fields })
        #expect(
            told(found.changes) == [
                "2000 debtAssistance contact.address 2 -2 +0", "2000 debtAssistance contact.email 2 -2 +0",
                "2000 debtAssistance contact.phone 2 -2 +0", "2000 debtAssistance contact.safeWay 2 -2 +0",
            ])
        #expect(Set(found.changes.flatMap(\.because)) == ["field-not-covered"])
        #expect(found.changed == 2 && found.decided == 4)
    }

    @Test("what nobody has signed stops everything, and taken as signed shows what the text itself changes")
    func unsigned() throws {
        let fields = TestPolicy().debtFields.filter { $0 != "contact" }
        let text = TestPolicy {
            $0.debtFields = fields
            $0.unsigned = [test.debt.oin.description]
        }
        let asItIs = try dryRun(text)
        #expect(asItIs.changes.contains { $0.field == "identification.name" && $0.because == ["covenant-unsigned"] })
        let asSigned = try DecisionArchive(test.folder).dryRun(
            text.load().asSigned(), from: nil, to: nil, municipality: test.municipality.oin)
        #expect(told(asSigned.changes) == told(try dryRun(TestPolicy { $0.debtFields = fields }).changes))
    }

    @Test("a covenant that is gone stops everything that rested on it, and is named")
    func gone() throws {
        let found = try dryRun(TestPolicy { $0.hasCare = false })
        #expect(Set(found.changes.map { "\($0.partner) \($0.purpose)" }) == ["\(test.care.oin) careSupport"])
        #expect(found.changes.allSatisfy { $0.newlyStops == $0.passed && $0.newlyPasses == 0 })
        #expect(found.notes.count == 2)
        #expect(found.notes.contains { $0.contains("`careSupport`") && $0.contains(test.care.oin.description) })
        #expect(found.notes.contains { $0.contains("covenant `test-care`") })
    }

    @Test("what was refused and would pass is counted as new, where the resident agrees")
    func more() async throws {
        let filed = try await test.openCase(by: member)
        func ask() async {
            _ = await ConvenantTestSupport.ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(
                    test.referral(filed, purpose: "budgetCoaching", fields: ["domains.debts"]), by: member, idempotency: nil)
            }
        }
        await ask()
        var wider = TestPolicy()
        wider.add("test-more", oin: test.debt.oin.description, purpose: "budgetCoaching", fields: ["domains.debts"])
        // The covenant would let it pass; nobody said yes to it.
        let before = try dryRun(wider)
        #expect(before.changes == [])
        #expect(before.flows.contains { $0.purpose == "budgetCoaching" && $0.passed == 0 })
        let yes = Consents.given(to: [test.debt.oin.description], for: ["budgetCoaching"], fields: ["domains.debts"])
            .with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        _ = try await test.desk.recordConsent(yes, by: member, idempotency: nil)
        await ask()
        #expect(
            told(try dryRun(wider).changes) == [
                "2000 budgetCoaching domains.debts.concern 0 -0 +1", "2000 budgetCoaching domains.debts.observation 0 -0 +1",
            ])
    }

    @Test("only decisions of the days that are asked for count, both ends included, and nothing is written")
    func days() throws {
        let day = WorkingCalendar().localDate(of: test.clock.calendar)
        let narrow = TestPolicy { $0.debtFields = ["identification"] }
        let before = try test.entries().count
        #expect(try dryRun(narrow, from: day, to: day).decided == 4)
        #expect(try dryRun(narrow, from: day.adding(days: 1)).decided == 0)
        #expect(try dryRun(narrow, to: day.adding(days: -1)).decided == 0)
        #expect(try test.entries().count == before)
        #expect(try test.sql("SELECT revision FROM policy_state").first?["revision"] == TestPolicy().load().snapshot.revision)
    }
}
