import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Notes what the persons' register says of somebody of a case: a secrecy indicator (BRP 07.70.10), or that the person has died. A secret address
    /// and a death are noted in every other row of the same citizen service number too; taken back is what stands in this one. What waits about
    /// any of them is decided again.
    ///
    /// Body: `{personId, secrecyIndicator?, deceased?}`, one of the two at least. 200 `{personId, secrecyIndicator, deceased}`, as they stand now.
    public func noteRegistration(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        let (personID, secrecyIndicator, deceased) = try reading(body) { reader -> (PersonID, Int?, Bool?)? in
            guard let object = reader.object(["personId", "secrecyIndicator", "deceased"], required: ["personId"]) else { return nil }
            if object["secrecyIndicator"] == nil, object["deceased"] == nil {
                object.fault(
                    "missing-member", "say whether the address is secret, or whether the person has died",
                    hint: "`secrecyIndicator`, `deceased`, or both")
            }
            let person = object["personId"]?.identifier(PersonID.self)
            let (secrecyIndicator, deceased) = object.registration()
            return person.map { ($0, secrecyIndicator, deceased) }
        }
        let said = Registration(secrecyIndicator: secrecyIndicator, deceased: deceased)
        let protects = said != Registration()
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(personID, for: caller)
            let others = try await read { try $0.persons(sharingNumberOf: personID) }
            let alsoAbout = protects ? try subjectKeys(others) : []
            let entry = entry(.registrationNoted, by: caller, about: [person] + alsoAbout, in: casefile)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.shows(casefileID, living: personID), let own = try transaction.person(personID)?.registration else {
                    return DeskRefusal.notFound.answer
                }
                guard try transaction.persons(sharingNumberOf: personID) == others else { return nil }
                let noted = Registration(
                    secrecyIndicator: secrecyIndicator ?? own.secrecyIndicator, deceased: deceased ?? own.deceased)
                try transaction.setRegistration(noted, of: personID)
                try transaction.protect(others, as: said)
                try transaction.append([entry])
                return DeskAnswer(
                    status: 200,
                    body: [
                        "personId": .string(personID.description), "secrecyIndicator": .integer(Int64(noted.secrecyIndicator)),
                        "deceased": .bool(noted.deceased),
                    ])
            }
        }
        let others = try await read { try $0.persons(sharingNumberOf: personID).map(\.id) }
        try await endWhatNoLongerStands(about: [personID] + others)
        return answer
    }
}
