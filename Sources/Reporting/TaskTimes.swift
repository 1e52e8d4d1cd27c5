import Casework

/// What the log says about when each task was sent, taken on and done, and whether a deadline of its partner passed.
///
/// All of it until the period ends, as what was taken on within it was often sent before. One row for each task.
struct TaskTimes: Hashable, Sendable {
    private struct Row: Hashable {
        let partner: String
        let purpose: String
        /// When its first message was sealed; nil while it was only decided.
        var sentAt: Instant?
        var state = TaskState.requested
        /// When the partner took it on; nil again once it waits again.
        var takenOnAt: Instant?
        var doneAt: Instant?
        /// When a deadline of the partner last passed.
        var missedAt: Instant?

        mutating func move(to state: TaskState, at instant: Instant) {
            self.state = state
            switch state {
            case .accepted, .inProgress: takenOnAt = takenOnAt ?? instant
            case .completed:
                takenOnAt = takenOnAt ?? instant
                doneAt = instant
            case .requested, .received, .onHold: takenOnAt = nil
            case .rejected, .failed, .cancelled: break
            }
        }
    }

    /// Partners' names by organisation number.
    private let names: [String: String]
    private var rows: [TaskID: Row] = [:]

    init(names: [String: String]) { self.names = names }

    mutating func take(_ event: ReportEvent) {
        guard let task = event.task else { return }
        if event.kind == .decisionPermitted, rows[task] == nil, let partner = event.text("recipient"), let purpose = event.text("purpose") {
            rows[task] = Row(partner: partner, purpose: Self.isCode(purpose) ? purpose : "other")
        }
        guard var row = rows[task] else { return }
        switch event.kind {
        case .messageSealed: row.sentAt = row.sentAt ?? event.at
        case .taskMoved: if let state = event.code("to", as: TaskState.self) { row.move(to: state, at: event.at) }
        case .deadlineFellDue:
            // That a message did not arrive is not the partner's doing.
            if let kind = event.code("kind", as: DeadlineKind.self), kind != .delivery { row.missedAt = event.at }
        default: return
        }
        rows[task] = row
    }

    func figures(into report: inout UniformReport) {
        let period = report.period
        let sent = rows.values.filter { $0.sentAt != nil }
        report.waiting = waiting(sent, in: period)
        report.waitingByPurpose = Dictionary(grouping: sent, by: { $0.purpose }).mapValues { waiting($0, in: period) }
        for row in sent {
            let isDone = row.doneAt.map(period.contains) ?? false
            let isMissed = row.missedAt.map(period.contains) ?? false
            guard isDone || isMissed else { continue }
            let name = names[row.partner] ?? UniformReport.unnamedPartner
            if row.missedAt == nil {
                report.onTime[name, default: OnTime()].inTime.countOne()
            } else {
                report.onTime[name, default: OnTime()].late.countOne()
            }
        }
    }

    private func waiting(_ rows: [Row], in period: ReportPeriod) -> WaitingTime {
        let calendar = WorkingCalendar()
        var (waits, waitsSoFar): ([Int], [Int]) = ([], [])
        var waiting = WaitingTime()
        for row in rows {
            guard let sentAt = row.sentAt else { continue }
            let sentOn = calendar.localDate(of: sentAt)
            if let takenOnAt = row.takenOnAt {
                if period.contains(takenOnAt) { waits.append(sentOn.days(until: calendar.localDate(of: takenOnAt))) }
                continue
            }
            switch row.state {
            case .onHold: waiting.onHold.countOne()
            case .requested, .received: waiting.unanswered.countOne()
            case .accepted, .inProgress, .completed, .rejected, .failed, .cancelled: continue
            }
            waitsSoFar.append(sentOn.days(until: period.to))
        }
        waits.sort()
        waiting.takenOn = Count(waits.count)
        waiting.longest = waits.last.map { Count<Days>($0) }
        // Of an even number the mean of the two in the middle, half a day up.
        if !waits.isEmpty { waiting.median = Count((waits[(waits.count - 1) / 2] + waits[waits.count / 2] + 1) / 2) }
        waiting.longestSoFar = waitsSoFar.max().map { Count<Days>($0) }
        return waiting
    }

    /// Whether a text is the id of a purpose: a report is no place for free text.
    private static func isCode(_ text: String) -> Bool {
        1...40 ~= text.utf8.count && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    }
}

/// How long people waited for help, in days of the calendar from the sending of a task until its partner took it on (R57).
///
/// What its partner puts on hold waits again.
public struct WaitingTime: Hashable, Sendable {
    /// Tasks that were taken on within the period, and of which none was put on hold since.
    public internal(set) var takenOn = Count<Tasks>()
    /// The longest wait of these; nil when there are none.
    public internal(set) var longest: Count<Days>?
    /// The wait in their middle; nil when there are none.
    public internal(set) var median: Count<Days>?
    /// Tasks that nobody had taken on when the period ended.
    public internal(set) var unanswered = Count<Tasks>()
    /// Tasks that stood on a waiting list when it ended.
    public internal(set) var onHold = Count<Tasks>()
    /// How long the one that waited longest had waited by then; nil when none waits.
    public internal(set) var longestSoFar: Count<Days>?

    /// All that waited when the period ended.
    public var still: Count<Tasks> { unanswered + onHold }
}

/// Whether a partner's tasks were done in time (R62).
public struct OnTime: Hashable, Sendable {
    /// Done within the period before any deadline of theirs had passed.
    public internal(set) var inTime = Count<Tasks>()
    /// Done after one had passed, or not done and one passed within the period.
    public internal(set) var late = Count<Tasks>()

    /// The rate; nil when nothing was done or late.
    public var share: Share? { inTime.share(of: inTime + late) }

    static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.inTime += b.inTime
        sum.late += b.late
        return sum
    }
}

extension UniformReport {
    /// The name under which partners stand that no covenant names any more.
    static let unnamedPartner = "other partners"
}
