import Casework

/// What a deadline beside the tasks' own is about.
public enum DeadlineSubject: Hashable, Sendable {
    case casefile(CasefileID)
    case signal(SignalID)
    case meeting(MeetingID)
    case planAction(PlanActionID)
    case message(MessageID)
    case justification(JustificationID)
    case lever(LeverID)

    var name: String {
        switch self {
        case .casefile: "casefile"
        case .signal: "signal"
        case .meeting: "meeting"
        case .planAction: "planAction"
        case .message: "message"
        case .justification: "justification"
        case .lever: "lever"
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
        case .lever(let id): id.bytes
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
    /// A chair is to date a meeting; of one whose day has passed, to keep its minutes, date it anew or cancel it.
    case planning
    /// A member of staff is to have done what a meeting decided.
    case action
    /// A partner is to have answered a recall.
    case recall
    /// What the queue rests on, a justification or a lever, comes to its end.
    case ending
    /// Somebody is to have looked whether a lever must still be; from then on it holds no more until somebody does.
    case review

    /// Whether it is about law and not about people's hours: it acts at its very instant.
    public var isOfLaw: Bool { self == .ending || self == .review }
    /// Whether it is about what the desk planned for a household, which ends when nobody of it is left.
    public var isPlan: Bool { [.homeVisit, .aftercare, .planning, .action].contains(self) }
}

/// A deadline's row.
public struct DeadlineRow: Sendable {
    public let subject: DeadlineSubject
    public let kind: DeskDeadline
    /// The case under which it is looked after: a lever's goes with its person, who may stand under another case by now.
    public let casefile: CasefileID?
    /// When it falls due.
    public let dueAt: Instant
    /// When it acts: at ``dueAt`` where it is about law, else at the office hour on or after it.
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
        try expect(kind, of: subject, casefile: casefile, by: due, actAt: calendar.nextOfficeHour(onOrAfter: due), postponed: postponed)
    }

    /// The same for what is about law.
    func expect(_ kind: DeskDeadline, of subject: DeadlineSubject, casefile: CasefileID?, at due: Instant) throws {
        try expect(kind, of: subject, casefile: casefile, by: due, actAt: due, postponed: false)
    }

    private func expect(
        _ kind: DeskDeadline, of subject: DeadlineSubject, casefile: CasefileID?, by due: Instant, actAt: Instant, postponed: Bool
    ) throws {
        try run(
            """
            INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at, postponed) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subject_kind, subject, kind) DO UPDATE SET due_at = excluded.due_at, act_at = excluded.act_at, fell_due_at = NULL,
                postponed = excluded.postponed
            """,
            [
                .text(subject.name), .blob(subject.bytes), .of(kind), .of(casefile), .of(due), .of(actAt), .of(postponed),
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

    /// The subject has ended, by its time or before it: neither its end nor its review is due any more.
    public func settleEnd(of subject: DeadlineSubject) throws {
        for kind in [DeskDeadline.ending, .review] { try settle(kind, of: subject) }
    }

    /// What is due for the subject, or nil.
    public func deadline(_ kind: DeskDeadline, of subject: DeadlineSubject) throws -> DeadlineRow? {
        try first(
            "SELECT * FROM deadline WHERE subject_kind = ? AND subject = ? AND kind = ?",
            [.text(subject.name), .blob(subject.bytes), .of(kind)]
        ).map(deadlineRow)
    }

    /// What is due of one kind, at this instant at the latest where one is given, soonest first.
    public func deadlines(_ kind: DeskDeadline, by last: Instant? = nil, limit: Int) throws -> [DeadlineRow] {
        let rows = try all(
            "SELECT * FROM deadline WHERE kind = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
            [.of(kind), .integer(last?.millisecondsSince1970 ?? .max), .of(limit)])
        return try readable(rows, deadlineRow)
    }

    /// What is due for meetings, soonest first: for those to be dated, and those whose day has passed without minutes.
    public func duePlannings(at now: Instant, limit: Int) throws -> [DeadlineRow] {
        let rows = try all(
            """
            SELECT deadline.* FROM deadline JOIN meeting ON meeting.id = deadline.subject
            WHERE deadline.kind = 'planning' AND (meeting.state = 'toBePlanned' OR deadline.due_at <= ?) ORDER BY deadline.due_at LIMIT ?
            """, [.of(now), .of(limit)])
        return try readable(rows, deadlineRow)
    }

    /// What is due of one kind about one case.
    public func deadlines(_ kind: DeskDeadline, of casefile: CasefileID) throws -> [DeadlineRow] {
        // The plus keeps SQLite from reading every deadline of the kind in its order: it sorts the few of this case.
        try all("SELECT * FROM deadline WHERE casefile = ? AND kind = ? ORDER BY +due_at", [.of(casefile), .of(kind)]).map(deadlineRow)
    }

    /// Deadlines about law, or those about people, that act at or before this instant and were not found yet, oldest first; of two at
    /// one instant an end comes before a review.
    /// - Parameter passed: how many of the first are passed over.
    public func passedDeadlines(ofLaw: Bool, at now: Instant, passing passed: Int = 0, limit: Int) throws -> [DeadlineRow] {
        try all(ofLaw ? SweepQuery.deadlinesOfLaw : SweepQuery.deadlines, [.of(now), .of(limit), .of(passed)]).map(deadlineRow)
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
            case "lever": .lever(try row.identifier("subject"))
            default: throw StoreFault.corrupt("column `subject_kind` names no kind")
            }
        var casefile: CasefileID? = try row.identifierOrNil("casefile")
        if case .lever = subject { casefile = try casefile.flatMap { try casefiles(showing: $0).first } }
        return DeadlineRow(
            subject: subject, kind: try row.member("kind"), casefile: casefile,
            dueAt: try row.instant("due_at"), actAt: try row.instant("act_at"), fellDueAt: try row.instantOrNil("fell_due_at"),
            isPostponed: try row.flag("postponed"))
    }
}
