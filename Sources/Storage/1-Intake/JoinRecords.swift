import AuditTrail
import Casework

/// A signal that stands under another case than the one it opened.
public struct JoinedSignal: Hashable, Sendable {
    public let signal: SignalID
    /// The case under which it stands.
    public let casefile: CasefileID
    /// The case that it opened.
    public let part: CasefileID

    public init(signal: SignalID, casefile: CasefileID, part: CasefileID) {
        self.signal = signal
        self.casefile = casefile
        self.part = part
    }
}

/// An untriaged signal of which somebody may stand in another case.
public struct JoinProposal: Hashable, Sendable {
    public let signal: SignalID
    /// A case in which a person with the same citizen service number stands.
    public let casefile: CasefileID
    /// Whether that case is still worked on; of a closed one the household was here before.
    public let state: Casefile.State
}

extension Transaction {
    /// The parts of a casefile, and theirs. Without parts it costs one look into an index.
    func parts(of casefile: CasefileID) throws -> [CasefileID] {
        var parts: [CasefileID] = []
        var rest = [casefile]
        while let whole = rest.popLast() {
            for row in try all("SELECT part FROM casefile_part WHERE casefile = ?", [.of(whole)]) {
                let part: CasefileID = try row.identifier("part")
                guard part != casefile, !parts.contains(part) else { continue }
                parts.append(part)
                rest.append(part)
            }
        }
        return parts
    }

    /// The casefiles that show what was filed in this one: those it is a part of, the last in line first, and itself at the end.
    public func casefiles(showing casefile: CasefileID) throws -> [CasefileID] {
        try all(
            """
            WITH RECURSIVE whole (id, distance) AS (
                SELECT ?1, 0 UNION SELECT casefile_part.casefile, distance + 1 FROM whole JOIN casefile_part ON casefile_part.part = whole.id
                WHERE distance < 100)
            SELECT id FROM whole GROUP BY id ORDER BY max(distance) DESC, id DESC
            """, [.of(casefile)]
        ).map { try $0.identifier("id") }
    }

    /// Whether a casefile shows what was filed in the other one.
    public func shows(_ casefile: CasefileID, _ other: CasefileID) throws -> Bool {
        try casefile == other || parts(of: casefile).contains(other)
    }

    /// Where a signal was joined to, or nil.
    public func joining(of signal: SignalID) throws -> JoinedSignal? {
        try first("SELECT casefile, part FROM casefile_part WHERE signal = ?", [.of(signal)]).map {
            JoinedSignal(signal: signal, casefile: try $0.identifier("casefile"), part: try $0.identifier("part"))
        }
    }

    /// Whether a signal's own casefile stands under another one.
    public func isJoined(_ casefile: CasefileID) throws -> Bool {
        try first("SELECT 1 AS one FROM casefile_part WHERE part = ? AND because = 'joined'", [.of(casefile)]) != nil
    }

    /// Whether this signal is all that has happened to the case: no other stands under it, and it never had a task.
    public func isAllOf(_ casefile: CasefileID, _ signal: SignalID) throws -> Bool {
        try first(
            """
            SELECT EXISTS (SELECT 1 FROM signal WHERE casefile = ?1 AND id <> ?2) OR EXISTS (SELECT 1 FROM task WHERE casefile = ?1) AS more
            """, [.of(casefile), .of(signal)])?.flag("more") == false
    }

    /// Puts a signal under another case. What may be decided about its persons is looked at again.
    public func join(_ joined: JoinedSignal, at now: Instant) throws {
        try run(
            "INSERT INTO casefile_part (casefile, part, because, signal, at) VALUES (?, ?, 'joined', ?, ?)",
            [.of(joined.casefile), .of(joined.part), .of(joined.signal), .of(now)])
        try place(joined.signal, in: joined.casefile, as: .pickedUp, personsOf: joined.part)
    }

    /// Puts a signal back under the case that it opened, as if it had never been joined.
    public func part(_ joined: JoinedSignal) throws {
        try run("DELETE FROM casefile_part WHERE casefile = ? AND part = ?", [.of(joined.casefile), .of(joined.part)])
        try place(joined.signal, in: joined.part, as: .received, personsOf: joined.part)
    }

    /// Whether a signal was once taken off a case that it had been joined to. Of a joining that ended only the log tells, by whom the signal
    /// names: no more once all of those were erased.
    public func wasParted(_ signal: SignalID) throws -> Bool {
        try first(
            """
            SELECT 1 AS one FROM signal CROSS JOIN person CROSS JOIN audit_index CROSS JOIN audit_term CROSS JOIN audit_entry
            WHERE signal.id = ? AND person.casefile = signal.casefile
                AND audit_index.kind = 'person' AND audit_index.subject = person.id
                AND audit_term.term = ? AND audit_term.seq = audit_index.seq
                AND audit_entry.seq = audit_index.seq AND instr(audit_entry.entry, ?) > 0 LIMIT 1
            """, [.of(signal), .text(AuditEvent.signalParted.rawValue), .blob(Array(signal.description.utf8))]) != nil
    }

    private func place(_ signal: SignalID, in casefile: CasefileID, as status: SignalStatus, personsOf part: CasefileID) throws {
        try run("UPDATE signal SET casefile = ?, status = ? WHERE id = ?", [.of(casefile), .of(status), .of(signal)])
        try run("UPDATE deadline SET casefile = ? WHERE subject_kind = 'signal' AND subject = ?", [.of(casefile), .of(signal)])
        // Also of who stands in the other case under the same citizen service number: what is said in one row counts in the other while both are shown.
        for shown in try [part] + parts(of: part) {
            try run(
                """
                UPDATE person SET disclosure_revision = disclosure_revision + 1
                WHERE casefile = ?1 OR bsn_mac IN (SELECT bsn_mac FROM person WHERE casefile = ?1)
                """, [.of(shown)])
        }
    }

    /// Untriaged signals of which a person's citizen service number stands in other cases, open ones before closed ones and each oldest signal
    /// first. Of two untriaged ones only the later is proposed to the earlier. A case that was joined counts as the one it was joined to.
    public func joinProposals(limit: Int) throws -> [JoinProposal] {
        let rows = try all(
            """
            SELECT DISTINCT signal.id AS signal, target.id AS casefile, target.state FROM signal
            JOIN casefile AS own ON own.id = signal.casefile AND own.triage IS NULL
            JOIN person ON person.casefile = signal.casefile AND person.bsn_mac IS NOT NULL
            JOIN person AS other ON other.bsn_mac = person.bsn_mac AND other.casefile <> person.casefile
            LEFT JOIN casefile_part AS joined ON joined.part = other.casefile AND joined.because = 'joined'
            JOIN casefile AS target ON target.id = coalesce(joined.casefile, other.casefile)
            WHERE signal.status = 'received' AND target.id <> own.id AND (target.triage IS NOT NULL OR target.id < own.id)
            ORDER BY target.state = 'closed', signal.id, target.id LIMIT ?
            """, [.of(limit)])
        return try readable(rows) {
            JoinProposal(signal: try $0.identifier("signal"), casefile: try $0.identifier("casefile"), state: try $0.member("state"))
        }
    }
}
