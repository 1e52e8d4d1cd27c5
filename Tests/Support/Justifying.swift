import Casework
import Disclosure
import Exchange
import Foundation
import StrictJSON

extension TestDesk {
    /// A justification for what this referral asks: every field necessary, what is special with its exception, what is under secrecy weighed.
    public func justification(
        for referral: JSONValue, fields: [String]? = nil, necessity: [String]? = nil, consulted: String? = nil, days: Int = 28,
        consent: JSONValue = ["sought": "notAsked", "because": "Vragen brengt het kind in gevaar."], tell: JSONValue? = nil
    ) throws -> JSONValue {
        let asked = fields ?? referral.texts("fields")
        let named = try asked.reduce(into: FieldNames()) { all, prefix in
            guard let found = FieldNames(prefix: prefix) else { throw StoryFault(description: "`\(prefix)` is no field") }
            all.formUnion(found)
        }
        let today = WorkingCalendar().localDate(of: clock.calendar)
        var body: JSONObject = [
            "to": .string(referral.text("to")), "purpose": .string(referral.text("purpose")),
            "fields": .array(asked.map(JSONValue.string)), "subjects": referral["subjects"] ?? [], "ground": referral["ground"] ?? .null,
            "capacity": "helper", "proportionality": "Minder delen helpt niet.", "subsidiarity": "Een lichter middel is er niet.",
            "necessity": .object(
                JSONObject(unique: (necessity ?? named.paths).map { .init(name: $0, value: "Zonder dit kan niemand het kind vinden.") })),
            "consent": consent, "until": .string(today.adding(days: days).description),
            "tell": tell ?? ["by": .string(today.adding(days: 14).description)],
        ]
        if !named.isDisjoint(with: .specialCategories) { body["exception"] = "9(2)(h)" }
        if let consulted { body["secrecy"] = ["conflictOfDuties": "Zwijgen schaadt het kind meer.", "consulted": .string(consulted)] }
        return .object(body)
    }

    /// Justifies what a referral asks and has a second person agree; the referral's body, which can now be sent.
    public func justified(_ referral: JSONValue) async throws -> JSONValue {
        let body = try justification(for: referral)
        let made = await ask { () async throws(DeskRefusal) in
            try await desk.makeJustification(referral.text("casefileId"), body, by: try await colleague("decider"), idempotency: nil)
        }
        guard made.status == 201 else {
            throw StoryFault(description: "the justification was answered \(made.status) \(made.body.canonicalText)")
        }
        let agreed = await ask { () async throws(DeskRefusal) in
            try await desk.answerJustification(
                made.body.text("justificationId"), ["answer": "agreed"], by: try await colleague("second"), idempotency: nil)
        }
        guard agreed.status == 200 else { throw StoryFault(description: "agreeing was answered \(agreed.status)") }
        return referral
    }

    /// A member of the desk under this name, once.
    public func colleague(_ name: String) async throws(DeskRefusal) -> Caller {
        do {
            let rows = try sql("SELECT id FROM account WHERE name = ?", [name])
            guard let bytes = rows.first?["id"] as Data?, let id = AccountID(bytes: bytes) else {
                return try await staff(name, .contactPoint)
            }
            return .staff(StaffMember(account: id, name: name, role: .contactPoint, organisation: municipality.oin))
        } catch let refusal as DeskRefusal { throw refusal } catch { throw .notDurable }
    }
}
