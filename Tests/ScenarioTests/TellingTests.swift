import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import GRDB
import StrictJSON
import Testing

@Suite("Telling the resident")
struct TellingTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    /// Moves both clocks to this local time.
    private func go(to text: String) throws {
        let at = try #require(Instant(rfc3339: text))
        test.clock.advance(milliseconds: at.millisecondsSince1970 - test.clock.calendar.millisecondsSince1970)
    }

    private func due(_ id: String, kind: String = "signal") throws -> (due: String, acts: String)? {
        let bytes = try #require(SignalID(id)).bytes
        return try test.sql(
            "SELECT due_at, act_at FROM deadline WHERE subject_kind = ? AND subject = ? AND kind = 'telling'", [kind, Data(bytes)]
        ).first.map { row in
            let (due, acts): (Int64, Int64) = (row["due_at"], row["act_at"])
            return (Instant(millisecondsSince1970: due).rfc3339, Instant(millisecondsSince1970: acts).rfc3339)
        }
    }

    private func file(_ members: [Resident] = [.mother]) async throws -> (signal: String, casefile: String) {
        let filed = try await test.desk.fileSignal(signal(members), by: .partner(test.debt.oin), idempotency: nil)
        let id = filed.body.text("signalId")
        return (id, try await test.desk.showSignal(id, by: member).body.text("casefileId"))
    }

    private func tell(_ casefile: String, _ body: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let key = key.map { IdempotencyKey(route: "POST /v1/casefiles/{casefileId}/tellings", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.tellResident(casefile, body, by: caller ?? member, idempotency: key)
        }
    }

    private func told(_ signal: String, way: String = "phone") -> JSONValue {
        ["signalId": .string(signal), "told": ["way": .string(way)]]
    }

    private func postponed(_ signal: String, ground: String = "safetyOfOthers", until: String) -> JSONValue {
        ["signalId": .string(signal), "postponed": ["ground": .string(ground), "reviewOn": .string(until)]]
    }

    @Test(
        "a signal is told within a month by the calendar, at the same time of day, clamped to the month's end",
        arguments: [
            ("2027-01-31T10:00:00+01:00", "2027-02-28T09:00:00.000Z", "2027-03-01T07:30:00.000Z"),
            ("2028-01-31T10:00:00+01:00", "2028-02-29T09:00:00.000Z", "2028-02-29T09:00:00.000Z"),
            ("2027-03-31T10:00:00+02:00", "2027-04-30T08:00:00.000Z", "2027-04-30T08:00:00.000Z"),
            // Over the night in which the clock goes forward, and the one in which it goes back.
            ("2027-02-28T10:00:00+01:00", "2027-03-28T08:00:00.000Z", "2027-03-30T06:30:00.000Z"),
            ("2027-09-30T23:00:00+02:00", "2027-10-30T21:00:00.000Z", "2027-11-01T07:30:00.000Z"),
            ("2027-10-01T10:00:00+02:00", "2027-11-01T09:00:00.000Z", "2027-11-01T09:00:00.000Z"),
        ])
    func month(_ filed: String, _ due: String, _ acts: String) async throws {
        try go(to: filed)
        let found = try self.due(try await file().signal)
        #expect(found?.due == due)
        #expect(found?.acts == acts)
    }

    @Test("a signal without identity is told to nobody")
    func nobody() async throws {
        _ = try await test.desk.fileSignal(signal(nil), by: .partner(test.debt.oin), idempotency: nil)
        #expect(try test.number("SELECT count(*) FROM deadline") == 0)
    }

    @Test("told settles it, once, and the log says how", arguments: ["phone", "letter", "visit", "atTheTable", "other"])
    func told(_ way: String) async throws {
        let (signal, casefile) = try await file()
        let before = try test.entries().count
        #expect(
            await tell(casefile, told(signal, way: way))
                == DeskAnswer(
                    status: 200,
                    body: ["casefileId": .string(casefile), "signalId": .string(signal), "told": ["way": .string(way)]]))
        #expect(try due(signal) == nil)
        let entry = try #require(try test.entries().dropFirst(before).first)
        #expect(entry.event == "resident.told")
        #expect(entry.refs == ["signal": signal])
        #expect(entry.facts == ["way": .text(way)])
        #expect(await tell(casefile, told(signal)).body.text("code") == "already-decided")
        #expect(await tell(casefile, postponed(signal, until: "2027-01-01")).body.text("code") == "already-decided")
        #expect(try test.logIsIntact())
    }

    @Test("a letter may say which text it was, and nothing else may")
    func letterVersion() async throws {
        let (signal, casefile) = try await file()
        func told(_ way: String, _ version: JSONValue) -> JSONValue {
            ["signalId": .string(signal), "told": ["way": .string(way), "textVersion": version]]
        }
        for wrong in [told("phone", "letter-1"), told("letter", "aan mevrouw"), told("letter", 1)] {
            #expect(await tell(casefile, wrong).body.text("code") == "invalid-input")
        }
        let before = try test.entries().count
        #expect(await tell(casefile, told("letter", "letter-1")).body["told"] == ["way": "letter", "textVersion": "letter-1"])
        #expect(try test.entries().dropFirst(before).first?.facts == ["way": .text("letter"), "textVersion": .text("letter-1")])
    }

    @Test("who lost the answer gets it again under the same key, and the log tells it once")
    func again() async throws {
        let (signal, casefile) = try await file()
        let first = await tell(casefile, told(signal), key: "t-1")
        #expect(first.status == 200)
        let entries = try test.entries().count
        #expect(await tell(casefile, told(signal), key: "t-1") == first)
        #expect(await tell(casefile, told(signal, way: "letter"), key: "t-1").body.text("code") == "idempotency-conflict")
        #expect(try test.entries().count == entries)
    }

    @Test("at the first disclosure telling is due at that instant, and a later one does not move it again")
    func firstDisclosure() async throws {
        let filed = try await test.openCase(by: member)
        test.clock.advance(days: 4)
        let queued = try await test.refer(test.referral(filed), by: member)
        // Sealed is not gone.
        #expect(try due(filed.signal)?.due == "2026-12-23T09:00:00.000Z")
        let before = try test.entries().count
        _ = try await test.fetch(queued.message, as: test.debt)
        #expect(try due(filed.signal)?.due == "2026-11-27T09:00:00.000Z")
        let moved = try #require(try test.entries().dropFirst(before).first { $0.event == "deadline.moved" })
        #expect(moved.refs == ["signal": filed.signal])
        #expect(
            moved.facts
                == [
                    "kind": "telling", "from": "2026-12-23T09:00:00.000Z", "to": "2026-11-27T09:00:00.000Z", "because": "firstDisclosure",
                ].mapValues { .text($0) })
        test.clock.advance(days: 1)
        let count = try test.events().count { $0 == "deadline.moved" }
        _ = try await test.fetch(queued.message, as: test.debt)
        #expect(try test.events().count { $0 == "deadline.moved" } == count)
        #expect(try due(filed.signal)?.due == "2026-11-27T09:00:00.000Z")
        #expect(await tell(filed.casefile, told(filed.signal)).status == 200)
        #expect(try test.logIsIntact())
    }

    @Test("a notice discloses nothing")
    func notice() async throws {
        let filed = try await test.openCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            queued.message, test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
        // As if the case had been told of, and a later signal of it had not.
        try test.sql("UPDATE deadline SET due_at = due_at + 86400000 WHERE kind = 'telling'")
        let before = try #require(try due(filed.signal))
        let consent = try #require(
            try test.sql("SELECT id FROM consent WHERE recipients = 'sector:debt'").first.flatMap { $0["id"] as Data? }.flatMap {
                ConsentID(bytes: $0)
            })
        _ = try await test.desk.withdrawConsent(consent.description, ["how": "counter"], by: member, idempotency: nil)
        let notice = try #require(try await test.inbox(of: test.debt).first)
        #expect(notice.kind == "notice")
        _ = try await test.fetch(notice.id, as: test.debt)
        #expect(try #require(try due(filed.signal)) == before)
    }

    @Test("postponed with a ground until the end of a review date: no disclosure moves it, and it comes back")
    func postponement() async throws {
        let filed = try await test.openCase(by: member)
        let before = try test.entries().count
        let answer = await tell(filed.casefile, postponed(filed.signal, until: "2027-03-28"))
        #expect(answer.status == 200)
        // The day on which the clock goes forward has 23 hours; it ends at local midnight all the same.
        #expect(answer.body.text("dueAt") == "2027-03-28T22:00:00.000Z")
        #expect(try due(filed.signal)?.due == "2027-03-28T22:00:00.000Z")
        let entries = try test.entries().dropFirst(before)
        #expect(entries.map(\.event) == ["resident.telling-postponed", "deadline.moved"])
        #expect(entries.first?.facts == ["ground": .text("safetyOfOthers"), "reviewOn": .text("2027-03-28")])
        #expect(entries.last?.facts["because"] == .text("postponed"))
        let queued = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(queued.message, as: test.debt)
        #expect(try due(filed.signal)?.due == "2027-03-28T22:00:00.000Z")
        #expect(await tell(filed.casefile, postponed(filed.signal, ground: "cannotBeReached", until: "2027-04-01")).status == 200)
        #expect(await tell(filed.casefile, told(filed.signal)).status == 200)
        #expect(try test.logIsIntact())
    }

    @Test("the review date lies after today; one of signal and meeting, one of told and postponed")
    func faults() async throws {
        let (signal, casefile) = try await file()
        for body in [
            postponed(signal, until: "2026-11-23"), postponed(signal, until: "2026-11-22"),
            postponed(signal, ground: "busy", until: "2027-01-01"),
            told(signal, way: "dove"), ["signalId": .string(signal)], ["told": ["way": "phone"]],
            told(signal).with("meetingId", .string(signal)),
            told(signal).with("postponed", ["ground": "investigation", "reviewOn": "2027-01-01"]),
            ["signalId": .string(signal), "postponed": ["ground": "investigation"]],
        ] as [JSONValue] {
            #expect(await tell(casefile, body).body.text("code") == "invalid-input", "\(body.canonicalText)")
        }
        #expect(await tell(casefile, postponed(signal, until: "2026-11-24")).status == 200)
        let other = try await file([.father])
        #expect(await tell(other.casefile, told(signal)).status == 404)
        #expect(await tell(casefile, ["meetingId": .string(signal), "told": ["way": "phone"]]).status == 404)
        #expect(await tell("x", told(signal)).status == 404)
    }

    @Test("only the desk and those to whom the case was given", arguments: StaffRole.allCases)
    func roles(_ role: StaffRole) async throws {
        let (signal, casefile) = try await file()
        let caller = try await test.staff("someone", role)
        let expected =
            switch role {
            case .contactPoint: ""
            case .socialCaseManager, .planCoordinator: "not-found"
            default: "role-may-not"
            }
        #expect(await tell(casefile, told(signal), by: caller).body.text("code") == expected)
        #expect(await tell(casefile, told(signal), by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
        if role == .socialCaseManager {
            let (second, own) = try await file()
            _ = try await test.desk.triageSignal(second, ["outcome": "single", "caseManager": "someone"], by: member, idempotency: nil)
            #expect(await tell(own, told(second), by: caller).status == 200)
        }
    }

    @Test("a joined signal is told of under the case it was joined to, and comes due with the case's first disclosure")
    func joined() async throws {
        let first = try await test.openCase(by: member)
        test.clock.advance(days: 2)
        let second = try await file([.father])
        _ = try await test.desk.joinSignal(second.signal, ["casefileId": .string(first.casefile)], by: member)
        #expect(await tell(second.casefile, told(second.signal)).status == 404)
        _ = try await test.fetch(test.refer(test.referral(first), by: member).message, as: test.debt)
        #expect(try due(first.signal)?.due == "2026-11-25T09:00:00.000Z")
        #expect(try due(second.signal)?.due == "2026-11-25T09:00:00.000Z")
        #expect(await tell(first.casefile, told(second.signal)).status == 200)
        #expect(try due(first.signal) != nil)
        #expect(try due(second.signal) == nil)
        // Parted it stays told.
        _ = try await test.desk.partSignal(second.signal, by: member)
        #expect(try due(second.signal) == nil)
        #expect(try test.logIsIntact())
    }

    @Test("when one of the household is erased the others are still told; when everybody is, nobody is")
    func erased() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(try due(filed.signal) != nil)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[1], because: "requested", by: .daemon)
        #expect(try due(filed.signal) == nil)
    }

    @Test("telling and a first disclosure at the same moment: told stays told")
    func atOnce() async throws {
        for _ in 0..<12 {
            let filed = try await test.openCase(by: member)
            let queued = try await test.refer(test.referral(filed), by: member)
            async let fetched = refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            }
            async let told = tell(filed.casefile, told(filed.signal))
            #expect(await fetched == nil)
            #expect(await told.status == 200)
            #expect(try due(filed.signal) == nil)
        }
        #expect(try test.logIsIntact())
    }
}
