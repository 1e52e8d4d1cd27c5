import Casework
import Testing

@Suite("the case") struct CaseTests {
    private func refer(_ file: Casefile, task: TaskID = Known.task) -> CaseStep {
        let event = CaseEvent.referred(task: task, referral: Known.referral, partner: Known.partner, deliverBy: Known.deliverBy)
        return step(file, event, at: Known.now, calendar: Known.calendar)
    }

    @Test("a referral makes a requested task that is due for delivery")
    func referral() {
        let task = Known.task(.requested)
        #expect(refer(Known.file()) == .taken(Known.file(task: task), [.store(task)]))
    }

    @Test("a referral needs an open case that was triaged")
    func referralNeeds() {
        #expect(refer(Known.file(triage: nil)) == .refused(.notTriaged))
        #expect(refer(Known.file(.closed)) == .refused(.caseClosed))
        #expect(refer(Known.file(.closed, triage: nil)) == .refused(.caseClosed))
    }

    @Test("terms the pack leaves undecided refuse the referral, all of them by name")
    func undecided() {
        func missing(_ pickUp: Term?, _ progress: Term?) -> CaseStep {
            refer(Known.file(terms: CaseTerms(pickUp: pickUp, afterContact: nil, progress: progress, aftercare: nil)))
        }
        let some = Term.workingDays(1)
        #expect(missing(nil, some) == .refused(.policyIncomplete(missing: ["terms.pickUp"])))
        #expect(missing(some, nil) == .refused(.policyIncomplete(missing: ["terms.progress"])))
        #expect(missing(nil, nil) == .refused(.policyIncomplete(missing: ["terms.pickUp", "terms.progress"])))
    }

    @Test("a single case has one open task at a time, a multiple case several", arguments: Triage.allCases)
    func openTasks(_ triage: Triage) {
        let other = TaskID(high: 2, low: 2)
        let busy = Known.file(triage: triage, task: Known.task(.inProgress), hasVisit: true, hasPlan: true)
        if triage == .single {
            #expect(refer(busy, task: other) == .refused(.alreadyDispatched))
        } else {
            guard case .taken(let file, _) = refer(busy, task: other) else {
                Issue.record("refused")
                return
            }
            #expect(file.openTasks == 2)
        }
        guard
            case .taken(let file, _) = refer(
                Known.file(triage: triage, task: Known.task(.rejected), hasVisit: true, hasPlan: true), task: other)
        else {
            Issue.record("refused after the first was rejected")
            return
        }
        #expect(file.openTasks == 1)
    }

    @Test("open tasks that are not loaded count too")
    func notLoaded() {
        let file = Casefile(id: Known.casefile, state: .open, triage: .single, terms: Known.terms, openTasks: 1)
        #expect(refer(file) == .refused(.alreadyDispatched))
    }

    @Test("the same task cannot be dispatched twice", arguments: [TaskState.requested, .failed])
    func twice(_ state: TaskState) {
        #expect(refer(Known.file(triage: .multiple(.unrelated), task: Known.task(state), hasVisit: true)) == .refused(.alreadyDispatched))
    }

    @Test("an event about a task that is not loaded is refused")
    func unknownTask() {
        let answer = step(Known.file(), .task(Known.task, .receiptTaken), at: Known.now, calendar: Known.calendar)
        #expect(answer == .refused(.unknownTask))
    }

    @Test("a move that needs a term which the file lacks names it instead of inventing one")
    func termGone() {
        let none = CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil)
        func answer(_ state: TaskState, _ event: TaskEvent) -> CaseStep {
            step(Known.file(terms: none, task: Known.task(state)), .task(Known.task, event), at: Known.now, calendar: Known.calendar)
        }
        #expect(answer(.requested, .receiptTaken) == .refused(.policyIncomplete(missing: ["terms.pickUp"])))
        let accept = TaskEvent.moved(to: .accepted, reason: nil, expectedOn: nil, by: .partner)
        #expect(answer(.received, accept) == .refused(.policyIncomplete(missing: ["terms.progress"])))
    }
}
