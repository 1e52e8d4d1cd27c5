import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// The resident rings, or comes by, and says the code on the card that was left at the door: what was recorded with that card is theirs, and is
    /// confirmed from then on.
    ///
    /// Body: `{personId, code}`. 200 `{confirmed: [consentId]}`; 409 `already-decided` when it was confirmed before; 400 `unknown-code` when no
    /// answer of this person was recorded with such a card.
    public func confirmConsent(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        let (personID, card) = try reading(body) { reader -> (PersonID, ConsentCard)? in
            guard let object = reader.object(["personId", "code"], required: ["personId", "code"]) else { return nil }
            let person = object["personId"]?.identifier(PersonID.self)
            let card = object["code"]?.card()
            return person.flatMap { person in card.map { (person, $0) } }
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(personID, for: caller)
            let mac = card.mac(of: personID.bytes, under: consentCardKey)
            let found = try await read { try $0.consents(onCard: mac, of: personID) }
            guard !found.isEmpty else {
                throw .invalidInput([
                    InputFault(
                        pointer: "/code", code: "unknown-code", detail: "no answer of this person was recorded with this card",
                        hint: "let the resident read it out again; without a card ask anew")
                ])
            }
            let open = found.filter { !$0.isConfirmed }.map(\.id)
            guard !open.isEmpty else { throw .alreadyDecided }
            let (now, recorder) = (world.calendar(), handle(of: caller))
            let entries = open.map {
                entry(.consentConfirmed, by: caller, about: [person], in: casefile, refs: [.consent: $0.description])
            }
            return Prepared(basis: Basis()) { transaction in
                for consent in open { try transaction.confirm(consent, by: recorder, at: now) }
                try transaction.append(entries)
                return DeskAnswer(status: 200, body: ["confirmed": .array(open.map { .string($0.description) })])
            }
        }
    }
}
