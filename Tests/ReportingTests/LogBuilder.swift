import AuditTrail
import Casework

@testable import Reporting

/// Writes entries as the desk does, and reads them back from their bytes as the report does.
struct LogBuilder {
    private(set) var entries: [RecordedEntry] = []

    /// Appends an entry of a local Dutch time such as `2009-01-05T10:00`.
    mutating func add(
        _ event: AuditEvent, _ local: String, _ refs: [AuditReference: String] = [:], _ facts: [String: AuditFact] = [:]
    ) throws {
        try add(event, at: instant(local), refs, facts)
    }

    mutating func add(
        _ event: AuditEvent, at instant: Instant, _ refs: [AuditReference: String] = [:], _ facts: [String: AuditFact] = [:]
    ) throws {
        let entry = AuditEntry(
            id: id(0xE, entries.count), at: instant.millisecondsSince1970, event: event, actor: AuditActor(kind: .daemon), refs: refs,
            facts: facts)
        entries.append(try RecordedEntry(reading: entry.encoded().bytes))
    }

    /// A partner's receipt that says in which role it was read, and which version of the covenant that role has acknowledged.
    mutating func receive(
        _ local: String, from partner: String, role: String, covenant: String, version: Int64, result: String = "opened"
    ) throws {
        let entry = AuditEntry(
            id: id(0xE, entries.count), at: instant(local).millisecondsSince1970, event: .receiptTaken,
            actor: AuditActor(kind: .partner, organisation: partner),
            facts: [
                "result": .text(result), "readerRole": .text(role), "covenant": .text(covenant), "covenantVersion": .integer(version),
            ])
        entries.append(try RecordedEntry(reading: entry.encoded().bytes))
    }

    mutating func file(_ signal: Int, _ local: String, _ channel: String = "meldcode", outcome: String = "accepted") throws {
        try add(.signalFiled, local, [.signal: id(1, signal)], ["channel": .text(channel), "outcome": .text(outcome)])
    }

    mutating func triage(_ signal: Int, _ local: String, _ outcome: String) throws {
        try add(.triageMade, local, [.signal: id(1, signal)], ["outcome": .text(outcome)])
    }
}

/// The id of the n-th thing of a kind.
func id(_ kind: UInt64, _ number: Int) -> String { SignalID(high: kind << 32, low: UInt64(number)).description }

/// Midnight of the date and the time of day, in summer and in winter time as that day has it; hours before three on the days between are
/// not asked for here.
func instant(_ local: String) -> Instant {
    guard let date = CalendarDate(local.prefix(10)) else { preconditionFailure("no date") }
    let time = local.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
    let minutes = time.count == 2 ? time[0] * 60 + time[1] : 600
    return WorkingCalendar().startOfDay(date).advanced(byMilliseconds: minutes * 60_000)
}

func period(_ from: String, _ to: String) -> ReportPeriod {
    guard let from = CalendarDate(from), let to = CalendarDate(to), let period = ReportPeriod(from: from, to: to) else {
        preconditionFailure("no period")
    }
    return period
}

let year2009 = period("2009-01-01", "2009-08-31")
let head = ReportHead(municipality: "Gemeente Voorbeeld", pack: "den-haag-meldcode")

/// What The Hague published for 1 January to 31 August 2009, with a split of its own where nothing was published.
func theHague2009() throws -> LogBuilder {
    var log = LogBuilder()
    let first = year2009.from
    let others = ["email", "phone", "consultation"]
    for signal in 0..<498 {
        let isMeldcode = signal >= 110
        let day = isMeldcode ? 4 + (signal - 110) * 238 / 387 : signal * 2
        let date = first.adding(days: day).description
        try log.file(signal, date + "T09:30", isMeldcode ? "meldcode" : others[signal % 3])
        let isSingle = isMeldcode && signal % 9 == 0 && signal < 110 + 9 * 42
        try log.triage(signal, date + "T11:00", isSingle ? "single" : signal % 2 == 0 ? "multipleInterrelated" : "multipleUnrelated")
        if isSingle {
            try log.add(
                .taskMoved, date + "T15:00", [.task: id(2, signal), .signal: id(1, signal)], ["to": .text("accepted")])
            try log.add(
                .caseClosed, date + "T15:00", [.signal: id(1, signal)], ["outcome": .text("handedOver"), "direct": .text("yes")])
        }
    }
    for meeting in 0..<53 {
        let day = first.adding(days: 20 + meeting * 4).description
        let facts: [String: AuditFact] = ["kind": .text(meeting < 38 ? "mda" : "followUp"), "trigger": .text("interrelated")]
        try log.add(.meetingOpened, day + "T10:00", [.meeting: id(3, meeting), .signal: id(1, 2 * meeting)], facts)
        try log.add(.meetingHeld, day + "T14:00", [.meeting: id(3, meeting), .signal: id(1, 2 * meeting)], facts)
    }
    for (number, platform) in ["cjg", "cjg", "ccp", "signallingMeeting", "topTeam", "cjg", "other"].enumerated() {
        for transfer in 0..<(number < 5 ? 3 : 2) {
            try log.add(
                .caseTransferred, "2009-06-1\(number)T10:00", [.signal: id(1, 110 + 2 * (number * 3 + transfer))],
                ["platform": .text(platform), "partner": .text("00000099000000009000")])
        }
    }
    return log
}
