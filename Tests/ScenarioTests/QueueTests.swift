import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON
import Testing

/// Nothing here has code of its own in the desk: each change is met by deciding again, at every attempt.
@Suite("Between queueing and pulling")
struct QueueTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    /// The message does not go, has ended with its task, and its bytes are gone.
    private func expectStopped(_ queued: QueuedReferral, reason: String) async throws {
        let before = try test.entries().count
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try test.events(after: before) == ["task.moved", "decision.changed", "message.ended"])
        let changed = try test.entries()[before + 1]
        #expect(changed.facts["reasons"] == .list([reason]))
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.task(queued.task) == ("cancelled", nil))
        #expect(try await test.inbox(of: test.debt).isEmpty)
        #expect(try test.number("SELECT count(*) FROM attempt") == 0)
        #expect(try test.number("SELECT count(*) FROM message WHERE key IS NOT NULL OR id IN (SELECT message FROM message_body)") == 0)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
        // It stays ended, and that is no new entry.
        let after = try test.entries().count
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try test.entries().count == after)
    }

    /// The message is superseded by one that says less; gives what the partner opens.
    private func expectShrunk(_ queued: QueuedReferral) async throws -> JSONObject {
        let before = try test.entries().count
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try test.events(after: before) == ["decision.changed", "message.superseded", "message.sealed"])
        #expect(try test.state(of: queued.message) == "superseded")
        let waiting = try await test.inbox(of: test.debt)
        #expect(waiting.count == 1)
        let id = try #require(waiting.first?.id)
        let opened = try await test.fetch(id, as: test.debt).payload
        #expect(opened.replaces == queued.message)
        #expect(opened.task?.taskId == queued.task)
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try test.number("SELECT count(*) FROM attempt") == 1)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
        return opened.fields
    }

    private func queue() async throws -> (FiledCase, QueuedReferral) {
        let filed = try await test.openCase(by: member)
        return (filed, try await test.refer(test.referral(filed), by: member))
    }

    @Test("nothing changed: the partner opens what was permitted")
    func untouched() async throws {
        let (_, queued) = try await queue()
        let fields = try await test.fetch(queued.message, as: test.debt).payload.fields
        #expect(fields["contact"]?["address"]?["street"]?.stringValue == Resident.mother.street)
        #expect(fields["identification"]?["bsn"]?.stringValue == Resident.mother.bsn)
        #expect(fields["domains"]?["debts"] != nil)
        #expect(fields["domains"]?["health"] == nil)
    }

    @Test("a consent row that is deleted stops it")
    func consentDeleted() async throws {
        let (_, queued) = try await queue()
        try test.sql("DELETE FROM consent WHERE recipients = 'sector:debt'")
        try await expectStopped(queued, reason: "consent-missing")
    }

    @Test("a consent that runs out stops it")
    func consentExpires() async throws {
        var mother = Resident.mother
        let until = test.clock.calendar.advanced(byMilliseconds: 60_000).rfc3339
        mother.consents = [
            Consents.intake,
            Consents.given(to: ["sector:debt"], for: ["debtAssistance"], fields: Consents.allFields, until: until),
        ]
        let filed = try await test.openCase([mother], by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        test.clock.advance(milliseconds: 60_000)
        try await expectStopped(queued, reason: "consent-expired")
    }

    @Test("a covenant that ends by its own date stops it")
    func covenantRunsOut() async throws {
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-24T00:00:00+01:00"
        try await test.adopt(policy)
        let (_, queued) = try await queue()
        test.clock.advance(days: 1)
        try await expectStopped(queued, reason: "covenant-expired")
    }

    @Test("a covenant that is taken away stops it")
    func covenantEnded() async throws {
        let (_, queued) = try await queue()
        var policy = TestPolicy()
        policy.debtUntil = "2026-11-22T00:00:00+01:00"
        try await test.adopt(policy)
        // The covenant on filing still names both, and leads only the other way: it does not hide that this one has ended.
        try await expectStopped(queued, reason: "covenant-expired")
    }

    @Test("an article that is narrowed shrinks it")
    func articleNarrowed() async throws {
        let (_, queued) = try await queue()
        var policy = TestPolicy()
        policy.debtFields = ["identification", "domains.debts"]
        try await test.adopt(policy)
        let fields = try await expectShrunk(queued)
        #expect(fields["contact"] == nil)
        #expect(fields["identification"]?["bsn"] == nil)
        #expect(fields["identification"]?["name"] != nil)
    }

    @Test("an article of which nothing is left stops it")
    func articleEmptied() async throws {
        let (_, queued) = try await queue()
        var policy = TestPolicy()
        policy.debtFields = ["domains.work"]
        try await test.adopt(policy)
        try await expectStopped(queued, reason: "field-not-covered")
    }

    @Test("a death stops it")
    func death() async throws {
        let (_, queued) = try await queue()
        try test.sql("UPDATE person SET deceased = 1")
        try await expectStopped(queued, reason: "deceased")
    }

    @Test("a fact that is no longer known stops it")
    func unknown() async throws {
        let (_, queued) = try await queue()
        try test.sql("UPDATE person SET deceased = NULL")
        try await expectStopped(queued, reason: "unknown-fact")
    }

    @Test("a secrecy indicator takes the address out of it", arguments: [1, 4, 7, nil])
    func secrecy(_ indicator: Int?) async throws {
        let (_, queued) = try await queue()
        try test.sql("UPDATE person SET secrecy_indicator = ?", [indicator])
        let fields = try await expectShrunk(queued)
        #expect(fields["contact"]?["address"] == nil)
        #expect(fields["contact"]?["phone"]?.stringValue == Resident.mother.phone)
    }

    @Test("what the register says is noted on a case: of a secret address and a death in every case of the same number, taken back in one")
    func noted() async throws {
        let (here, queued) = try await queue()
        let (there, elsewhere) = try await queue()
        func note(_ filed: FiledCase, _ said: JSONObject, by caller: Caller? = nil) async -> DeskAnswer {
            let body = said.members.reduce(["personId": .string(filed.persons[0])] as JSONValue) { $0.with($1.name, $1.value) }
            return await ask { () async throws(DeskRefusal) in
                try await test.desk.noteRegistration(filed.casefile, body, by: caller ?? member, idempotency: nil)
            }
        }
        func shown(_ filed: FiledCase) async throws -> JSONValue {
            try #require(try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue?.first)
        }
        func refer(_ filed: FiledCase) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
            }
        }
        #expect(try await shown(here)["secrecyIndicator"] == nil)
        let before = try test.entries().count
        let answer = await note(here, ["secrecyIndicator": .integer(7)])
        #expect(answer.status == 200)
        #expect(answer.body == ["personId": .string(here.persons[0]), "secrecyIndicator": .integer(7), "deceased": false])
        let entry = try #require(try test.entries().dropFirst(before).first)
        #expect(entry.event == "registration.noted" && entry.facts.isEmpty && entry.subjects.count == 2, "about whom, and not what")
        for message in [queued, elsewhere] { #expect(try test.state(of: message.message) == "superseded") }
        let waiting = try await test.inbox(of: test.debt)
        #expect(waiting.count == 2)
        for message in waiting {
            let fields = try await test.fetch(message.id, as: test.debt).payload.fields
            #expect(fields["contact"]?["address"] == nil && fields["contact"]?["phone"] != nil)
        }
        #expect(await note(here, ["secrecyIndicator": .integer(0)]).status == 200)
        #expect(try await shown(here)["secrecyIndicator"] == nil)
        #expect(try await shown(there)["secrecyIndicator"] == .integer(7))
        #expect(await note(there, ["deceased": true]).body["secrecyIndicator"] == .integer(7), "what was not said stays")
        #expect(try await shown(here)["deceased"] == true)
        #expect(await refer(here).body["reasons"] == ["deceased"])
        #expect(await note(here, ["deceased": false]).status == 200)
        #expect(await refer(here).status == 201)

        #expect(await note(here, [:]).status == 400)
        let wrong = await note(here, ["secrecyIndicator": .integer(8)])
        #expect(wrong.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/secrecyIndicator"])
        let stranger = try await test.staff("manager-1", .socialCaseManager)
        #expect(await note(here, ["deceased": true], by: stranger).status == 404)
        #expect(try test.logIsIntact())
    }

    @Test("a secret address that a later signal says takes the address out of what waits in an earlier case of the same number")
    func filedElsewhere() async throws {
        let (here, queued) = try await queue()
        var mother = Resident.mother
        mother.secrecyIndicator = 7
        let before = try test.entries().count
        let answer = try await test.desk.fileSignal(signal([mother]), by: .partner(test.debt.oin), idempotency: nil)
        #expect(answer.status == 201)
        let noted = try test.entries().dropFirst(before).filter { $0.event == "registration.noted" }
        #expect(noted.count == 1 && noted.first?.subjects.count == 1 && noted.first?.facts.isEmpty == true)
        #expect(try test.state(of: queued.message) == "superseded")
        let waiting = try #require(try await test.inbox(of: test.debt).first)
        let fields = try await test.fetch(waiting.id, as: test.debt).payload.fields
        #expect(fields["contact"]?["address"] == nil && fields["contact"]?["phone"] != nil)
        let shown = try await test.desk.showCasefile(here.casefile, by: member).body
        #expect(shown["persons"]?.arrayValue?.first?["secrecyIndicator"] == .integer(7))
        #expect(try test.logIsIntact())
    }

    @Test("of two people the one who died falls out, and nothing about the household as a whole is left")
    func oneOfTwo() async throws {
        let filed = try await test.openCase([.mother, .father], freeText: "samen besproken", by: member)
        let queued = try await test.refer(
            test.referral(filed, fields: ["identification", "household.members", "freeText"]), by: member)
        try test.sql("UPDATE person SET deceased = 1 WHERE ordinal = 1")
        let fields = try await expectShrunk(queued)
        #expect(fields["others"] == nil)
        #expect(fields["freeText"] == nil)
        #expect(fields["household"] == nil)
        #expect(fields["identification"]?["name"]?["given"]?.stringValue == Resident.mother.given)
    }

    @Test("what has left once is decided again when it is fetched once more")
    func secondAttempt() async throws {
        let (_, queued) = try await queue()
        let first = try await test.fetch(queued.message, as: test.debt).bytes
        #expect(try await test.fetch(queued.message, as: test.debt).bytes == first)
        #expect(try test.number("SELECT count(*) FROM attempt") == 2)
        try test.sql("DELETE FROM consent WHERE recipients = 'sector:debt'")
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            } == "ended")
        #expect(try test.number("SELECT count(*) FROM attempt") == 2)
        #expect(try test.task(queued.task) == ("cancelled", nil))
    }

    @Test("a policy that is adopted between preparing and committing makes the work stale, and it is decided again")
    func adoptedMeanwhile() async throws {
        let filed = try await test.openCase(by: member)
        var narrow = TestPolicy()
        narrow.debtFields = ["identification", "domains.debts"]
        var sent = 0
        for round in 0..<12 {
            async let adopted: Void = test.adopt(round.isMultiple(of: 2) ? narrow : TestPolicy())
            async let answer = ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
            }
            let queued = await answer
            try await adopted
            // Three times stale is busy: then nothing happened.
            if queued.status != 201 { #expect(queued.body.text("code") == "busy") } else { sent += 1 }
        }
        #expect(sent > 0)
        #expect(try test.number("SELECT count(*) FROM message") == sent)
        // No referral may be wider than the policy under which its entries were committed.
        var revision = ""
        var narrowRevisions: Set<String> = []
        let narrowRevision = try narrow.load().snapshot.revision
        for entry in try test.entries() {
            if entry.event == "policy.loaded", case .text(let loaded)? = entry.facts["revision"] { revision = loaded }
            guard entry.event == "decision.permitted", entry.facts["purpose"] == .text("debtAssistance"),
                case .text(let decidedOn)? = entry.facts["policy"], case .list(let allowed)? = entry.facts["allowed"]
            else { continue }
            #expect(decidedOn == revision)
            narrowRevisions.insert(decidedOn)
            #expect(allowed.contains { $0.contains("contact") } == (decidedOn != narrowRevision))
        }
        #expect(!narrowRevisions.isEmpty)
    }
}
