import Casework

/// Whom a contact was with; the raw value is the name in the database and in the log.
public enum ContactKind: String, CaseIterable, Hashable, Sendable {
    /// The helper of a task that stays open.
    case helper
    /// The resident, at the door.
    case homeVisit
    /// The resident, some time after closing.
    case aftercare
}

extension Transaction {
    /// Stores that somebody at the desk contacted somebody.
    public func insertContact(
        _ id: ContactID, casefile: CasefileID, task: TaskID?, kind: ContactKind, outcome: String, by account: AccountID, at now: Instant
    ) throws {
        try run(
            "INSERT INTO contact (id, casefile, task, kind, outcome, by_account, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [.of(id), .of(casefile), .of(task), .of(kind), .text(outcome), .of(account), .of(now)])
    }
}
