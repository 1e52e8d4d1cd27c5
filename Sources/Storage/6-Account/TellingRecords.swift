import Casework

extension Transaction {
    /// Nobody is to be told any more of the signals that were filed in this casefile, also where they were joined to another.
    public func settleTellings(ofSignalsFiledIn casefile: CasefileID) throws {
        try run(
            """
            DELETE FROM deadline WHERE kind = 'telling' AND subject_kind = 'signal' AND subject IN (
                SELECT id FROM signal WHERE casefile = ?1
                    AND id NOT IN (SELECT signal FROM casefile_part WHERE casefile = ?1 AND because = 'joined')
                UNION ALL SELECT signal FROM casefile_part WHERE part = ?1 AND because = 'joined')
            """, [.of(casefile)])
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

    /// Nobody is to be told any more of anything about this casefile, and nothing waits on its justifications.
    public func settleTellings(of casefile: CasefileID) throws {
        try settleTellings(ofSignalsFiledIn: casefile)
        try run("DELETE FROM deadline WHERE kind IN ('telling', 'ending') AND casefile = ?", [.of(casefile)])
    }
}
