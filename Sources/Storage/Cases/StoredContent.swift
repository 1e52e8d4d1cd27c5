import Casework
import Disclosure
import Foundation
import Sealing
import StrictJSON

/// The plaintext of a content row: a JSON array of items, each `{field, value, salt, organisation, obtainedBy?, under?}`.
///
/// `salt` is standard base64; a field's commitment in the log is SHA-256 over the salt and the canonical JSON of `value`.
public enum StoredContent {
    /// The items as they are encrypted.
    public static func encode(_ items: [ContentItem]) -> [UInt8] {
        JSONValue.array(
            items.map { item in
                var json: JSONObject = [
                    "field": .string(item.field.path), "value": item.value.json, "salt": .string(Data(item.salt).base64EncodedString()),
                    "organisation": .string(item.provenance.organisation.description),
                ]
                if let how = item.provenance.obtainedBy { json["obtainedBy"] = .string(how) }
                if let under = item.provenance.under { json["under"] = .string(under.text) }
                return .object(json)
            }
        ).canonicalBytes()
    }

    /// The items of a decrypted row about this person, or (nil) about the household.
    public static func decode(_ bytes: [UInt8], about subject: PersonID?) throws(StoreFault) -> [ContentItem] {
        guard let list = (try? parseJSON(bytes))?.arrayValue else { throw .corrupt("a content row does not hold a list") }
        var items: [ContentItem] = []
        for json in list {
            guard let field = json["field"]?.stringValue.flatMap(FieldName.init(path:)),
                let value = json["value"].flatMap(ContentValue.init(json:)),
                let salt = json["salt"]?.stringValue.flatMap({ Data(base64Encoded: $0) }), salt.count == 32,
                let organisation = json["organisation"]?.stringValue.flatMap({ OrganisationNumber($0) })
            else { throw .corrupt("a content row does not hold an item") }
            items.append(
                ContentItem(
                    subject: subject, field: field, value: value,
                    provenance: Provenance(
                        organisation: organisation, obtainedBy: json["obtainedBy"]?.stringValue,
                        under: json["under"]?.stringValue.flatMap { LegalArticle($0) }), salt: Array(salt)))
        }
        return items
    }
}
