/// Why a partner disagrees about the approach of its task: a closed list, so that no text about a person travels with it.
/// Dutch: oneens over de aanpak.
public enum DisagreementReason: String, CaseIterable, Hashable, Sendable {
    /// What is asked of it should be done in another way.
    case otherApproach
    /// The plan does not fit the household.
    case planDoesNotFit
    /// It worries about how another organisation goes about it.
    case concernAboutAnother
    /// The work is to be divided in another way.
    case otherDivision
    case other
}

/// Who disagrees does not have to find whoever decides (R65): the desk hears of it, and where the ladder leads to a meeting it is opened at once.
func stepDisagreement(_ file: Casefile, _ id: TaskID, at now: Instant, calendar: WorkingCalendar) throws(CaseRefusal) -> CaseStep {
    guard let task = file.tasks[id] else { throw .unknownTask }
    guard task.state.isOpen, task.state != .requested else { throw .illegalTransition(from: task.state, legal: []) }
    let tell = CaseAction.tellDesk(.disagreed, id)
    // A meeting that is being prepared takes it along; where none can be opened by itself, the desk decides.
    guard file.ladder.contains(.conveneMDA), !file.hasOpenMeeting, let term = file.planningTerm else { return .taken(file, [tell]) }
    let planBy = calendar.adding(term, to: now)
    return .taken(
        file.with { $0.hasOpenMeeting = true }, [tell, .openMeeting(file.nextMeeting, .disagreement, because: id, planBy: planBy)])
}
