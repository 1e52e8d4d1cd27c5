import Casework

/// One thing that somebody does in the year.
struct YearStep: Hashable, Sendable {
    /// Its place in the year, from 1; the same plan gives the same number.
    let number: Int
    let on: CalendarDate
    let hour: YearHour
    /// The number of its case.
    let about: Int
    let action: YearAction
}

/// What is done; who does it follows from what it is.
enum YearAction: Hashable, Sendable {
    case file
    /// `manager` is the number of the case manager who takes the case on.
    case triage(Triage, manager: Int?)
    /// The case is opened and read: whom it is about is known from then on.
    case read
    /// A second signal is joined to the case of another.
    case join(to: Int)
    /// The resident is told that there was a signal.
    case tellOfSignal(way: String)
    case postponeTelling(until: CalendarDate)
    case tellOfMeeting(Int, way: String)

    case planVisit(on: CalendarDate)
    /// A helper announces a visit of its own.
    case announceVisit(YearHelper, on: CalendarDate)
    /// The case manager goes along on that visit.
    case shareVisit(YearHelper, on: CalendarDate)
    case visit(VisitOutcome)

    case refer(YearHelper)
    /// The helper says where its task stands.
    case move(YearHelper, to: TaskState, expectedOn: CalendarDate? = nil)
    /// The desk takes a task back.
    case takeBack(YearHelper)
    /// Keeps what the call list shows.
    case lookAtCallList
    /// A desk worker calls the helper.
    case call(YearHelper, outcome: String)

    /// Meetings are numbered within their case, from 1; the first is the MDA.
    case openMeeting(Int)
    /// Looks up the meeting that opened by itself.
    case findMeeting(Int)
    case dateMeeting(Int, on: CalendarDate)
    case answerInvitation(Int, YearHelper, accepts: Bool)
    case holdMeeting(Int, present: [YearHelper], tasks: [YearHelper], due: CalendarDate)
    case passOn(Int, Platform)
    /// The case manager does what a meeting asked of him.
    case finishAction(Int)

    case close(ClosureOutcome)
    case aftercare(AftercareOutcome)
}
