/// A step of the ladder for a task that stays open; a pack lists them in order. Dutch: trede van het opschalingsmodel.
///
/// The raw value is the name in pack files, in the database and in the log.
public enum Rung: String, CaseIterable, Hashable, Sendable {
    /// Somebody at the desk contacts the responsible helper, and records the outcome.
    case deskContactsHelper
    /// A message to the helper, without content. Dutch: aansporing.
    case messageToHelper
    /// A message to the contact of the partner who has a mandate, without content.
    case messageToMandatedContact
    /// All involved helpers come together: one plan, one coordinator. Dutch: multidisciplinaire aanpak.
    case conveneMDA
}

/// What came of a contact with a helper whose task stays open. Dutch: belletje.
public enum ContactOutcome: String, CaseIterable, Hashable, Sendable {
    /// The helper says that it will be picked up.
    case promised
    /// The helper was spoken to and cannot say when.
    case busy
    /// Nobody was reached.
    case notReached
    /// The helper wants to hand it back; the desk moves the task.
    case handsBack
}

/// What a passed deadline does to a task, as its case's ladder says; no rung is skipped.
func stepFallenDue(_ file: Casefile, _ task: ReferralTask, at now: Instant, calendar: WorkingCalendar) -> (ReferralTask, [CaseAction]) {
    // Delivery is about a message, not about people: its end is `deliveryFailed`.
    guard let due = task.due, due.kind != .delivery, task.fellDueAt == nil, due.at <= now, calendar.isOfficeHour(now) else {
        return (task, [])
    }
    let stalled = (task.waiting(since: now, rung: task.rung), [CaseAction.tellDesk(.stalled, task.id)])
    guard task.rung < file.ladder.count else { return stalled }
    let rung = file.ladder[task.rung]
    let step = task.rung + 1
    let climbed = CaseAction.climbed(rung, step: step, task.id, due: due)
    switch rung {
    case .deskContactsHelper:
        return (task.waiting(since: now, rung: step), [climbed])
    case .messageToHelper, .messageToMandatedContact:
        guard let term = file.terms.afterContact else { return stalled }
        return (task.due(again: calendar.adding(term, to: now), rung: step), [climbed, .nudge(rung, task.id)])
    case .conveneMDA:
        guard let term = file.planningTerm else { return stalled }
        let waiting = task.waiting(since: now, rung: step)
        // The household comes to one table at a time: the meeting that is being prepared takes this task along.
        guard !file.hasOpenMeeting else { return (waiting, [climbed]) }
        let planBy = calendar.adding(term, to: now)
        return (waiting, [climbed, .openMeeting(file.nextMeeting, .tasksLeftOpen, because: task.id, planBy: planBy)])
    }
}
