import Casework
import Testing

/// Every task state × every event that moves it, as data; what deadlines do is in `LadderTests`. The rows say what the event is, the state it leads to, the deadline there and the news for
/// the desk; a cell what it does to a task in that column's state:
/// `-` refused as illegal, `=` taken and nothing changes, `m` moved, `n` moved and the desk is told.
private let table = """
    event              leads to    deadline  news           requested received accepted onHold inProgress completed rejected failed cancelled
    receipt            received    pickUp    -              m         =        =        =      =          =         =        =      =
    groundEnded        cancelled   -         -              m         m        m        m      m          =         =        =      =
    groundLapsed       cancelled   -         groundEnded    n         n        n        n      n          =         =        =      =
    deliveryFailed     failed      -         deliveryFault  n         =        =        =      =          =         =        =      =
    sentAgain          requested   delivery  -              =         =        =        =      =          =         =        m      =
    partner:requested  requested   -         -              -         -        -        -      -          -         -        -      -
    partner:received   received    -         -              -         -        -        -      -          -         -        -      -
    partner:accepted   accepted    progress  pickedUp       -         n        -        n      -          -         -        -      -
    partner:onHold     onHold      expected  onHold         -         n        n        n      n          -         -        -      -
    partner:inProgress inProgress  progress  pickedUp       -         -        m        n      m          -         -        -      -
    partner:completed  completed   -         completed      -         -        n        n      n          -         -        -      -
    partner:rejected   rejected    -         rejected       -         n        n        n      -          -         -        -      -
    partner:failed     failed      -         failed         -         -        n        n      n          -         -        -      -
    partner:cancelled  cancelled   -         -              -         -        -        -      -          -         -        -      -
    desk:requested     requested   -         -              -         -        -        -      -          -         -        -      -
    desk:received      received    -         -              -         -        -        -      -          -         -        -      -
    desk:accepted      accepted    progress  pickedUp       -         n        -        n      -          -         -        -      -
    desk:onHold        onHold      expected  onHold         -         n        n        n      n          -         -        -      -
    desk:inProgress    inProgress  progress  pickedUp       -         -        m        n      m          -         -        -      -
    desk:completed     completed   -         completed      -         -        n        n      n          -         -        -      -
    desk:rejected      rejected    -         rejected       n         n        n        n      -          -         -        -      -
    desk:failed        failed      -         failed         -         -        n        n      n          -         -        -      -
    desk:cancelled     cancelled   -         -              m         m        m        m      m          -         -        -      -
    """

private struct Cell: CustomTestStringConvertible, Sendable {
    let event: String
    let from: TaskState
    let mark: String
    let leadsTo: TaskState
    let deadline: String
    let news: DeskNews?
    /// For moves: every state the same mover may bring a task to from here, by the table.
    let legal: Set<TaskState>

    var testDescription: String { "\(event) while \(from.rawValue)" }

    var taskEvent: TaskEvent {
        switch event {
        case "receipt": return .receiptTaken
        case "groundEnded": return .groundEnded(tellsDesk: false)
        case "groundLapsed": return .groundEnded(tellsDesk: true)
        case "deliveryFailed": return .deliveryFailed
        case "sentAgain": return .sentAgain(deliverBy: Known.deliverBy)
        default:
            let mover = Mover(rawValue: String(event.prefix { $0 != ":" }))!
            return .moved(to: leadsTo, reason: .noCapacity, expectedOn: Known.expectedOn, by: mover)
        }
    }

    static let all: [Cell] = {
        let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
        var cells: [Cell] = []
        let order: [TaskState] = [.requested, .received, .accepted, .onHold, .inProgress, .completed, .rejected, .failed, .cancelled]
        for row in rows {
            let mover = row[0].prefix { $0 != ":" } + ":"
            for (index, from) in order.enumerated() {
                let legal = rows.filter { $0[0].hasPrefix(mover) && $0[4 + index] != "-" }.map { TaskState(rawValue: $0[1])! }
                cells.append(
                    Cell(
                        event: row[0], from: from, mark: row[4 + index], leadsTo: TaskState(rawValue: row[1])!, deadline: row[2],
                        news: DeskNews(rawValue: row[3]), legal: Set(legal)))
            }
        }
        return cells
    }()
}

@Suite("the task machine") struct TaskTableTests {
    @Test("the table has every state and every event")
    func complete() {
        #expect(Cell.all.count == TaskState.allCases.count * (5 + Mover.allCases.count * TaskState.allCases.count))
        #expect(Set(Cell.all.map(\.testDescription)).count == Cell.all.count)
    }

    @Test("every state answers every event as the table says", arguments: Cell.all)
    fileprivate func cell(_ cell: Cell) throws {
        let before = Known.task(cell.from)
        let file = Known.file(task: before)
        let answer = step(file, .task(before.id, cell.taskEvent), at: Known.now, calendar: Known.calendar)
        switch cell.mark {
        case "-":
            guard case .refused(.illegalTransition(let from, let legal)) = answer else {
                Issue.record("not refused as illegal")
                return
            }
            #expect(from == cell.from)
            #expect(Set(legal) == cell.legal && legal.count == cell.legal.count)
        case "=":
            #expect(answer == .taken(file, []))
        default:
            let due = try #require(
                [
                    "-": Deadline?.none, "pickUp": Known.pickUp, "progress": Known.progress, "expected": Known.expected,
                    "delivery": Known.delivery,
                ][cell.deadline])
            let after = try #require(
                ReferralTask(
                    id: before.id, referral: before.referral, casefile: before.casefile, partner: before.partner, state: cell.leadsTo,
                    due: due))
            let told = cell.mark == "n" ? [CaseAction.tellDesk(try #require(cell.news), before.id)] : []
            #expect(answer == .taken(Known.file(task: after), [.store(after)] + told))
        }
    }

    @Test("a task is sent again only in an open case, and in a single case only when no other task is open")
    func sentAgain() {
        let event = CaseEvent.task(Known.task, .sentAgain(deliverBy: Known.deliverBy))
        func answer(_ file: Casefile) -> CaseStep { step(file, event, at: Known.now, calendar: Known.calendar) }
        func file(_ triage: Triage, state: Casefile.State = .open, openTasks: Int) -> Casefile {
            let task = Known.task(.failed)
            return Casefile(
                id: Known.casefile, state: state, triage: triage, terms: Known.terms, tasks: [task.id: task], openTasks: openTasks)
        }
        #expect(answer(file(.single, state: .closed, openTasks: 0)) == .refused(.caseClosed))
        #expect(answer(file(.single, openTasks: 1)) == .refused(.alreadyDispatched))
        guard case .taken(let after, _) = answer(file(.multiple(.unrelated), openTasks: 1)) else {
            Issue.record("refused")
            return
        }
        #expect(after.openTasks == 2)
    }

    @Test("rejected and failed need a reason", arguments: [TaskState.rejected, .failed], Mover.allCases)
    func reason(_ state: TaskState, _ mover: Mover) {
        let event = TaskEvent.moved(to: state, reason: nil, expectedOn: nil, by: mover)
        let answer = step(Known.file(task: Known.task(.accepted)), .task(Known.task, event), at: Known.now, calendar: Known.calendar)
        #expect(answer == .refused(.reasonNeeded))
    }

    @Test("waiting needs the date it waits for, which may be today and not yesterday")
    func expectedOn() {
        func hold(_ date: CalendarDate?) -> CaseStep {
            let event = TaskEvent.moved(to: .onHold, reason: nil, expectedOn: date, by: .partner)
            return step(Known.file(task: Known.task(.received)), .task(Known.task, event), at: Known.now, calendar: Known.calendar)
        }
        #expect(hold(nil) == .refused(.expectedOnNeeded))
        #expect(hold(CalendarDate("2026-03-01")) == .refused(.expectedOnPast))
        guard case .taken(let file, _) = hold(CalendarDate("2026-03-02")) else {
            Issue.record("today was refused")
            return
        }
        #expect(file.tasks[Known.task]?.due == Deadline(kind: .expected, at: Instant("2026-03-02T23:00:00Z")))
    }

    @Test("waiting ends within 26 weeks, whoever says it, and may be said again")
    func expectedOnFar() throws {
        func hold(_ date: CalendarDate, at now: Instant, by mover: Mover) -> CaseStep {
            let event = TaskEvent.moved(to: .onHold, reason: nil, expectedOn: date, by: mover)
            return step(Known.file(task: Known.task(.onHold)), .task(Known.task, event), at: now, calendar: Known.calendar)
        }
        let last = try #require(CalendarDate("2026-08-31"))
        for mover in Mover.allCases {
            #expect(hold(last.adding(days: 1), at: Known.now, by: mover) == .refused(.expectedOnTooFar))
            for (date, now) in [(last, Known.now), (last.adding(days: 1), Known.now.advanced(byMilliseconds: 86_400_000))] {
                guard case .taken(let file, _) = hold(date, at: now, by: mover) else {
                    Issue.record("\(date) was refused")
                    continue
                }
                #expect(file.tasks[Known.task]?.due?.at == Known.calendar.startOfDay(date.adding(days: 1)))
            }
        }
    }

    @Test("today is the local date: half an hour after midnight in The Hague yesterday is past")
    func expectedOnLocal() {
        let event = TaskEvent.moved(to: .onHold, reason: nil, expectedOn: CalendarDate("2026-03-01"), by: .partner)
        let file = Known.file(task: Known.task(.received))
        let justAfter = step(file, .task(Known.task, event), at: Instant("2026-03-01T23:30:00Z"), calendar: Known.calendar)
        #expect(justAfter == .refused(.expectedOnPast))
        let justBefore = step(file, .task(Known.task, event), at: Instant("2026-03-01T22:30:00Z"), calendar: Known.calendar)
        #expect(justBefore != .refused(.expectedOnPast))
    }

    @Test("an open task without a deadline and a closed one with a deadline cannot be made", arguments: TaskState.allCases)
    func deadlineRule(_ state: TaskState) {
        func make(_ due: Deadline?) -> ReferralTask? {
            ReferralTask(id: Known.task, referral: Known.referral, casefile: Known.casefile, partner: Known.partner, state: state, due: due)
        }
        #expect((make(nil) == nil) == state.isOpen)
        #expect((make(Known.pickUp) == nil) == !state.isOpen)
    }

    @Test("names on the wire are these")
    func names() {
        #expect(
            TaskState.allCases.map(\.rawValue).sorted()
                == ["accepted", "cancelled", "completed", "failed", "inProgress", "onHold", "received", "rejected", "requested"])
        #expect(
            TaskReason.allCases.map(\.rawValue)
                == ["noCapacity", "wrongAddress", "clientDeclined", "noFit", "notOurTask", "duplicate", "notReached", "other"])
        #expect(DeadlineKind.allCases.map(\.rawValue) == ["delivery", "pickUp", "expected", "progress"])
        #expect(Triage.allCases.map(\.rawValue) == ["single", "multipleUnrelated", "multipleInterrelated"])
        #expect(Triage.allCases.allSatisfy { Triage(rawValue: $0.rawValue) == $0 })
        #expect(Triage(rawValue: "multiple") == nil)
    }
}
