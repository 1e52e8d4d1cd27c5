import Casework
import Disclosure

/// A person within one casefile: no name, no content.
public struct PersonRow: Hashable, Sendable {
    public let id: PersonID
    public let casefile: CasefileID
    /// The person's key in the vault.
    public let key: Int64
    /// What is kept of how old the person is.
    public let age: KnownAge
    /// What the persons' register says of the person, as far as somebody said it.
    public let registration: Registration
    /// Raised by every change of what may be disclosed about the person.
    public let disclosureRevision: Int64
    public let erasedAt: Instant?
}

/// The statements by which goes what stands about a person; a test looks at how SQLite goes about them.
enum PersonQuery {
    static let erasing: [String] =
        [
            "UPDATE representative SET member = NULL WHERE member = ?1",
            "DELETE FROM audit_index WHERE kind = 'person' AND subject = ?1",
            // By the casefile that the person was filed in, as all of it was.
            "DELETE FROM content WHERE casefile = (SELECT casefile FROM person WHERE id = ?1) AND person = ?1",
        ]
        + [
            "consent_withdrawal", "consent", "objection", "holding", "message_subject", "justification_subject", "representative",
        ].map { "DELETE FROM \($0) WHERE person = ?1" }
}

extension Transaction {
    /// Stores a person.
    public func insertPerson(
        _ id: PersonID, casefile: CasefileID, ordinal: Int, key: Int64, age: KnownAge, registration: Registration, bsnMac: [UInt8]?
    ) throws {
        try run(
            "INSERT INTO person (id, casefile, ordinal, key, deceased, secrecy_indicator, age, bsn_mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .of(id), .of(casefile), .of(ordinal), .integer(key), .of(registration.deceased), .of(registration.secrecyIndicator),
                .text(age.text), .of(bsnMac),
            ])
    }

    /// The person, or nil.
    public func person(_ id: PersonID) throws -> PersonRow? {
        try first("SELECT * FROM person WHERE id = ?", [.of(id)]).map(person)
    }

    /// The persons whom a casefile shows, erased ones too: its own as filed, then those of its parts.
    public func persons(of casefile: CasefileID) throws -> [PersonRow] {
        try ([casefile] + parts(of: casefile).sorted()).flatMap { shown in
            try all("SELECT * FROM person WHERE casefile = ? ORDER BY ordinal", [.of(shown)]).map(person)
        }
    }

    /// The person, when this casefile shows that person; or nil.
    public func person(_ id: PersonID, shownBy casefile: CasefileID) throws -> PersonRow? {
        guard let found = try person(id), try shows(casefile, found.casefile) else { return nil }
        return found
    }

    /// Whether this casefile shows the person, and nobody erased that person.
    public func shows(_ casefile: CasefileID, living id: PersonID) throws -> Bool {
        try person(id, shownBy: casefile).map { $0.erasedAt == nil } ?? false
    }

    /// Makes every decision about this person that is under way stale, and those about the same citizen service number elsewhere: what is said in
    /// one row may count in another (``twins(of:)``).
    public func raiseDisclosureRevision(of id: PersonID) throws {
        try run(
            """
            UPDATE person SET disclosure_revision = disclosure_revision + 1
            WHERE id = ?1 OR bsn_mac = (SELECT bsn_mac FROM person WHERE id = ?1)
            """, [.of(id)])
    }

    /// Leaves a row that says nothing but that somebody was erased here.
    public func markErased(_ id: PersonID, at now: Instant) throws {
        // Before the number goes, by which the other rows are found.
        try raiseDisclosureRevision(of: id)
        try run(
            "UPDATE person SET erased_at = ?, bsn_mac = NULL, deceased = NULL, secrecy_indicator = NULL, age = 'unknown', represented = 0 WHERE id = ?",
            [.of(now), .of(id)])
        try eraseSentences(ofJustificationsAbout: id)
        try eraseLevers(of: id)
        for sql in PersonQuery.erasing { try run(sql, [.of(id)]) }
    }

    /// The persons known by this keyed hash of a citizen service number, newest first; nobody who was erased.
    /// - Parameter limit: how many at most; nil for all.
    public func persons(bsnMac mac: [UInt8], limit: Int? = nil) throws -> [PersonRow] {
        try all("SELECT * FROM person WHERE bsn_mac = ? ORDER BY id DESC LIMIT ?", [.blob(mac), .of(limit ?? -1)]).map(person)
    }

    /// The other living persons of the same citizen service number, by id; nobody where none is known.
    public func persons(sharingNumberOf id: PersonID) throws -> [PersonRow] {
        try all(
            """
            SELECT other.* FROM person AS own JOIN person AS other ON other.bsn_mac = own.bsn_mac
            WHERE own.id = ?1 AND other.id <> ?1 ORDER BY other.id
            """, [.of(id)]
        ).map(person)
    }

    /// The same resident in other rows that a case shows beside this one, as it does after a second signal was joined to it. What that resident
    /// refused, withdrew or objects to there counts here too.
    public func twins(of id: PersonID) throws -> [PersonID] {
        let others = try persons(sharingNumberOf: id)
        guard !others.isEmpty, let own = try person(id) else { return [] }
        let showing = try Set(casefiles(showing: own.casefile))
        return try others.filter { try !showing.isDisjoint(with: casefiles(showing: $0.casefile)) }.map(\.id)
    }

    private func person(_ row: SQLRow) throws -> PersonRow {
        PersonRow(
            id: try row.identifier("id"), casefile: try row.identifier("casefile"), key: try row.integer("key"),
            age: try KnownAge(in: row), registration: try Registration(in: row),
            disclosureRevision: try row.integer("disclosure_revision"),
            erasedAt: try row.instantOrNil("erased_at"))
    }
}
