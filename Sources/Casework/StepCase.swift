/// What an event does to a case. Pure and total: the same arguments give the same answer, and nothing is thrown.
///
/// - Parameters:
///   - file: the case, with at least the tasks the event is about.
///   - event: what happened.
///   - now: the time of the case.
///   - calendar: Dutch working days and local time, for the deadlines.
/// - Returns: the new file with what to write, or a refusal that names what is legal.
public func step(_ file: Casefile, _ event: CaseEvent, at now: Instant, calendar: WorkingCalendar) -> CaseStep {
    do throws(CaseRefusal) {
        switch event {
        case .triaged(let triage): return try stepTriage(file, triage, at: now, calendar: calendar)
        case .referred(let task, let referral, let partner, let deliverBy, let promisedOn):
            return try stepReferral(
                file,
                .requested(
                    task, referral: referral, casefile: file.id, partner: partner, deliverBy: deliverBy, promisedOn: promisedOn))
        case .task(let id, let event): return try stepTask(file, id, event, at: now, calendar: calendar)
        case .disagreed(let id): return try stepDisagreement(file, id, at: now, calendar: calendar)
        case .visited(let outcome): return try stepVisit(file, outcome, at: now, calendar: calendar)
        case .meetingAsked(let kind, let trigger, let parties):
            return try stepMeeting(file, kind, trigger, parties, at: now, calendar: calendar)
        case .meetingHeld, .meetingCancelled:
            guard file.hasOpenMeeting else { throw .noMeeting }
            return .taken(file.with { $0.hasOpenMeeting = false }, [])
        case .planMade:
            guard file.state == .open else { throw .caseClosed }
            guard case .multiple = file.triage else { throw .notMultiple }
            guard !file.hasPlan else { throw .planExists }
            return .taken(file.with { $0.hasPlan = true }, [.plan])
        case .closed(let outcome): return try stepClosure(file, outcome, at: now, calendar: calendar)
        case .aftercareHeld(let outcome):
            guard file.state == .closed else { throw .caseOpen }
            guard file.awaitsAftercare else { throw .aftercareHeldBefore }
            let linked = outcome == .newQuestion ? [CaseAction.openLinkedCase] : []
            return .taken(file.with { $0.awaitsAftercare = false }, [.settleAftercare] + linked)
        }
    } catch {
        return .refused(error)
    }
}

/// Triage rises only. A case that closed by itself as single opens again when there turns out to be more to it (R16).
private func stepTriage(_ file: Casefile, _ triage: Triage, at now: Instant, calendar: WorkingCalendar) throws(CaseRefusal) -> CaseStep {
    if let before = file.triage, triage < before { throw .triageMayOnlyRise }
    let reopens = file.state == .closed
    if reopens, file.triage != .single || triage == .single { throw .caseClosed }
    if triage == file.triage { return .taken(file, []) }
    var actions: [CaseAction] = reopens ? [.reopen] : []
    actions.append(.triage(triage))
    if case .multiple = triage, !file.hasVisit, file.triage.map({ $0 == .single }) ?? true {
        actions.append(.expectVisit(by: calendar.adding(try file.terms.homeVisit.orIncomplete("terms.homeVisit"), to: now)))
    }
    return .taken(
        file.with {
            $0.triage = triage
            $0.state = .open
            if reopens { $0.awaitsAftercare = false }
        }, actions)
}

private func stepReferral(_ file: Casefile, _ task: ReferralTask) throws(CaseRefusal) -> CaseStep {
    guard file.state == .open else { throw .caseClosed }
    guard let triage = file.triage else { throw .notTriaged }
    guard file.tasks[task.id] == nil, triage != .single || file.openTasks == 0 else { throw .alreadyDispatched }
    if triage != .single, !file.hasVisit { throw .visitFirst }
    if triage == .multiple(.interrelated), !file.hasPlan { throw .planFirst }
    // Both terms a task will ever need are asked for now, so that no later move can fail for want of one.
    let missing = [(file.terms.pickUp, "terms.pickUp"), (file.terms.progress, "terms.progress")].filter { $0.0 == nil }.map(\.1)
    guard missing.isEmpty else { throw .policyIncomplete(missing: missing) }
    return .taken(file.with(task, insteadOf: nil), [.store(task)])
}

/// Also in a closed case: what has left must still be able to end.
private func stepTask(_ file: Casefile, _ id: TaskID, _ event: TaskEvent, at now: Instant, calendar: WorkingCalendar) throws(CaseRefusal)
    -> CaseStep
{
    guard let task = file.tasks[id] else { throw .unknownTask }
    let (moved, news) =
        event == .fellDue
        ? stepFallenDue(file, task, at: now, calendar: calendar) : try stepTask(task, event, in: file, at: now, calendar: calendar)
    guard moved != task else { return .taken(file, []) }
    var after = file.with(moved, insteadOf: task)
    var actions = [.store(moved)] + news
    if news.contains(where: { if case .openMeeting = $0 { true } else { false } }) { after.hasOpenMeeting = true }
    // The desk has done its part of a single case when its one helper has taken it on (R13, R48).
    if moved.state == .accepted, file.triage == .single, file.state == .open, let aftercare = file.terms.aftercare {
        after.state = .closed
        after.awaitsAftercare = true
        actions.append(.close(.handedOver, lookAgainAt: calendar.adding(aftercare, to: now), direct: true))
    }
    // Nobody has it any more: it is the desk's again, to be referred anew.
    if case .moved = event, file.state == .closed, file.triage == .single, !moved.state.isOpen, moved.state != .completed {
        after.state = .open
        after.awaitsAftercare = false
        actions.append(.reopen)
    }
    return .taken(after, actions)
}

private func stepVisit(_ file: Casefile, _ outcome: VisitOutcome, at now: Instant, calendar: WorkingCalendar) throws(CaseRefusal)
    -> CaseStep
{
    guard file.state == .open else { throw .caseClosed }
    guard case .multiple = file.triage else { throw .notMultiple }
    guard !file.hasVisit else { return .taken(file, []) }
    guard outcome != .noResponse else {
        return .taken(file, [.expectVisit(by: calendar.adding(try file.terms.homeVisit.orIncomplete("terms.homeVisit"), to: now))])
    }
    return .taken(file.with { $0.hasVisit = true }, [.settleVisit])
}

private func stepMeeting(
    _ file: Casefile, _ kind: MeetingKind, _ trigger: MeetingTrigger, _ parties: Int, at now: Instant, calendar: WorkingCalendar
) throws(CaseRefusal) -> CaseStep {
    guard file.state == .open else { throw .caseClosed }
    guard case .multiple = file.triage else { throw .notMultiple }
    guard !file.hasOpenMeeting else { throw .meetingOpen }
    guard parties >= 2 else { throw .twoPartiesNeeded }
    guard kind == file.nextMeeting else { throw .otherKindOfMeeting }
    // It brings others in, as a referral does. The ladder's own meeting does not: who comes to that has the task already.
    guard file.hasVisit else { throw .visitFirst }
    let planBy = calendar.adding(try file.terms.meeting.orIncomplete("terms.meeting"), to: now)
    return .taken(file.with { $0.hasOpenMeeting = true }, [.openMeeting(kind, trigger, because: nil, planBy: planBy)])
}

private func stepClosure(_ file: Casefile, _ outcome: ClosureOutcome, at now: Instant, calendar: WorkingCalendar) throws(CaseRefusal)
    -> CaseStep
{
    guard file.state == .open else { throw .caseClosed }
    guard file.triage != nil else { throw .notTriaged }
    guard file.openTasks == 0 else { throw .tasksOpen }
    guard !file.hasOpenMeeting else { throw .meetingOpen }
    guard outcome != .solved || !file.hasUndoneAction else { throw .actionsUndone }
    let aftercare = try file.terms.aftercare.orIncomplete("terms.aftercare")
    let after = file.with {
        $0.state = .closed
        $0.hasPlan = false
        $0.hasUndoneAction = false
        $0.awaitsAftercare = true
    }
    return .taken(after, [.close(outcome, lookAgainAt: calendar.adding(aftercare, to: now), direct: false)])
}

extension Optional where Wrapped == Term {
    /// The term, or the refusal that names its key.
    func orIncomplete(_ key: String) throws(CaseRefusal) -> Term {
        guard let self else { throw .policyIncomplete(missing: [key]) }
        return self
    }
}
