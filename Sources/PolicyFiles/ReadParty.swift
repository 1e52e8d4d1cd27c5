import Casework
import Disclosure

private let partyKeys = ["oin", "name", "as", "role", "from", "until", "sealing", "sectors", "refuses", "limits"]

/// A party to a covenant; nil when anything in it is wrong. Its signature stands beside the file, and is not there yet.
func readParty(_ node: PolicyNode, reader: inout FileReader) -> CovenantParty? {
    guard let party = reader.mapping(node, keys: partyKeys, of: "a party") else { return nil }
    let oin = reader.oin(reader.required(party, "oin"), "oin")
    let name = reader.text(reader.required(party, "name"), "name")
    let direction: CovenantParty.Direction? = reader.choice(reader.required(party, "as"), "as")
    let role: CovenantParty.Role? = reader.choice(reader.required(party, "role"), "role")
    let from = reader.instant(reader.optional(party, "from"), "from")
    let until = reader.instant(reader.optional(party, "until"), "until")
    if let from, let until, until <= from {
        reader.refuse(party.place(of: "until"), "`until` is not later than `from`", hint: "a party that stays has no `until`")
    }
    let sealing: SealingProfile? = reader.choice(reader.optional(party, "sealing"), "sealing")
    let sectors = reader.words(reader.optional(party, "sectors"), "sectors", one: "sector")
    let refuses = reader.fields(reader.optional(party, "refuses"), "refuses", mayBeEmpty: true) ?? []
    let limits = (reader.list(reader.optional(party, "limits"), "limits") ?? []).compactMap { readLimit($0, reader: &reader) }
    guard let oin, let name, let direction, let role else { return nil }
    return CovenantParty(
        oin: oin, name: name, direction: direction, role: role, from: from, until: until, sectors: sectors, sealing: sealing,
        refuses: refuses, limits: limits, hasSigned: false)
}

/// `{on: giving, fields: [health], sectors: [housing], purposes: […]}` (R32).
private func readLimit(_ node: PolicyNode, reader: inout FileReader) -> PartyLimit? {
    guard let limit = reader.mapping(node, keys: ["on", "fields", "purposes", "sectors"], of: "a limit") else { return nil }
    let side: PartyLimit.Side? = reader.choice(reader.required(limit, "on"), "on")
    let fields = reader.fields(reader.required(limit, "fields"), "fields")
    let purposes = reader.words(reader.optional(limit, "purposes"), "purposes", one: "purpose")
    let sectors = reader.words(reader.optional(limit, "sectors"), "sectors", one: "sector")
    guard let side, let fields else { return nil }
    return PartyLimit(side, fields: fields, purposes: purposes.map { Purpose(rawValue: $0) }, sectors: sectors)
}

extension FileReader {
    /// A list of camelCase words that may be absent or empty.
    fileprivate mutating func words(_ node: PolicyNode?, _ what: String, one: String) -> [String] {
        var words: [String] = []
        for item in list(node, what, mayBeEmpty: true) ?? [] {
            if let word = camelCase(item, one) { words.append(word) }
        }
        return words
    }
}
