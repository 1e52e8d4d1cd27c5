import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// What an event does to a case: worked out on a snapshot, with its entries' bytes ready, and checked again within the commit.
///
/// Every use case that lets something happen to a case goes through here, so that rows and entries of an action are written in one place.
struct CaseChange: Sendable {
    /// The case after the event.
    let after: Casefile
    /// What follows from it; nothing when it was known already.
    let actions: [CaseAction]
    private let casefile: CasefileID
    /// What happens before it in the same commit.
    private let earlier: [CaseEvent]
    private let event: CaseEvent
    private let tasks: [TaskID]
    private let now: Instant
    private let calendar: WorkingCalendar
    private let writes: [CaseWrite]

    /// Whether the event still does the same: what it stood on has not changed since it was read.
    func holds(_ transaction: Transaction) throws -> Bool {
        guard let row = try transaction.casefile(casefile) else { return false }
        var file = try transaction.casework(row, tasks: tasks)
        for event in earlier {
            guard case .taken(let next, _) = step(file, event, at: now, calendar: calendar) else { return false }
            file = next
        }
        guard case .taken(_, let found) = step(file, event, at: now, calendar: calendar) else { return false }
        return found == actions
    }

    /// Writes rows and entries. False, with nothing written, when the case is no longer as it was read: then the use case starts again.
    func write(_ transaction: Transaction) throws -> Bool {
        guard try holds(transaction) else { return false }
        try writeHeld(transaction)
        return true
    }

    /// Writes rows and entries of a change that was asked whether it holds in this commit, before anything of the commit was written:
    /// once what comes before it is written, it cannot be asked any more.
    func writeHeld(_ transaction: Transaction) throws {
        for write in writes { try write(transaction) }
    }

    fileprivate init(
        after: Casefile, actions: [CaseAction], earlier: [CaseEvent], event: CaseEvent, tasks: [TaskID], now: Instant,
        calendar: WorkingCalendar, writes: [CaseWrite]
    ) {
        self.after = after
        self.actions = actions
        casefile = after.id
        self.earlier = earlier
        self.event = event
        self.tasks = tasks
        self.now = now
        self.calendar = calendar
        self.writes = writes
    }
}

/// One row or one batch of entries, written within the commit.
typealias CaseWrite = @Sendable (Transaction) throws -> Void

/// What stands around a change in the log.
struct ChangeContext: Sendable {
    let caller: Caller
    /// The persons whom the entries concern; for most steps only the casefile's handle is needed.
    var subjects: [JournalSubject] = []
    var refs: [AuditReference: String] = [:]
    /// Further facts of the entry that the event itself gets.
    var facts: [String: AuditFact] = [:]
    /// The id of the meeting that it opens, where the caller must know it.
    var meeting: MeetingID?
}

/// A case as a change of it is worked out on, read at once.
struct CaseReading: Sendable {
    let row: CasefileRow
    /// With these of its tasks.
    let tasks: [TaskID]
    let file: Casefile
    let signal: SignalID?
}

extension Transaction {
    /// The case with these of its tasks, or nil when there is none.
    func reading(of id: CasefileID, tasks: [TaskID]) throws -> CaseReading? {
        guard let row = try casefile(id) else { return nil }
        return CaseReading(row: row, tasks: tasks, file: try casework(row, tasks: tasks), signal: try firstSignal(of: id))
    }
}

extension ReferralDesk {
    /// Works out what an event does to a case, after these earlier ones that happen in the same commit.
    /// - Throws: what the case refuses, as it is on the wire; `not-found` when there is no such case.
    func change(
        _ id: CasefileID, _ event: CaseEvent, tasks: [TaskID] = [], at now: Instant, _ context: ChangeContext,
        after earlier: [CaseEvent] = []
    ) async throws(DeskRefusal) -> CaseChange {
        guard let reading = try await read({ try $0.reading(of: id, tasks: tasks) }) else { throw .notFound }
        return try await change(reading, event, at: now, context, after: earlier)
    }

    /// The same for a case that was read before.
    func change(
        _ reading: CaseReading, _ event: CaseEvent, at now: Instant, _ context: ChangeContext, after earlier: [CaseEvent] = []
    ) async throws(DeskRefusal) -> CaseChange {
        var file = reading.file
        for event in earlier {
            switch step(file, event, at: now, calendar: calendar) {
            case .refused(let refusal): throw refusal.asRefusal
            case .taken(let next, _): file = next
            }
        }
        switch step(file, event, at: now, calendar: calendar) {
        case .refused(.triageMayOnlyRise):
            let legal = Triage.allCases.filter { $0 >= (file.triage ?? .single) }.map(\.rawValue)
            throw .illegalTransition(legal: legal, because: .triageMayOnlyRise)
        case .refused(let refusal): throw refusal.asRefusal
        case .taken(let after, let actions):
            let writer = ChangeWriter(
                desk: self, before: file, event: event, now: now, context: context, casefile: try casefileKeyIfLiving(reading.row),
                signal: reading.signal)
            var writes: [CaseWrite] = []
            for action in actions { writes += try await writer.writes(of: action) }
            return CaseChange(
                after: after, actions: actions, earlier: earlier, event: event, tasks: reading.tasks, now: now, calendar: calendar,
                writes: writes)
        }
    }
}

/// Turns the actions of one step into rows and entries.
private struct ChangeWriter {
    let desk: ReferralDesk
    let before: Casefile
    let event: CaseEvent
    let now: Instant
    let context: ChangeContext
    let casefile: JournalCasefile?
    let signal: SignalID?

    func writes(of action: CaseAction) async throws(DeskRefusal) -> [CaseWrite] {
        let (id, now, calendar) = (before.id, now, desk.calendar)
        switch action {
        case .store(let task):
            let reason: TaskReason? = if case .task(_, .moved(_, let reason, _, _)) = event { reason } else { nil }
            let store: CaseWrite = { try $0.store(task, reason: reason, calendar: calendar, at: now) }
            return [store] + appending(moved(task, reason))
        // The message's own row tells it, with what the desk can do about it.
        case .tellDesk(.deliveryFault, _): return []
        case .tellDesk(let news, let task):
            let newsID: EntryID = desk.world.newID()
            let fallen = news == .stalled ? before.tasks[task]?.due.map { [fell($0, task)] } ?? [] : []
            let tell: CaseWrite = { try $0.tellDesk(news, about: task, id: newsID, at: now) }
            return [tell] + appending(fallen)
        case .triage(let triage):
            let set: CaseWrite = { try $0.setTriage(triage, of: id) }
            return [set] + appending([entry(.triageMade, facts: ["outcome": .text(triage.rawValue)], own: true)])
        case .climbed(let rung, let step, let task, let due):
            let facts: [String: AuditFact] = [
                "rung": .text(rung.rawValue), "step": .integer(Int64(step)), "due": .text(due.at.rfc3339),
            ]
            return appending([fell(due, task), entry(.escalated, refs: [.task: task.description], facts: facts)])
        case .nudge(let rung, let task): return try await nudge(rung, task)
        case .openMeeting(let kind, let trigger, let task, let planBy):
            let meeting: MeetingID = context.meeting ?? desk.world.newID()
            var refs: [AuditReference: String] = [.meeting: meeting.description]
            if let task { refs[.task] = task.description }
            let opened = entry(
                .meetingOpened, refs: refs, facts: ["kind": .text(kind.rawValue), "trigger": .text(trigger.rawValue)], own: true)
            let tellBy = calendar.adding(.telling, to: now)
            let insert: CaseWrite = {
                try $0.insertMeeting(
                    meeting, casefile: id, kind: kind, trigger: trigger, task: task, planBy: planBy, calendar: calendar, at: now)
                try $0.expect(.telling, of: .meeting(meeting), casefile: id, by: tellBy, calendar: calendar)
            }
            return [insert] + appending([opened])
        case .expectVisit(let by): return [{ try $0.expect(.homeVisit, of: .casefile(id), casefile: id, by: by, calendar: calendar) }]
        case .settleVisit: return [{ try $0.setVisited(id, at: now) }]
        case .close(let outcome, let lookAgainAt, let direct):
            let closed = entry(
                .caseClosed, facts: ["outcome": .text(outcome.rawValue), "direct": .text(direct ? "yes" : "no")], own: event.isClosing)
            let close: CaseWrite = { try $0.close(id, outcome, lookAgainAt: lookAgainAt, calendar: calendar, at: now) }
            return [close] + appending([closed])
        case .reopen:
            let isRetriaged = if case .triaged = event { true } else { false }
            // A household of whom nobody is left is not brought before the desk again by what became of a task.
            if !isRetriaged && casefile == nil { return [] }
            let reopen: CaseWrite = { try $0.reopen(id) }
            return [reopen] + appending([entry(.caseReopened, facts: ["because": .text(isRetriaged ? "retriaged" : "no-helper")])])
        case .settleAftercare: return [{ _ = try $0.settle(.aftercare, of: .casefile(id)) }]
        // Their use cases write these: they know the coordinator, and have the linked case's key.
        case .plan, .openLinkedCase: return []
        }
    }

    private func appending(_ entries: [JournalEntry]) -> [CaseWrite] {
        entries.isEmpty ? [] : [{ try $0.append(entries) }]
    }

    /// An entry of this change; `own` when it is the entry of the event itself, which gets the caller's facts.
    private func entry(
        _ event: AuditEvent, refs: [AuditReference: String] = [:], facts: [String: AuditFact] = [:], own: Bool = false
    ) -> JournalEntry {
        var all = context.refs
        if let signal { all[.signal] = signal.description }
        return desk.entry(
            event, by: context.caller, about: context.subjects, in: casefile, refs: all.merging(refs) { $1 },
            facts: own ? facts.merging(context.facts) { $1 } : facts)
    }

    private func fell(_ due: Deadline, _ task: TaskID) -> JournalEntry {
        entry(
            .deadlineFellDue, refs: [.task: task.description], facts: ["kind": .text(due.kind.rawValue), "due": .text(due.at.rfc3339)])
    }

    /// The entry of a task's move; where only its deadline moved, of that.
    private func moved(_ task: ReferralTask, _ reason: TaskReason?) -> [JournalEntry] {
        guard let old = before.tasks[task.id] else { return [] }
        let refs: [AuditReference: String] = [.task: task.id.description]
        if case .task(_, .credited) = event, let from = old.due, let to = task.due {
            return [
                entry(
                    .deadlineMoved, refs: refs,
                    facts: [
                        "kind": .text(to.kind.rawValue), "from": .text(from.at.rfc3339), "to": .text(to.at.rfc3339),
                        "because": .text("outage"),
                    ])
            ]
        }
        let isMove = if case .task(_, .moved) = event { true } else { false }
        guard old.state != task.state || isMove else { return [] }
        var facts: [String: AuditFact] = ["to": .text(task.state.rawValue)]
        if let reason { facts["reason"] = .text(reason.rawValue) }
        return [entry(.taskMoved, refs: refs, facts: facts, own: true)]
    }

    /// A message without content to the helper, or to the partner's contact who has a mandate.
    private func nudge(_ rung: Rung, _ task: TaskID) async throws(DeskRefusal) -> [CaseWrite] {
        guard let message = try await desk.read({ try $0.receivedMessage(of: task) }) else { return [] }
        let code: Notice.Code = rung == .messageToMandatedContact ? .taskStaysOpenToMandate : .taskStaysOpen
        let now = now
        let notice = try await desk.sealNoticeIfPossible(
            Notice(code: code, about: [message.id], at: now), to: message.partner, casefile: before.id, by: context.caller)
        guard let queued = notice else {
            // Nobody can be reminded: the desk hears of it now, and the next rung comes in its time.
            let news: EntryID = desk.world.newID()
            return [{ try $0.tellDesk(.stalled, about: task, id: news, at: now) }]
        }
        let sent = entry(
            .nudgeSent, refs: [.task: task.description, .message: queued.message.id.description], facts: ["rung": .text(rung.rawValue)])
        return [
            {
                try queued.enqueue($0)
                try $0.append(queued.entries + [sent])
            }
        ]
    }
}

extension CaseEvent {
    /// Whether somebody closes the case; else it closes by itself.
    fileprivate var isClosing: Bool { if case .closed = self { true } else { false } }
}
