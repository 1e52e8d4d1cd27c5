import Casework
import Disclosure

/// What the shared text says of a party: a covenant at the party itself, a template at the place that it fills.
struct PartyPart: Sendable {
    static let keys = ["as", "role", "sectors"]
    let direction: CovenantParty.Direction
    let role: CovenantParty.Role
    let sectors: [String]
}

private let ownKeys = ["oin", "name", "from", "until", "sealing", "refuses", "limits", "workers"]

/// A party to a covenant; nil when anything in it is wrong. Its signature stands beside the file, and is not there yet.
///
/// - Parameter template: that of the covenant; the party then names its place there, and only what is its own.
func readParty(_ node: PolicyNode, of template: ReadTemplate? = nil, reader: inout FileReader) -> (party: CovenantParty, place: String?)? {
    let keys = ownKeys + (template == nil ? [] : ["place"]) + PartyPart.keys
    guard let party = reader.mapping(node, keys: keys, of: "a party") else { return nil }
    let place = template.map { reader.place(party, of: $0) }
    let oin = reader.oin(reader.required(party, "oin"), "oin")
    let name = reader.text(reader.required(party, "name"), "name")
    let part = template == nil ? reader.partyPart(party) : place.flatMap { $0?.part }
    let from = reader.instant(reader.optional(party, "from"), "from")
    let until = reader.instant(reader.optional(party, "until"), "until")
    if let from, let until, until <= from {
        reader.refuse(party.place(of: "until"), "`until` is not later than `from`", hint: "a party that stays has no `until`")
    }
    let sealing: SealingProfile? = reader.choice(reader.optional(party, "sealing"), "sealing")
    let refuses = reader.fields(reader.optional(party, "refuses"), "refuses", mayBeEmpty: true, broadly: true) ?? []
    let limits = (reader.list(reader.optional(party, "limits"), "limits") ?? []).compactMap { readLimit($0, reader: &reader) }
    let workers = reader.workers(party)
    if !workers.isEmpty, part?.direction == .sender {
        reader.refuse(
            party.place(of: "workers"), "this party receives nothing that its workers could read",
            hint: "name `workers` at a party that receives")
    }
    guard let oin, let name, let part else { return nil }
    let read = CovenantParty(
        oin: oin, name: name, direction: part.direction, role: part.role, from: from, until: until, sectors: part.sectors,
        sealing: sealing, refuses: refuses, limits: limits, workers: workers, hasSigned: false)
    return (read, place.flatMap { $0?.name })
}

/// `{on: giving, fields: [health], sectors: [housing], purposes: […]}` (R32).
private func readLimit(_ node: PolicyNode, reader: inout FileReader) -> PartyLimit? {
    guard let limit = reader.mapping(node, keys: ["on", "fields", "purposes", "sectors"], of: "a limit") else { return nil }
    let side: PartyLimit.Side? = reader.choice(reader.required(limit, "on"), "on")
    let fields = reader.fields(reader.required(limit, "fields"), "fields", broadly: true)
    let purposes = reader.words(reader.optional(limit, "purposes"), "purposes", one: "purpose")
    let sectors = reader.words(reader.optional(limit, "sectors"), "sectors", one: "sector")
    guard let side, let fields else { return nil }
    return PartyLimit(side, fields: fields, purposes: purposes.map { Purpose(rawValue: $0) }, sectors: sectors)
}

extension FileReader {
    /// `as`, `role` and `sectors`.
    mutating func partyPart(_ mapping: PolicyMapping) -> PartyPart? {
        let direction: CovenantParty.Direction? = choice(required(mapping, "as"), "as")
        let role: CovenantParty.Role? = choice(required(mapping, "role"), "role")
        let sectors = words(optional(mapping, "sectors"), "sectors", one: "sector")
        guard let direction, let role else { return nil }
        return PartyPart(direction: direction, role: role, sectors: sectors)
    }

    /// The roles that may read; none where the key is absent.
    fileprivate mutating func workers(_ party: PolicyMapping) -> [String] {
        guard party.entries["workers"] != nil else { return [] }
        var roles: [String] = []
        for item in list(required(party, "workers"), "workers") ?? [] {
            guard let role = camelCase(item, "worker role") else { continue }
            if roles.contains(role) { refuse(item.place, "`\(role)` stands here already", hint: "keep one") } else { roles.append(role) }
        }
        return roles
    }

    /// A list of camelCase words that may be absent or empty.
    fileprivate mutating func words(_ node: PolicyNode?, _ what: String, one: String) -> [String] {
        var words: [String] = []
        for item in list(node, what, mayBeEmpty: true) ?? [] {
            if let word = camelCase(item, one) { words.append(word) }
        }
        return words
    }
}
