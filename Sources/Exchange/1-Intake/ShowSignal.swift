import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// A signal. Who filed it sees its status and nothing else; the desk and those assigned see what is known of it, and that is an entry.
    public func showSignal(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let signalID = try SignalID(id).orRefuse(.notFound)
        guard let signal = try await read({ try $0.signal(signalID) }) else { throw .notFound }
        guard caller.organisation == municipality.oin, let role = caller.role, role != .intermediary else {
            // A colleague of the filer is not the filer.
            guard signal.filerOrganisation == caller.organisation, signal.filerAccount == caller.account else { throw .notFound }
            return DeskAnswer(status: 200, body: ["signalId": .string(id), "status": .string(signal.status.rawValue)])
        }
        var access = CaseAccess.desk
        if let casefile = signal.casefile {
            access = try await demandAccess(to: casefile, by: caller)
        } else if role != .contactPoint {
            throw .notFound
        }
        let read = entry(.casefileRead, by: caller, in: try await livingCasefile(signal.casefile), refs: [.signal: id], facts: access.facts)
        try await commit { try $0.append([read]) }
        var body: JSONObject = [
            "signalId": .string(id), "status": .string(signal.status.rawValue), "outcome": .string(signal.outcome.rawValue),
            "channel": .string(signal.channel.rawValue), "filedAt": .string(signal.filedAt.rfc3339),
            "filedBy": .string(signal.filerOrganisation.description), "domains": .array(signal.domains.map { .string($0.rawValue) }),
        ]
        if let casefile = signal.casefile { body["casefileId"] = .string(casefile.description) }
        if let area = signal.area { body["area"] = .string(area) }
        return DeskAnswer(status: 200, body: .object(body))
    }
}
