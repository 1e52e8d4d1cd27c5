import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// How a message comes to its partner.
enum DeliveryWay: Sendable {
    /// The partner fetches it, whatever else is under way.
    case pull(by: OrganisationNumber)
    /// The courier sends it, when it is due and nobody holds it.
    case push

    /// How long the claim lasts, in milliseconds: time to answer before the courier tries again.
    var leaseLength: Int64 {
        switch self {
        case .pull: 300_000
        case .push: 120_000
        }
    }

    fileprivate var isPush: Bool { if case .push = self { true } else { false } }
}

/// An attempt that is in the log: the bytes may leave.
struct BegunAttempt: Sendable {
    let id: AttemptID
    let row: MessageRow
    let message: SealedMessage
    /// What stands beside the message in the header of its HTTP message.
    let fields: [HeaderField]
    let startedAt: Instant
}

/// What came of wanting to begin an attempt.
enum AttemptBeginning: Sendable {
    case begun(BegunAttempt)
    /// An objection that nobody has weighed holds it, or a restore that nobody has looked through, or its covenant now names another profile than
    /// it is sealed in, or the certificate of the key that it is sealed to does not count now, or less may go and nothing can be sealed in its
    /// place.
    case held(MessageRow)
    /// Withdrawn, superseded, expired, sealed to a key that was replaced, or it may no longer go; that is committed.
    case ended
    /// Not this partner's, or not to be pushed now.
    case notYours
}

/// What an attempt on a message is worked out from, read at once.
private struct AttemptReading: Sendable {
    let row: MessageRow
    /// The message's bytes as they are stored.
    let stored: [UInt8]?
    /// Nil for a notice, which rests on no decision.
    let review: ReviewReading?
    /// Its recipient; nil for a notice.
    let partner: PartnerRow?
    let subjects: [PersonRow]
    let casefile: CasefileRow?
    /// What the resident is to be told of, which a disclosure hastens.
    let tellings: [DeadlineRow]
}

extension Transaction {
    /// What an attempt on a message is worked out from; nil when there is no such message, or when it is not for whoever fetches it: nothing is
    /// read of it then, so that another's message and none take the same time.
    fileprivate func attempt(on id: MessageID, _ way: DeliveryWay, policy: PolicyInForce, at now: Instant) throws -> AttemptReading? {
        let found = if case .pull(let partner) = way { try message(id, of: partner) } else { try message(id) }
        guard let row = found else { return nil }
        let review = try review(of: row, policy: policy, at: now)
        return AttemptReading(
            row: row, stored: try sealedBytes(of: id), review: review,
            partner: try row.decision == nil ? nil : partner(row.partner), subjects: try living(review?.question.subjects ?? []),
            casefile: try row.casefile.flatMap { try casefile($0) }, tellings: try tellings(hastenedBy: row))
    }
}

extension ReferralDesk {
    /// Decides again, claims the message and commits the attempt, and only then gives the message: for fetching and for pushing alike.
    ///
    /// One commit claims and begins: the attempt's id is the claim, by which a worker that was overtaken is told from the one that holds it.
    func beginAttempt(on messageID: MessageID, _ way: DeliveryWay) async throws(DeskRefusal) -> AttemptBeginning {
        for _ in 0..<3 {
            let (policy, decidedAt) = (policyInForce, world.calendar())
            guard let found = try await read({ try $0.attempt(on: messageID, way, policy: policy, at: decidedAt) }) else {
                return .notYours
            }
            let row = found.row
            guard row.canLeave else { return .ended }
            guard let stored = found.stored, let keyID = row.key else { return .held(row) }
            let now = world.wall()
            let isHeld = isHeldByRestore(row)
            guard isHeld || now < row.expiresAt else {
                try await expire(row)
                return .ended
            }
            if way.isPush { guard let due = row.nextTryAt, due <= now else { return .notYours } }
            if isHeld { return .held(row) }
            var basis = Basis(policy: policy.number)
            if row.decision != nil {
                let review = review(row, on: try found.review.orRefuse(.notDurable), policy: policy)
                if review.verdict == .held { return .held(row) }
                guard review.verdict == .stands else {
                    // When somebody else moved it meanwhile, it is looked at again.
                    guard let beginning = try await end(row, after: review, holding: true) else { continue }
                    return beginning
                }
                basis = review.basis
            }
            let message = try restore(row, stored: stored, keyID: keyID)
            // A notice goes whatever became of profile and key: it holds no content, and a recall has to arrive.
            if row.decision != nil {
                // Content does not go to a key that others may have by now.
                guard let partner = found.partner else { return .held(row) }
                switch try standingOfKey(of: message, at: partner) {
                case .trusted: break
                case .untrusted: return .held(row)
                case .replaced:
                    // It comes back no more: the desk can send what it says sealed to the new one.
                    guard try await endUndelivered(row, code: "key-replaced") else { continue }
                    return .ended
                }
                // Nor in the old profile once another is named; when its window ends, the desk is told.
                guard let profile = try? message.profile, isNamed(profile, for: row.partner) else { return .held(row) }
            }
            let attempt = BegunAttempt(
                id: world.newID(), row: row, message: message, fields: try headerFields(for: message), startedAt: now)
            switch try await commit(attempt, found, way, basis: basis, policy: policy) {
            case .done(.some(true)): return .begun(attempt)
            case .done(.some(false)): return way.isPush ? .notYours : .ended
            case .done(.none), .stale: continue
            }
        }
        throw .busy
    }

    /// Writes the attempt; false when the message may no longer be taken, nil when it is to be looked at again.
    private func commit(
        _ attempt: BegunAttempt, _ found: AttemptReading, _ way: DeliveryWay, basis: Basis, policy: PolicyInForce
    ) async throws(DeskRefusal) -> Committed<Bool?> {
        let row = attempt.row
        let subjects = try subjectKeys(found.subjects)
        let casefile = try casefileKeyIfLiving(found.casefile)
        var facts: [String: AuditFact] = ["by": .text(way.isPush ? "push" : "pull"), "policy": .text(policy.snapshot.revision)]
        let caller: Caller
        switch way {
        case .pull(let partner): caller = .partner(partner)
        case .push:
            caller = .daemon
            facts["recipient"] = .text(row.partner.description)
        }
        let started = entry(.attemptStarted, by: caller, about: subjects, in: casefile, refs: attemptRefs(row, attempt.id), facts: facts)
        let overtaken = row.lease.map { lease in
            (lease, entry(.attemptEnded, by: .daemon, in: casefile, refs: attemptRefs(row, lease), facts: ["result": .text("overtaken")]))
        }
        let disclosed = firstDisclosure(hastening: found.tellings, in: casefile)
        let leaseEnds = attempt.startedAt.advanced(byMilliseconds: way.leaseLength)
        return try await commit(basis) { transaction in
            guard let current = try transaction.message(row.id), current.canLeave, current.key == row.key else { return false }
            guard current.lease == row.lease else { return nil }
            if way.isPush {
                guard current.nextTryAt == row.nextTryAt else { return false }
                // It was found due before another message's answer laid the lane to rest.
                if let trouble = try transaction.laneTrouble(of: row.partner), trouble.pausedUntil > attempt.startedAt { return false }
            }
            if let (lease, ended) = overtaken, try transaction.endAttempt(lease, as: .overtaken, at: attempt.startedAt) {
                try transaction.append([ended])
            }
            try transaction.beginAttempt(attempt.id, of: row.id, isPush: way.isPush, at: attempt.startedAt, leaseEnds: leaseEnds)
            try transaction.append([started])
            try disclosed.write(transaction)
            return true
        }
    }

    /// Ends a message whose decision came out differently, and recalls what of it may have left; nil where the row was no longer as it was seen.
    /// - Parameter holding: whether one of which less may go is held where that cannot be sealed now: a list that is late may come, and nobody
    ///   changed anything. Else it ends, and the desk is told.
    func end(_ row: MessageRow, after review: MessageReview, holding: Bool = false) async throws(DeskRefusal) -> AttemptBeginning? {
        let ending = try await ending(row, review, by: .daemon)
        guard !(holding && ending.isUnsealable) else { return .held(row) }
        // No withdrawal came by here that would have told the partner: a covenant ended, a consent ran out.
        var recall: CaseWrite?
        if row.state == .left {
            switch try await recalling(row, code: .recalled, by: .daemon) {
            case .told(let write): recall = write
            case .toldBefore: break
            // Its partner cannot be told now: it is held, and ends when it can.
            case .unsealable: return .held(row)
            }
        }
        let outcome = try await commit(review.basis) { [recall] transaction in
            guard try transaction.message(row.id)?.state == row.state, try ending.holds(transaction) else { return false }
            try ending.write(transaction)
            try recall?(transaction)
            return true
        }
        guard case .done(true) = outcome else { return nil }
        return .ended
    }

    /// The ids by which an attempt's entries are joined.
    func attemptRefs(_ row: MessageRow, _ attempt: AttemptID) -> [AuditReference: String] {
        var refs: [AuditReference: String] = [.message: row.id.description, .attempt: attempt.description]
        if let decision = row.decision { refs[.decision] = decision.description }
        if let task = row.task { refs[.task] = task.description }
        return refs
    }

    /// The message of a row, if its queue seal holds.
    func restore(_ row: MessageRow, stored: [UInt8], keyID: Int64) throws(DeskRefusal) -> SealedMessage {
        guard let key = try keyIfLiving(keyID) else { throw .ended }
        do {
            return try SealedMessage(
                restoring: try openMessage(stored, id: row.id, under: key), id: row.id, kind: row.kind, recipient: row.partner,
                decision: row.decision, queueSeal: row.queueSeal, under: queueKey)
        } catch { throw .notDurable }
    }
}
