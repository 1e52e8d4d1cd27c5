import Casework

/// What a deadline beside the tasks' own is about.
public enum DeadlineSubject: Hashable, Sendable {
    case casefile(CasefileID)
    case signal(SignalID)
    case meeting(MeetingID)
    case planAction(PlanActionID)
    case message(MessageID)
    case justification(JustificationID)

    var name: String {
        switch self {
        case .casefile: "casefile"
        case .signal: "signal"
        case .meeting: "meeting"
        case .planAction: "planAction"
        case .message: "message"
        case .justification: "justification"
        }
    }
    var bytes: [UInt8] {
        switch self {
        case .casefile(let id): id.bytes
        case .signal(let id): id.bytes
        case .meeting(let id): id.bytes
        case .planAction(let id): id.bytes
        case .message(let id): id.bytes
        case .justification(let id): id.bytes
        }
    }
}

/// What is due about a case, beside its tasks; the raw value is the name in the database and in the log.
public enum DeskDeadline: String, CaseIterable, Hashable, Sendable {
    /// Somebody is to be at the door.
    case homeVisit
    /// Somebody is to look again after closing.
    case aftercare
    /// The resident is to be told of a signal, a meeting or what is shared without consent (GDPR 14).
    case telling
    /// A chair is to date a meeting.
    case planning
    /// A member of staff is to have done what a meeting decided.
    case action
    /// A partner is to have answered a recall.
    case recall
}

/// A deadline's row.
public struct DeadlineRow: Sendable {
    public let subject: DeadlineSubject
    public let kind: DeskDeadline
    public let casefile: CasefileID?
    /// When it falls due.
    public let dueAt: Instant
    /// When that does something to people: the office hour on or after ``dueAt``.
    public let actAt: Instant
    /// When it was found passed; nil until then.
    public let fellDueAt: Instant?
    /// Whether somebody postponed it, with a ground.
    public let isPostponed: Bool
}

extension Transaction {
    /// Sets what is due for a subject; it has one deadline of a kind.
    public func expect(
        _ kind: DeskDeadline, of subject: DeadlineSubject, casefile: CasefileID?, by due: Instant, calendar: WorkingCalendar,
        postponed: Bool = false
    ) throws {
        try run(
            """
            INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at, postponed) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subject_kind, subject, kind) DO UPDATE SET due_at = excluded.due_at, act_at = excluded.act_at, fell_due_at = NULL,
                postponed = excluded.postponed
            """,
            [
                .text(subject.name), .blob(subject.bytes), .of(kind), .of(casefile), .of(due), .of(calendar.nextOfficeHour(onOrAfter: due)),
                .of(postponed),
            ])
    }

    /// Nothing of this kind is due for the subject any more; whether something was.
    @discardableResult
    public func settle(_ kind: DeskDeadline, of subject: DeadlineSubject) throws -> Bool {
        try run(
            "DELETE FROM deadline WHERE subject_kind = ? AND subject = ? AND kind = ?",
            [.text(subject.name), .blob(subject.bytes), .of(kind)])
        return changes > 0
    }

    /// What is due for the subject, or nil.
    public func deadline(_ kind: DeskDeadline, of subject: DeadlineSubject) throws -> DeadlineRow? {
        try first(
            "SELECT * FROM deadline WHERE subject_kind = ? AND subject = ? AND kind = ?",
            [.text(subject.name), .blob(subject.bytes), .of(kind)]
        ).map(deadlineRow)
    }

    /// What is due of one kind, soonest first.
    public func deadlines(_ kind: DeskDeadline, limit: Int) throws -> [DeadlineRow] {
        try all("SELECT * FROM deadline WHERE kind = ? ORDER BY due_at LIMIT ?", [.of(kind), .of(limit)]).map(deadlineRow)
    }

    /// What is due of one kind about one case.
    public func deadlines(_ kind: DeskDeadline, of casefile: CasefileID) throws -> [DeadlineRow] {
        // The plus keeps SQLite from reading every deadline of the kind in its order: it sorts the few of this case.
        try all("SELECT * FROM deadline WHERE casefile = ? AND kind = ? ORDER BY +due_at", [.of(casefile), .of(kind)]).map(deadlineRow)
    }

    /// Deadlines that pass to people at or before this instant and were not found yet, oldest first.
    public func passedDeadlines(at now: Instant, limit: Int) throws -> [DeadlineRow] {
        try all(SweepQuery.deadlines, [.of(now), .of(limit)]).map(deadlineRow)
    }

    /// Marks that a deadline was found passed.
    public func markFallen(_ row: DeadlineRow, at now: Instant) throws {
        try run(
            "UPDATE deadline SET fell_due_at = ? WHERE subject_kind = ? AND subject = ? AND kind = ?",
            [.of(now), .text(row.subject.name), .blob(row.subject.bytes), .of(row.kind)])
    }

    private func deadlineRow(_ row: SQLRow) throws -> DeadlineRow {
        let subject: DeadlineSubject =
            switch try row.text("subject_kind") {
            case "casefile": .casefile(try row.identifier("subject"))
            case "signal": .signal(try row.identifier("subject"))
            case "meeting": .meeting(try row.identifier("subject"))
            case "planAction": .planAction(try row.identifier("subject"))
            case "message": .message(try row.identifier("subject"))
            case "justification": .justification(try row.identifier("subject"))
            default: throw StoreFault.corrupt("column `subject_kind` names no kind")
            }
        return DeadlineRow(
            subject: subject, kind: try row.member("kind"), casefile: try row.identifierOrNil("casefile"),
            dueAt: try row.instant("due_at"), actAt: try row.instant("act_at"), fellDueAt: try row.instantOrNil("fell_due_at"),
            isPostponed: try row.flag("postponed"))
    }
}
