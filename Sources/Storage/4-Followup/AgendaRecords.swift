import Casework

/// A point of a meeting's agenda: one life domain, the persons it is about, and the organisations that may hear of it.
public struct AgendaItemRow: Sendable {
    public let id: AgendaItemID
    public let domain: LifeDomain
    public let subjects: [PersonID]
    /// The invited organisations whom the gate permits it.
    public let audience: [MeetingPartyID]

    public init(id: AgendaItemID, domain: LifeDomain, subjects: [PersonID], audience: [MeetingPartyID]) {
        self.id = id
        self.domain = domain
        self.subjects = subjects
        self.audience = audience
    }
}

extension Transaction {
    /// Writes a meeting's agenda, in place of the one before; the audience's rows must be there.
    public func replaceAgenda(of meeting: MeetingID, with items: [AgendaItemRow]) throws {
        try run("DELETE FROM agenda_audience WHERE item IN (SELECT id FROM agenda_item WHERE meeting = ?)", [.of(meeting)])
        try run("DELETE FROM agenda_item WHERE meeting = ?", [.of(meeting)])
        for (place, item) in items.enumerated() {
            try run(
                "INSERT INTO agenda_item (id, meeting, ordinal, domain, subjects) VALUES (?, ?, ?, ?, ?)",
                [.of(item.id), .of(meeting), .of(place), .of(item.domain), .text(item.subjects.map(\.description).joined(separator: " "))])
            for party in item.audience {
                try run("INSERT INTO agenda_audience (item, party) VALUES (?, ?)", [.of(item.id), .of(party)])
            }
        }
    }

    /// A meeting's agenda, in its order.
    public func agenda(of meeting: MeetingID) throws -> [AgendaItemRow] {
        try all("SELECT id, domain, subjects FROM agenda_item WHERE meeting = ? ORDER BY ordinal", [.of(meeting)]).map { row in
            let id: AgendaItemID = try row.identifier("id")
            let names = try row.words("subjects")
            let subjects = names.compactMap { PersonID($0) }
            guard subjects.count == names.count else { throw StoreFault.corrupt("column `subjects` does not hold ids") }
            let audience = try all("SELECT party FROM agenda_audience WHERE item = ? ORDER BY party", [.of(id)])
            return AgendaItemRow(
                id: id, domain: try row.member("domain"), subjects: subjects, audience: try audience.map { try $0.identifier("party") })
        }
    }
}
