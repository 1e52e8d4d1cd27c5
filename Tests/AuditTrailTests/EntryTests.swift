import Crypto
import StrictJSON
import Testing

@testable import AuditTrail

@Suite("Entries")
struct EntryTests {
    static let id = "0199f3a2-0000-7000-8000-000000000001"

    @Test("an entry is these bytes and no others")
    func golden() {
        let entry = AuditEntry(
            id: Self.id, at: 1_795_251_600_000, event: .decisionPermitted,
            actor: AuditActor(kind: .staff, handle: "h1", organisation: "00000099000000001000", role: "contactPoint"),
            subjects: ["s2", "s1"], casefile: "c1", refs: [.task: "t", .decision: "d"],
            facts: ["reasons": .list(["a", "b"]), "version": .integer(3), "purpose": .text("debtAssistance"), "big": .integer(.max)],
            commitments: ["domains.debts": "x"])
        let encoded = entry.encoded()
        let expected =
            #"{"actor":{"handle":"h1","kind":"staff","organisation":"00000099000000001000","role":"contactPoint"},"#
            + #""at":"2026-11-21T09:00:00.000Z","casefile":"c1","commitments":{"domains.debts":"x"},"event":"decision.permitted","#
            + #""facts":{"big":"9223372036854775807","purpose":"debtAssistance","reasons":["a","b"],"version":3},"#
            + #""id":"0199f3a2-0000-7000-8000-000000000001","refs":{"decision":"d","task":"t"},"subjects":["s2","s1"],"v":1}"#
        #expect(String(decoding: encoded.bytes, as: UTF8.self) == expected)
        #expect(encoded.leaf == Array(SHA256.hash(data: [0x00] + Array(expected.utf8))))
        #expect(encoded.shard == 2026)
    }

    @Test("an entry reads back as it was written")
    func readBack() throws {
        let entry = AuditEntry(
            id: Self.id, at: 1_795_251_600_123, event: .caseClosed, actor: AuditActor(kind: .daemon), subjects: ["s"],
            refs: [.signal: "g"], facts: ["n": .integer(-4), "l": .list([])])
        let read = try RecordedEntry(reading: entry.encoded().bytes)
        #expect(read.id == entry.id)
        #expect(read.at == entry.at)
        #expect(read.event == "case.closed")
        #expect(read.actor == ["kind": "daemon"])
        #expect(read.subjects == ["s"])
        #expect(read.casefile == nil)
        #expect(read.refs == ["signal": "g"])
        #expect(read.facts == entry.facts)
    }

    @Test("an entry of a later program, with an event and a member that we do not know, is read")
    func unknown() throws {
        let text =
            #"{"actor":{"kind":"staff"},"at":"2031-01-01T00:00:00.000Z","event":"something.new","facts":{},"id":"\#(Self.id)","#
            + #""new":[1],"refs":{},"subjects":[],"v":1}"#
        #expect(try RecordedEntry(reading: Array(text.utf8)).event == "something.new")
    }

    @Test(
        "what is no entry of version 1 is refused",
        arguments: [
            ("\"v\":1", "\"v\":2"), ("\"v\":1", "\"v\": 1"), ("\"subjects\":[]", "\"subjects\":[1]"), (",\"subjects\":[]", ""),
            ("000Z", "000+00:00"), ("000Z", "0000Z"), ("11-21", "02-29"), ("T09", "T24"), ("0199f3a2", "0199F3A2"),
            ("0199f3a2-", "0199f3a2"), ("\"kind\":\"daemon\"", "\"role\":\"x\""), ("\"facts\":{}", "\"facts\":{\"a\":true}"),
            ("\"facts\":{}", "\"facts\":{\"a\":1.5}"), ("\"refs\":{}", "\"refs\":{\"task\":1}"), ("{\"actor\"", "{\"v\":1,\"actor\""),
            ("\"facts\":{}", "\"facts\":{\"a\":9007199254740993}"), ("daemon.started", ""),
        ])
    func refused(old: String, new: String) throws {
        let entry = AuditEntry(id: Self.id, at: 1_795_251_600_000, event: .daemonStarted, actor: AuditActor(kind: .daemon))
        let text = String(decoding: entry.encoded().bytes, as: UTF8.self)
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        #expect(throws: EntryFault.self) { try RecordedEntry(reading: Array(changed.utf8)) }
    }

    @Test(
        "an instant is written in UTC with three decimals, and its year is its shard",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", 1970), (951_782_400_000, "2000-02-29T00:00:00.000Z", 2000),
            (1_798_761_599_999, "2026-12-31T23:59:59.999Z", 2026), (1_798_761_600_000, "2027-01-01T00:00:00.000Z", 2027),
            (4_107_542_399_001, "2100-02-28T23:59:59.001Z", 2100), (4_107_542_400_000, "2100-03-01T00:00:00.000Z", 2100),
            (-1, "1969-12-31T23:59:59.999Z", 1969),
        ] as [(Int64, String, Int)])
    func times(ms: Int64, text: String, year: Int) {
        #expect(EntryTime.text(ms) == text)
        #expect(EntryTime.instant(text) == ms)
        #expect(EntryTime.year(ms) == year)
    }

    @Test("every day of two centuries is written and read back, one after the other")
    func everyDay() {
        var previous = ""
        for day in 0..<Int64(73_000) {
            let text = EntryTime.text(day * 86_400_000)
            #expect(text > previous && EntryTime.instant(text) == day * 86_400_000)
            previous = text
        }
        #expect(previous.hasPrefix("2169-11-"))
    }

    /// As they stand in the contract, in its order; new ones are appended.
    static let contract = """
        signal.filed signal.refused signal.joined signal.parted triage.made consent.recorded consent.refused
        consent.withdrawn consent.expired objection.made decision.permitted decision.refused decision.changed
        message.sealed attempt.started attempt.ended receipt.taken message.superseded message.ended task.moved
        deadline.fell-due contact.made nudge.sent escalated meeting.opened meeting.dated meeting.held
        spoken.disclosure plan.made coordinator.set case.transferred case.closed case.reopened aftercare.held
        access.answered erasure.done covenant.loaded covenant.ended policy.loaded key.made key.retired partner.added
        staff.added casefile.read log.read export.made shard.opened resident.told resident.telling-postponed
        objection.weighed consent.confirmed override.used visit.planned visit.joined deadline.moved recall.answered
        partner.changed partner.removed staff.changed certificate.revoked session.opened session.refused break-glass
        advice.recorded daemon.started daemon.stopped daemon.restored plan.action-done
        message.requeued message.given-up backup.made certificate.issued delivery.resumed key.switched case.assigned case.unassigned
        justification.made justification.agreed justification.declined justification.ended
        lever.recorded lever.reviewed lever.ended representative.recorded representative.set-aside age.noted
        registration.noted signal.seen task.disagreed
        """

    @Test("the events are those of the contract, each once and in its order")
    func events() {
        #expect(AuditEvent.allCases.map(\.rawValue) == Self.contract.split { $0 == " " || $0 == "\n" }.map(String.init))
        #expect(Set(AuditEvent.allCases.map(\.rawValue)).count == AuditEvent.allCases.count)
        #expect(AuditEvent(rawValue: "resident.telling-postponed") == .residentTellingPostponed)
        #expect(AuditEvent(rawValue: "break-glass") == .breakGlass)
    }

    @Test("handles and commitments are those that another program computes")
    func handles() {
        let bytes = Array(0..<32 as Range<UInt8>)
        #expect(personHandle(key: SymmetricKey(data: bytes), entryID: Self.id) == "ZWfNRnod_hvArFKrcUd4Rc89HTHscYf1SPY1SM80_eg")
        #expect(staffHandle(key: SymmetricKey(data: bytes), accountID: Self.id) == "ZWfNRnod_hvArFKrcUd4Rc89HTHscYf1SPY1SM80_eg")
        #expect(commitment(salt: bytes, value: JSONValue("1968").canonicalBytes()) == "1AquWb_MnxEpLQql6pGZmcF31FQPll4_ebqVHsCBMXc")
    }
}
