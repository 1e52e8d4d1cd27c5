import Casework
import Exchange
import StrictJSON

extension TestDesk {
    /// The body of a referral to care on compulsion: a family manager is to come, wanted or not.
    public func compelled(_ filed: FiledCase, subjects: [String]? = nil) -> JSONValue {
        referral(
            filed, to: care, purpose: "familyManagement", fields: ["identification.name", "contact.phone"], subjects: subjects,
            ground: ["kind": "compulsory", "article": "participationAct.55"])
    }

    /// A day, counted from today.
    public func day(_ days: Int) -> String { WorkingCalendar().localDate(of: clock.calendar).adding(days: days).description }

    /// What records a lever about a person: the family lives on a benefit, and help was offered before.
    public func lever(about person: String, kind: String = "benefitObligation", days: Int = 300, reviewDays: Int = 100) -> JSONValue {
        [
            "personId": .string(person), "kind": .string(kind), "article": "participationAct.55",
            "signers": [.string(municipality.oin.description)], "from": .string(day(0)), "until": .string(day(days)),
            "reviewBy": .string(day(reviewDays)), "voluntaryOn": .string(day(-60)), "because": "Zij weigert al een jaar elke hulp.",
        ]
    }

    /// Asks to record a lever.
    public func record(_ lever: JSONValue, in filed: FiledCase, by caller: Caller, key: IdempotencyKey? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await desk.recordLever(filed.casefile, lever, by: caller, idempotency: key)
        }
    }

    /// Records a lever; its id.
    public func compel(_ person: String, in filed: FiledCase, by caller: Caller, kind: String = "benefitObligation") async throws -> String
    {
        let answer = await record(lever(about: person, kind: kind), in: filed, by: caller)
        guard answer.status == 201 else {
            throw StoryFault(description: "the lever was answered \(answer.status) \(answer.body.canonicalText)")
        }
        return answer.body.text("leverId")
    }
}
