import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Ends messages whose retry window has passed without a receipt: a fault for the desk, never silence. The bytes of dead letters that nobody
    /// could open any more go for good. What a restore holds waits: its window is given back. Found through an index; call it every few seconds.
    /// - Throws: what the first one failed on that failed, once every other one was tried; at once where nothing can be stored.
    public func endExpired() async throws(DeskRefusal) {
        let now = world.wall()
        let isHeld = restoredGap.withLock { $0 } != nil
        var fault: DeskRefusal?
        for id in try await read({ try $0.expiredMessages(at: now, whileHeld: isHeld, limit: 100) }) {
            do throws(DeskRefusal) {
                if let row = try await read({ try $0.message(id) }) { try await expire(row) }
            } catch {
                if await isOfDisk(error) { throw error }
                fault = fault ?? error
            }
        }
        if let fault { throw fault }
    }

    /// Whether a restore that nobody has looked through holds a message. A notice may go: it tells of an ending, which no restore takes back.
    func isHeldByRestore(_ row: MessageRow) -> Bool {
        guard row.decision != nil, row.deadAt == nil else { return false }
        return restoredGap.withLock { $0 } != nil
    }

    /// Ends a message whose time has passed, and its task as undelivered.
    func expire(_ row: MessageRow) async throws(DeskRefusal) {
        let now = world.wall()
        guard row.deadAt == nil else {
            try await commit { transaction in
                guard let current = try transaction.message(row.id), current.deadAt != nil, current.expiresAt <= now else { return }
                try transaction.discard(row.id, as: .ended, at: now)
            }
            return
        }
        for _ in 0..<3 {
            let ending = try await endingUndelivered(row, code: "expired")
            let isSettled = try await commit { transaction -> Bool in
                // Whoever looked first has ended it.
                guard let current = try transaction.message(row.id), current.canLeave, current.expiresAt <= now else { return true }
                return try ending(transaction)
            }
            if isSettled { return }
        }
    }

    /// Ends a message that can never be delivered as it was sealed, before its time has passed; whether it was still as it was seen.
    func endUndelivered(_ row: MessageRow, code: String) async throws(DeskRefusal) -> Bool {
        let ending = try await endingUndelivered(row, code: code)
        return try await commit { transaction -> Bool in
            guard let current = try transaction.message(row.id), current.canLeave, current.key == row.key, current.lease == row.lease else {
                return false
            }
            return try ending(transaction)
        }
    }

    /// What makes a live message a dead letter, ends its task and tells the desk. It answers false, with nothing written, when the case is no
    /// longer as it was read; so call it before anything else of the commit is written.
    /// - Parameter code: `expired`, `key-replaced`, or `http-<status>`.
    func endingUndelivered(_ row: MessageRow, code: String) async throws(DeskRefusal) -> @Sendable (Transaction) throws -> Bool {
        let now = world.calendar()
        let wall = world.wall()
        var refs: [AuditReference: String] = [.message: row.id.description]
        if let task = row.task { refs[.task] = task.description }
        let ended = entry(
            .messageEnded, by: .daemon, in: try await livingCasefile(row.casefile), refs: refs, facts: ["because": .text(code)])
        let change = try await deliveryChange(row, .deliveryFailed, at: now, by: .daemon, facts: ["because": .text(code)])
        let fault: EntryID = world.newID()
        return { transaction in
            guard try change?.write(transaction) ?? true else { return false }
            try transaction.letDie(row.id, at: wall)
            try transaction.insertFault(fault, message: row.id, code: code, at: now)
            try transaction.append([ended])
            return true
        }
    }
}
