import Casework
import Disclosure

extension Transaction {
    /// Stores under which acts, and by whom, what is stored about a person was obtained.
    public func insertHoldings(_ holdings: [Holding], of person: PersonID) throws {
        for holding in holdings {
            try run(
                "INSERT INTO holding (person, act, organisation, fields) VALUES (?, ?, ?, ?)",
                [.of(person), .text(holding.act ?? ""), .of(holding.organisation), .text(holding.fields.paths.joined(separator: " "))])
        }
    }

    /// The same, read back; nil when nothing is known of it.
    func holdings(of person: PersonID) throws -> [Holding]? {
        let holdings = try all("SELECT act, organisation, fields FROM holding WHERE person = ?", [.of(person)]).map { row in
            let act = try row.text("act")
            guard let organisation = OrganisationNumber(try row.text("organisation")),
                let fields = FieldNames(words: try row.text("fields"))
            else { throw StoreFault.corrupt("a row of `holding` does not name an organisation and fields") }
            return Holding(fields: fields, act: act.isEmpty ? nil : act, organisation: organisation)
        }
        return holdings.isEmpty ? nil : holdings
    }
}
