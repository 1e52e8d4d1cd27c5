import AuditTrail
import Casework
import Testing

@testable import Reporting

@Suite("what comes later")
struct CorrectionTests {
    @Test("R90 two runs over the same log print the same bytes in every format")
    func identical() throws {
        let entries = try theHague2009().entries
        let first = UniformReport.fold(entries, period: year2009)
        let second = UniformReport.fold(entries, period: year2009)
        #expect(first.text(head) == second.text(head))
        #expect(first.csv(head) == second.csv(head))
        #expect(first.html(head) == second.html(head))
        #expect(first.json(head).canonicalBytes() == second.json(head).canonicalBytes())
    }

    @Test("R90 what happens in September changes no figure of August, and only a correction adds a line")
    func september() throws {
        var log = try theHague2009()
        let before = UniformReport.fold(log.entries, period: year2009)
        try log.file(900, "2009-09-01T00:00")
        try log.triage(900, "2009-09-01T10:00", "single")
        try log.add(.meetingHeld, "2009-09-02T10:00", [.meeting: id(3, 900)], ["kind": .text("mda")])
        #expect(UniformReport.fold(log.entries, period: year2009).text(head) == before.text(head))

        let single = 117  // one of the 42
        try log.triage(single, "2009-09-03T10:00", "multipleInterrelated")
        try log.add(.caseReopened, "2009-09-03T10:00", [.signal: id(1, single)], ["because": .text("retriaged")])
        let after = UniformReport.fold(log.entries, period: year2009)
        #expect(after.corrections == [.moved(Count(1), from: .handledDirectly, to: .takenOn), .reopened(Count(1))])
        let (old, new) = (before.text(head), after.text(head))
        #expect(new.hasPrefix(old))
        #expect(new.dropFirst(old.count).contains("after the period: 1 signal moved from handled directly to taken on\n"))
        for text in [after.csv(head), after.html(head)] { #expect(text.contains("1 signal moved from handled directly to taken on")) }
        #expect(after.json(head)["corrections"]?.arrayValue?.count == 2)
        #expect(after.json(head)["handledDirectly"]?.integerValue == 42)
    }

    @Test("R90 joining and parting after the period are corrections")
    func joining() throws {
        var log = LogBuilder()
        for signal in 1...3 { try log.file(signal, "2009-08-20T10:00") }
        try log.triage(1, "2009-08-20T11:00", "multipleUnrelated")
        try log.add(.signalJoined, "2009-08-21T10:00", [.signal: id(1, 3)], ["with": .text(id(1, 1))])
        try log.add(.signalJoined, "2009-09-01T10:00", [.signal: id(1, 2)], ["with": .text(id(1, 1))])
        try log.add(.signalParted, "2009-09-01T10:00", [.signal: id(1, 3)])
        let report = UniformReport.fold(log.entries, period: year2009)
        #expect(report.signals.joined.value == 1)
        #expect(
            report.corrections == [
                .moved(Count(1), from: .takenOn, to: .toBeTriaged), .moved(Count(1), from: .toBeTriaged, to: .takenOn),
                .joined(Count(1)), .parted(Count(1)),
            ])
    }

    @Test("R92 another policy within the period prints a break; the same one again, or one before it, does not")
    func breaks() throws {
        var log = LogBuilder()
        func load(_ revision: String, _ at: String) throws {
            try log.add(.policyLoaded, at, [:], ["revision": .text(revision), "pack": .text("den-haag-meldcode")])
        }
        try load("aaa", "2008-12-01T10:00")
        try load("bbb", "2009-01-01T00:00")
        try load("bbb", "2009-02-01T10:00")
        try load("ccc", "2009-09-01T10:00")
        let report = UniformReport.fold(log.entries, period: year2009)
        #expect(report.breaks.map(\.on.description) == ["2009-01-01"])
        #expect(report.breaks.first?.before == "aaa" && report.breaks.first?.after == "bbb")
        #expect(report.text(head).contains("----- 2009-01-01: the policy changed from aaa to bbb"))
        #expect(report.html(head).contains("Breuk op 1 januari 2009"))
        #expect(report.csv(head).contains("break,,,2009-01-01"))
    }
}

/// xorshift64*, so that a failing run can be run again.
struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}

@Suite("any sequence of entries")
struct RandomSequenceTests {
    /// Entries of every event with facts that fit, facts that do not, and ids from a small pool, so that they meet.
    static func randomEntries(seed: UInt64, count: Int) throws -> [RecordedEntry] {
        var chance = Chance(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        var log = LogBuilder()
        let words: [String: [String]] = [
            "channel": ["meldcode", "consultation", "email", "phone", "pigeon"],
            "outcome": [
                "accepted", "acceptedWithoutIdentity", "single", "multipleUnrelated", "multipleInterrelated", "solved", "stable", "spoke",
                "busy", "nonsense",
            ],
            "kind": ["mda", "followUp", "helper", "homeVisit", "x"], "platform": ["cjg", "topTeam", "moon"],
            "to": TaskState.allCases.map(\.rawValue), "reason": TaskReason.allCases.map(\.rawValue), "direct": ["yes", "no"],
            "rung": ["deskContactsHelper", "conveneMDA", "y"], "by": ["municipality", "partner", "push"], "way": ["letter", "z"],
            "revision": ["aaa", "bbb"], "with": (0..<12).map { id(1, $0) } + ["no id"],
        ]
        let names = words.keys.sorted()
        let start = year2009.start.millisecondsSince1970
        for _ in 0..<count {
            guard let event = AuditEvent.allCases.randomElement(using: &chance) else { continue }
            var facts: [String: AuditFact] = [:]
            for name in names where Bool.random(using: &chance) {
                facts[name] = (words[name] ?? []).randomElement(using: &chance).map(AuditFact.text)
            }
            if Bool.random(using: &chance) { facts["visits"] = .integer(Int64.random(in: -5...5, using: &chance)) }
            if Bool.random(using: &chance) { facts["reasons"] = .list(["no-ground", "no-ground", "consent-missing"]) }
            // From a month before the period to a month after it; the clock steps back as it likes.
            let at = Instant(millisecondsSince1970: start + Int64.random(in: -30...270, using: &chance) * 86_400_000)
            var refs: [AuditReference: String] = [.signal: id(1, Int.random(in: 0..<12, using: &chance))]
            refs[.task] = id(2, Int.random(in: 0..<12, using: &chance))
            refs[.meeting] = Bool.random(using: &chance) ? id(3, Int.random(in: 0..<12, using: &chance)) : nil
            try log.add(event, at: at, refs, facts)
        }
        return log.entries
    }

    @Test("counts add up, and folding in pieces is folding in one go", arguments: 1...60 as ClosedRange<UInt64>)
    func addsUp(seed: UInt64) throws {
        let entries = try Self.randomEntries(seed: seed, count: 250)
        let report = UniformReport.fold(entries, period: year2009)
        #expect(report.signals.routes.sum == report.signals.all)
        #expect(report.signals.channels.sum == report.signals.all)
        #expect(report.signals.months.map { $0.meldcode + $0.otherChannels }.reduce(Count(), +) == report.signals.all)
        #expect(report.signals.risenFromSingle <= report.signals.risen)
        #expect(report.signals.risen <= report.signals.all)
        #expect(report.signals.joined <= report.signals.all)
        #expect(report.closedDirectly <= report.closed.sum)
        #expect(report.transfersAgain <= report.transfers.sum)
        #expect(report.signals.all + report.signals.withoutIdentity <= Count(12))

        var fold = ReportFold(year2009)
        for (index, entry) in entries.enumerated() {
            fold.add(entry)
            if index % 50 == 0 { _ = fold.finish() }
        }
        #expect(fold.finish() == report)
        #expect(fold.finish().text(head) == report.text(head))

        // The figures are those of the entries within the period and before it.
        let known = entries.filter { $0.at < year2009.end.millisecondsSince1970 }
        let early = UniformReport.fold(known, period: year2009)
        #expect(early.corrections.isEmpty)
        #expect(early.signals == report.signals && early.closed == report.closed && early.transfers == report.transfers)
    }

    @Test("entries that this program does not know are passed over")
    func unknown() throws {
        let bytes = Array(
            """
            {"actor":{"kind":"daemon"},"at":"2009-03-01T09:00:00.000Z","event":"comet.seen","facts":{"channel":"meldcode"},\
            "id":"00000000-0000-0000-0000-000000000001","refs":{"signal":"x"},"subjects":[],"v":1}
            """.utf8)
        let report = UniformReport.fold([try RecordedEntry(reading: bytes)], period: year2009)
        #expect(report == UniformReport.fold([], period: year2009))
    }
}
