import AuditTrail
import Casework
import Storage

extension ReferralDesk {
    /// What the desk itself is to do: from its deadline on it stands on the desk's page as overdue, and the log says so.
    func sweepOtherDeadlines(at now: Instant) async throws(DeskRefusal) -> SweepOutcome {
        var handled = 0
        for _ in 0..<sweepPages {
            let found = try await read { try $0.passedDeadlines(at: now, limit: sweepPage) }
            let (done, _) = try await each(found) { row throws(DeskRefusal) in try await self.fallDue(row, at: now) }
            handled += done
            // Nothing of a full page could be handled: it is not tried without end.
            if found.count < sweepPage || done == 0 { return SweepOutcome(handled: handled, more: false) }
        }
        return SweepOutcome(handled: handled, more: true)
    }

    private func fallDue(_ row: DeadlineRow, at now: Instant) async throws(DeskRefusal) -> Bool {
        let found = try await read { transaction in
            (
                casefile: try row.casefile.flatMap { try transaction.casefile($0) },
                signal: try row.casefile.flatMap { try transaction.firstSignal(of: $0) }
            )
        }
        var facts: [String: AuditFact] = ["kind": .text(row.kind.rawValue), "due": .text(row.dueAt.rfc3339)]
        var refs: [AuditReference: String] = [:]
        if let signal = found.signal { refs[.signal] = signal.description }
        switch row.subject {
        case .signal(let id): refs[.signal] = id.description
        case .meeting(let id): refs[.meeting] = id.description
        case .message(let id): refs[.message] = id.description
        case .casefile, .planAction: break
        case .justification(let id): facts["justification"] = .text(id.description)
        }
        let fell = entry(
            .deadlineFellDue, by: .daemon, in: try casefileKeyIfLiving(found.casefile), refs: refs,
            facts: facts)
        return try await commitInBackground { transaction in
            // Another sweep, or whoever settled or postponed it, may have been first.
            guard let current = try transaction.deadline(row.kind, of: row.subject), current.fellDueAt == nil, current.dueAt == row.dueAt
            else { return false }
            try transaction.markFallen(row, at: now)
            try transaction.append([fell])
            return true
        }
    }
}
