import StrictJSON

extension SignalDraft {
    /// The body of `fileSignal`. The same draft gives the same bytes, so that a second click is known as one.
    /// - Parameter textVersion: the version of what was read aloud.
    func filing(to municipality: String, textVersion: String = DoorstepText.version) -> JSONValue {
        var body: JSONObject = [
            "channel": "meldcode", "knowsWhomToCall": false, "capacity": .string(capacity),
            "concerns": .array(domains.map { concern($0) }),
        ]
        if !area.isEmpty { body["area"] = .string(area) }
        if namesPeople == true {
            body["household"] = ["members": .array(persons.indices.map { member($0, to: municipality, textVersion) })]
            if !freeText.isEmpty { body["freeText"] = .string(freeText) }
        }
        return .object(body)
    }

    /// The fields that are told, as covenants name them: what is filled in for somebody of the household, and nothing else. They are what is read
    /// aloud, and to no others a yes is recorded.
    var fields: [String] {
        func isFilled(_ part: (Person) -> String) -> Bool { persons.contains { !part($0).isEmpty } }
        var fields = ["identification.name", "identification.birthDate"]
        if persons.contains(where: { $0.bsn != nil }) { fields.append("identification.bsn") }
        if persons.contains(where: { !$0.address.isEmpty }) { fields.append("contact.address") }
        if isFilled({ $0.phone }) { fields.append("contact.phone") }
        if isFilled({ $0.safeWay }) { fields.append("contact.safeWay") }
        // Who belong together is told by telling of several.
        if persons.count > 1 { fields.append("household.members") }
        return fields + domains.map { "domains.\($0)" } + (freeText.isEmpty ? [] : ["freeText"])
    }

    /// The fields that may come to be told, as the gate is asked before anybody is named: what no prefix covers stands there by name.
    var fieldsToCome: [String] {
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

    private func member(_ place: Int, to municipality: String, _ textVersion: String) -> JSONValue {
        let person = persons[place]
        func group(_ parts: [(String, String)]) -> JSONValue? {
            let filled = parts.filter { !$0.1.isEmpty }
            return filled.isEmpty ? nil : .object(filled.reduce(into: JSONObject()) { $0[$1.0] = .string($1.1) })
        }
        var json: JSONObject = [
            "ref": .string(Self.ref(place)), "birthDate": .string(person.birthDate),
        ]
        if person.adult != "unknown" { json["adult"] = .bool(person.adult == "yes") }
        if let number = person.bsn { json["bsn"] = .string(number) }
        if person.isSecret == true { json["secrecyIndicator"] = .integer(secretAddress) }
        let deciders = mayDecide(for: place).compactMap { decider in
            person.deciders[decider.ref].flatMap { $0.isEmpty || $0 == "none" ? nil : (ref: decider.ref, answer: $0) }
        }
        json["consents"] = .array(
            [consent(person, person.answer, to: municipality, textVersion)]
                + deciders.map { decider in
                    var answer = consent(person, decider.answer, to: municipality, textVersion).objectValue ?? [:]
                    answer["by"] = .string(decider.ref)
                    return .object(answer)
                })
        if !deciders.isEmpty {
            json["representatives"] = .array(deciders.map { ["ref": .string($0.ref), "office": "parentalAuthority"] })
        }
        json["name"] = group([("given", person.given), ("prefix", person.prefix), ("family", person.family)])
        if !under.isEmpty { json["under"] = .string(under) }
        var contact = JSONObject()
        if !person.address.isEmpty {
            contact["address"] = .object(person.address.reduce(into: JSONObject()) { $0[$1.name] = .string($1.value) })
        }
        if !person.phone.isEmpty { contact["phone"] = .string(person.phone) }
        if !person.safeWay.isEmpty { contact["safeWay"] = .string(person.safeWay) }
        if !contact.isEmpty { json["contact"] = .object(contact) }
        return .object(json)
    }

    /// What was answered about a person, by that person or for that person.
    private func consent(_ person: Person, _ answer: String, to municipality: String, _ textVersion: String) -> JSONValue {
        switch answer {
        case "given":
            // What was read aloud, as far as it is still told.
            let asked = fields.filter { person.asked?.contains($0) ?? false }
            var given: JSONObject = [
                "answer": "given", "recipients": [.string(municipality)], "purposes": ["intake"],
                "fields": .array(asked.map(JSONValue.string)), "language": .string(person.language),
                "textVersion": .string(textVersion), "freely": .bool(person.freely == "yes"),
            ]
            // The card confirms every yes that was given with it: for a child that is a parent's.
            if let card = person.card { given["card"] = .string(card) }
            return .object(given)
        case "refused": return ["answer": "refused", "language": .string(person.language), "textVersion": .string(textVersion)]
        default: return ["answer": "notAsked", "reason": .string(person.answer == "notAsked" ? person.reason : "notPresent")]
        }
    }

    /// The letter of a member: a to t.
    static func ref(_ place: Int) -> String { String(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: min(place, 25)))) }

    /// As many as a filing takes.
    static let mostPersons = 20
}
