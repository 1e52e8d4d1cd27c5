import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import JOSE
import StrictJSON

/// A desk in the spring of 2009, with terms of calendar days as the acceptance examples have them.
struct Chase {
    let test: TestDesk
    let member: Caller

    /// `P5D` for everything the examples count, two rungs as in The Hague.
    static let policy = TestPolicy {
        $0.validFrom = "2009-01-01T00:00:00+01:00"
        $0.calendarTerms = ["terms.pickUp": "P5D", "terms.afterContact": "P5D", "terms.progress": "P1M"]
    }

    /// Monday 2 March 2009 at ten.
    init(_ policy: TestPolicy = policy, at start: String = "2009-03-02T10:00:00+01:00") async throws {
        test = try await TestDesk(policy, calendar: instant(start))
        member = try await test.staff("desk-1", .contactPoint)
        for (partner, number) in [(test.debt, "070 100 2000"), (test.care, "070 100 3000")] {
            _ = try await test.desk.addPartner(
                oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil,
                telephone: number, mandatedRole: "teamleider")
        }
    }

    /// The time of the case.
    func set(_ text: String) { test.clock.setCalendar(instant(text)) }

    /// A case of the mother; somebody was at its door when it is a multiple one.
    func openCase(_ triage: String = "multipleUnrelated") async throws -> FiledCase {
        let filed = try await test.openCase(triage: triage, by: member)
        try test.sql(
            "UPDATE casefile SET visited_at = ? WHERE id = ? AND triage <> 'single'",
            [test.clock.calendar.millisecondsSince1970, Data(try id(filed.casefile))])
        try test.sql("DELETE FROM deadline WHERE kind = 'homeVisit'")
        try await tell(filed)
        return filed
    }

    /// The resident is told at once, so that nothing but the tasks is due.
    func tell(_ filed: FiledCase) async throws {
        _ = try await test.desk.tellResident(
            filed.casefile, ["signalId": .string(filed.signal), "told": ["way": "phone"]], by: member, idempotency: nil)
    }

    /// The bytes of an id.
    func id(_ text: String) throws -> [UInt8] {
        guard let id = CasefileID(text) else { throw StoryFault(description: "this is no id") }
        return id.bytes
    }

    /// A referral in the queue.
    func refer(_ filed: FiledCase, to partner: PartnerFixture? = nil) async throws -> QueuedReferral {
        let body =
            partner?.oin == test.care.oin
            ? test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification.name", "domains.health"])
            : test.referral(filed)
        return try await test.refer(body, by: member)
    }

    /// A referral whose receipt was taken now.
    func received(_ filed: FiledCase, by partner: PartnerFixture? = nil) async throws -> QueuedReferral {
        let queued = try await refer(filed, to: partner)
        try await receive(queued, by: partner ?? test.debt)
        return queued
    }

    /// Fetches, opens and receipts a message.
    func receive(_ queued: QueuedReferral, by partner: PartnerFixture) async throws {
        let bytes = try await test.fetch(queued.message, as: partner).bytes
        _ = try await test.desk.takeReceipt(
            queued.message, partner.receipt(for: queued.message, bytes, at: test.clock.wall), by: .partner(partner.oin))
    }

    func move(_ task: String, _ body: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let key = key.map { IdempotencyKey(route: "POST /v1/tasks/{taskId}/transitions", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.moveTask(task, body, by: caller ?? .partner(test.debt.oin), idempotency: key)
        }
    }

    func contact(_ filed: FiledCase, _ task: String, _ outcome: String = "promised", by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.recordContact(
                filed.casefile, ["taskId": .string(task), "outcome": .string(outcome)], by: caller ?? member, idempotency: nil)
        }
    }

    /// Sweeps until nothing waits; how many were handled.
    @discardableResult
    func sweep() async throws -> Int {
        var handled = 0
        for _ in 0..<100 {
            let outcome = try await test.desk.sweepDeadlines()
            handled += outcome.handled
            if !outcome.more { return handled }
        }
        throw StoryFault(description: "the sweep finds no end")
    }

    /// A list of the desk's page.
    func list(_ name: String) async throws -> [JSONValue] { try await test.desk.showDesk(by: member).body[name]?.arrayValue ?? [] }

    /// The ids of the tasks in a list of the desk's page.
    func tasks(_ list: String) async throws -> [String] { try await self.list(list).map { $0.text("taskId") } }

    /// When a task falls due.
    func due(_ task: String) throws -> String {
        guard let milliseconds: Int64 = try test.sql("SELECT due_at FROM open_task WHERE task = ?", [Data(try id(task))]).first?["due_at"]
        else { return "-" }
        return Instant(millisecondsSince1970: milliseconds).rfc3339
    }

    func meetings() throws -> Int { try test.number("SELECT count(*) FROM meeting") }
}

/// An instant of a test's own text.
func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(millisecondsSince1970: 0) }

/// An instant of a test's own text as the log counts it.
func milliseconds(_ text: String) -> Int64 { instant(text).millisecondsSince1970 }
