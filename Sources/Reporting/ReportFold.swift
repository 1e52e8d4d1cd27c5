import AuditTrail
import Casework

/// Entries in, figures out: reads a log once, in its order, and keeps no entry.
///
/// A value: a copy goes on by itself, so a log may be folded in one go or in pieces. It takes any sequence of entries, knows what it
/// needs of each and passes over the rest. An entry after the period's end changes no figure; what it would have changed becomes a
/// correction (R90).
public struct ReportFold: Sendable {
    private let period: ReportPeriod
    private var known = SignalLedger()
    /// The same with the entries after the period's end; nil while there is none.
    private var later: SignalLedger?
    private var work: WorkLedger
    private var times: TaskTimes
    private var report: UniformReport
    private var revision: String?
    /// Joint visits made, less those that became part of another; below nought when these were made before the period.
    private var jointVisits = 0

    /// Nothing read yet.
    /// - Parameter partners: their names by organisation number, as what is counted by partner stands under its name.
    public init(_ period: ReportPeriod, partners: [String: String] = [:]) {
        self.period = period
        report = UniformReport(period)
        work = WorkLedger()
        times = TaskTimes(names: partners)
    }

    /// Reads the next entry of the log.
    public mutating func add(_ entry: RecordedEntry) {
        guard let event = ReportEvent(entry) else { return }
        guard event.at < period.end else {
            if later == nil { later = known }
            later?.take(event)
            return
        }
        known.take(event)
        later?.take(event)
        report.acknowledged.take(event)
        times.take(event)
        if event.kind == .policyLoaded { policy(event) }
        guard event.at >= period.start else { return }
        work.take(event)
        tally(event)
    }

    /// The figures of what was read so far.
    public func finish() -> UniformReport {
        var report = report
        report.signals = known.figures(of: period)
        work.figures(into: &report, signals: known)
        times.figures(into: &report)
        report.jointVisits = Count(jointVisits)
        for row in known.rows.values {
            if let closing = row.closing, period.contains(closing.at) {
                report.closed[closing.outcome].countOne()
                if closing.isDirect { report.closedDirectly.countOne() }
            }
            if row.reopenedAt.map(period.contains) ?? false { report.reopened.countOne() }
        }
        if let later { report.corrections = known.corrections(of: period, against: later) }
        return report
    }

    private mutating func policy(_ event: ReportEvent) {
        guard let after = event.text("revision") else { return }
        if let before = revision, before != after, event.at >= period.start {
            report.breaks.append(
                UniformReport.DefinitionBreak(
                    on: WorkingCalendar().localDate(of: event.at), pack: event.text("pack") ?? "", before: before, after: after))
        }
        revision = after
    }

    /// What is counted entry by entry.
    private mutating func tally(_ event: ReportEvent) {
        switch event.kind {
        case .visitPlanned: event.code("by").map { report.visitsPlanned[$0].countOne() }
        case .visitJoined:
            // Fewer than two visits cannot become one, and a thousand never stood in one household's week.
            guard let visits = event.integer("visits"), 2...1_000 ~= visits else { return }
            let joint = min(max(event.integer("joint") ?? 0, 0), visits)
            report.visitsJoined += Count(Int(visits - joint))
            jointVisits += 1 - Int(joint)
        case .contactMade where event.text("kind") == "homeVisit": event.code("outcome").map { report.visitsHeld[$0].countOne() }
        case .contactMade where event.text("kind") == "helper": event.code("outcome").map { report.chased[$0].countOne() }
        case .aftercareHeld: event.code("outcome").map { report.aftercare[$0].countOne() }
        case .decisionPermitted: report.permitted.countOne()
        case .decisionRefused:
            report.refused.countOne()
            for reason in Set(event.list("reasons")) { report.refusedBy[reasonCode(reason), default: Count()].countOne() }
        case .signalRefused: report.signalsRefused[UniformReport.FilingRefusal(reasons: event.list("reasons"))].countOne()
        case .residentTold: report.told[event.code("way") ?? .other].countOne()
        case .residentTellingPostponed: report.postponed[event.code("ground") ?? .other].countOne()
        case .accessAnswered: report.accessAnswered.countOne()
        default: break
        }
    }

    /// A reason's code, or `other` for what is no code and for the hundredth kind of reason: a report is no place for free text.
    private func reasonCode(_ reason: String) -> String {
        let isCode = reason.utf8.count <= 40 && reason.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) }
        return isCode && !reason.isEmpty && (report.refusedBy.count < 99 || report.refusedBy[reason] != nil) ? reason : "other"
    }
}

extension UniformReport {
    /// The figures of a period from a log's entries, in the order of the log.
    public static func fold(_ entries: some Sequence<RecordedEntry>, period: ReportPeriod, partners: [String: String] = [:])
        -> UniformReport
    {
        var fold = ReportFold(period, partners: partners)
        for entry in entries { fold.add(entry) }
        return fold.finish()
    }
}
