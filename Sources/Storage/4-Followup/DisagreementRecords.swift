import Casework

/// That a partner disagreed about the approach of its task.
public struct DisagreementRow: Sendable {
    public let reason: DisagreementReason
    public let at: Instant
    /// Whether no meeting on its case has ended since.
    public let stands: Bool
}

extension Transaction {
    /// Writes that a partner disagrees. The schema refuses a second one on a task while the first stands.
    public func insertDisagreement(_ id: EntryID, about task: TaskID, _ reason: DisagreementReason, at now: Instant) throws {
        try run("INSERT INTO disagreement (id, task, reason, at) VALUES (?, ?, ?, ?)", [.of(id), .of(task), .of(reason), .of(now)])
    }

    /// The newest disagreement about a task, or nil.
    public func lastDisagreement(about task: TaskID) throws -> DisagreementRow? {
        try first("SELECT reason, at, ended_at FROM disagreement WHERE task = ? ORDER BY id DESC LIMIT 1", [.of(task)]).map {
            DisagreementRow(reason: try $0.member("reason"), at: try $0.instant("at"), stands: try $0.instantOrNil("ended_at") == nil)
        }
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
