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
        case .triaged(let triage):
            return try stepTriage(file, triage)
        case .referred(let task, let referral, let partner, let deliverBy):
            return try stepReferral(file, task, referral, partner, deliverBy)
        case .task(let id, let event):
            // Also in a closed case: what has left must still be able to end.
            guard let task = file.tasks[id] else { throw .unknownTask }
            let (moved, news) = try stepTask(task, event, terms: file.terms, at: now, calendar: calendar)
            guard moved != task else { return .taken(file, []) }
            return .taken(file.with(moved, insteadOf: task), [.store(moved)] + (news.map { [.tellDesk($0, id)] } ?? []))
        }
    } catch {
        return .refused(error)
    }
}

private func stepTriage(_ file: Casefile, _ triage: Triage) throws(CaseRefusal) -> CaseStep {
    guard file.state == .open else { throw .caseClosed }
    if triage == file.triage { return .taken(file, []) }
    if let before = file.triage, triage < before { throw .triageMayOnlyRise }
    return .taken(file.with(triage: triage), [.triage(triage)])
}

private func stepReferral(
    _ file: Casefile, _ task: TaskID, _ referral: ReferralID, _ partner: OrganisationNumber, _ deliverBy: Instant
) throws(CaseRefusal) -> CaseStep {
    guard file.state == .open else { throw .caseClosed }
    guard let triage = file.triage else { throw .notTriaged }
    guard file.tasks[task] == nil, triage != .single || file.openTasks == 0 else { throw .alreadyDispatched }
    // Both terms a task will ever need are asked for now, so that no later move can fail for want of one.
    let missing = [(file.terms.pickUp, "terms.pickUp"), (file.terms.progress, "terms.progress")].filter { $0.0 == nil }.map(\.1)
    guard missing.isEmpty else { throw .policyIncomplete(missing: missing) }
    let new = ReferralTask.requested(task, referral: referral, casefile: file.id, partner: partner, deliverBy: deliverBy)
    return .taken(file.with(new, insteadOf: nil), [.store(new)])
}
