import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// A member of staff has done what a meeting decided. What a partner is to do follows its task.
    ///
    /// 200 `{actionId, state}`; once more changes nothing.
    public func finishAction(_ id: String, _ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        _ = try reading(body) { $0.object([]) }
        guard case .staff(let member) = caller else { throw .roleMayNot }
        let actionID = try PlanActionID(id).orRefuse(.notFound)
        guard let action = try await read({ try $0.planAction(actionID) }) else { throw .notFound }
        if action.owner != .account(member.account) { try await demandAccess(to: action.casefile, by: caller) }
        guard case .account = action.owner else { throw .illegalTransition(legal: []) }
        let now = world.calendar()
        var refs: [AuditReference: String] = [.meeting: action.meeting.description]
        if let signal = try await read({ try $0.firstSignal(of: action.casefile) }) { refs[.signal] = signal.description }
        let done = entry(
            .planActionDone, by: caller, in: try await livingCasefile(action.casefile), refs: refs,
            facts: ["action": .text(id), "kind": .text(action.action.rawValue)])
        try await commit { transaction in
            guard try transaction.planAction(actionID)?.doneAt == nil else { return }
            try transaction.setDone(actionID, at: now)
            try transaction.append([done])
        }
        return DeskAnswer(status: 200, body: ["actionId": .string(id), "state": "done"])
    }
}
