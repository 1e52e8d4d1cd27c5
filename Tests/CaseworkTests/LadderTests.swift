import Casework
import Testing

private let due = Instant("2026-03-02T10:00:00+01:00")
private let rungs: [Rung] = [.deskContactsHelper, .conveneMDA]

private func fall(_ file: Casefile, at now: Instant = due) -> CaseStep {
    step(file, .task(Known.task, .fellDue), at: now, calendar: Known.calendar)
}

private func left(
    _ state: TaskState = .received, rung: Int = 0, ladder: [Rung] = rungs, triage: Triage = .multiple(.unrelated), parties: Int = 2,
    terms: CaseTerms = Known.allTerms, fellDueAt: Instant? = nil, hasOpenMeeting: Bool = false, hasHeldMeeting: Bool = false,
    _ caseState: Casefile.State = .open
) -> Casefile {
    Known.file(
        caseState, triage: triage, terms: terms, ladder: ladder, task: Known.task(state, due: due, rung: rung, fellDueAt: fellDueAt),
        parties: parties, hasVisit: true, hasOpenMeeting: hasOpenMeeting, hasHeldMeeting: hasHeldMeeting)
}

@Suite("the ladder") struct LadderTests {
    @Test(
        "R54 a deadline that passed puts the task on the call list: it waits for a person, and nothing else happens",
        arguments: TaskState.allCases)
    func callList(_ state: TaskState) {
        let file = left(state)
        guard state.isOpen, state != .requested else {
            // A delivery is about a message, and a closed task is due for nothing.
            #expect(fall(file) == .taken(file, []))
            return
        }
        guard case .taken(let after, let actions) = fall(file), let before = file.tasks[Known.task]?.due else {
            Issue.record("refused")
            return
        }
        let waiting = Known.task(state, due: due, rung: 1, fellDueAt: due)
        #expect(actions == [.store(waiting), .climbed(.deskContactsHelper, step: 1, Known.task, due: before)])
        #expect(after.tasks[Known.task] == waiting)
        // Found again, by another sweep or after a restart: nothing.
        #expect(fall(after) == .taken(after, []))
        #expect(fall(after, at: due.advanced(byMilliseconds: 86_400_000)) == .taken(after, []))
    }

    @Test(
        "outside office hours and before the deadline nothing happens to people",
        arguments: [
            "2026-03-02T09:59:59+01:00", "2026-03-02T17:00:00+01:00", "2026-03-03T08:29:59+01:00", "2026-03-07T11:00:00+01:00",
            "2026-04-06T11:00:00+02:00",
        ])
    func officeHours(_ text: String) throws {
        let file = left()
        #expect(fall(file, at: try #require(Instant(rfc3339: text))) == .taken(file, []))
    }

    @Test("a recorded contact starts the term until the next rung; without one the task waits for ever")
    func contact() {
        let waiting = left(rung: 1, fellDueAt: due)
        for days in [1, 7, 700] as [Int64] {
            #expect(fall(waiting, at: due.advanced(byMilliseconds: days * 86_400_000)) == .taken(waiting, []))
        }
        for outcome in ContactOutcome.allCases {
            let answer = step(waiting, .task(Known.task, .contacted(outcome)), at: due, calendar: Known.calendar)
            let again = Known.task(.received, due: Instant("2026-03-04T10:00:00+01:00"), rung: 1)
            guard case .taken(let after, let actions) = answer else {
                Issue.record("refused")
                return
            }
            #expect(actions == [.store(again)] && after.tasks[Known.task] == again)
        }
    }

    @Test("R55 after the contact, still open: one meeting that names its trigger, to be planned within its term")
    func meeting() {
        let file = left(rung: 1)
        guard case .taken(let after, let actions) = fall(file) else {
            Issue.record("refused")
            return
        }
        #expect(
            actions.dropFirst() == [
                .climbed(.conveneMDA, step: 2, Known.task, due: Deadline(kind: .pickUp, at: due)),
                .openMeeting(.mda, .tasksLeftOpen, because: Known.task, planBy: Instant("2026-03-05T10:00:00+01:00")),
            ])
        #expect(after.hasOpenMeeting)
        #expect(fall(after) == .taken(after, []))
    }

    @Test("after a meeting that was held the next one is a follow-up")
    func followUp() {
        guard case .taken(_, let actions) = fall(left(rung: 1, hasHeldMeeting: true)) else {
            Issue.record("refused")
            return
        }
        #expect(actions.contains { if case .openMeeting(.followUp, .tasksLeftOpen, _, _) = $0 { true } else { false } })
    }

    @Test("a meeting that is being prepared takes a second task along: the rung is taken, and no second meeting opens")
    func oneTable() {
        guard case .taken(_, let actions) = fall(left(rung: 1, hasOpenMeeting: true)) else {
            Issue.record("refused")
            return
        }
        #expect(actions.contains { if case .climbed(.conveneMDA, 2, _, _) = $0 { true } else { false } })
        #expect(!actions.contains { if case .openMeeting = $0 { true } else { false } })
        // Calling the helper changes nothing until the meeting.
        let waiting = left(rung: 2, fellDueAt: due, hasOpenMeeting: true)
        #expect(step(waiting, .task(Known.task, .contacted(.busy)), at: due, calendar: Known.calendar) == .taken(waiting, []))
    }

    @Test("R16 what a meeting is not for goes back to the desk: a single case, one organisation, a closed case, an undecided term")
    func stalled() {
        let without = CaseTerms(pickUp: .workingDays(5), afterContact: .workingDays(2), progress: .workingDays(1), aftercare: nil)
        for file in [
            left(rung: 1, triage: .single, parties: 1), left(rung: 1, parties: 1), left(rung: 1, .closed), left(rung: 1, terms: without),
            left(rung: 0, ladder: []), left(rung: 2),
        ] {
            guard case .taken(let after, let actions) = fall(file), let before = file.tasks[Known.task] else {
                Issue.record("refused")
                return
            }
            let waiting = Known.task(.received, due: due, rung: before.rung, fellDueAt: due)
            #expect(actions == [.store(waiting), .tellDesk(.stalled, Known.task)])
            #expect(fall(after) == .taken(after, []))
        }
    }

    @Test("R64 R67 a ladder of messages climbs by itself, one rung a term, and skips none")
    func messages() {
        var file = left(ladder: [.messageToHelper, .messageToMandatedContact, .conveneMDA])
        var now = due
        var climbed: [Rung] = []
        var sent: [Rung] = []
        for _ in 0..<200 {
            guard case .taken(let after, let actions) = fall(file, at: now) else {
                Issue.record("refused")
                return
            }
            for action in actions {
                if case .climbed(let rung, let step, _, _) = action {
                    climbed.append(rung)
                    #expect(step == climbed.count)
                }
                if case .nudge(let rung, _) = action { sent.append(rung) }
            }
            file = after
            now = now.advanced(byMilliseconds: 3_600_000)
        }
        #expect(climbed == [.messageToHelper, .messageToMandatedContact, .conveneMDA])
        #expect(sent == [.messageToHelper, .messageToMandatedContact])
    }

    @Test("any move by partner or desk, and a held meeting, begins the ladder anew")
    func anew() {
        let waiting = left(.received, rung: 2, fellDueAt: due)
        let move = TaskEvent.moved(to: .onHold, reason: nil, expectedOn: Known.expectedOn, by: .partner)
        for (event, state) in [(move, TaskState.onHold), (.meetingHeld, .received)] {
            guard case .taken(let after, _) = step(waiting, .task(Known.task, event), at: due, calendar: Known.calendar),
                let task = after.tasks[Known.task]
            else {
                Issue.record("refused")
                return
            }
            #expect(task.rung == 0 && task.fellDueAt == nil && task.state == state)
        }
    }

    @Test(
        "the override: a rejected task is open again, a late one has its term anew, and the partner is told; elsewhere it is refused",
        arguments: TaskState.allCases)
    func overridden(_ state: TaskState) {
        let event = CaseEvent.task(Known.task, .overridden)
        let told = CaseAction.nudge(.messageToMandatedContact, Known.task)
        let inTime = step(left(state), event, at: due, calendar: Known.calendar)
        if state == .rejected {
            guard case .taken(let after, let actions) = inTime, let task = after.tasks[Known.task] else {
                Issue.record("refused")
                return
            }
            #expect(task.state == .received && task.due?.kind == .pickUp && task.rung == 0 && after.openTasks == 1)
            #expect(actions == [.store(task), told])
        } else {
            #expect(inTime == .refused(.illegalTransition(from: state, legal: [])))
        }
        guard state.isOpen else { return }
        guard case .taken(let after, let actions) = step(left(state, rung: 2, fellDueAt: due), event, at: due, calendar: Known.calendar),
            let task = after.tasks[Known.task]
        else {
            Issue.record("refused")
            return
        }
        #expect(task.state == state && task.rung == 0 && task.fellDueAt == nil && (task.due?.at ?? due) > due)
        #expect(actions == [.store(task), told])
    }

    @Test(
        "what else happens to an open task: time given back moves the deadline and keeps the rung; while people have it, it does not",
        arguments: TaskState.allCases)
    func credited(_ state: TaskState) {
        let file = left(state, rung: 1)
        let answer = step(file, .task(Known.task, .credited(milliseconds: 7_000)), at: due, calendar: Known.calendar)
        if state.isOpen {
            let later = Known.task(state, due: due.advanced(byMilliseconds: 7_000), rung: 1)
            guard case .taken(_, let actions) = answer else {
                Issue.record("refused")
                return
            }
            #expect(actions == [.store(later)])
            let waiting = left(state, rung: 1, fellDueAt: due)
            #expect(
                step(waiting, .task(Known.task, .credited(milliseconds: 7_000)), at: due, calendar: Known.calendar) == .taken(waiting, []))
        } else {
            #expect(answer == .taken(file, []))
        }
        #expect(step(file, .task(Known.task, .credited(milliseconds: 0)), at: due, calendar: Known.calendar) == .taken(file, []))
    }

    @Test(
        "a contact and a held meeting: nothing before the deadline, refused and ignored once the task is closed",
        arguments: TaskState.allCases)
    func early(_ state: TaskState) {
        let file = left(state)
        #expect(step(file, .task(Known.task, .meetingHeld), at: due, calendar: Known.calendar) == .taken(file, []))
        let contacted = step(file, .task(Known.task, .contacted(.promised)), at: due, calendar: Known.calendar)
        if state.isOpen {
            #expect(contacted == .taken(file, []))
        } else {
            #expect(contacted == .refused(.illegalTransition(from: state, legal: [])))
        }
    }

    @Test("the undecided term after a contact is named, and the call list still works without it")
    func undecided() {
        let none = CaseTerms(pickUp: .workingDays(5), afterContact: nil, progress: .workingDays(1), aftercare: nil)
        guard case .taken(let waiting, _) = fall(left(terms: none)) else {
            Issue.record("refused")
            return
        }
        #expect(
            step(waiting, .task(Known.task, .contacted(.busy)), at: due, calendar: Known.calendar)
                == .refused(.policyIncomplete(missing: ["terms.afterContact"])))
        // A rung that would have to know the next term does not climb blindly.
        guard case .taken(_, let actions) = fall(left(ladder: [.messageToHelper], terms: none)) else {
            Issue.record("refused")
            return
        }
        #expect(actions.last == .tellDesk(.stalled, Known.task))
    }

    @Test("names in pack files and in the log are these")
    func names() {
        #expect(Rung.allCases.map(\.rawValue) == ["deskContactsHelper", "messageToHelper", "messageToMandatedContact", "conveneMDA"])
        #expect(ContactOutcome.allCases.map(\.rawValue) == ["promised", "busy", "notReached", "handsBack"])
        #expect(MeetingTrigger.allCases.count == 5)
    }

    @Test("R65 a disagreement opens one meeting where the ladder leads to it; elsewhere the desk is told, and decides")
    func disagreement() {
        func disagree(_ file: Casefile) -> CaseStep { step(file, .disagreed(Known.task), at: due, calendar: Known.calendar) }
        guard case .taken(let after, let actions) = disagree(left()) else {
            Issue.record("refused")
            return
        }
        let tell = CaseAction.tellDesk(.disagreed, Known.task)
        let planBy = Known.calendar.adding(.workingDays(3), to: due)
        #expect(actions == [tell, .openMeeting(.mda, .disagreement, because: Known.task, planBy: planBy)])
        #expect(after.hasOpenMeeting)
        for file in [
            left(ladder: [.deskContactsHelper]), left(triage: .single), left(parties: 1), left(hasOpenMeeting: true),
            left(.accepted, triage: .single, .closed),
        ] { #expect(disagree(file) == .taken(file, [tell])) }
        for state in [TaskState.requested, .completed] {
            #expect(disagree(left(state)) == .refused(.illegalTransition(from: state, legal: [])))
        }
    }
}
