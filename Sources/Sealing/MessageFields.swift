import Casework
import Disclosure
import StrictJSON

/// The `fields` of a message: what the permission let through, with the persons named by letters that mean nothing elsewhere.
///
/// The first subject's identification and contact stand at the top; other subjects stand under `others`.
struct MessageFields {
    private let items: [FieldName: [ContentItem]]
    private let letters: [PersonID: String]
    private let subjects: [PersonID]

    init(_ permitted: PermittedDisclosure) {
        items = Dictionary(grouping: permitted.items, by: \.field)
        subjects = permitted.permission.question.subjects.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        letters = Dictionary(uniqueKeysWithValues: subjects.enumerated().map { ($1, Self.letter($0)) })
    }

    /// a … z, then aa, ab and so on.
    static func letter(_ place: Int) -> String {
        let last = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(place % 26)))
        return place < 26 ? last : letter(place / 26 - 1) + last
    }

    var json: JSONValue {
        var fields = JSONObject()
        if let first = subjects.first {
            for member in parts(of: first).members { fields[member.name] = member.value }
        }
        let others = subjects.dropFirst().compactMap { subject -> JSONValue? in
            var entry = parts(of: subject)
            guard !entry.isEmpty else { return nil }
            entry["ref"] = .string(letters[subject] ?? "")
            return .object(entry)
        }
        if !others.isEmpty { fields["others"] = .array(others) }
        if items[.householdMembers] != nil {
            fields["household"] = ["members": .array(subjects.map { ["ref": .string(letters[$0] ?? "")] })]
        }
        var domains = JSONObject()
        for domain in LifeDomain.allCases {
            var entry = JSONObject()
            if let concerns = statements(.concern(domain)) { entry["concern"] = concerns }
            if let observations = statements(.observation(domain)) { entry["observation"] = observations }
            if !entry.isEmpty { domains[domain.rawValue] = .object(entry) }
        }
        if !domains.isEmpty { fields["domains"] = .object(domains) }
        if let health = statements(.health) { fields["health"] = health }
        if let offences = statements(.offences) { fields["offences"] = offences }
        if let text = items[.freeText]?.first { fields["freeText"] = text.value.json }
        return .object(fields)
    }

    private func parts(of subject: PersonID) -> JSONObject {
        func object(_ names: [(String, FieldName)]) -> JSONObject {
            var object = JSONObject()
            for (name, field) in names {
                if let item = items[field]?.last(where: { $0.subject == subject }) { object[name] = item.value.json }
            }
            return object
        }
        let identification = object([("name", .name), ("birthDate", .birthDate), ("bsn", .bsn)])
        let contact = object([("address", .address), ("phone", .phone), ("email", .email), ("safeWay", .safeWay)])
        var entry = JSONObject()
        if !identification.isEmpty { entry["identification"] = .object(identification) }
        if !contact.isEmpty { entry["contact"] = .object(contact) }
        return entry
    }

    /// What is said under one field, each statement once with the persons it is about.
    private func statements(_ field: FieldName) -> JSONValue? {
        // Compared and not hashed: there are one or two of them, and a hash reads every letter of each.
        var statements: [(value: ContentValue, origin: Provenance, about: [String])] = []
        for item in items[field] ?? [] {
            let letter = item.subject.flatMap { letters[$0] } ?? "household"
            let origin = toldOrigin(of: item)
            if let said = statements.firstIndex(where: { $0.value == item.value && $0.origin == origin }) {
                if !statements[said].about.contains(letter) { statements[said].about.append(letter) }
            } else {
                statements.append((item.value, origin, [letter]))
            }
        }
        guard !statements.isEmpty else { return nil }
        return .array(
            statements.map { value, origin, about in
                var entry: JSONObject = ["about": .array(about.sorted().map(JSONValue.string)), "value": value.json]
                if let how = origin.obtainedBy { entry["obtainedBy"] = .string(how) }
                if let under = origin.under { entry["under"] = .string(under.text) }
                return .object(entry)
            })
    }

    /// Whence an item is, as far as the message tells it: how a concern became known, and under which act, says more than that there is one, and
    /// goes only beside what was observed (GDPR 5(1)(c)).
    private func toldOrigin(of item: ContentItem) -> Provenance {
        guard case .concern(let domain) = item.field,
            !(items[.observation(domain)] ?? []).contains(where: { $0.subject == item.subject })
        else { return item.provenance }
        return Provenance(organisation: item.provenance.organisation, obtainedBy: nil, under: nil)
    }
}
