import StrictJSON

extension SignalDraft {
    /// The body of `fileSignal`. The same draft gives the same bytes, so that a second click is known as one.
    func filing(to municipality: String) -> JSONValue {
        var body: JSONObject = [
            "channel": "meldcode", "knowsWhomToCall": false, "capacity": .string(capacity),
            "concerns": .array(domains.map { concern($0) }),
        ]
        if !area.isEmpty { body["area"] = .string(area) }
        if namesPeople == true {
            body["household"] = ["members": .array(persons.indices.map { member($0, to: municipality) })]
            if !freeText.isEmpty { body["freeText"] = .string(freeText) }
        }
        return .object(body)
    }

    /// The fields that are told, as covenants name them: what no prefix covers stands there by name.
    var fields: [String] {
        ["identification", "contact", "household"] + domains.map { "domains.\($0)" } + (freeText.isEmpty ? [] : ["freeText"])
    }

    private func concern(_ domain: String) -> JSONValue {
        var json: JSONObject = ["domain": .string(domain)]
        guard namesPeople == true, let concern = concerns[domain] else { return .object(json) }
        if !concern.observation.isEmpty { json["observation"] = .string(concern.observation) }
        if !under.isEmpty { json["under"] = .string(under) }
        if !concern.obtainedBy.isEmpty { json["obtainedBy"] = .string(concern.obtainedBy) }
        let about = concern.about.filter(persons.indices.contains)
        if !about.isEmpty, about.count < persons.count { json["about"] = .array(about.map { .string(Self.ref($0)) }) }
        return .object(json)
    }

    private func member(_ place: Int, to municipality: String) -> JSONValue {
        let person = persons[place]
        func group(_ parts: [(String, String)]) -> JSONValue? {
            let filled = parts.filter { !$0.1.isEmpty }
            return filled.isEmpty ? nil : .object(filled.reduce(into: JSONObject()) { $0[$1.0] = .string($1.1) })
        }
        var json: JSONObject = [
            "ref": .string(Self.ref(place)), "birthDate": .string(person.birthDate), "consents": [consent(person, to: municipality)],
        ]
        json["name"] = group([("given", person.given), ("prefix", person.prefix), ("family", person.family)])
        if !under.isEmpty { json["under"] = .string(under) }
        var contact = JSONObject()
        if !person.street.isEmpty {
            contact["address"] = group([
                ("street", person.street), ("houseNumber", person.houseNumber), ("addition", person.addition),
                ("postcode", person.postcode),
                ("place", person.place),
            ])
        }
        if !person.phone.isEmpty { contact["phone"] = .string(person.phone) }
        if !person.safeWay.isEmpty { contact["safeWay"] = .string(person.safeWay) }
        if !contact.isEmpty { json["contact"] = .object(contact) }
        return .object(json)
    }

    private func consent(_ person: Person, to municipality: String) -> JSONValue {
        switch person.answer {
        case "given":
            var json: JSONObject = [
                "answer": "given", "recipients": [.string(municipality)], "purposes": ["intake"],
                "fields": .array(fields.map(JSONValue.string)), "language": .string(person.language),
                "textVersion": .string(DoorstepText.version),
            ]
            if let card = person.card { json["card"] = .string(card) }
            return .object(json)
        case "refused": return ["answer": "refused", "language": .string(person.language), "textVersion": .string(DoorstepText.version)]
        default: return ["answer": "notAsked", "reason": .string(person.reason)]
        }
    }

    /// The letter of a member: a to t.
    static func ref(_ place: Int) -> String { String(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: min(place, 25)))) }

    /// As many as a filing takes.
    static let mostPersons = 20
}
