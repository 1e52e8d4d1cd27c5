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
        let busy = Known.file(triage: triage, task: Known.task(.inProgress))
        if triage == .single {
            #expect(refer(busy, task: other) == .refused(.alreadyDispatched))
        } else {
            guard case .taken(let file, _) = refer(busy, task: other) else {
                Issue.record("refused")
                return
            }
            #expect(file.openTasks == 2)
        }
        guard case .taken(let file, _) = refer(Known.file(triage: triage, task: Known.task(.rejected)), task: other) else {
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
        #expect(refer(Known.file(triage: .multiple(.unrelated), task: Known.task(state))) == .refused(.alreadyDispatched))
    }

    @Test("triage may rise and never fall; the same again changes nothing")
    func triage() {
        for (before, rank) in zip([Triage?.none, .single, .multiple(.unrelated), .multiple(.interrelated)], -1...2) {
            for (after, newRank) in zip([Triage.single, .multiple(.unrelated), .multiple(.interrelated)], 0...2) {
                let file = Known.file(triage: before)
                let answer = step(file, .triaged(after), at: Known.now, calendar: Known.calendar)
                if newRank < rank {
                    #expect(answer == .refused(.triageMayOnlyRise))
                } else if newRank == rank {
                    #expect(answer == .taken(file, []))
                } else {
                    #expect(answer == .taken(Known.file(triage: after), [.triage(after)]))
                }
            }
        }
        #expect(step(Known.file(.closed), .triaged(.single), at: Known.now, calendar: Known.calendar) == .refused(.caseClosed))
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

    @Test("on random walks an open task always has a deadline, a closed one never, nothing reopens and the count is right")
    func walks() {
        var random = SeededGenerator(state: 20_261_121)
        var closed = 0
        var refused = 0
        for _ in 0..<400 {
            var file = Known.file(triage: nil)
            var now = Known.now
            for _ in 0..<40 {
                now = now.advanced(byMilliseconds: Int64.random(in: 0...400_000_000, using: &random))
                let event = randomEvent(now, &random)
                let answer = step(file, event, at: now, calendar: Known.calendar)
                #expect(answer == step(file, event, at: now, calendar: Known.calendar))
                guard case .taken(let after, let actions) = answer else {
                    refused += 1
                    continue
                }
                let stored = actions.compactMap { if case .store(let task) = $0 { task } else { nil } }
                let broken = [
                    "the count of open tasks": after.openTasks != after.tasks.values.count { $0.state.isOpen },
                    "the deadline rule": after.tasks.values.contains { $0.state.isOpen != ($0.due != nil) },
                    "closed is closed": file.tasks.values.contains { !$0.state.isOpen && after.tasks[$0.id] != $0 },
                    "no change, no action": (after == file) != actions.isEmpty,
                    "what is stored is in the file": stored.contains { after.tasks[$0.id] != $0 },
                    "triage rises": after.triage ?? .single < file.triage ?? .single,
                    "one open task while single": file.triage == .single && after.openTasks > 1,
                ].filter(\.value).keys
                if !broken.isEmpty { Issue.record("broken: \(broken.sorted().joined(separator: ", "))") }
                closed += file.openTasks > after.openTasks ? 1 : 0
                file = after
            }
        }
        // The walks go somewhere.
        #expect(closed > 200 && refused > 1_000)
    }

    private func randomEvent(_ now: Instant, _ random: inout SeededGenerator) -> CaseEvent {
        let id = TaskID(high: 2, low: UInt64.random(in: 1...4, using: &random))
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .triaged(Triage.allCases.randomElement(using: &random) ?? .single)
        case 1...4:
            return .referred(task: id, referral: Known.referral, partner: Known.partner, deliverBy: now.advanced(byMilliseconds: 1))
        case 5...7: return .task(id, .receiptTaken)
        case 8: return .task(id, Bool.random(using: &random) ? .groundEnded : .deliveryFailed)
        default:
            let date = Known.calendar.localDate(of: now).adding(days: Int.random(in: -2...9, using: &random))
            return .task(
                id,
                .moved(
                    to: TaskState.allCases.randomElement(using: &random) ?? .accepted,
                    reason: Bool.random(using: &random) ? .other : nil, expectedOn: Bool.random(using: &random) ? date : nil,
                    by: Bool.random(using: &random) ? .partner : .desk))
        }
    }
}
