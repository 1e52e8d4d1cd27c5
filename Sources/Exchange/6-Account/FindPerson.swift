import AuditTrail
import Casework
import Crypto
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// In which cases a person stands, by citizen service number: for the privacy officer and the data protection officer, of whom somebody asks
    /// what was shared. The number is compared as a keyed hash and kept nowhere. Every look is an entry, also one that found nobody.
    ///
    /// Body: `{bsn}`. 200 `{items: [{casefileId, personId, openedAt}]}`, the newest first; somebody who was erased, or of whom the number was not
    /// taken, is not found.
    public func findPerson(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let bsn = try reading(body) { $0.object(["bsn"], required: ["bsn"])?["bsn"]?.citizenServiceNumber() }
        let mac = bsnMac(of: bsn)
        let found = try await read { transaction in
            try transaction.persons(bsnMac: mac, limit: 40).compactMap { person in
                try transaction.casefile(person.casefile).map { (person, $0) }
            }
        }
        try await noteLook("personSearch", by: caller, about: try subjectKeys(found.map(\.0)))
        return DeskAnswer(
            status: 200,
            body: [
                "items": .array(
                    found.map { person, casefile in
                        [
                            "casefileId": .string(casefile.id.description), "personId": .string(person.id.description),
                            "openedAt": .string(casefile.openedAt.rfc3339),
                        ]
                    })
            ])
    }
}

extension ReferralDesk {
    /// What a number is known by: its keyed hash.
    func bsnMac(of number: CitizenServiceNumber) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(number.digits.utf8), using: bsnIndexKey))
    }
}

extension JSONReader {
    /// A citizen service number; what is wrong with it is noted without it.
    fileprivate func citizenServiceNumber() -> CitizenServiceNumber? {
        guard let text = string(maxLength: 9) else { return nil }
        guard let number = CitizenServiceNumber(text) else {
            fault("bsn-check-failed", "the number fails the eleven test", hint: "nine digits, copied exactly")
            return nil
        }
        return number
    }
}
