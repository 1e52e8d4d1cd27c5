import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Refers: decides, minimises, seals; task, message, deadline and log entries in one commit.
    ///
    /// 201 `{referralId, messageId, taskId, decision: {decisionId, allowed, leftOut}}`; 422 when the gate refuses or the policy does not say.
    ///
    /// The message carries the request's trace, or one of its own.
    public func dispatchReferral(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?, trace: TraceID? = nil)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .staff(let member) = caller, Self.referringRoles.contains(member.role) else { throw .roleMayNot }
        let request = try reading(body) { ReferralRequest($0) }
        try await demandAccess(to: request.casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let referral = try await prepareReferral(request, by: member, as: caller, in: ReferralContext(trace: trace))
            return Prepared(basis: referral.basis) { transaction in
                guard try referral.holds(transaction) else { return nil }
                try referral.write(transaction)
                return referral.answer
            }
        }
    }
}

extension Permission {
    /// `{decisionId, allowed, leftOut}`: field names, per person where there are several.
    func json(id: DecisionID?) -> JSONValue {
        var json: JSONObject = [
            "allowed": .array(grants.reduce(into: FieldNames()) { $0.formUnion($1.fields) }.paths.map(JSONValue.string)),
            "leftOut": .array(
                leftOut.map { left in
                    var entry: JSONObject = ["field": .string(left.field.path), "reason": .string(left.reason.rawValue)]
                    if let subject = left.subject, question.subjects.count > 1 { entry["personId"] = .string(subject.description) }
                    return .object(entry)
                }), "articles": .array(articles.map(\.json)),
        ]
        if !levers.isEmpty { json["levers"] = .array(levers.map { .string($0.description) }) }
        if let id { json["decisionId"] = .string(id.description) }
        return .object(json)
    }
}
