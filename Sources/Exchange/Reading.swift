import Casework
import Disclosure
import StrictJSON

/// Reads a request's body; every fault of it is listed, and nothing is taken when there is one.
func reading<T>(_ body: JSONValue, _ read: (JSONReader) -> T?) throws(DeskRefusal) -> T {
    let faults = InputFaults()
    let value = read(JSONReader(body, into: faults))
    guard faults.isEmpty else { throw .invalidInput(faults.all) }
    return try value.orRefuse(.invalidInput([InputFault(pointer: "", code: "wrong-type", detail: "the body cannot be read")]))
}

extension JSONReader {
    /// An id in lower-case UUID text.
    func identifier<Kind>(_: Identifier<Kind>.Type = Identifier<Kind>.self) -> Identifier<Kind>? {
        guard let text = string(maxLength: 36) else { return nil }
        guard let id = Identifier<Kind>(text) else {
            fault("invalid-id", "this is not an id", hint: "ids are lower-case UUIDs, as an earlier answer gave them")
            return nil
        }
        return id
    }

    /// An organisation's number.
    func organisation() -> OrganisationNumber? {
        guard let text = string(maxLength: 20) else { return nil }
        guard let oin = OrganisationNumber(text) else {
            fault("invalid-oin", "this is not an organisation's number", hint: "an OIN has 20 digits")
            return nil
        }
        return oin
    }

    /// A purpose: a word in camelCase.
    func purpose() -> Purpose? {
        guard let text = string(maxLength: 60) else { return nil }
        guard text.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }) else {
            fault("invalid-purpose", "this is not a purpose", hint: "purposes are words such as debtAssistance; the covenants list them")
            return nil
        }
        return Purpose(rawValue: text)
    }

    /// A list of field names and prefixes, as the fields they stand for.
    /// - Parameter broadly: whether they say what does not go: then a prefix covers everything below it.
    func fieldNames(broadly: Bool = false) -> FieldNames? {
        guard let items = array(max: 60) else { return nil }
        var fields = FieldNames()
        for item in items {
            guard let text = item.string(maxLength: 60) else { continue }
            guard let named = broadly ? FieldNames(broadPrefix: text) : FieldNames(prefix: text) else {
                item.fault(
                    "unknown-field", "there is no such field",
                    hint: "contract: identification, contact, household, domains.<domain>, freeText")
                continue
            }
            fields.formUnion(named)
        }
        return fields
    }

    /// An instant in RFC 3339, any offset.
    func instant() -> Instant? {
        guard let text = string(maxLength: 40) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            fault("invalid-instant", "this is not a date-time", hint: "write it as 2026-11-21T09:00:00+01:00")
            return nil
        }
        return instant
    }

    /// A date, `YYYY-MM-DD`.
    func date() -> CalendarDate? {
        guard let text = string(maxLength: 10) else { return nil }
        guard let date = CalendarDate(text) else {
            fault("invalid-date", "this is not a date", hint: "write YYYY-MM-DD")
            return nil
        }
        return date
    }

    /// `{kind, article?}`: the ground claimed.
    func ground() -> LawfulGround? {
        guard let object = object(["kind", "article"], required: ["kind"]) else { return nil }
        guard let kind = object["kind"]?.string(maxLength: 40) else { return nil }
        let article = object["article"]?.string(maxLength: 80)
        guard let ground = LawfulGround(article.map { "\(kind):\($0)" } ?? kind) else {
            fault(
                "invalid-ground", "this is not a ground",
                hint: "consent or vitalInterest alone; legalObligation, publicTask or compulsory with an article `<act>.<article>`")
            return nil
        }
        return ground
    }
}

extension InputFault {
    /// Somebody is named who is not in the case, or was erased.
    static func unknownPerson(at pointer: String, detail: String = "this person is not in this case") -> InputFault {
        InputFault(pointer: pointer, code: "unknown-person", detail: detail, hint: "use the personIds of the case")
    }
}
