import AuditTrail
import Casework
import Storage

extension ReferralDesk {
    /// What is due beside the tasks. What the desk itself is to do stands on its page as overdue from then on; what the queue rests on holds no
    /// more, and what waits on it ends. The log says so.
    func sweepOtherDeadlines(ofLaw: Bool, at now: Instant) async throws(DeskRefusal) -> SweepOutcome {
        var (handled, failed, left) = (0, 0, 0)
        for _ in 0..<sweepPages {
            // What could not be handled stands before the others, and is passed over.
            let found = try await read { [left] in try $0.passedDeadlines(ofLaw: ofLaw, at: now, passing: left, limit: sweepPage) }
            var done = SweepOutcome()
            // Of what is about law one after the other: at one midnight two can end on which one message rests.
            for together in ofLaw ? found.map({ [$0] }) : [found] {
                done = try await done + each(together) { row throws(DeskRefusal) in try await self.fallDue(row, at: now) }
            }
            handled += done.handled
            failed += done.failed
            left += found.count - done.handled
            if found.count < sweepPage { return SweepOutcome(handled: handled, failed: failed) }
        }
        return SweepOutcome(handled: handled, more: handled > 0, failed: failed)
    }

    private func fallDue(_ row: DeadlineRow, at now: Instant) async throws(DeskRefusal) -> Bool {
        let found = try await read { transaction in
            (
                casefile: try row.casefile.flatMap { try transaction.casefile($0) },
                signal: try row.casefile.flatMap { try transaction.firstSignal(of: $0) },
                persons: row.kind.isOfLaw ? try transaction.persons(restingOn: row.subject) : []
            )
        }
        // First: whoever stops in between finds the deadline again, and the gate lets nothing through meanwhile.
        guard try await endWhatNoLongerStands(about: found.persons) else { return false }
        let casefile = try casefileKeyIfLiving(found.casefile)
        // Of a household that was erased before its plans ended with it they may be here still: nobody can act on them.
        let erased = row.kind.isPlan && casefile == nil ? found.casefile?.id : nil
        var facts: [String: AuditFact] = ["kind": .text(row.kind.rawValue), "due": .text(row.dueAt.rfc3339)]
        var refs: [AuditReference: String] = [:]
        if let signal = found.signal { refs[.signal] = signal.description }
        switch row.subject {
        case .signal(let id): refs[.signal] = id.description
        case .meeting(let id): refs[.meeting] = id.description
        case .message(let id): refs[.message] = id.description
        case .casefile, .planAction: break
        case .justification(let id): facts["justification"] = .text(id.description)
        case .lever(let id): facts["lever"] = .text(id.description)
        }
        let fell = entry(
            .deadlineFellDue, by: .daemon, about: try await livingSubjects(found.persons), in: casefile,
            refs: refs, facts: facts)
        return try await commitInBackground { transaction in
            // Another sweep, or whoever settled or postponed it, may have been first.
            guard let current = try transaction.deadline(row.kind, of: row.subject), current.fellDueAt == nil, current.dueAt == row.dueAt
            else { return false }
            if let erased {
                try transaction.settlePlans(of: erased, at: now)
                return true
            }
            // What has ended is not overdue: nobody can do anything about it.
            if row.kind == .ending { try transaction.settleEnd(of: row.subject) } else { try transaction.markFallen(row, at: now) }
            try transaction.append([fell])
            return true
        }
    }
}

extension Transaction {
    /// About whom is what rests on a justification or a lever.
    fileprivate func persons(restingOn subject: DeadlineSubject) throws -> [PersonID] {
        switch subject {
        case .justification(let id): try justification(id)?.subjects ?? []
        case .lever(let id): try [person(ofLever: id)].compactMap { $0 }
        case .casefile, .signal, .meeting, .planAction, .message: []
        }
    }
}
