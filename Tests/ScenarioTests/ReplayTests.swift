import AuditTrail
import Casework
import ConvenantTestSupport
import Crypto
import Disclosure
import Foundation
import GRDB
import Storage
import StrictJSON
import Testing

@testable import Exchange

@Suite("Deciding again what was decided")
struct ReplayTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    /// What replaying every decision of the log comes to.
    private func replayed() throws -> [ReplayOutcome] {
        let archive = try DecisionArchive(test.folder)
        return try test.entries().compactMap { try archive.replay($0) }
    }

    private func file(_ body: JSONValue) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(body, by: .partner(test.debt.oin), idempotency: nil)
        }
    }

    /// Permits, refusals, questions without a person, filings of every outcome, a withdrawal, an objection, a shrinking, another policy and
    /// an erasure.
    private func tellStory() async throws {
        let filed = try await test.openCase([.mother, .father], freeText: "een briefje", by: member)
        let first = try await test.refer(test.referral(filed), by: member)
        _ = try await test.refer(test.referral(filed, subjects: [filed.persons[0]]), by: member)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed, purpose: "curiosity"), by: member, idempotency: nil)
        }
        _ = try await test.desk.askDecision(test.referral(filed), by: member)
        for answer in ["yes", "no", "unknown"] {
            _ = try await test.desk.askDecision(
                [
                    "to": .string(test.debt.oin.description), "purpose": "debtAssistance", "fields": ["domains.debts", "health"],
                    "consent": .string(answer),
                ], by: member)
        }
        var unwilling = Resident.mother
        unwilling.consents = [Consents.refused]
        #expect(await file(signal([unwilling])).status == 201)
        try await test.adopt(TestPolicy { $0.onRefusal = "refuse" })
        #expect(await file(signal([unwilling])).status == 422)

        // Less may go than was sealed.
        try await test.adopt(TestPolicy { $0.debtFields = ["identification", "domains.debts"] })
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(first.message, by: .partner(test.debt.oin))
            } == "ended")
        let consent = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member)
        _ = try await test.withdraw(consent, by: member)
        _ = try await test.desk.makeObjection(["personId": .string(filed.persons[1])], by: member, idempotency: nil)
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
        }
        test.clock.advance(days: 3)
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        }
        _ = try await test.refer(test.referral(filed, subjects: [filed.persons[1]]), by: member)
    }

    @Test("every decision of a story comes out as the same bytes, after an erasure and under another policy too")
    func story() async throws {
        try await tellStory()
        let outcomes = try replayed()
        #expect(outcomes.filter { $0 != .same } == [])
        let rows = try test.number("SELECT count(*) FROM decision")
        #expect(outcomes.count == rows)
        let events = Set(try test.events())
        #expect(events.isSuperset(of: ["decision.permitted", "decision.refused", "decision.changed", "erasure.done"]))
        #expect(try test.number("SELECT count(DISTINCT policy_revision) FROM decision") == 3)
        #expect(try test.logIsIntact())
    }

    @Test("what stays after an erasure holds no value that was filed")
    func noValues() async throws {
        try await tellStory()
        let kept = try test.sql("SELECT facts FROM subject_facts").map { $0["facts"] as String }.joined()
        #expect(kept.contains("debtAssistance"))
        let mother = Resident.mother
        let values = [
            mother.given, mother.family, mother.birthDate, mother.bsn, mother.phone, mother.street, "brieven", "slaapt", "briefje",
        ]
        for value in values.compactMap({ $0 }) { #expect(!kept.contains(value)) }
    }

    @Test(
        "a fact, a policy or a row that somebody changed is found",
        arguments: [
            ("UPDATE subject_facts SET facts = replace(facts, '\"given\"', '\"refused\"')", ReplayFault.factsChanged),
            ("DELETE FROM subject_facts", .factsChanged),
            ("UPDATE subject_facts SET person = zeroblob(16)", .factsChanged),
            ("UPDATE decision SET facts = NULL", .factsChanged),
            ("UPDATE decision SET facts = zeroblob(32)", .factsChanged),
            ("UPDATE decision SET decided_at = decided_at + 1", .factsChanged),
            ("UPDATE decision SET outcome = CASE outcome WHEN 'permitted' THEN 'refused' ELSE 'permitted' END", .rowChanged),
            ("UPDATE decision SET question = '{}'", .rowChanged),
            ("UPDATE decision SET question = replace(question, '\"domains.debts.concern\"', '\"domains.work.concern\"')", .differs),
            ("UPDATE policy_file SET bytes = CAST(bytes || x'0a' AS BLOB)", .policyChanged),
            ("UPDATE policy_revision_file SET path = 'covenants/other.yaml' WHERE path = 'covenants/test-debt.yaml'", .policyChanged),
            ("DELETE FROM policy_revision_file", .policyChanged),
            ("DELETE FROM policy_revision_file; DELETE FROM policy_revision", .policyMissing),
        ])
    func tampered(_ sql: String, _ fault: ReplayFault) async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        #expect(try Set(replayed()) == [.same])
        for statement in sql.split(separator: "; ") { try test.sql(String(statement)) }
        let found = try Set(replayed())
        #expect(found.contains(.fault(fault)) && found.isSubset(of: [.fault(fault), .same]), "\(found)")
    }

    @Test("facts that were changed with their digests are found by what the signed log says of them")
    func tamperedThroughout() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        for row in try test.sql("SELECT person, revision, digest, facts FROM subject_facts") {
            let text = (row["facts"] as String).replacingOccurrences(of: "\"secrecyIndicator\":0", with: "\"secrecyIndicator\":7")
            let digest = Data(SHA256.hash(data: Data(text.utf8)))
            try test.sql("UPDATE subject_facts SET facts = ?, digest = ? WHERE digest = ?", [text, digest, row["digest"] as Data])
            try test.sql("UPDATE decision SET facts = ? WHERE facts = ?", [digest, row["digest"] as Data])
        }
        #expect(try Set(replayed()) == [.fault(.factsChanged)])
    }

    @Test("a decision that the log tells of and that has no row is found")
    func rowMissing() async throws {
        let asked = try await test.desk.askDecision(
            ["to": .string(test.debt.oin.description), "purpose": "debtAssistance", "fields": ["domains.debts"], "consent": "yes"],
            by: member)
        try test.sql("DELETE FROM decision WHERE id = ?", [Data(try #require(DecisionID(asked.body.text("decisionId"))).bytes)])
        #expect(try replayed() == [.fault(.rowMissing)])
    }

    @Test("a decision from before facts were kept is told apart, and is no fault")
    func notKept() async throws {
        let asked = try await test.desk.askDecision(
            ["to": .string(test.debt.oin.description), "purpose": "debtAssistance", "fields": ["domains.debts"], "consent": "yes"],
            by: member)
        let id = asked.body.text("decisionId")
        try test.sql("UPDATE decision SET facts = NULL")
        let old = AuditEntry(
            id: id, at: 1_795_424_400_000, event: .decisionPermitted, actor: AuditActor(kind: .daemon), refs: [.decision: id],
            facts: ["policy": .text("r"), "allowed": .list([])])
        #expect(try DecisionArchive(test.folder).replay(RecordedEntry(reading: old.encoded().bytes)) == .notKept)
    }

    @Test("what other rules decided otherwise is told apart from what differs; an outcome that is the same is the same by whatever rules")
    func otherRules() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        let entry = try #require(try test.entries().last { $0.event == "decision.permitted" })
        #expect(entry.facts["rules"] == .integer(rulesRevision))
        let archive = try DecisionArchive(test.folder)
        func replay(_ changed: [String: AuditFact?]) throws -> ReplayOutcome? {
            var facts = entry.facts
            for (name, fact) in changed { facts[name] = fact }
            let other = AuditEntry(
                id: entry.id, at: entry.at, event: .decisionPermitted, actor: AuditActor(kind: .daemon),
                refs: [.decision: entry.refs["decision"] ?? ""], facts: facts)
            return try archive.replay(RecordedEntry(reading: other.encoded().bytes))
        }
        let others = AuditFact.integer(rulesRevision - 1)
        #expect(try replay([:]) == .same)
        #expect(try replay(["rules": others]) == .same)
        #expect(try replay(["allowed": .list([])]) == .fault(.differs))
        #expect(try replay(["allowed": .list([]), "rules": others]) == .otherRules(rulesRevision - 1))
        #expect(try replay(["allowed": .list([]), "rules": nil]) == .fault(.differsUnnumbered))
        // Other rules do not answer another question.
        #expect(try replay(["asked": .list([]), "rules": others]) == .fault(.differs))
        // Nor do they change what the row says.
        try test.sql("UPDATE decision SET outcome = 'refused'")
        #expect(try replay(["allowed": .list([]), "rules": others]) == .fault(.rowChanged))
    }

    @Test("a person's facts are kept once for each disclosure revision, however many decisions stand on them")
    func keptOnce() async throws {
        let filed = try await test.openCase(by: member)
        let person = Data(try #require(PersonID(filed.persons[0])).bytes)
        func kept() throws -> Int { try test.number("SELECT count(*) FROM subject_facts WHERE person = ? AND revision >= 0", [person]) }
        #expect(try kept() == 0)
        for _ in 0..<3 { _ = try await test.refer(test.referral(filed), by: member) }
        #expect(try kept() == 1)
        let yes = Consents.care.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        _ = try await test.desk.recordConsent(yes, by: member, idempotency: nil)
        for _ in 0..<2 { _ = try await test.refer(test.referral(filed), by: member) }
        #expect(try kept() == 2)
    }

    @Test("entries about one person have no commitment in common")
    func notJoinable() async throws {
        let filed = try await test.openCase(by: member)
        for _ in 0..<3 { _ = try await test.refer(test.referral(filed), by: member) }
        let commitments = try test.entries().compactMap { $0.facts["standsOn"] }
        #expect(commitments.count == 4 && Set(commitments).count == 4)
    }

    @Test("the explanation of a recorded decision is the one that was given, also after the policy changed")
    func explained() async throws {
        let filed = try await test.openCase(by: member)
        let asked = try await test.desk.askDecision(test.referral(filed), by: member)
        try await test.adopt(TestPolicy { $0.hasCare = false })
        let id = try #require(DecisionID(asked.body.text("decisionId")))
        let again = try #require(try DecisionArchive(test.folder).decideAgain(id)).get()
        let text = explain(again.decision, question: again.question, policy: again.policies.snapshot, at: again.at)
        #expect(text.nl == asked.body["explanation"]?.text("nl") && text.en == asked.body["explanation"]?.text("en"))
        #expect(try DecisionArchive(test.folder).decideAgain(DecisionID(high: 1, low: 1)) == nil)
    }
}
