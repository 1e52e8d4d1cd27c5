import Casework
import Disclosure
import StrictJSON

extension SubjectFacts {
    /// The facts as they are kept: canonical JSON (RFC 8785). Ids, codes, names of fields and instants in milliseconds; an unknown fact is
    /// absent.
    func rowJSON(of person: PersonID) -> JSONValue {
        var json: JSONObject = ["person": .string(person.description)]
        if let consents { json["consents"] = .array(consents.map(\.rowJSON)) }
        if let deceased { json["deceased"] = .bool(deceased) }
        if let secrecyIndicator { json["secrecyIndicator"] = .integer(Int64(secrecyIndicator)) }
        if let objections {
            json["objections"] = .array(
                objections.map {
                    var one: JSONObject = [
                        "id": .string($0.id.description), "recipients": .array($0.recipients.map { .string($0.description) }),
                        "purposes": .array($0.purposes.map { .string($0.rawValue) }),
                    ]
                    // Absent while nobody has weighed it, as in facts that were kept before there was an outcome.
                    if $0.isUpheld { one["isUpheld"] = true }
                    return .object(one)
                })
        }
        if let representation {
            json["ages"] = [.integer(Int64(representation.ages.youngest)), .integer(Int64(representation.ages.oldest))]
            if !representation.representatives.isEmpty {
                json["representatives"] = .array(representation.representatives.map(\.rowJSON))
            }
        }
        if let held { json["held"] = .array(held.map(\.rowJSON)) }
        if let justifications { json["justifications"] = .array(justifications.map(\.rowJSON)) }
        if let levers { json["levers"] = .array(levers.map(\.rowJSON)) }
        return .object(json)
    }

    /// The facts that ``rowJSON(of:)`` wrote about this person, or nil.
    init?(rowJSON json: JSONValue, of person: PersonID) {
        guard json["person"]?.stringValue == person.description else { return nil }
        var consents: [ConsentRecord]?
        if let listed = json["consents"] {
            guard let all = listed.arrayValue?.each(ConsentRecord.init(rowJSON:)) else { return nil }
            consents = all
        }
        var objections: [Objection]?
        if let listed = json["objections"] {
            guard let all = listed.arrayValue?.each(Objection.init(rowJSON:)) else { return nil }
            objections = all
        }
        var representation: Representation?
        if let listed = json["ages"] {
            guard let ages = listed.arrayValue?.each({ $0.integerValue.flatMap(Int.init(exactly:)) }), ages.count == 2, ages[0] <= ages[1],
                let representatives = (json["representatives"]?.arrayValue ?? []).each(Representative.init(rowJSON:))
            else { return nil }
            representation = Representation(ages: PossibleAges(ages[0]...ages[1]), representatives: representatives)
        }
        var held: [Holding]?
        if let listed = json["held"] {
            guard let all = listed.arrayValue?.each(Holding.init(rowJSON:)) else { return nil }
            held = all
        }
        var justifications: [Justification]?
        if let listed = json["justifications"] {
            guard let all = listed.arrayValue?.each(Justification.init(rowJSON:)) else { return nil }
            justifications = all
        }
        var levers: [Lever]?
        if let listed = json["levers"] {
            guard let all = listed.arrayValue?.each(Lever.init(rowJSON:)) else { return nil }
            levers = all
        }
        self.init(
            consents: consents, deceased: json["deceased"]?.boolValue,
            secrecyIndicator: json["secrecyIndicator"]?.integerValue.flatMap(Int.init(exactly:)), objections: objections,
            representation: representation, held: held,
            justifications: justifications, levers: levers)
    }
}

extension ConsentRecord {
    fileprivate var rowJSON: JSONValue {
        var json: JSONObject = [
            "id": .string(id.description), "answer": .string(answer.rawValue), "recipients": .array(recipients.map { .string($0.text) }),
            "fields": .array(fields.paths.map(JSONValue.string)), "from": .integer(from.millisecondsSince1970),
            "recordedAt": .integer(recordedAt.millisecondsSince1970),
        ]
        if let representative = speaker.representative { json["by"] = .string(representative.description) }
        if let purposes { json["purposes"] = .array(purposes.map { .string($0.rawValue) }) }
        if let until { json["until"] = .integer(until.millisecondsSince1970) }
        if let withdrawnAt { json["withdrawnAt"] = .integer(withdrawnAt.millisecondsSince1970) }
        return .object(json)
    }

    fileprivate init?(rowJSON json: JSONValue) {
        guard let id = json["id"]?.stringValue.flatMap({ ConsentID($0) }),
            let answer = json["answer"]?.stringValue.flatMap(Answer.init(rawValue:)),
            let recipients = json["recipients"]?.arrayValue?.each({ $0.stringValue.flatMap { ConsentRecipient($0) } }),
            let fields = json["fields"]?.arrayValue?.each({ $0.stringValue.flatMap { FieldName(path: $0) } }),
            let from = json["from"]?.integerValue, let recordedAt = json["recordedAt"]?.integerValue
        else { return nil }
        var purposes: [Purpose]?
        if let listed = json["purposes"] {
            guard let all = listed.arrayValue?.each({ $0.stringValue.map(Purpose.init(rawValue:)) }) else { return nil }
            purposes = all
        }
        var speaker = Speaker.person
        if let by = json["by"] {
            guard let id = by.stringValue.flatMap({ RepresentativeID($0) }) else { return nil }
            speaker = .representative(id)
        }
        self.init(
            id: id, by: speaker, answer: answer, recipients: recipients, purposes: purposes, fields: FieldNames(fields),
            from: Instant(millisecondsSince1970: from), until: json["until"]?.integerValue.map(Instant.init(millisecondsSince1970:)),
            recordedAt: Instant(millisecondsSince1970: recordedAt),
            withdrawnAt: json["withdrawnAt"]?.integerValue.map(Instant.init(millisecondsSince1970:)))
    }
}

extension Representative {
    fileprivate var rowJSON: JSONValue {
        var json: JSONObject = ["id": .string(id.description), "office": .string(office.rawValue)]
        if let purposes { json["purposes"] = .array(purposes.map { .string($0.rawValue) }) }
        if isSetAside { json["isSetAside"] = true }
        if isElsewhere { json["isElsewhere"] = true }
        return .object(json)
    }

    fileprivate init?(rowJSON json: JSONValue) {
        guard let id = json["id"]?.stringValue.flatMap({ RepresentativeID($0) }),
            let office = json["office"]?.stringValue.flatMap(Office.init(rawValue:))
        else { return nil }
        var purposes: [Purpose]?
        if let listed = json["purposes"] {
            guard let all = listed.arrayValue?.each({ $0.stringValue.map(Purpose.init(rawValue:)) }) else { return nil }
            purposes = all
        }
        self.init(
            id: id, office: office, purposes: purposes, isSetAside: json["isSetAside"]?.boolValue ?? false,
            isElsewhere: json["isElsewhere"]?.boolValue ?? false)
    }
}

extension Holding {
    fileprivate var rowJSON: JSONValue {
        var json: JSONObject = ["organisation": .string(organisation.description), "fields": .array(fields.paths.map(JSONValue.string))]
        if let act { json["act"] = .string(act) }
        return .object(json)
    }

    fileprivate init?(rowJSON json: JSONValue) {
        guard let organisation = json["organisation"]?.stringValue.flatMap({ OrganisationNumber($0) }),
            let fields = json["fields"]?.arrayValue?.each({ $0.stringValue.flatMap { FieldName(path: $0) } })
        else { return nil }
        self.init(fields: FieldNames(fields), act: json["act"]?.stringValue, organisation: organisation)
    }
}

extension Objection {
    fileprivate init?(rowJSON json: JSONValue) {
        guard let id = json["id"]?.stringValue.flatMap({ ObjectionID($0) }),
            let recipients = json["recipients"]?.arrayValue?.each({ $0.stringValue.flatMap { OrganisationNumber($0) } }),
            let purposes = json["purposes"]?.arrayValue?.each({ $0.stringValue.map(Purpose.init(rawValue:)) })
        else { return nil }
        self.init(id: id, recipients: recipients, purposes: purposes, isUpheld: json["isUpheld"]?.boolValue ?? false)
    }
}

extension [JSONValue] {
    /// Every element read, or nil when one cannot be.
    func each<Value>(_ read: (JSONValue) -> Value?) -> [Value]? {
        var all: [Value] = []
        for value in self {
            guard let one = read(value) else { return nil }
            all.append(one)
        }
        return all
    }
}
