import StrictJSON

/// The uniform report for those who may see counts only: without small ones, and without those from which a small one could be calculated; see
/// ``SmallCounts``.
///
/// What holds: within one report no count of 1 to 4, and no rest of 1 to 4 between a whole and a named part of it, can be narrowed down to fewer
/// than five values. Remarks and corrections, which are counts again, are left out. What no single report can prevent: two of periods that overlap,
/// or of a period that goes on, may be subtracted from each other. So whoever makes them makes them of whole quarters that have ended, whose
/// figures never change; each is an entry of the log.
public struct GuardedReport: Sendable {
    let report: UniformReport
    private let shown: [String: Int]

    /// Guards a report.
    public init(_ report: UniformReport) {
        self.report = report
        var table = GuardedTable()
        for line in report.lines where line.measures == nil { if let count = line.count { table.add(line.name, count) } }
        let parts = report.sections.flatMap { section in
            section.lines.indices.map { index in
                (section.lines[index].name, section.lines[(index + 1)...].prefix { $0.depth > 0 }.map(\.name))
            }
        }
        for (whole, parts) in parts where Self.wholes.contains(whole) && !parts.isEmpty { table.sum(whole, parts) }
        table.sum("signals", ["meldcode", "otherChannels"])
        table.sum("signals", ["handledDirectly", "takenOn", "toBeTriaged"])
        table.sum("meetings", ["mda", "followUp"])
        for month in report.signals.months {
            table.add("meldcode \(month.first)", month.meldcode.value)
            table.add("otherChannels \(month.first)", month.otherChannels.value)
        }
        for channel in ["meldcode", "otherChannels"] where !report.signals.months.isEmpty {
            table.sum(channel, report.signals.months.map { "\(channel) \($0.first)" })
        }
        table.sum("tasksWaiting", ["tasksOnHold", "tasksUnanswered"])
        let waiting = report.waitingByPurpose.keys.sorted().map { "tasksWaiting-\($0)" }
        if !waiting.isEmpty { table.sum("tasksWaiting", waiting) }
        table.lateParts(done: "done", inTime: "tasksInTime", late: "tasksLate")
        for (part, whole) in Self.partOf { table.part(part, of: whole) }
        for line in report.lines where line.name.hasPrefix("refusedBecause-") { table.part(line.name, of: "disclosuresRefused") }
        shown = table.shown(together: [["visitsJoined", "jointVisits"], ["done", "referralRight"]])
    }

    /// Wholes whose lines below them are all of their parts.
    private static let wholes: Set<String> = [
        "otherChannels", "meetingsOpened", "transfers", "casesClosed", "aftercare", "visitsPlanned", "visitsHeld", "chased", "referrals",
        "residentsTold", "residentsPostponed", "signalsRefused", "tasksTakenOn", "tasksInTime", "tasksLate",
    ]
    /// Parts whose rest is not named.
    private static let partOf = [
        ("joined", "signals"), ("retriagedUpward", "takenOn"), ("retriagedFromSingle", "retriagedUpward"), ("transfersAgain", "transfers"),
        ("closedDirectly", "casesClosed"), ("done", "referralRight"),
    ]

    /// Every figure in the order of the page, without remarks, which are counts again. What measures a count is shown where that is, save
    /// the longest wait, which is that of one household.
    public var sections: [ReportSection] {
        report.sections.map { ReportSection($0.english, $0.dutch, $0.lines.map(guarded)) }
    }

    /// Every figure once.
    var lines: [ReportLine] { report.lines.map(guarded) }

    private func guarded(_ line: ReportLine) -> ReportLine {
        var line = line
        line.remark = nil
        if line.count != nil, line.isOfOne || shown[line.measures ?? line.name] == nil { line.value = .withheld }
        return line
    }

    /// The signals of a month through the meldcode, or through other channels.
    func signals(_ channel: String, in month: UniformReport.Month) -> ReportValue {
        shown["\(channel) \(month.first)"].map { ReportValue.count($0) } ?? .withheld
    }

    /// The report as aligned text; see ``UniformReport/text(_:)``.
    public func text(_ head: ReportHead) -> String { report.text(head, guarded: self) }

    /// The report as CSV; see ``UniformReport/csv(_:)``.
    public func csv(_ head: ReportHead) -> String { report.csv(head, guarded: self) }

    /// The report as one HTML file, without charts; see ``UniformReport/html(_:)``.
    public func html(_ head: ReportHead) -> String { report.html(head, guarded: self) }

    /// The report as a JSON object: as ``UniformReport/json(_:)`` without what is withheld, whose names stand in `withheld`, and with `sections`
    /// that name each line in both languages.
    public func json(_ head: ReportHead) -> JSONValue {
        var object = JSONObject()
        var (units, withheld): ([JSONObject.Member], [JSONValue]) = ([], [])
        for line in lines {
            guard let value = line.value.json else {
                withheld.append(.string(line.name))
                continue
            }
            object[line.name] = value
            units.append(.init(name: line.name, value: .string(line.unit.english)))
        }
        object["withheld"] = .array(withheld)
        object["units"] = .object(JSONObject(unique: units))
        object["municipality"] = .string(head.municipality)
        object["pack"] = .string(head.pack)
        object["countingRules"] = .integer(Int64(UniformReport.countingRules))
        object["period"] = ["from": .string(report.period.from.description), "to": .string(report.period.to.description)]
        object["warnings"] = .array(head.warnings.map { .string($0.code) })
        object["breaks"] = .array(report.breaks.map { ["on": .string($0.on.description), "pack": .string($0.pack)] })
        if !head.workers.isEmpty { object["acknowledgements"] = .array(report.acknowledgements(head).map(\.json)) }
        object["months"] = .array(
            report.signals.months.map { month in
                var json: JSONObject = ["month": .string(String(month.first.description.prefix(7)))]
                for channel in ["meldcode", "otherChannels"] {
                    if let count = signals(channel, in: month).json { json[channel] = count }
                }
                return .object(json)
            })
        object["sections"] = .array(
            sections.map { section in
                ["nl": .string(section.dutch), "en": .string(section.english), "lines": .array(section.lines.map(lineJSON))]
            })
        return .object(object)
    }

    private func lineJSON(_ line: ReportLine) -> JSONValue {
        var json: JSONObject = [
            "name": .string(line.name), "nl": .string(line.dutch), "en": .string(line.english),
            "unit": ["nl": .string(line.unit.dutch), "en": .string(line.unit.english)], "depth": .integer(Int64(line.depth)),
        ]
        if let value = line.value.json { json["count"] = value }
        return .object(json)
    }
}

/// Counts by name, and what holds between them.
private struct GuardedTable {
    private var names: [String: Int] = [:]
    private var counts: [Int] = []
    private var sums: [CountSum] = []
    private var unnamed: Set<Int> = []

    mutating func add(_ name: String, _ count: Int) {
        names[name] = counts.count
        counts.append(count)
    }

    /// A sum; a name that the report leaves out is nought.
    mutating func sum(_ whole: String, _ parts: [String]) {
        guard let whole = names[whole] else { return }
        sums.append(CountSum(whole, of: parts.compactMap { names[$0] }))
    }

    /// A part of a whole whose rest is not named.
    mutating func part(_ part: String, of whole: String) {
        guard let part = names[part], let whole = names[whole], counts[part] <= counts[whole] else { return }
        unnamed.insert(counts.count)
        sums.append(CountSum(whole, of: [part, counts.count]))
        counts.append(counts[whole] - counts[part])
    }

    /// What was done late is a part of what was done and of what was late, and neither rest is named.
    mutating func lateParts(done: String, inTime: String, late: String) {
        guard let done = names[done], let inTime = names[inTime], let late = names[late] else { return }
        let doneLate = counts[done] - counts[inTime]
        guard 0...counts[late] ~= doneLate else { return }
        let place = counts.count
        counts += [doneLate, counts[late] - doneLate]
        unnamed.formUnion([place, place + 1])
        sums += [CountSum(done, of: [inTime, place]), CountSum(late, of: [place, place + 1])]
    }

    func shown(together: [[String]]) -> [String: Int] {
        let groups = together.map { Set($0.compactMap { names[$0] }) }
        let shown = SmallCounts(counts, sums: sums, unnamed: unnamed, together: groups).shown
        return names.compactMapValues { shown[$0] }
    }
}
