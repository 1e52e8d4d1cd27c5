import Casework

/// A meeting's row.
public struct MeetingRow: Sendable {
    public let id: MeetingID
    public let casefile: CasefileID
    public let kind: MeetingKind
    public let trigger: MeetingTrigger
    /// The task that stayed open, or that its partner disagreed about, where that opened it.
    public let task: TaskID?
    public let state: MeetingState
    public let at: Instant?
    public let minutes: Int?
    public let chair: AccountID?
    /// How often invitations went out before, as iCalendar counts (RFC 5545, SEQUENCE).
    public let sequence: Int
    /// `comes`, or why the resident does not come to the table.
    public let resident: String?
    public let openedAt: Instant
}

/// The words of statements about meetings.
enum MeetingQuery {
    /// ``MeetingState/isOpen``, in the words of the partial indexes.
    static let isOpen = "meeting.state IN ('toBePlanned', 'dated')"
}

extension Transaction {
    /// Opens a meeting that its chair is to date before `planBy`. A household comes to one table at a time: the schema holds that.
    public func insertMeeting(
        _ id: MeetingID, casefile: CasefileID, kind: MeetingKind, trigger: MeetingTrigger, task: TaskID?, planBy: Instant,
        calendar: WorkingCalendar, at now: Instant
    ) throws {
        try run(
            "INSERT INTO meeting (id, casefile, kind, opened_for, task, state, opened_at) VALUES (?, ?, ?, ?, ?, 'toBePlanned', ?)",
            [.of(id), .of(casefile), .of(kind), .of(trigger), .of(task), .of(now)])
        try expect(.planning, of: .meeting(id), casefile: casefile, by: planBy, calendar: calendar)
    }

    /// The meeting, or nil.
    public func meeting(_ id: MeetingID) throws -> MeetingRow? {
        try first("SELECT * FROM meeting WHERE id = ?", [.of(id)]).map(meetingRow)
    }

    /// The meeting that is being prepared for a case, or nil.
    public func openMeeting(of casefile: CasefileID) throws -> MeetingRow? {
        try first("SELECT * FROM meeting WHERE casefile = ? AND \(MeetingQuery.isOpen)", [.of(casefile)]).map(meetingRow)
    }

    /// Meetings that are being prepared, oldest first.
    public func openMeetings(limit: Int) throws -> [MeetingRow] {
        try readable(all("SELECT * FROM meeting WHERE \(MeetingQuery.isOpen) ORDER BY id LIMIT ?", [.of(limit)]), meetingRow)
    }

    /// Gives a meeting its date. When people come on the working day after it, it is to have been held, dated anew or cancelled: from then on its
    /// planning is due again.
    public func setDate(
        of id: MeetingID, casefile: CasefileID, at: Instant, minutes: Int, chair: AccountID?, sequence: Int,
        residentAbsence: ResidentAbsence?, calendar: WorkingCalendar
    ) throws {
        try run(
            "UPDATE meeting SET state = 'dated', at = ?, minutes = ?, chair = ?, sequence = ?, resident = ? WHERE id = ?",
            [.of(at), .of(minutes), .of(chair), .of(sequence), .text(residentAbsence?.rawValue ?? "comes"), .of(id)])
        let missedFrom = calendar.opening(of: calendar.localDate(of: at).adding(days: 1))
        try expect(.planning, of: .meeting(id), casefile: casefile, by: missedFrom, calendar: calendar)
    }

    /// Ends a meeting: it was held, or does not take place. Nothing is due for its planning any more.
    public func endMeeting(_ id: MeetingID, as state: MeetingState, at now: Instant) throws {
        try run("UPDATE meeting SET state = ?, ended_at = ? WHERE id = ?", [.of(state), .of(now), .of(id)])
        try settle(.planning, of: .meeting(id))
        try endDisagreements(ofCaseOf: id, at: now)
    }

    private func meetingRow(_ row: SQLRow) throws -> MeetingRow {
        MeetingRow(
            id: try row.identifier("id"), casefile: try row.identifier("casefile"), kind: try row.member("kind"),
            trigger: try row.member("opened_for"), task: try row.identifierOrNil("task"), state: try row.member("state"),
            at: try row.instantOrNil("at"), minutes: try row.integerOrNil("minutes").map(Int.init),
            chair: try row.identifierOrNil("chair"), sequence: Int(try row.integer("sequence")), resident: try row.textOrNil("resident"),
            openedAt: try row.instant("opened_at"))
    }
}
