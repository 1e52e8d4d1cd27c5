import Casework

/// What can stay open.
public enum OpenWork: String, CaseIterable, Sendable {
    /// Tasks that a partner received and nobody has picked up.
    case waitingTasks
    /// Casefiles that are not closed.
    case openCases
}

/// The statements that count open work; a test looks at how SQLite goes about them.
enum OpenWorkQuery {
    static let waitingTasks = "SELECT count(*) AS count FROM open_task WHERE state = 'received' AND counts_from >= ? AND counts_from < ?"
    static let openCases = "SELECT count(*) AS count FROM casefile WHERE state = 'open' AND opened_at >= ? AND opened_at < ?"
}

extension Transaction {
    /// How many have been open since an instant of this span; the work that is open is walked, and nothing that is closed.
    public func openWork(_ kind: OpenWork, since span: Range<Instant>) throws -> Int {
        let query = kind == .waitingTasks ? OpenWorkQuery.waitingTasks : OpenWorkQuery.openCases
        return Int(try first(query, [.of(span.lowerBound), .of(span.upperBound)])?.integer("count") ?? 0)
    }
}
