import Casework
import Disclosure
import StrictJSON

/// What a chair decides about a meeting: when, who leads it, what is spoken of, and whether the resident comes.
struct MeetingDate: Sendable {
    /// A point of the agenda: one life domain, and the persons it is about.
    struct Item: Hashable, Sendable {
        let domain: LifeDomain
        let subjects: [PersonID]
        /// The one field that inviting somebody to it tells.
        var field: FieldName { .concern(domain) }
    }

    let at: Instant
    let minutes: Int
    /// The account's name.
    let chair: String?
    let items: [Item]
    /// Why the resident does not come; nil when the resident comes.
    let residentAbsence: ResidentAbsence?

    /// Everybody whom an item is about, each once, in the order of the agenda.
    var persons: [PersonID] {
        items.flatMap(\.subjects).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    init?(_ reader: JSONReader) {
        guard
            let body = reader.object(
                ["at", "minutes", "chair", "items", "resident"], required: ["at", "minutes", "items", "resident"])
        else { return nil }
        let at = body["at"]?.instant()
        let minutes = body["minutes"]?.integer(in: 5...480)
        let chair = body["chair"]?.string(maxLength: 80)
        let items = body["items"]?.array(max: 20)
        if let items, items.isEmpty { body["items"]?.fault("no-item", "an agenda has an item", hint: "name a life domain and persons") }
        let read = (items ?? []).compactMap { Item($0) }
        if Set(read).count != read.count { body["items"]?.fault("duplicate-item", "an item is named twice", hint: "name each once") }
        let absence: ResidentAbsence?? = body["resident"].flatMap { Self.absence($0) }
        guard let at, let minutes, let absence else { return nil }
        self.at = at
        self.minutes = Int(minutes)
        self.chair = chair
        self.items = read
        residentAbsence = absence
    }

    /// `{comes, reason?}`: the resident is at the table, unless a reason is recorded.
    private static func absence(_ reader: JSONReader) -> ResidentAbsence?? {
        guard let body = reader.object(["comes", "reason"], required: ["comes"]), let comes = body["comes"]?.bool() else { return nil }
        let reason = body["reason"]?.oneOf(ResidentAbsence.self)
        if !comes, body["reason"] == nil {
            body.fault(
                "missing-member", "say in `reason` why the resident does not come",
                hint: ResidentAbsence.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if comes, let given = body["reason"] { given.fault("not-needed", "a resident who comes needs no reason", hint: "leave it out") }
        return .some(comes ? nil : reason)
    }
}

extension MeetingDate.Item {
    fileprivate init?(_ reader: JSONReader) {
        guard let body = reader.object(["domain", "subjects"], required: ["domain", "subjects"]) else { return nil }
        let domain = body["domain"]?.oneOf(LifeDomain.self)
        let subjects = body["subjects"]?.subjects()
        guard let domain, let subjects else { return nil }
        self.init(domain: domain, subjects: subjects)
    }
}
