import Casework

/// A casefile as its row says, without its tasks.
public struct CasefileRow: Sendable {
    public let id: CasefileID
    public let state: Casefile.State
    public let triage: Triage?
    public let terms: CaseTerms
    /// The casefile's key in the vault.
    public let key: Int64
    public let openedAt: Instant
}

extension Transaction {
    /// Opens a casefile, its terms frozen.
    public func insertCasefile(_ id: CasefileID, terms: CaseTerms, key: Int64, at now: Instant) throws {
        try run(
            "INSERT INTO casefile (id, state, terms, key, opened_at) VALUES (?, 'open', ?, ?, ?)",
            [.of(id), .text(terms.rowText), .integer(key), .of(now)])
    }

    /// The casefile, or nil when there is none.
    public func casefile(_ id: CasefileID) throws -> CasefileRow? {
        guard let row = try first("SELECT state, triage, terms, key, opened_at FROM casefile WHERE id = ?", [.of(id)]) else { return nil }
        guard let terms = CaseTerms(rowText: try row.text("terms")) else { throw StoreFault.corrupt("column `terms` does not hold terms") }
        return CasefileRow(
            id: id, state: try row.member("state"), triage: try row.memberOrNil("triage"), terms: terms, key: try row.integer("key"),
            openedAt: try row.instant("opened_at"))
    }

    /// The case as `Casework` sees it, with these of its tasks.
    public func casework(_ row: CasefileRow, tasks ids: [TaskID]) throws -> Casefile {
        var tasks: [TaskID: ReferralTask] = [:]
        for id in ids { tasks[id] = try task(id) }
        // Whether a second task is open matters; how many does not, and counting them would cost more as the case grows.
        let open = try all("SELECT 1 AS one FROM open_task WHERE casefile = ? LIMIT 2", [.of(row.id)]).count
        return Casefile(id: row.id, state: row.state, triage: row.triage, terms: row.terms, tasks: tasks, openTasks: open)
    }

    /// Writes the case's triage.
    public func setTriage(_ triage: Triage, of id: CasefileID) throws {
        try run("UPDATE casefile SET triage = ? WHERE id = ?", [.of(triage), .of(id)])
    }

    /// Gives someone the case, in a role.
    public func assign(_ account: AccountID, role: StaffRole, to id: CasefileID, at now: Instant) throws {
        try run(
            "INSERT INTO assignment (casefile, account, role, assigned_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [.of(id), .of(account), .of(role), .of(now)])
    }

    /// Whether this account works on this case.
    public func isAssigned(_ account: AccountID, to id: CasefileID) throws -> Bool {
        try first("SELECT 1 AS one FROM assignment WHERE casefile = ? AND account = ?", [.of(id), .of(account)]) != nil
    }

    /// The cases given to this account, oldest first.
    public func casefiles(assignedTo account: AccountID, after: CasefileID?, limit: Int) throws -> [CasefileRow] {
        let rows = try all(
            "SELECT casefile FROM assignment WHERE account = ? AND casefile > ? ORDER BY casefile LIMIT ?",
            [.of(account), .blob(after?.bytes ?? []), .of(limit)])
        return try rows.compactMap { try casefile(try $0.identifier("casefile")) }
    }
}

extension CaseTerms {
    /// `pickUp|afterContact|progress|aftercare`, each a term's text or `-`.
    var rowText: String { [pickUp, afterContact, progress, aftercare].map { $0?.text ?? "-" }.joined(separator: "|") }

    init?(rowText: String) {
        let parts = rowText.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts.allSatisfy({ $0 == "-" || Term($0) != nil }) else { return nil }
        self.init(pickUp: Term(parts[0]), afterContact: Term(parts[1]), progress: Term(parts[2]), aftercare: Term(parts[3]))
    }
}
