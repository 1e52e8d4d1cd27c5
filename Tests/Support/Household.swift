import Casework
import Disclosure
import StrictJSON

/// What a test files about one fictitious person.
public struct Resident: Sendable {
    public var ref: String
    public var given: String
    public var family: String
    public var birthDate: String
    public var bsn: String?
    public var phone: String?
    public var street: String?
    public var consents: [JSONValue]
    /// What was seen; nil where the birth date tells.
    public var adult: Bool?
    /// Who else decides.
    public var representatives: [JSONValue] = []
    /// What the persons' register says, as the filer knows it.
    public var secrecyIndicator: Int64?
    public var deceased: Bool?

    /// The mother of the story, who agrees to everything that the tests ask.
    public static let mother = Resident(
        ref: "a", given: "Annemarijke", family: "Waterdrinkster", birthDate: "1968-03-07", bsn: "999910012", phone: "+31612340001",
        street: "Kwikstaartpad", consents: Consents.everything)
    /// The father of the story, who agrees to everything, too.
    public static let father = Resident(
        ref: "b", given: "Ernestus", family: "Zandloopster", birthDate: "1966-11-29", bsn: nil, phone: "+31612340002", street: nil,
        consents: Consents.everything)

    /// A child of ten, for whom these decide by parental authority, each with an answer to everything; the child itself was not asked.
    public static func child(born: String = "2016-05-17", _ answers: [String: String]) -> Resident {
        var consents: [JSONValue] = [["answer": "notAsked", "reason": "tooYoung"]]
        for (ref, answer) in answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case "given": consents += Consents.everything.map { $0.with("by", .string(ref)) }
            case "refused": consents.append(Consents.refused.with("by", .string(ref)))
            default: break
            }
        }
        return Resident(
            ref: "c", given: "Kindje", family: "Waterdrinkster", birthDate: born, bsn: nil, phone: nil, street: nil, consents: consents,
            representatives: answers.keys.sorted().map { ["ref": .string($0), "office": "parentalAuthority"] })
    }

    /// The member as filed.
    public var json: JSONValue {
        var member: JSONObject = [
            "ref": .string(ref), "name": ["given": .string(given), "family": .string(family)], "birthDate": .string(birthDate),
            "under": "socialSupportAct.2.3.2", "consents": .array(consents),
        ]
        if let adult { member["adult"] = .bool(adult) }
        if let secrecyIndicator { member["secrecyIndicator"] = .integer(secrecyIndicator) }
        if let deceased { member["deceased"] = .bool(deceased) }
        if !representatives.isEmpty { member["representatives"] = .array(representatives) }
        if let bsn { member["bsn"] = .string(bsn) }
        var contact = JSONObject()
        if let phone { contact["phone"] = .string(phone) }
        if let street { contact["address"] = ["street": .string(street), "houseNumber": "71", "postcode": "2599XZ", "place": "Teststad"] }
        if !contact.isEmpty { member["contact"] = .object(contact) }
        return .object(member)
    }
}

/// Answers about sharing, as a filer writes them.
public enum Consents {
    /// A yes.
    public static func given(to: [String], for purposes: [String], fields: [String], until: String? = nil) -> JSONValue {
        var json: JSONObject = [
            "answer": "given", "recipients": .array(to.map(JSONValue.string)), "purposes": .array(purposes.map(JSONValue.string)),
            "fields": .array(fields.map(JSONValue.string)),
        ]
        if let until { json["until"] = .string(until) }
        return .object(json)
    }
    /// A no to everybody, about everything.
    public static let refused: JSONValue = ["answer": "refused"]
    /// All fields that any test files.
    public static let allFields = [
        "identification", "identification.bsn", "contact", "household", "domains", "domains.health", "freeText",
    ]
    /// A yes to filing with the city.
    public static let intake = given(to: ["00000099000000001000"], for: ["intake"], fields: allFields)
    /// A yes to debt help.
    public static let debt = given(to: ["sector:debt"], for: ["debtAssistance"], fields: allFields)
    /// A yes to care.
    public static let care = given(to: ["00000099000000003000"], for: ["careSupport"], fields: allFields)
    /// A yes to all three.
    public static let everything = [intake, debt, care]
}

/// A signal's body.
public func signal(
    _ members: [Resident]?, observation: String = "ongeopende brieven op tafel", area: String? = "2599", freeText: String? = nil,
    health: Bool = true
) -> JSONValue {
    var concerns: [JSONValue] = [["domain": "debts", "observation": .string(observation), "obtainedBy": "visit"]]
    if health { concerns.append(["domain": "health", "observation": "slaapt al weken slecht", "under": "socialSupportAct.2.3.2"]) }
    var body: JSONObject = ["channel": "meldcode", "knowsWhomToCall": false, "capacity": "helper", "concerns": .array(concerns)]
    if let members { body["household"] = ["members": .array(members.map(\.json))] }
    if let area { body["area"] = .string(area) }
    if let freeText { body["freeText"] = .string(freeText) }
    return .object(body)
}

extension JSONValue {
    /// The text under a name; empty when there is none.
    public func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
    /// The texts of the list under a name.
    public func texts(_ name: String) -> [String] { (self[name]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// The value with one member changed or (nil) removed.
    public func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        var object = objectValue ?? [:]
        object[name] = value
        return .object(object)
    }
}
