/// What an event does to one task, and what the desk is told; the same task back means that nothing changed.
func stepTask(
    _ task: ReferralTask, _ event: TaskEvent, terms: CaseTerms, at now: Instant, calendar: WorkingCalendar
) throws(CaseRefusal) -> (ReferralTask, DeskNews?) {
    switch event {
    case .receiptTaken:
        guard task.state == .requested else { return (task, nil) }
        return (try enter(.received, expectedOn: nil), nil)
    case .groundEnded:
        guard task.state.isOpen else { return (task, nil) }
        return (try enter(.cancelled, expectedOn: nil), nil)
    case .deliveryFailed:
        guard task.state == .requested else { return (task, nil) }
        return (try enter(.failed, expectedOn: nil), .deliveryFault)
    case .moved(let state, let reason, let expectedOn, let mover):
        let legal = task.state.legalMoves(by: mover)
        guard legal.contains(state) else { throw .illegalTransition(from: task.state, legal: legal) }
        if state == .rejected || state == .failed, reason == nil { throw .reasonNeeded }
        return (try enter(state, expectedOn: expectedOn), news(of: state, from: task.state))
    }

    func enter(_ state: TaskState, expectedOn: CalendarDate?) throws(CaseRefusal) -> ReferralTask {
        try task.moved(to: state) { () throws(CaseRefusal) in
            switch state {
            case .accepted, .inProgress: return try term(terms.progress, "terms.progress", .progress)
            case .onHold: return try expected(expectedOn)
            default: return try term(terms.pickUp, "terms.pickUp", .pickUp)
            }
        }
    }

    func term(_ term: Term?, _ key: String, _ kind: DeadlineKind) throws(CaseRefusal) -> Deadline {
        guard let term else { throw .policyIncomplete(missing: [key]) }
        return Deadline(kind: kind, at: calendar.adding(term, to: now))
    }

    func expected(_ date: CalendarDate?) throws(CaseRefusal) -> Deadline {
        guard let date else { throw .expectedOnNeeded }
        guard date >= calendar.localDate(of: now) else { throw .expectedOnPast }
        // The whole expected day may be used: it is missed when the next one begins.
        return Deadline(kind: .expected, at: calendar.startOfDay(date.adding(days: 1)))
    }
}

private func news(of state: TaskState, from before: TaskState) -> DeskNews? {
    switch state {
    case .accepted: .pickedUp
    case .inProgress: before == .onHold ? .pickedUp : nil
    case .onHold: .onHold
    case .completed: .completed
    case .rejected: .rejected
    case .failed: .failed
    case .requested, .received, .cancelled: nil
    }
}
