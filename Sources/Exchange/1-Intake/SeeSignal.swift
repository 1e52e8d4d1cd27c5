import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// The desk has seen a signal that names nobody: it waits no longer, and is closed, as nobody can work on it. One that names
    /// somebody is triaged.
    ///
    /// 200 `{signalId, status}`, also when it waited no longer; 409 `illegal-transition` with `not-triaged` for one that has a case.
    public func seeSignal(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let signalID = try SignalID(id).orRefuse(.notFound)
        return try await perform(nil, by: caller) { () async throws(DeskRefusal) in
            guard let signal = try await read({ try $0.signal(signalID) }) else { throw .notFound }
            guard signal.status == .received else {
                let answer = seen(signalID, signal.status)
                return Prepared(basis: Basis()) { _ in answer }
            }
            guard signal.casefile == nil else { throw .illegalTransition(legal: [], because: .notTriaged) }
            let entry = entry(.signalSeen, by: caller, refs: [.signal: signalID.description])
            let answer = seen(signalID, .closed)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.signal(signalID)?.status == .received else { return nil }
                try transaction.setStatus(.closed, of: signalID)
                try transaction.append([entry])
                return answer
            }
        }
    }

    private func seen(_ signal: SignalID, _ status: SignalStatus) -> DeskAnswer {
        DeskAnswer(status: 200, body: ["signalId": .string(signal.description), "status": .string(status.rawValue)])
    }
}
