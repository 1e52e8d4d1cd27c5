import Casework

/// What can stay open.
public enum OpenWork: String, CaseIterable, Sendable {
    /// Tasks that a partner received and nobody has picked up.
    case waitingTasks
    /// Tasks that a partner put on its waiting list.
    case heldTasks
    /// Casefiles that are not closed.
    case openCases
}

/// An open case for which nothing is under way.
public struct IdleCasefile: Sendable {
    public let id: CasefileID
    /// Nil where nobody has triaged it.
    public let triage: Triage?
    public let openedAt: Instant
}

/// The statements that look for open work; a test looks at how SQLite goes about them.
enum OpenWorkQuery {
    static let waitingTasks = "SELECT count(*) AS count FROM open_task WHERE state = 'received' AND moved_at >= ? AND moved_at < ?"
    static let heldTasks = "SELECT count(*) AS count FROM open_task WHERE state = 'onHold' AND moved_at >= ? AND moved_at < ?"
    static let openCases = "SELECT count(*) AS count FROM casefile WHERE state = 'open' AND opened_at >= ? AND opened_at < ?"
    /// Walks the open cases alone, with a look into one index after the other for each: until something is found, which it mostly is at once. A
    /// meeting that is to be held has a deadline of planning until it ends. What stands under another case is looked after there, and
    /// of a household of whom nobody is left the key is below 0.
    static let idle = """
        SELECT id, triage, opened_at FROM casefile INDEXED BY casefile_open WHERE state = 'open' AND key > 0
            AND NOT EXISTS (SELECT 1 FROM open_task WHERE open_task.casefile = casefile.id)
            AND NOT EXISTS (SELECT 1 FROM deadline WHERE deadline.casefile = casefile.id AND deadline.kind IN ('homeVisit', 'planning', 'action'))
            AND NOT EXISTS (SELECT 1 FROM home_visit
                WHERE home_visit.casefile = casefile.id AND home_visit.state = 'planned' AND home_visit.task IS NULL)
            AND NOT EXISTS (SELECT 1 FROM signal WHERE signal.casefile = casefile.id AND signal.status = 'received')
            AND NOT EXISTS (SELECT 1 FROM casefile_part WHERE casefile_part.part = casefile.id AND casefile_part.because = 'joined')
        ORDER BY opened_at, id LIMIT ?
        """
}

extension Transaction {
    /// How many have been open since an instant of this span; the work that is open is walked, and nothing that is closed.
    public func openWork(_ kind: OpenWork, since span: Range<Instant>) throws -> Int {
        let query =
            switch kind {
            case .waitingTasks: OpenWorkQuery.waitingTasks
            case .heldTasks: OpenWorkQuery.heldTasks
            case .openCases: OpenWorkQuery.openCases
            }
        return Int(try first(query, [.of(span.lowerBound), .of(span.upperBound)])?.integer("count") ?? 0)
    }

    /// Open cases for which nothing is under way, oldest first: no task is open, no meeting is to be held, no visit is due or planned, no action
    /// that a meeting decided is to be done, and no signal waits to be triaged. What is due about law or towards the resident brings no help, and
    /// does not count.
    public func idleCasefiles(limit: Int) throws -> [IdleCasefile] {
        try readable(all(OpenWorkQuery.idle, [.of(limit)])) {
            IdleCasefile(id: try $0.identifier("id"), triage: try $0.memberOrNil("triage"), openedAt: try $0.instant("opened_at"))
        }
    }
}
