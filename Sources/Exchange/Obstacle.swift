import Casework
import StrictJSON

/// What stands in the way of a step on a case, other than the state of one task; the raw value is `because` on the wire.
public enum Obstacle: String, CaseIterable, Hashable, Sendable {
    case notTriaged = "not-triaged"
    case caseClosed = "case-closed"
    case caseOpen = "case-open"
    case triageMayOnlyRise = "triage-may-only-rise"
    case visitFirst = "visit-first"
    case planFirst = "plan-first"
    case notMultiple = "not-multiple"
    case twoPartiesNeeded = "two-parties-needed"
    case meetingOpen = "meeting-open"
    case noMeeting = "no-meeting"
    case meetingNotDated = "meeting-not-dated"
    case meetingNotBegun = "meeting-not-begun"
    case meetingCancelled = "meeting-cancelled"
    case otherKindOfMeeting = "other-kind-of-meeting"
    case planExists = "plan-exists"
    case tasksOpen = "tasks-open"
    case actionsUndone = "actions-undone"
    case aftercareHeld = "aftercare-held"
    case nobodyNamed = "nobody-named"
    case alreadyJoined = "already-joined"
    case notJoined = "not-joined"
    case ownCaseUnderWay = "own-case-under-way"
    case sameCase = "same-case"
    case taskClosed = "task-closed"
    case cannotBeSentAgain = "cannot-be-sent-again"
    case cannotBeOverridden = "cannot-be-overridden"

    /// What to do about it.
    var detail: String {
        switch self {
        case .notTriaged: "the case is not triaged; POST /v1/signals/{id}/triage"
        case .caseClosed: "the case is closed"
        case .caseOpen: "the case is open; close it first"
        case .triageMayOnlyRise: "triage may only rise; `legal` lists what it may become"
        case .visitFirst: "a case with several problems is visited before others are brought in; record the home visit"
        case .planFirst: "a case whose problems hang together is planned before others are brought in; hold the meeting, or make the plan"
        case .notMultiple: "this is for a case with several problems; triage it so"
        case .twoPartiesNeeded: "a meeting needs at least two involved organisations"
        case .meetingOpen: "a meeting about this household is being prepared; hold it or cancel it"
        case .noMeeting: "no meeting of this case is being prepared"
        case .meetingNotDated: "this meeting has no date yet; POST /v1/meetings/{id}/date"
        case .meetingNotBegun: "this meeting is still to come; date it anew when it was held earlier"
        case .meetingCancelled: "this meeting does not take place"
        case .otherKindOfMeeting: "the first meeting of a case is its `mda`, every later one a `followUp`"
        case .planExists: "the household has its plan; there is one at a time"
        case .tasksOpen: "tasks of this case are open; end or cancel them first"
        case .actionsUndone:
            "staff has not done what a meeting decided; GET /v1/meetings/{id} lists the actions: do them, or close it with another outcome"
        case .aftercareHeld: "the contact after closing was made already"
        case .nobodyNamed: "the signal names nobody, or nobody of whom anything is left; there is nothing to join or part"
        case .alreadyJoined: "it stands under another case; part it first, or join to that one"
        case .notJoined: "the signal stands under the case that it opened; there is nothing to part"
        case .ownCaseUnderWay:
            "work on the signal's own case has begun, or other signals stand under it; join the other signal to it instead"
        case .taskClosed: "the task that it gives is closed; refer again where help is still needed"
        case .cannotBeOverridden: "the resident declined it, or its partner never had it"
        case .cannotBeSentAgain:
            "nobody could open it any more, and it cannot be sealed anew; date a meeting again, tell of a recall by telephone, then end it"
        case .sameCase: "this is the signal's own case, or one that it goes on from; join it to another one"
        }
    }
}

extension CaseRefusal {
    /// What the refusal is on the wire.
    var asRefusal: DeskRefusal {
        func fault(_ pointer: String, _ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
            .invalidInput([InputFault(pointer: pointer, code: code, detail: detail, hint: hint)])
        }
        func obstacle(_ obstacle: Obstacle) -> DeskRefusal { .illegalTransition(legal: [], because: obstacle) }
        return switch self {
        case .illegalTransition(_, let legal): .illegalTransition(legal: legal.map(\.rawValue))
        case .reasonNeeded:
            fault("/reason", "missing-member", "this move needs a reason", TaskReason.allCases.map(\.rawValue).joined(separator: ", "))
        case .expectedOnNeeded: fault("/expectedOn", "missing-member", "on hold until when", "say the date in `expectedOn`")
        case .expectedOnPast: fault("/expectedOn", "in-the-past", "the expected date has passed", "name a date from today on")
        case .expectedOnTooFar:
            fault(
                "/expectedOn", "too-far-ahead", "a task is on hold for 26 weeks at most",
                "name a date within \(ReferralTask.longestHold) days; it may be put on hold again then")
        case .policyIncomplete(let missing): .policyIncomplete(missing: missing)
        case .unknownTask: .notFound
        case .alreadyDispatched: .alreadyDecided
        case .notTriaged: obstacle(.notTriaged)
        case .caseClosed: obstacle(.caseClosed)
        case .caseOpen: obstacle(.caseOpen)
        case .triageMayOnlyRise: obstacle(.triageMayOnlyRise)
        case .visitFirst: obstacle(.visitFirst)
        case .planFirst: obstacle(.planFirst)
        case .notMultiple: obstacle(.notMultiple)
        case .twoPartiesNeeded: obstacle(.twoPartiesNeeded)
        case .meetingOpen: obstacle(.meetingOpen)
        case .noMeeting: obstacle(.noMeeting)
        case .otherKindOfMeeting: obstacle(.otherKindOfMeeting)
        case .planExists: obstacle(.planExists)
        case .tasksOpen: obstacle(.tasksOpen)
        case .actionsUndone: obstacle(.actionsUndone)
        case .aftercareHeldBefore: obstacle(.aftercareHeld)
        }
    }
}
