import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("What a queue rests on ends by its time")
struct GroundEndTests {
    private let test: TestDesk
    private let member: Caller
    private let filed: FiledCase

    init() async throws {
        test = try await TestDesk(TestPolicy { $0.hasCompulsion = true })
        member = try await test.staff("desk-1", .contactPoint)
        filed = try await test.openCase(by: member)
    }

    /// The first instant of a day, counted from today; the desk opens hours later.
    private func midnight(_ days: Int) -> Instant {
        let calendar = WorkingCalendar()
        return calendar.startOfDay(calendar.localDate(of: test.clock.calendar).adding(days: days))
    }
    private func sweep(at instant: Instant) async throws {
        test.clock.setCalendar(instant)
        _ = try await test.desk.sweepDeadlines()
    }
    private func fell(_ kind: String) throws -> [[String: String]] {
        try test.entries().filter { $0.event == "deadline.fell-due" && $0.facts["kind"] == .text(kind) }.map { entry in
            entry.facts.compactMapValues { if case .text(let text) = $0 { text } else { nil } }
        }
    }
    private func deadlines(_ kind: String) throws -> Int { try test.number("SELECT count(*) FROM deadline WHERE kind = ?", [kind]) }
    private func lever(_ days: Int, review: Int, kind: String = "benefitObligation") async throws -> String {
        let body = test.lever(about: filed.persons[0], kind: kind, days: days, reviewDays: review)
        let answer = await test.record(body, in: filed, by: member)
        guard answer.status == 201 else { throw StoryFault(description: answer.body.canonicalText) }
        return answer.body.text("leverId")
    }
    private func reviews() async throws -> [JSONValue] { try await test.page(of: member)["leverReviews"]?.arrayValue ?? [] }
    private func review(_ id: String, days: Int) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            let body: JSONValue = ["reviewBy": .string(test.day(days)), "because": "Zij laat nog niemand binnen."]
            return try await test.desk.reviewLever(id, body, by: member, idempotency: nil)
        }
    }

    @Test("what waits on a justification ends at the instant it ends, at night, once; not a millisecond before; and the log says why")
    func justification() async throws {
        let sent = try await test.refer(test.justified(test.protection(filed)), by: member)
        let end = midnight(29)
        #expect(try deadlines("ending") == 1)
        try await sweep(at: end.advanced(byMilliseconds: -1))
        #expect(try test.state(of: sent.message) == "queued" && fell("ending").isEmpty)
        let before = try test.entries().count
        test.clock.setCalendar(end.advanced(byMilliseconds: 61_000))
        let watch = try await test.desk.watchdog()
        #expect(watch.lagSeconds == 61 && watch.isBehind, "the watchdog waits for no office hour either")
        for _ in 0..<2 { try await sweep(at: end.advanced(byMilliseconds: 61_000)) }
        #expect(try test.state(of: sent.message) == "ended")
        #expect(try test.task(sent.task).state == "cancelled")
        #expect(try test.events(after: before) == ["task.moved", "decision.changed", "message.ended", "deadline.fell-due"])
        let entry = try #require(try test.entries().last)
        #expect(entry.subjects.count == 1 && entry.casefile != nil && entry.refs["signal"] == filed.signal)
        #expect(try fell("ending").map { $0["due"] } == [end.rfc3339] && fell("ending").first?["justification"] != nil)
        #expect(try deadlines("ending") == 0)
        #expect(try await !test.desk.deadlineLag().isBehind)
        #expect(try test.logIsIntact())
    }

    @Test("what may have left is recalled when its justification ends")
    func recalled() async throws {
        let sent = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = try await test.fetch(sent.message, as: test.care)
        try await sweep(at: midnight(29))
        #expect(try test.state(of: sent.message) == "ended")
        let notices = try await test.inbox(of: test.care).filter { $0.kind == "notice" }
        #expect(notices.count == 1)
        #expect(try await test.fetch(try #require(notices.first?.id), as: test.care).payload.notice?.about == [sent.message])
    }

    @Test("one that was ended by hand, or to which nobody agreed, has no end to come")
    func byHand() async throws {
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        let lever = try await lever(300, review: 100)
        let waiting = await ask { () async throws(DeskRefusal) in
            guard let body = try? test.justification(for: test.protection(filed)) else { throw .notFound }
            return try await test.desk.makeJustification(filed.casefile, body, by: member, idempotency: nil)
        }
        #expect(waiting.status == 201)
        #expect(try deadlines("ending") == 2 && deadlines("review") == 1)
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        for item in try await test.desk.listJustifications(after: nil, limit: 5, by: officer).body["items"]?.arrayValue ?? [] {
            _ = try await test.desk.endJustification(item.text("justificationId"), [:], by: officer, idempotency: nil)
        }
        _ = try await test.desk.endLever(lever, ["because": "Het gezin werkt mee."], by: member, idempotency: nil)
        #expect(try deadlines("ending") == 0 && deadlines("review") == 0)
        try await sweep(at: midnight(400))
        #expect(try fell("ending").isEmpty && fell("review").isEmpty)
    }

    @Test("a crash before the deadline is handled, or halfway, loses nothing and tells nothing twice")
    func crash() async throws {
        let first = try await test.refer(test.justified(test.protection(filed)), by: member)
        let second = try await test.refer(test.protection(filed), by: member)
        test.clock.setCalendar(midnight(29))
        // Halfway: one message has ended, as at an attempt, and the deadline still stands.
        _ = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(first.message, by: .partner(test.care.oin))
        }
        #expect(try test.state(of: first.message) == "ended" && test.state(of: second.message) == "queued")
        test.crash()
        try await test.open(TestPolicy { $0.hasCompulsion = true })
        for _ in 0..<2 { _ = try await test.desk.sweepDeadlines() }
        #expect(try test.state(of: second.message) == "ended")
        #expect(try fell("ending").count == 1)
        #expect(try test.events().filter { $0 == "message.ended" }.count == 2)
        #expect(try test.logIsIntact())
    }

    @Test("R24 when a lever ends by its time, what waits goes on with the one that still holds, and ends with the last")
    func lever() async throws {
        let first = try await lever(10, review: 10)
        _ = try await lever(20, review: 20, kind: "tenancyCondition")
        let sent = try await test.refer(test.justified(test.compelled(filed)), by: member)
        try await sweep(at: midnight(11))
        #expect(try test.state(of: sent.message) == "superseded")
        // The end of a lever whose review was due at that instant is told as an end alone.
        #expect(try fell("ending").map { $0["lever"] } == [first] && fell("review").isEmpty)
        let waiting = try await test.inbox(of: test.care).filter { $0.kind == "referral" }.map(\.id)
        #expect(waiting.count == 1)
        let payload = try await test.fetch(try #require(waiting.first), as: test.care).payload
        #expect(payload.ground?.levers.count == 1 && payload.replaces == sent.message)
        try await sweep(at: midnight(10))
        #expect(try test.state(of: try #require(waiting.first)) == "ended")
        #expect(try deadlines("review") == 0 && fell("review").isEmpty)
        #expect(try test.logIsIntact())
    }

    @Test("R24 a lever to be reviewed is listed for a fortnight, holds no more from its day on, and is overdue until somebody looks")
    func reviewed() async throws {
        let id = try await lever(300, review: 20)
        let sent = try await test.refer(test.justified(test.compelled(filed)), by: member)
        #expect(try await reviews().isEmpty)
        let due = midnight(21)
        try await sweep(at: midnight(6))
        let row = try #require(try await reviews().first)
        #expect(row.text("leverId") == id && row.text("casefileId") == filed.casefile)
        #expect(row.text("dueAt") == due.rfc3339 && row["overdue"] == false)
        try await sweep(at: due.advanced(byMilliseconds: -1))
        #expect(try test.state(of: sent.message) == "queued")
        for _ in 0..<2 { try await sweep(at: due) }
        #expect(try test.state(of: sent.message) == "ended")
        #expect(try await reviews().map { $0["overdue"] } == [true])
        #expect(try fell("review") == [["kind": "review", "due": due.rfc3339, "lever": id]])
        #expect(await review(id, days: 30).body.text("state") == "holding")
        #expect(try await reviews().isEmpty)
        #expect(await review(id, days: 10).status == 200)
        #expect(try await reviews().map { $0["overdue"] } == [false])
        try await sweep(at: midnight(11))
        #expect(try await reviews().map { $0["overdue"] } == [true] && fell("review").count == 2)
        try await sweep(at: midnight(300))
        #expect(try await reviews().isEmpty && fell("ending").contains { $0["lever"] == id })
    }

    @Test("the soonest review stands first; a lever of a joined case stands under the case that it was joined to, and goes with its person")
    func listed() async throws {
        let later = try await lever(300, review: 9)
        let other = try await test.desk.fileSignal(signal([.mother]), by: .partner(test.debt.oin), idempotency: nil).body.text("signalId")
        let part = try await test.desk.showSignal(other, by: member).body.text("casefileId")
        let person = try #require(
            try await test.desk.showCasefile(part, by: member).body["persons"]?.arrayValue?.first?.text("personId"))
        let mine = FiledCase(signal: other, casefile: part, persons: [person])
        let recorded = await test.record(test.lever(about: person, reviewDays: 5), in: mine, by: member)
        #expect(recorded.status == 201)
        #expect(try await reviews().map { $0.text("casefileId") } == [part, filed.casefile])
        _ = try await test.desk.joinSignal(other, ["casefileId": .string(filed.casefile)], by: member)
        #expect(try await reviews().map { $0.text("casefileId") } == [filed.casefile, filed.casefile])
        #expect(try await reviews().map { $0.text("leverId") } == [recorded.body.text("leverId"), later])
        _ = try await test.desk.erasePerson(casefile: part, person: person, because: "requested", by: .daemon)
        #expect(try await reviews().map { $0.text("leverId") } == [later])
        #expect(try test.number("SELECT count(*) FROM deadline WHERE subject_kind = 'lever'") == 2)
    }

    @Test("when the last of a household is erased, nothing about it ends any more")
    func erased() async throws {
        _ = try await lever(300, review: 100)
        _ = try await test.justified(test.protection(filed))
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try test.number("SELECT count(*) FROM deadline WHERE kind IN ('ending', 'review', 'telling')") == 0)
    }
}
