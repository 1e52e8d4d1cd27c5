import Casework
import Disclosure

/// What was done to a lever; the raw value stands in the row and on the wire.
public enum LeverAct: String, CaseIterable, Hashable, Sendable { case recorded, reviewed, ended }

/// Why somebody recorded, reviewed or ended a lever.
public struct LeverWord: Sendable {
    public let act: LeverAct
    public let at: Instant
    /// The name of the account, disabled or not.
    public let by: String
    /// What was written, sealed under a sub-key of the casefile's key.
    public let sealed: [UInt8]
}

/// A lever as it is kept: what the gate looks at, and the steps before it.
public struct LeverRow: Sendable {
    /// What the gate sees of it.
    public let lever: Lever
    public let person: PersonID
    /// The day on which help was offered voluntarily, and failed.
    public let voluntaryOn: CalendarDate
    /// The day of an ultimatum, and the one on which the time given with it ends; nil where none was given.
    public let ultimatum: (on: CalendarDate, until: CalendarDate)?
    public let recordedAt: Instant
    public init(
        lever: Lever, person: PersonID, voluntaryOn: CalendarDate, ultimatum: (on: CalendarDate, until: CalendarDate)?, recordedAt: Instant
    ) {
        self.lever = lever
        self.person = person
        self.voluntaryOn = voluntaryOn
        self.ultimatum = ultimatum
        self.recordedAt = recordedAt
    }
}

/// A lever with what whoever reads it sees beside it.
public struct ShownLever: Sendable {
    public let row: LeverRow
    /// The vault key of the person's own casefile, under which is sealed what was written.
    public let casefileKey: Int64
    /// What was done to it, in order.
    public let words: [LeverWord]
    /// The partners to whom something left, or may have, that names it.
    public let partners: [(oin: OrganisationNumber, name: String)]
}

extension Transaction {
    /// Stores a lever and why it is there, and makes what is decided about its person stale.
    public func insertLever(_ row: LeverRow, because sealed: [UInt8], by account: AccountID) throws {
        let lever = row.lever
        try run(
            """
            INSERT INTO lever (id, person, kind, article, signers, holds_from, until, review_by, voluntary_on, ultimatum_on, ultimatum_until,
                recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .of(lever.id), .of(row.person), .of(lever.kind), .text(lever.article.text),
                .text(lever.signers.map(\.description).joined(separator: " ")), .of(lever.from), .of(lever.until), .of(lever.reviewBy),
                .text(row.voluntaryOn.description), .of(row.ultimatum?.on.description), .of(row.ultimatum?.until.description),
                .of(row.recordedAt),
            ])
        try expect(.ending, of: .lever(lever.id), casefile: try person(row.person)?.casefile, at: lever.until)
        try expectReview(of: row, by: lever.reviewBy)
        try note(.recorded, on: row, because: sealed, by: account, at: row.recordedAt)
    }

    /// Sets another day by which the lever is reviewed, and makes what is decided about its person stale.
    public func review(_ row: LeverRow, by day: Instant, because sealed: [UInt8], account: AccountID, at now: Instant) throws {
        try run("UPDATE lever SET review_by = ? WHERE id = ?", [.of(day), .of(row.lever.id)])
        try expectReview(of: row, by: day)
        try note(.reviewed, on: row, because: sealed, by: account, at: now)
    }

    /// Ends a lever before its time, and makes what is decided about its person stale.
    public func end(_ row: LeverRow, because sealed: [UInt8], by account: AccountID, at now: Instant) throws {
        try run("UPDATE lever SET ended_at = ? WHERE id = ?", [.of(now), .of(row.lever.id)])
        try settleEnd(of: .lever(row.lever.id))
        try note(.ended, on: row, because: sealed, by: account, at: now)
    }

    /// The levers of somebody who is erased are gone, and nothing about them is due.
    func eraseLevers(of person: PersonID) throws {
        try run(
            "DELETE FROM deadline WHERE subject_kind = 'lever' AND subject IN (SELECT id FROM lever WHERE person = ?)", [.of(person)])
        try run("DELETE FROM lever WHERE person = ?", [.of(person)])
    }

    /// The lever, or nil.
    public func lever(_ id: LeverID) throws -> ShownLever? {
        try first(wholeLevers + " WHERE lever.id = ?", [.of(id)]).map(shown)
    }

    /// The vault keys of the casefiles in which the persons of these levers were filed.
    public func casefileKeys(ofLevers levers: [LeverID]) throws -> [LeverID: Int64] {
        try levers.reduce(into: [:]) { $0[$1] = try first(wholeLevers + " WHERE lever.id = ?", [.of($1)])?.integer("casefile_key") }
    }

    /// About whom the lever is, or nil.
    public func person(ofLever id: LeverID) throws -> PersonID? {
        try first("SELECT person FROM lever WHERE id = ?", [.of(id)])?.identifier("person")
    }

    /// A person's levers, newest first, with what whoever reads them sees beside them.
    public func shownLevers(of person: PersonID) throws -> [ShownLever] {
        try all(wholeLevers + " WHERE lever.person = ? ORDER BY lever.id DESC", [.of(person)]).map(shown)
    }

    /// What the gate is to know of a person's levers, oldest first.
    func levers(of person: PersonID) throws -> [Lever] {
        try all("SELECT * FROM lever WHERE person = ? ORDER BY id", [.of(person)]).map { try lever($0).lever }
    }

    private func expectReview(of row: LeverRow, by day: Instant) throws {
        try expect(.review, of: .lever(row.lever.id), casefile: try person(row.person)?.casefile, at: day)
    }

    private func note(_ act: LeverAct, on row: LeverRow, because sealed: [UInt8], by account: AccountID, at now: Instant) throws {
        try run(
            "INSERT INTO lever_word (lever, act, at, by, sealed) VALUES (?, ?, ?, ?, ?)",
            [.of(row.lever.id), .of(act), .of(now), .of(account), .blob(sealed)])
        try raiseDisclosureRevision(of: row.person)
    }

    private func shown(_ row: SQLRow) throws -> ShownLever {
        let found = try lever(row)
        let words = try all(
            "SELECT lever_word.*, account.name FROM lever_word JOIN account ON account.id = lever_word.by WHERE lever = ? ORDER BY number",
            [.of(found.lever.id)]
        ).map { word in
            LeverWord(
                act: try word.member("act"), at: try word.instant("at"), by: try word.text("name"), sealed: try word.blob("sealed"))
        }
        let partners = try all(
            """
            SELECT DISTINCT partner.oin, partner.name FROM message_subject JOIN message ON message.id = message_subject.message
            JOIN partner ON partner.oin = message.partner
            WHERE message_subject.person = ? AND message.left_at IS NOT NULL AND instr(message.levers, ?) > 0 ORDER BY partner.oin
            """, [.of(found.person), .text(found.lever.id.description)]
        ).map { (oin: try $0.organisation("oin"), name: try $0.text("name")) }
        return ShownLever(row: found, casefileKey: try row.integer("casefile_key"), words: words, partners: partners)
    }

    private func lever(_ row: SQLRow) throws -> LeverRow {
        func day(_ text: String) throws -> CalendarDate {
            guard let date = CalendarDate(text) else { throw StoreFault.corrupt("a row of `lever` does not name its days") }
            return date
        }
        guard let article = LegalArticle(try row.text("article")) else {
            throw StoreFault.corrupt("a row of `lever` does not name an article")
        }
        let ultimatum = try row.textOrNil("ultimatum_on").map { (on: try day($0), until: try day(try row.text("ultimatum_until"))) }
        return LeverRow(
            lever: Lever(
                id: try row.identifier("id"), kind: try row.member("kind"), article: article,
                signers: try row.words("signers").compactMap { OrganisationNumber($0) }, from: try row.instant("holds_from"),
                until: try row.instant("until"), reviewBy: try row.instant("review_by"), endedAt: try row.instantOrNil("ended_at")),
            person: try row.identifier("person"), voluntaryOn: try day(try row.text("voluntary_on")), ultimatum: ultimatum,
            recordedAt: try row.instant("recorded_at"))
    }
}

private let wholeLevers = """
    SELECT lever.*, casefile.key AS casefile_key FROM lever JOIN person ON person.id = lever.person
    JOIN casefile ON casefile.id = person.casefile
    """
