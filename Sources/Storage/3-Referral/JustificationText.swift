import Casework
import Disclosure
import StrictJSON

extension Justification {
    /// A justification as it is kept among the facts of a decision.
    var rowJSON: JSONValue {
        var json: JSONObject = [
            "id": .string(id.description), "recipient": .string(recipient.description), "purpose": .string(purpose.rawValue),
            "ground": .string(ground.text), "fields": .array(fields.paths.map(JSONValue.string)),
            "necessary": .array(necessary.paths.map(JSONValue.string)), "weighsSecrecy": .bool(weighsSecrecy),
            "until": .integer(until.millisecondsSince1970),
        ]
        if let agreedAt { json["agreedAt"] = .integer(agreedAt.millisecondsSince1970) }
        if let endedAt { json["endedAt"] = .integer(endedAt.millisecondsSince1970) }
        return .object(json)
    }

    init?(rowJSON json: JSONValue) {
        guard let id = json["id"]?.stringValue.flatMap({ JustificationID($0) }),
            let recipient = json["recipient"]?.stringValue.flatMap({ OrganisationNumber($0) }),
            let purpose = json["purpose"]?.stringValue, let ground = json["ground"]?.stringValue.flatMap({ LawfulGround($0) }),
            let fields = json["fields"]?.arrayValue?.each({ $0.stringValue.flatMap { FieldName(path: $0) } }),
            let necessary = json["necessary"]?.arrayValue?.each({ $0.stringValue.flatMap { FieldName(path: $0) } }),
            let weighsSecrecy = json["weighsSecrecy"]?.boolValue, let until = json["until"]?.integerValue
        else { return nil }
        self.init(
            id: id, recipient: recipient, purpose: Purpose(rawValue: purpose), ground: ground, fields: FieldNames(fields),
            necessary: FieldNames(necessary), weighsSecrecy: weighsSecrecy,
            agreedAt: json["agreedAt"]?.integerValue.map(Instant.init(millisecondsSince1970:)),
            until: Instant(millisecondsSince1970: until),
            endedAt: json["endedAt"]?.integerValue.map(Instant.init(millisecondsSince1970:)))
    }
}
