import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Closes a case, with how it ended; its filers see `closed`, and somebody looks again after the term of aftercare that was frozen into it.
    /// Dutch: afsluiten.
    ///
    /// 200 `{casefileId, state, aftercareOn, undone?}`: what staff was still to do for the plan ends with it, by the actions' ids, in the log
    /// too. 409 while tasks are open or a meeting is being prepared, and for `solved` while staff is still to do something.
    public func closeCase(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        guard let role = caller.role, Self.referringRoles.contains(role) else { throw .roleMayNot }
        let outcome = try reading(body) { $0.object(["outcome"], required: ["outcome"])?["outcome"]?.oneOf(ClosureOutcome.self) }
        let casefile = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let undone = try await read { try $0.undoneActions(of: casefile) }
            var context = ChangeContext(caller: caller)
            if !undone.isEmpty { context.facts["undone"] = .list(undone.map(\.description)) }
            let change = try await change(casefile, .closed(outcome), at: world.calendar(), context)
            var answer: JSONObject = ["casefileId": .string(id), "state": .string(change.after.state.rawValue)]
            if !undone.isEmpty { answer["undone"] = .array(undone.map { .string($0.description) }) }
            for case .close(_, let lookAgainAt, _) in change.actions {
                answer["aftercareOn"] = .string(calendar.localDate(of: lookAgainAt).description)
            }
            // Of a household of whom nobody is left, nobody is asked how it goes.
            let isLiving = try await livingCasefile(casefile) != nil
            if !isLiving { answer["aftercareOn"] = nil }
            return Prepared(basis: Basis()) { [answer] transaction in
                guard try transaction.undoneActions(of: casefile) == undone, try change.write(transaction) else { return nil }
                if !isLiving { try transaction.settle(.aftercare, of: .casefile(casefile)) }
                return DeskAnswer(status: 200, body: .object(answer))
            }
        }
    }
}
