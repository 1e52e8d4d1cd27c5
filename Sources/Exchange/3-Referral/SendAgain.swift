import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

/// As what a message goes out once more; the raw value stands in answers and in the log.
enum SentAgain: String {
    /// The bytes of before, under the id of before; of a referral only where its partner's encryption key is still the one of before.
    case sameMessage
    /// Sealed anew under the id of before, by which its partner knows whether it has it.
    case sealedAnew
    /// A new message that replaces it: less may go by now, or the partner has signed that it could not take the old one in.
    case newMessage
}

extension ReferralDesk {
    /// The desk sends a message once more that was never delivered: it is decided again, and its task opens again.
    ///
    /// 200 `{messageId, as, taskId?}`; 409 `already-decided` once the desk has settled it, or `illegal-transition` with what stands in the way; 422
    /// when it may no longer go, which ends it.
    public func replayFault(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        _ = try reading(body) { $0.object([]) }
        let fault = try await fault(id, for: caller)
        return try await sendAgain(fault.message, by: caller, idempotency: idempotency)
    }

    /// A delivery fault that the desk is to decide on.
    func fault(_ id: String, for caller: Caller) async throws(DeskRefusal) -> DeliveryFaultRow {
        try demand([.contactPoint], of: caller)
        let faultID = try EntryID(id).orRefuse(.notFound)
        return try await read({ try $0.fault(faultID) }).orRefuse(.notFound)
    }

    /// Sends a message once more: a dead letter, or, where `isLost`, one that its partner received and then lost.
    func sendAgain(_ id: MessageID, isLost: Bool = false, by caller: Caller, idempotency: IdempotencyKey? = nil) async throws(DeskRefusal)
        -> DeskAnswer
    {
        try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let found = try await read {
                (row: try $0.message(id), fault: try $0.fault(of: id), wasReceived: try $0.receipt(of: id)?.opened == true)
            }
            guard let row = found.row else { throw .notFound }
            let isDeadLetter = found.fault.map { $0.settledAs == nil } ?? false
            // Whoever was first has settled it.
            guard isDeadLetter || (isLost && row.state == .receipted) else { throw .alreadyDecided }
            if isDeadLetter, StatedReader.codes.contains(found.fault?.code ?? "") {
                throw .illegalTransition(legal: [], because: .cannotBeSentAgain)
            }
            let policy = policyInForce
            let review = row.decision == nil ? nil : try await review(row, policy: policy)
            if let review { try await demandStanding(review, of: row, policy: policy) }
            let task = try await taskSentAgain(row, opens: isDeadLetter && !found.wasReceived, by: caller)
            let resending = try await resending(row, review, wasRefused: found.fault?.code == refusedByRecipient, by: caller)
            var refs: [AuditReference: String] = [.message: id.description]
            if let task = row.task { refs[.task] = task.description }
            var facts: [String: AuditFact] = ["as": .text(resending.kind.rawValue)]
            if isDeadLetter, let code = found.fault?.code { facts["was"] = .text(code) }
            if resending.message != id { facts["replacedBy"] = .text(resending.message.description) }
            let requeued = entry(.messageRequeued, by: caller, in: try await livingCasefile(row.casefile), refs: refs, facts: facts)
            let wall = world.wall()
            var body: JSONObject = ["messageId": .string(resending.message.description), "as": .string(resending.kind.rawValue)]
            if let task = row.task { body["taskId"] = .string(task.description) }
            let answer = DeskAnswer(status: 200, body: .object(body))
            return Prepared(basis: review?.basis ?? Basis()) { [entries = resending.entries + [requeued]] transaction in
                guard let current = try transaction.message(id), current.state == row.state, current.deadAt == row.deadAt,
                    try transaction.fault(of: id)?.settledAs == found.fault?.settledAs,
                    try row.kind != .referral || transaction.isRegistered(row.partner), try task?.write(transaction) ?? true
                else { return nil }
                try transaction.settleFault(of: id, as: resending.kind.rawValue, at: wall)
                try resending.write(transaction)
                try transaction.append(entries)
                return answer
            }
        }
    }

    /// Ends what no longer stands, as an attempt would, and refuses; an objection that nobody has weighed refuses and ends nothing.
    private func demandStanding(_ review: MessageReview, of row: MessageRow, policy: PolicyInForce) async throws(DeskRefusal) {
        let reasons: [RefusalReason]
        switch review.decision {
        case .refused(let found): reasons = found
        case .permitted where review.verdict == .held: reasons = [.objectionPending]
        case .permitted: return
        }
        if review.verdict == .ended {
            if row.state.isLive {
                guard try await end(row, after: review) != nil else { throw .busy }
            } else {
                let now = world.wall()
                try await commit { try $0.settleFault(of: row.id, as: MessageState.ended.rawValue, at: now) }
            }
        }
        throw .disclosureRefused(
            decision: nil, reasons: reasons,
            explanation: explain(.refused(reasons), question: review.question, policy: policy.snapshot, at: review.at))
    }

    /// What sending a message again does to its task: one that failed of nothing else opens again. Nil where nothing is to be done.
    private func taskSentAgain(_ row: MessageRow, opens: Bool, by caller: Caller) async throws(DeskRefusal) -> CaseChange? {
        guard let task = row.task else { return nil }
        let now = world.calendar()
        let change = opens ? try await deliveryChange(row, .sentAgain(deliverBy: windowEnd(from: now)), at: now, by: caller) : nil
        let state = if let change { change.after.tasks[task]?.state } else { try await read { try $0.task(task)?.state } }
        guard state?.isOpen == true else { throw .illegalTransition(legal: [], because: .taskClosed) }
        return change
    }

    /// Whether its partner's encryption key of now is the one that it was sealed to, or these bytes are all that can go.
    /// - Throws: where nothing can be sealed to that key of now: then these bytes would not go either.
    private func canGoAsSealed(_ row: MessageRow) async throws(DeskRefusal) -> Bool {
        // Nothing but a referral can be sealed anew.
        guard row.kind == .referral else { return true }
        let found = try await read { (stored: try $0.sealedBytes(of: row.id), partner: try $0.partner(row.partner)) }
        guard let stored = found.stored, let key = row.key, let partner = found.partner,
            let sealed = try? restore(row, stored: stored, keyID: key), let kid = try? sealed.recipientKeyID
        else { return false }
        return try sealingKeys(of: partner).encryptionKeyID == kid
    }

    /// How a message that may go can be sent once more.
    private func resending(_ row: MessageRow, _ review: MessageReview?, wasRefused: Bool, by caller: Caller)
        async throws(DeskRefusal) -> Resending
    {
        let wall = world.wall()
        let hours = WorkingCalendar.partnerHours
        if row.deadAt != nil, review.map({ $0.verdict == .stands }) ?? true,
            // Time enough for the partner to open it.
            hours.adding(officeTime: hours.officeDay, to: wall) <= row.opensUntil, try await canGoAsSealed(row)
        {
            let end = windowEnd(from: wall)
            return Resending(kind: .sameMessage, message: row.id, entries: []) {
                try $0.revive(row.id, of: row.partner, expiresAt: end, at: wall)
            }
        }
        guard row.kind == .referral, let review, case .permitted(let permission) = review.decision, let casefileID = row.casefile,
            let decided = row.decision
        else { throw .illegalTransition(legal: [], because: .cannotBeSentAgain) }
        let isNew = wasRefused || review.verdict == .shrunk
        let changed = review.verdict == .shrunk ? try await changedDecision(review, of: row, by: caller) : nil
        guard
            let sealed = try await sealReferral(
                permission, decision: changed?.id ?? decided, casefile: casefileID, referral: row.referral, task: row.task,
                replaces: isNew ? row.id : nil, by: caller,
                // Under the decision of before goes no more than it let through, whatever would be permitted since.
                within: changed == nil ? row.scopes : nil, again: isNew ? nil : row.id)
        else { throw .ended }
        return Resending(
            kind: isNew ? .newMessage : .sealedAnew, message: sealed.message.id,
            entries: (changed.map { [$0.entry] } ?? []) + sealed.entries
        ) { transaction in
            try changed?.write(transaction)
            if isNew, row.state.isLive { try transaction.close(row.id, as: .superseded, replacedBy: sealed.message.id, at: wall) }
            try sealed.enqueue(transaction)
        }
    }
}

/// A message that goes out once more, ready to be written.
private struct Resending: Sendable {
    let kind: SentAgain
    /// The message that goes: the same one, or the one that replaces it.
    let message: MessageID
    let entries: [JournalEntry]
    let write: @Sendable (Transaction) throws -> Void
}
