import Casework

/// That a partner disagreed about the approach of its task.
public struct DisagreementRow: Sendable {
    public let reason: DisagreementReason
    public let at: Instant
    /// Whether the meeting on its case that takes it along is still open.
    public let stands: Bool
}

extension Transaction {
    /// Writes that a partner disagrees. It stands while a meeting on its case is open, and where none is it ended with its being said. The schema
    /// refuses a second one on a task while the first stands.
    public func insertDisagreement(_ id: EntryID, about task: TaskID, _ reason: DisagreementReason, at now: Instant) throws {
        try run(
            """
            INSERT INTO disagreement (id, task, reason, at, ended_at) SELECT ?1, ?2, ?3, ?4, CASE WHEN EXISTS (
                SELECT 1 FROM meeting JOIN task ON task.casefile = meeting.casefile WHERE task.id = ?2 AND meeting.ended_at IS NULL
            ) THEN NULL ELSE ?4 END
            """, [.of(id), .of(task), .of(reason), .of(now)])
    }

    /// The newest disagreement about a task, or nil.
    public func lastDisagreement(about task: TaskID) throws -> DisagreementRow? {
        try first("SELECT reason, at, ended_at FROM disagreement WHERE task = ? ORDER BY id DESC LIMIT 1", [.of(task)]).map {
            DisagreementRow(reason: try $0.member("reason"), at: try $0.instant("at"), stands: try $0.instantOrNil("ended_at") == nil)
        }
    }

    /// For which reason a partner disagreed at this instant about a task, or nil.
    public func disagreementReason(about task: TaskID, at instant: Instant) throws -> DisagreementReason? {
        try first("SELECT reason FROM disagreement WHERE task = ? AND at = ? ORDER BY id DESC LIMIT 1", [.of(task), .of(instant)])?
            .member("reason")
    }

    /// A meeting has ended: who disagreed about a task of its case was heard, or may say so anew.
    func endDisagreements(ofCaseOf meeting: MeetingID, at now: Instant) throws {
        try run(
            """
            UPDATE disagreement SET ended_at = ? WHERE ended_at IS NULL
                AND task IN (SELECT id FROM task WHERE casefile = (SELECT casefile FROM meeting WHERE id = ?))
            """, [.of(now), .of(meeting)])
    }
}
