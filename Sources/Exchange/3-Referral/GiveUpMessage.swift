import AuditTrail
import Casework
import Storage
import StrictJSON

/// Why the desk no longer tries to deliver a message: a closed list, so that no text about a person stands in the log.
public enum GivenUpBecause: String, CaseIterable, Hashable, Sendable {
    /// The partner was told otherwise: by telephone, on paper.
    case toldOtherwise
    /// What it asked is no longer needed.
    case noLongerNeeded
    /// It was for another organisation.
    case wrongPartner
    /// The partner no longer takes part.
    case partnerGone
    /// The partner has it already.
    case duplicate
    case other
}

extension ReferralDesk {
    /// The desk ends what it was told of a message that was never delivered, with a reason.
    ///
    /// 200 `{messageId, because}`; 409 `already-decided` once it is settled.
    public func endFault(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let because = try reading(body) { reader in
            reader.object(["reason"], required: ["reason"])?["reason"]?.oneOf(GivenUpBecause.self)
        }
        let fault = try await fault(id, for: caller)
        return try await giveUp(fault.message, because: because, alsoWaiting: false, by: caller, idempotency: idempotency)
    }

    /// Ends a dead letter, or a message that still waits, and the task that it gives as undelivered. Who and why stand in the log.
    public func giveUp(_ id: MessageID, because: GivenUpBecause, by caller: Caller, idempotency: IdempotencyKey? = nil)
        async throws(DeskRefusal) -> DeskAnswer
    {
        try await giveUp(id, because: because, alsoWaiting: true, by: caller, idempotency: idempotency)
    }

    private func giveUp(_ id: MessageID, because: GivenUpBecause, alsoWaiting: Bool, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let found = try await read { (row: try $0.message(id), fault: try $0.fault(of: id)) }
            guard let row = found.row else { throw .notFound }
            let isOpen = found.fault.map { $0.settledAs == nil } ?? false
            guard isOpen || (alsoWaiting && row.canLeave) else { throw .alreadyDecided }
            // What was received is no failed delivery: its task goes on, whoever read it.
            let change =
                isOpen && StatedReader.codes.contains(found.fault?.code ?? "")
                ? nil
                : try await deliveryChange(
                    row, .deliveryFailed, at: world.calendar(), by: caller, facts: ["because": .text(because.rawValue)])
            var refs: [AuditReference: String] = [.message: id.description]
            if let task = row.task { refs[.task] = task.description }
            var facts: [String: AuditFact] = ["because": .text(because.rawValue)]
            if isOpen, let code = found.fault?.code { facts["was"] = .text(code) }
            let givenUp = entry(.messageGivenUp, by: caller, in: try await livingCasefile(row.casefile), refs: refs, facts: facts)
            let wall = world.wall()
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.message(id), current.state == row.state, current.deadAt == row.deadAt,
                    try transaction.fault(of: id)?.settledAs == found.fault?.settledAs, try change?.write(transaction) ?? true
                else { return nil }
                try transaction.settleFault(of: id, as: because.rawValue, at: wall)
                if current.state.isLive { try transaction.close(id, as: .ended, at: wall) }
                try transaction.append([givenUp])
                return DeskAnswer(status: 200, body: ["messageId": .string(id.description), "because": .string(because.rawValue)])
            }
        }
    }
}
