import Casework

extension Transaction {
    /// Closes a case: no visit is due or planned any more, the plan ends with what staff was to do for it, its filers see `closed`, and
    /// somebody is to look again.
    public func close(
        _ id: CasefileID, _ outcome: ClosureOutcome, lookAgainAt: Instant, calendar: WorkingCalendar, at now: Instant
    ) throws {
        try run("UPDATE casefile SET state = 'closed', outcome = ?, closed_at = ? WHERE id = ?", [.of(outcome), .of(now), .of(id)])
        try run("UPDATE plan SET ended_at = ? WHERE casefile = ? AND ended_at IS NULL", [.of(now), .of(id)])
        try run("UPDATE signal SET status = 'closed' WHERE casefile = ?", [.of(id)])
        try cancelVisits(of: id)
        try settle(.homeVisit, of: .casefile(id))
        for action in try undoneActions(of: id) { try settle(.action, of: .planAction(action)) }
        try expect(.aftercare, of: .casefile(id), casefile: id, by: lookAgainAt, calendar: calendar)
    }

    /// Opens a closed case again.
    public func reopen(_ id: CasefileID) throws {
        try run("UPDATE casefile SET state = 'open', outcome = NULL, closed_at = NULL WHERE id = ?", [.of(id)])
        try run("UPDATE signal SET status = 'pickedUp' WHERE casefile = ?", [.of(id)])
        try settle(.aftercare, of: .casefile(id))
    }

    /// Writes that somebody was at the door, first since the case was triaged multiple.
    public func setVisited(_ id: CasefileID, at now: Instant) throws {
        try run("UPDATE casefile SET visited_at = coalesce(visited_at, ?) WHERE id = ?", [.of(now), .of(id)])
        try settle(.homeVisit, of: .casefile(id))
    }

    /// Nobody is left about whom something was planned: what the desk was to do about this casefile ends, its meeting and visits too.
    public func settlePlans(of casefile: CasefileID, at now: Instant) throws {
        if let meeting = try openMeeting(of: casefile) { try endMeeting(meeting.id, as: .cancelled, at: now) }
        try cancelVisits(of: casefile)
        try run(
            """
            DELETE FROM deadline WHERE kind IN ('homeVisit', 'aftercare', 'planning', 'action')
                AND (casefile = ?1 OR subject_kind = 'casefile' AND subject = ?1)
            """, [.of(casefile)])
    }
}
