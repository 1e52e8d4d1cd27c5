import Casework
import Disclosure
import StrictJSON

/// Somebody who decides for a person, as it is filed: by a letter, which is a member's own where it is somebody of the household.
struct FiledRepresentative: Sendable {
    let ref: String
    let office: Representative.Office
    let purposes: [Purpose]?

    /// `{ref, office, purposes?}`.
    /// - Parameter member: the letter of the person.
    init?(_ reader: JSONReader, of member: String?) {
        guard let body = reader.object(["ref", "office", "purposes"], required: ["ref", "office"]) else { return nil }
        let ref = body["ref"]?.string(maxLength: 3)
        if let ref, ref == member { body["ref"]?.fault("own-ref", "nobody represents themselves", hint: "name somebody else") }
        guard let ref, let (office, purposes) = body.office() else { return nil }
        (self.ref, self.office, self.purposes) = (ref, office, purposes)
    }
}

extension JSONObjectReader {
    /// Members `office` and `purposes`: by what somebody decides for a person, and on which matters.
    func office() -> (Representative.Office, [Purpose]?)? {
        let office = self["office"]?.oneOf(Representative.Office.self)
        let purposes = self["purposes"]?.array(max: 40)?.compactMap { $0.purpose() }
        guard let office else { return nil }
        switch office {
        case .mentor, .administrator:
            if purposes?.isEmpty ?? true {
                fault("missing-member", "their task is about some matters only", hint: "name them in `purposes`", at: "purposes")
            }
        case .parentalAuthority, .curator:
            if purposes != nil { self["purposes"]?.fault("contradictory", "they decide on all matters", hint: "leave `purposes` out") }
        }
        return (office, purposes)
    }

    /// Member `birthDate`.
    func birthDate() -> BirthDate? {
        guard let reader = self["birthDate"], let text = reader.string(maxLength: 10) else { return nil }
        let born = BirthDate(text)
        if born == nil {
            reader.fault("invalid-birth-date", "this is not a birth date", hint: "write YYYY-MM-DD, YYYY-MM, YYYY or unknown")
        }
        return born
    }

    /// What is to be kept of how old somebody is: what the birth date says, and member `adult`, what was seen.
    func age(_ born: BirthDate?, at now: Instant) -> KnownAge {
        let (born, today) = (born ?? .unknown, WorkingCalendar().localDate(of: now))
        let isAdult = self["adult"]?.bool()
        let ages = PossibleAges(born, on: today)
        if isAdult == true && ages.oldest < PossibleAges.majority || isAdult == false && ages.isAdult {
            self["adult"]?.fault("contradictory", "the birth date says otherwise", hint: "leave `adult` out")
        }
        return KnownAge(born, isAdult: isAdult, on: today)
    }

    /// Members `secrecyIndicator` and `deceased`, what the persons' register says; nil each where nobody said it.
    func registration() -> (secrecyIndicator: Int?, deceased: Bool?) {
        (self["secrecyIndicator"]?.integer(in: 0...7).map(Int.init), self["deceased"]?.bool())
    }
}
