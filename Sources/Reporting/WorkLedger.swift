import Casework

/// What the log says about meetings, tasks and transfers within the period; each counts once, however many entries it has.
struct WorkLedger: Hashable, Sendable {
    private struct TaskRow: Hashable {
        var outcome: ReferralOutcome?
        var isDone = false
        /// A bit for each step of the ladder.
        var steps: UInt8 = 0
    }
    private struct Transfer: Hashable {
        let order: Int
        let platform: Platform
        var wentOn = false
    }

    private var tasks: [TaskID: TaskRow] = [:]
    private var held: [MeetingID: MeetingKind] = [:]
    private var opened: [MeetingID: UniformReport.MeetingTrigger] = [:]
    private var transfers: [SignalID: Transfer] = [:]

    mutating func take(_ event: ReportEvent) {
        switch event.kind {
        case .taskMoved:
            guard let task = event.task, let state = event.code("to", as: TaskState.self) else { return }
            if state == .completed { tasks[task, default: TaskRow()].isDone = true }
            if let outcome = ReferralOutcome(movedTo: state, reason: event.code("reason")) {
                tasks[task, default: TaskRow()].outcome = outcome
            }
        case .escalated:
            guard let task = event.task, let step = event.code("rung", as: Rung.self),
                let index = Rung.allCases.firstIndex(of: step)
            else { return }
            tasks[task, default: TaskRow()].steps |= 1 << index
        case .meetingOpened:
            guard let meeting = event.meeting, opened[meeting] == nil else { return }
            opened[meeting] = event.code("trigger") ?? .other
        case .meetingHeld:
            guard let meeting = event.meeting, held[meeting] == nil, let kind = event.code("kind", as: MeetingKind.self)
            else { return }
            held[meeting] = kind
        case .caseTransferred: transfer(event)
        default: break
        }
    }

    private mutating func transfer(_ event: ReportEvent) {
        guard let signal = event.signal else { return }
        let platform = event.code("platform", as: Platform.self) ?? .other
        guard let first = transfers[signal] else {
            transfers[signal] = Transfer(order: transfers.count, platform: platform)
            return
        }
        if first.platform != platform { transfers[signal]?.wentOn = true }
    }

    func figures(into report: inout UniformReport, signals: SignalLedger) {
        for task in tasks.values {
            if task.isDone { report.done.countOne() }
            if let outcome = task.outcome { report.referrals[outcome].countOne() }
            for (index, step) in Rung.allCases.enumerated() where task.steps & 1 << index != 0 {
                report.escalated[step].countOne()
            }
        }
        for kind in held.values { report.meetings[kind].countOne() }
        for trigger in opened.values { report.meetingsOpened[trigger].countOne() }
        // Two signals that were joined since are one case: it stands under the platform it went to first.
        let cases = Dictionary(grouping: transfers) { signals.root(of: $0.key) }
        for transfers in cases.values {
            guard let first = transfers.map(\.value).min(by: { $0.order < $1.order }) else { continue }
            report.transfers[first.platform].countOne()
            if transfers.contains(where: { $0.value.wentOn || $0.value.platform != first.platform }) { report.transfersAgain.countOne() }
        }
    }
}
