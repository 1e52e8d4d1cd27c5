/// What an event does to one task, and what follows from it; the same task back means that nothing changed.
func stepTask(
    _ task: ReferralTask, _ event: TaskEvent, in file: Casefile, at now: Instant, calendar: WorkingCalendar
) throws(CaseRefusal) -> (ReferralTask, [CaseAction]) {
    let terms = file.terms
    switch event {
    case .receiptTaken:
        guard task.state == .requested else { return (task, []) }
        return (try enter(.received, expectedOn: nil), [])
    case .groundEnded(let tellsDesk):
        guard task.state.isOpen else { return (task, []) }
        return (try enter(.cancelled, expectedOn: nil), tellsDesk ? [.tellDesk(.groundEnded, task.id)] : [])
    case .deliveryFailed:
        guard task.state == .requested else { return (task, []) }
        return (try enter(.failed, expectedOn: nil), [.tellDesk(.deliveryFault, task.id)])
    case .sentAgain(let deliverBy):
        guard task.state == .failed else { return (task, []) }
        guard file.state == .open else { throw .caseClosed }
        guard file.triage != .single || file.openTasks == 0 else { throw .alreadyDispatched }
        return (task.moved(to: .requested) { Deadline(kind: .delivery, at: deliverBy) }, [])
    case .moved(let state, let reason, let expectedOn, let mover):
        let legal = task.state.legalMoves(by: mover)
        guard legal.contains(state) else { throw .illegalTransition(from: task.state, legal: legal) }
        if state == .rejected || state == .failed, reason == nil { throw .reasonNeeded }
        return (try enter(state, expectedOn: expectedOn), news(of: state, from: task.state).map { [.tellDesk($0, task.id)] } ?? [])
    case .contacted:
        guard task.state.isOpen else { throw .illegalTransition(from: task.state, legal: []) }
        // A contact before the deadline is recorded and changes nothing; so is one while a meeting is prepared for it.
        guard task.fellDueAt != nil, !file.hasOpenMeeting else { return (task, []) }
        return (task.due(again: calendar.adding(try terms.afterContact.orIncomplete("terms.afterContact"), to: now), rung: task.rung), [])
    case .credited(let milliseconds):
        guard let due = task.due, task.fellDueAt == nil, milliseconds > 0 else { return (task, []) }
        return (task.due(again: due.at.advanced(byMilliseconds: milliseconds), rung: task.rung), [])
    case .meetingHeld:
        guard task.state.isOpen, task.fellDueAt != nil else { return (task, []) }
        return (try termAnew(), [])
    case .overridden:
        guard file.state == .open else { throw .caseClosed }
        let told = [CaseAction.nudge(.messageToMandatedContact, task.id)]
        if task.state.isOpen, task.fellDueAt != nil { return (try termAnew(), told) }
        guard task.state == .rejected else { throw .illegalTransition(from: task.state, legal: []) }
        guard file.triage != .single || file.openTasks == 0 else { throw .alreadyDispatched }
        return (try enter(.received, expectedOn: nil), told)
    case .fellDue:
        return (task, [])
    }

    func termAnew() throws(CaseRefusal) -> ReferralTask {
        let again =
            task.state == .received ? try terms.pickUp.orIncomplete("terms.pickUp") : try terms.progress.orIncomplete("terms.progress")
        return task.due(again: calendar.adding(again, to: now), rung: 0)
    }

    func enter(_ state: TaskState, expectedOn: CalendarDate?) throws(CaseRefusal) -> ReferralTask {
        try task.moved(to: state) { () throws(CaseRefusal) in
            switch state {
            case .accepted, .inProgress:
                let progress = calendar.adding(try terms.progress.orIncomplete("terms.progress"), to: now)
                // What a meeting agreed on is due at the end of its date, when that comes first.
                let promised = task.promisedOn.map { calendar.startOfDay($0.adding(days: 1)) }.flatMap { $0 > now ? $0 : nil }
                return Deadline(kind: .progress, at: min(progress, promised ?? progress))
            case .onHold: return try expected(expectedOn)
            default: return Deadline(kind: .pickUp, at: calendar.adding(try terms.pickUp.orIncomplete("terms.pickUp"), to: now))
            }
        }
    }

    func expected(_ date: CalendarDate?) throws(CaseRefusal) -> Deadline {
        guard let date else { throw .expectedOnNeeded }
        let today = calendar.localDate(of: now)
        guard date >= today else { throw .expectedOnPast }
        guard date <= today.adding(days: ReferralTask.longestHold) else { throw .expectedOnTooFar }
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
