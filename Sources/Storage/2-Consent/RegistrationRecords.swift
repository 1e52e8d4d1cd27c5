import Casework
import Disclosure

extension Registration {
    /// What the columns of a person hold; an erased person's hold nothing.
    init(in row: SQLRow) throws {
        self.init(
            secrecyIndicator: try row.integerOrNil("secrecy_indicator").map(Int.init), deceased: try row.flagOrNil("deceased"))
    }
}

extension Transaction {
    /// Of somebody who is filed: what the filer says, and what is known of the same citizen service number elsewhere, on the protective side.
    /// - Parameter mac: the keyed hash of the number, where the filer gave one.
    public func registration(filed: Registration, bsnMac mac: [UInt8]?) throws -> Registration {
        guard let mac,
            let known = try first(
                "SELECT max(deceased) AS deceased, max(secrecy_indicator) AS secrecy_indicator FROM person WHERE bsn_mac = ?", [.blob(mac)])
        else { return filed }
        return filed.joined(with: try Registration(in: known))
    }

    /// Notes a secret address and a death in these rows as well; what stood there stays.
    public func protect(_ persons: [PersonRow], as said: Registration) throws {
        guard said != Registration() else { return }
        for person in persons { try setRegistration(person.registration.joined(with: said), of: person.id) }
    }

    /// Keeps what the register says of a person, and makes what is decided about the person stale.
    public func setRegistration(_ registration: Registration, of person: PersonID) throws {
        try run(
            "UPDATE person SET secrecy_indicator = ?, deceased = ? WHERE id = ?",
            [.of(registration.secrecyIndicator), .of(registration.deceased), .of(person)])
        try raiseDisclosureRevision(of: person)
    }
}
