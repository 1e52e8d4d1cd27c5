import Casework
import Disclosure

/// Somebody who decides for a person, as it is kept.
public struct RepresentativeRow: Sendable {
    /// What the gate sees.
    public let representative: Representative
    public let person: PersonID
    /// Who it is, where it is a person of the household.
    public let member: PersonID?
    public let recordedAt: Instant
    /// The decision to set this one aside, where there is one.
    public let setAside: SetAside?

    /// By whom, when and why; the why is sealed under a sub-key of the casefile's key.
    public struct SetAside: Sendable {
        public let at: Instant
        /// The name of the account, disabled or not.
        public let by: String
        public let sealed: [UInt8]
        /// The vault key of the person's own casefile.
        public let casefileKey: Int64
    }

    public init(representative: Representative, person: PersonID, member: PersonID?, recordedAt: Instant, setAside: SetAside? = nil) {
        self.representative = representative
        self.person = person
        self.member = member
        self.recordedAt = recordedAt
        self.setAside = setAside
    }
}

extension Transaction {
    /// Stores who decides for a person, and makes what is decided about the person stale.
    /// - Parameter handle: the keyed handle of who recorded it.
    public func insertRepresentative(_ row: RepresentativeRow, by handle: String) throws {
        let representative = row.representative
        try run(
            "INSERT INTO representative (id, person, office, purposes, member, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .of(representative.id), .of(row.person), .of(representative.office),
                .of(representative.purposes?.map(\.rawValue).joined(separator: " ")), .of(row.member), .of(row.recordedAt), .text(handle),
            ])
        try run("UPDATE person SET represented = 1 WHERE id = ?", [.of(row.person)])
        try raiseDisclosureRevision(of: row.person)
    }

    /// Keeps the decision that a representative counts for nothing, and makes what is decided about the person stale.
    /// - Returns: false when it was decided before.
    public func setAside(_ id: RepresentativeID, of person: PersonID, because sealed: [UInt8], by account: AccountID, at now: Instant)
        throws
        -> Bool
    {
        guard
            try first("SELECT 1 AS one FROM representative WHERE id = ? AND set_aside_at IS NULL", [.of(id)]) != nil
        else { return false }
        try run(
            "UPDATE representative SET set_aside_at = ?, set_aside_by = ?, set_aside_why = ? WHERE id = ?",
            [.of(now), .of(account), .blob(sealed), .of(id)])
        try raiseDisclosureRevision(of: person)
        return true
    }

    /// For whom this representative decides, or nil.
    public func person(ofRepresentative id: RepresentativeID) throws -> PersonID? {
        try first("SELECT person FROM representative WHERE id = ?", [.of(id)])?.identifier("person")
    }

    /// Who decides for a person, those who were set aside too, by id.
    public func representatives(of person: PersonID) throws -> [RepresentativeRow] {
        try all(
            """
            SELECT representative.*, account.name AS by_name, casefile.key AS casefile_key FROM representative
            JOIN person ON person.id = representative.person JOIN casefile ON casefile.id = person.casefile
            LEFT JOIN account ON account.id = representative.set_aside_by WHERE person = ? ORDER BY representative.id
            """, [.of(person)]
        ).map { row in
            let setAside = try row.instantOrNil("set_aside_at").map {
                RepresentativeRow.SetAside(
                    at: $0, by: try row.text("by_name"), sealed: try row.blob("set_aside_why"),
                    casefileKey: try row.integer("casefile_key"))
            }
            return RepresentativeRow(
                representative: Representative(
                    id: try row.identifier("id"), office: try row.member("office"),
                    purposes: try row.wordsOrNil("purposes")?.map(Purpose.init(rawValue:)), isSetAside: setAside != nil),
                person: person, member: try row.identifierOrNil("member"), recordedAt: try row.instant("recorded_at"), setAside: setAside)
        }
    }

    /// Keeps how old a person is, and makes what is decided about the person stale.
    public func setAge(_ age: KnownAge, of person: PersonID) throws {
        try run("UPDATE person SET age = ? WHERE id = ?", [.text(age.text), .of(person)])
        try raiseDisclosureRevision(of: person)
    }
}

extension KnownAge {
    /// What column `age` of a person holds.
    init(in row: SQLRow) throws {
        guard let age = KnownAge(try row.text("age")) else { throw StoreFault.corrupt("column `age` holds no age") }
        self = age
    }
}
