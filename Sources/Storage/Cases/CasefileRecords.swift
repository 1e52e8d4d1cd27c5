import Casework

/// A casefile as its row says, without its tasks.
public struct CasefileRow: Sendable {
    public let id: CasefileID
    public let state: Casefile.State
    public let triage: Triage?
    public let terms: CaseTerms
    /// The rungs for a task that stays open.
    public let ladder: [Rung]
    /// The casefile's key in the vault; below 0 once it has ended, of which the vault knows nothing.
    public let key: Int64
    public let openedAt: Instant
    /// The one who coordinates; nil until somebody was named.
    public let coordinator: AccountID?
    /// When somebody was at the door since it was triaged multiple.
    public let visitedAt: Instant?
}

extension Transaction {
    /// Opens a casefile, its terms and its ladder frozen.
    public func insertCasefile(
        _ id: CasefileID, terms: CaseTerms, ladder: [Rung], key: Int64, at now: Instant, follows: CasefileID? = nil
    ) throws {
        try run(
            "INSERT INTO casefile (id, state, terms, ladder, key, opened_at) VALUES (?, 'open', ?, ?, ?, ?)",
            [.of(id), .text(terms.rowText), .text(ladder.rowText), .integer(key), .of(now)])
        if let follows {
            try run(
                "INSERT INTO casefile_part (casefile, part, because, at) VALUES (?, ?, 'follows', ?)", [.of(id), .of(follows), .of(now)])
        }
    }

    /// The casefile, or nil when there is none.
    public func casefile(_ id: CasefileID) throws -> CasefileRow? {
        guard
            let row = try first(
                "SELECT state, triage, terms, ladder, key, opened_at, coordinator, visited_at FROM casefile WHERE id = ?", [.of(id)])
        else { return nil }
        guard let terms = CaseTerms(rowText: try row.text("terms")) else { throw StoreFault.corrupt("column `terms` does not hold terms") }
        let ladder = try [Rung](rowWords: row.words("ladder"))
        return CasefileRow(
            id: id, state: try row.member("state"), triage: try row.memberOrNil("triage"), terms: terms, ladder: ladder,
            key: try row.integer("key"), openedAt: try row.instant("opened_at"), coordinator: try row.identifierOrNil("coordinator"),
            visitedAt: try row.instantOrNil("visited_at"))
    }

    /// The case as `Casework` sees it, with these of its tasks.
    public func casework(_ row: CasefileRow, tasks ids: [TaskID]) throws -> Casefile {
        var tasks: [TaskID: ReferralTask] = [:]
        for id in ids { tasks[id] = try task(id) }
        // Whether a second task is open, and a second organisation involved, matters; how many does not: counting would cost more as the case grows.
        let facts = try first(
            """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM open_task WHERE casefile = ?1 LIMIT 2)) AS open_tasks,
                (SELECT min(partner) FROM open_task WHERE casefile = ?1) <> (SELECT max(partner) FROM open_task WHERE casefile = ?1) AS several,
                EXISTS (SELECT 1 FROM plan WHERE casefile = ?1 AND ended_at IS NULL) AS plan,
                EXISTS (SELECT 1 FROM deadline WHERE casefile = ?1 AND kind = 'action') AS undone_action,
                EXISTS (SELECT 1 FROM meeting WHERE casefile = ?1 AND \(MeetingQuery.isOpen)) AS open_meeting,
                EXISTS (SELECT 1 FROM meeting WHERE casefile = ?1 AND state = 'held') AS held_meeting,
                EXISTS (SELECT 1 FROM deadline WHERE subject_kind = 'casefile' AND subject = ?1 AND kind = 'aftercare') AS aftercare
            """, [.of(row.id)])
        let openTasks = Int(try facts?.integer("open_tasks") ?? 0)
        let parties = try facts?.flagOrNil("several") == true ? 2 : min(openTasks, 1)
        return Casefile(
            id: row.id, state: row.state, triage: row.triage, terms: row.terms, ladder: row.ladder, tasks: tasks, openTasks: openTasks,
            parties: parties, hasVisit: row.visitedAt != nil, hasPlan: try facts?.flag("plan") ?? false,
            hasUndoneAction: try facts?.flag("undone_action") ?? false,
            hasOpenMeeting: try facts?.flag("open_meeting") ?? false, hasHeldMeeting: try facts?.flag("held_meeting") ?? false,
            awaitsAftercare: try facts?.flag("aftercare") ?? false)
    }

    /// Ends the case's key: its destruction follows the commit, and from the commit on nobody finds it.
    /// - Parameter next: the key that its household's content and its handles in the log are made with from now on; nil where nobody is left.
    public func endKey(of id: CasefileID, followedBy next: Int64?) throws {
        try run("INSERT INTO doomed_key (id) SELECT key FROM casefile WHERE id = ? AND key > 0 ON CONFLICT DO NOTHING", [.of(id)])
        // Below 0 it is no key of the vault, and its number stays known.
        try run("UPDATE casefile SET key = coalesce(?, -abs(key)) WHERE id = ?", [.of(next), .of(id)])
    }

    /// Writes the case's triage.
    public func setTriage(_ triage: Triage, of id: CasefileID) throws {
        try run("UPDATE casefile SET triage = ? WHERE id = ?", [.of(triage), .of(id)])
    }

    /// Names the one who coordinates.
    public func setCoordinator(_ account: AccountID, of id: CasefileID) throws {
        try run("UPDATE casefile SET coordinator = ? WHERE id = ?", [.of(account), .of(id)])
    }

    /// The first signal of a case, by which the log speaks of it; nil for a case that no signal opened. One that was joined to it may be
    /// older, and is never it.
    public func firstSignal(of id: CasefileID) throws -> SignalID? {
        try first(
            """
            SELECT id FROM signal WHERE casefile = ?1
                AND NOT EXISTS (SELECT 1 FROM casefile_part WHERE casefile = ?1 AND casefile_part.signal = signal.id)
            ORDER BY id LIMIT 1
            """, [.of(id)])?.identifier("id")
    }

    /// Gives someone the case, in a role.
    public func assign(_ account: AccountID, role: StaffRole, to id: CasefileID, at now: Instant) throws {
        try run(
            "INSERT INTO assignment (casefile, account, role, assigned_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [.of(id), .of(account), .of(role), .of(now)])
    }

    /// Whether this account works on this case; one that has ended works on none.
    public func isAssigned(_ account: AccountID, to id: CasefileID) throws -> Bool {
        try assignedRole(of: account, on: id) != nil
    }

    /// The role in which this account works on this case; nil when it does not, or has ended.
    public func assignedRole(of account: AccountID, on id: CasefileID) throws -> StaffRole? {
        try first(
            """
            SELECT assignment.role FROM assignment JOIN account ON account.id = assignment.account
            WHERE casefile = ? AND assignment.account = ? AND disabled_at IS NULL
            """, [.of(id), .of(account)])?.member("role")
    }

    /// Takes the case from someone; false when it was not theirs.
    public func unassign(_ account: AccountID, from id: CasefileID) throws -> Bool {
        try run("DELETE FROM assignment WHERE casefile = ? AND account = ?", [.of(id), .of(account)])
        return changes == 1
    }

    /// Who works on this case, in the order in which it was given to them.
    public func assignments(of id: CasefileID) throws -> [(account: String, role: StaffRole, at: Instant)] {
        try all(
            """
            SELECT account.name, assignment.role, assigned_at FROM assignment JOIN account ON account.id = assignment.account
            WHERE casefile = ? AND disabled_at IS NULL ORDER BY assigned_at, account.name
            """, [.of(id)]
        ).map { (try $0.text("name"), try $0.member("role"), try $0.instant("assigned_at")) }
    }

    /// Open cases that nobody coordinates, oldest first: those with several problems for which nobody was named, and those whose coordinator's
    /// account has ended.
    public func casefilesWithoutCoordinator(limit: Int) throws -> [CasefileRow] {
        try readable(all(Self.withoutCoordinator, [.of(limit)])) { try casefile(try $0.identifier("id")) }
    }

    static let withoutCoordinator = """
        SELECT id FROM casefile WHERE state = 'open' AND coordinator IS NULL AND triage IN ('multipleUnrelated', 'multipleInterrelated')
        UNION ALL
        SELECT id FROM casefile WHERE state = 'open' AND coordinator IN (SELECT id FROM account WHERE disabled_at IS NOT NULL)
        ORDER BY id LIMIT ?
        """

    /// The cases given to this account, oldest first.
    public func casefiles(assignedTo account: AccountID, after: CasefileID?, limit: Int) throws -> [CasefileRow] {
        let rows = try all(
            "SELECT casefile FROM assignment WHERE account = ? AND casefile > ? ORDER BY casefile LIMIT ?",
            [.of(account), .blob(after?.bytes ?? []), .of(limit)])
        return try rows.compactMap { try casefile(try $0.identifier("casefile")) }
    }
}

extension CaseTerms {
    /// `pickUp|afterContact|progress|aftercare|homeVisit|meeting|recall`, each a term's text or `-`.
    var rowText: String {
        [pickUp, afterContact, progress, aftercare, homeVisit, meeting, recall].map { $0?.text ?? "-" }.joined(separator: "|")
    }

    /// The terms in a row; one written before the last of them existed leaves those undecided.
    init?(rowText: String) {
        var terms: [Term?] = []
        for part in rowText.utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false) {
            let text = String(Substring(part))
            guard text != "-" else {
                terms.append(nil)
                continue
            }
            guard let term = Term(text) else { return nil }
            terms.append(term)
        }
        guard [4, 6, 7].contains(terms.count) else { return nil }
        func later(_ place: Int) -> Term? { terms.count > place ? terms[place] : nil }
        self.init(
            pickUp: terms[0], afterContact: terms[1], progress: terms[2], aftercare: terms[3], homeVisit: later(4), meeting: later(5),
            recall: later(6))
    }
}

extension [Rung] {
    /// The rungs' names, a space between.
    var rowText: String { map(\.rawValue).joined(separator: " ") }

    /// The rungs in a row, by their names.
    init(rowWords names: [String]) throws {
        self = names.compactMap { Rung(rawValue: $0) }
        guard count == names.count else { throw StoreFault.corrupt("column `ladder` does not hold rungs") }
    }

    /// The last rung of so many that were taken; nil when none was.
    func last(of taken: Int) -> Rung? { taken > 0 && taken <= count ? self[taken - 1] : nil }
}
