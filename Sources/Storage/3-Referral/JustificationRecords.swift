import Casework
import Disclosure

extension Transaction {
    /// Stores a justification and whom it is about.
    public func insertJustification(_ row: JustificationRow) throws {
        try run(
            """
            INSERT INTO justification (id, casefile, decider, recipient, purpose, ground, fields, necessary, capacity, exception,
                offences_under, consent_sought, consulted, sealed, made_at, until, tell_by, postponed_because)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .of(row.id), .of(row.casefile), .of(row.decider), .of(row.recipient), .text(row.purpose.rawValue), .text(row.ground.text),
                .text(row.fields.paths.joined(separator: " ")), .text(row.necessary.paths.joined(separator: " ")), .of(row.capacity),
                .of(row.exception), .of(row.offencesUnder?.text), .of(row.consentSought), .of(row.consulted), .of(row.sealed),
                .of(row.madeAt), .of(row.until), .of(row.tellBy), .of(row.postponedBecause),
            ])
        for person in row.subjects {
            try run("INSERT INTO justification_subject (person, justification) VALUES (?, ?)", [.of(person), .of(row.id)])
        }
    }

    /// The justification, or nil.
    public func justification(_ id: JustificationID) throws -> JustificationRow? {
        try first("SELECT * FROM justification WHERE id = ?", [.of(id)]).map(justification)
    }

    /// What the gate is to know of the justifications about a person, oldest first.
    func justifications(about person: PersonID) throws -> [Justification] {
        try all(
            """
            SELECT justification.* FROM justification_subject JOIN justification ON justification.id = justification_subject.justification
            WHERE justification_subject.person = ? ORDER BY justification.id
            """, [.of(person)]
        ).map { try justification($0).asTheGateSees() }
    }

    /// The justifications of one case, newest first.
    public func justifications(of casefile: CasefileID) throws -> [ShownJustification] {
        try all(shownJustifications + " WHERE justification.casefile = ? ORDER BY justification.id DESC", [.of(casefile)]).map(shown)
    }

    /// The justifications of all cases, newest first, before this one.
    public func justifications(before: JustificationID?, limit: Int) throws -> [ShownJustification] {
        try all(
            shownJustifications + " WHERE ?1 IS NULL OR justification.id < ?1 ORDER BY justification.id DESC LIMIT ?2",
            [.of(before), .of(limit)]
        ).map(shown)
    }

    /// Records that a second person agreed, and makes what is decided about its persons stale.
    public func agree(to row: JustificationRow, by account: AccountID, at now: Instant) throws {
        try run("UPDATE justification SET second = ?, agreed_at = ? WHERE id = ?", [.of(account), .of(now), .of(row.id)])
        try expect(.ending, of: .justification(row.id), casefile: row.casefile, at: row.until)
        for person in row.subjects { try raiseDisclosureRevision(of: person) }
    }

    /// Ends a justification before its time, and makes what is decided about its persons stale.
    public func end(_ row: JustificationRow, as end: JustificationRow.End, at now: Instant) throws {
        try run("UPDATE justification SET ended_as = ?, ended_at = ? WHERE id = ?", [.of(end), .of(now), .of(row.id)])
        try settleEnd(of: .justification(row.id))
        for person in row.subjects { try raiseDisclosureRevision(of: person) }
    }

    /// What was written about a person, and about others beside that person, is gone.
    func eraseSentences(ofJustificationsAbout person: PersonID) throws {
        try run(
            """
            UPDATE justification SET sealed = NULL WHERE id IN (SELECT justification FROM justification_subject WHERE person = ?)
            """, [.of(person)])
    }

    private func shown(_ row: SQLRow) throws -> ShownJustification {
        ShownJustification(
            row: try justification(row), decider: try row.text("decider_name"), second: try row.textOrNil("second_name"),
            casefileKey: try row.integer("key"))
    }

    private func justification(_ row: SQLRow) throws -> JustificationRow {
        let id: JustificationID = try row.identifier("id")
        guard let ground = LawfulGround(try row.text("ground")), let fields = FieldNames(words: try row.text("fields")),
            let necessary = FieldNames(words: try row.text("necessary"))
        else { throw StoreFault.corrupt("a row of `justification` does not name a ground and fields") }
        return JustificationRow(
            id: id, casefile: try row.identifier("casefile"),
            subjects: try all("SELECT person FROM justification_subject WHERE justification = ? ORDER BY person", [.of(id)]).map {
                try $0.identifier("person")
            }, decider: try row.identifier("decider"), recipient: try row.organisation("recipient"),
            purpose: Purpose(rawValue: try row.text("purpose")), ground: ground, fields: fields, necessary: necessary,
            capacity: try row.member("capacity"), exception: try row.textOrNil("exception"),
            offencesUnder: try row.textOrNil("offences_under").flatMap { LegalArticle($0) },
            consentSought: try row.member("consent_sought"), consulted: try row.textOrNil("consulted"),
            sealed: try row.blobOrNil("sealed"), madeAt: try row.instant("made_at"), until: try row.instant("until"),
            tellBy: try row.instant("tell_by"), postponedBecause: try row.textOrNil("postponed_because"),
            second: try row.identifierOrNil("second"), agreedAt: try row.instantOrNil("agreed_at"),
            endedAs: try row.memberOrNil("ended_as"), endedAt: try row.instantOrNil("ended_at"))
    }
}

private let shownJustifications = """
    SELECT justification.*, decider.name AS decider_name, second.name AS second_name, casefile.key
    FROM justification JOIN account AS decider ON decider.id = justification.decider
    LEFT JOIN account AS second ON second.id = justification.second JOIN casefile ON casefile.id = justification.casefile
    """
