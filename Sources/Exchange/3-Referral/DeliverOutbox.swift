import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// What waits for a partner: ids only, oldest first.
    ///
    /// 200 `{items: [{messageId, kind, queuedAt, expiresAt}], next?}`.
    public func listInbox(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let cursor = try after.map { text throws(DeskRefusal) in try MessageID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.inbox(of: partner, after: cursor, limit: limit + 1) }
        var body: JSONObject = [
            "items": .array(
                rows.prefix(limit).map {
                    [
                        "messageId": .string($0.id.description), "kind": .string($0.kind), "queuedAt": .string($0.queuedAt.rfc3339),
                        "expiresAt": .string($0.expiresAt.rfc3339),
                    ]
                })
        ]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    /// Hands a message over: decides again, commits the attempt, and only then gives the bytes.
    ///
    /// The compact JWE. `busy` while an objection holds it; `ended` when it was withdrawn, superseded, expired, or may no longer go.
    public func fetchMessage(_ id: String, by caller: Caller) async throws(DeskRefusal) -> [UInt8] {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let messageID = try MessageID(id).orRefuse(.notFound)
        for _ in 0..<3 {
            guard let row = try await read({ try $0.message(messageID) }), row.partner == partner else { throw .notFound }
            guard row.state.isLive, let stored = row.sealed, let keyID = row.key else { throw .ended }
            guard world.wall() < row.expiresAt else {
                try await expire(row)
                throw .ended
            }
            let policy = policyInForce
            var basis = Basis(policy: policy.number)
            var subjects: [JournalSubject] = []
            if row.decision != nil {
                let review = try await review(row, policy: policy)
                if review.verdict == .held { throw .busy }
                guard review.verdict == .stands else {
                    let ending = try await ending(row, review, by: .daemon)
                    let outcome = try await commit(review.basis) { transaction in
                        guard try transaction.message(messageID)?.state == row.state else { return false }
                        try ending.write(transaction)
                        return true
                    }
                    // When somebody else moved it meanwhile, it is looked at again.
                    guard case .done(true) = outcome else { continue }
                    throw .ended
                }
                basis = review.basis
                subjects = try await livingSubjects(review.question.subjects)
            }
            let message = try restore(row, stored: stored, keyID: keyID)
            let attempt: AttemptID = world.newID()
            let now = world.wall()
            let started = entry(
                .attemptStarted, by: caller, about: subjects, in: try await livingCasefile(row.casefile),
                refs: attemptRefs(row, attempt), facts: ["by": .text("pull"), "policy": .text(policy.snapshot.revision)])
            let outcome = try await commit(basis) { transaction in
                guard let current = try transaction.message(messageID), current.state.isLive, current.key == keyID else { return false }
                try transaction.beginAttempt(attempt, of: messageID, at: now)
                try transaction.append([started])
                return true
            }
            switch outcome {
            case .done(true): return message.compact
            case .done(false): throw .ended
            case .stale: continue
            }
        }
        throw .busy
    }

    private func attemptRefs(_ row: MessageRow, _ attempt: AttemptID) -> [AuditReference: String] {
        var refs: [AuditReference: String] = [.message: row.id.description, .attempt: attempt.description]
        if let decision = row.decision { refs[.decision] = decision.description }
        if let task = row.task { refs[.task] = task.description }
        return refs
    }

    /// The message of a row, if its queue seal holds.
    private func restore(_ row: MessageRow, stored: [UInt8], keyID: Int64) throws(DeskRefusal) -> SealedMessage {
        guard let key = try? vault.key(keyID) else { throw .ended }
        do {
            return try SealedMessage(
                restoring: try openBlob(stored, id: row.id.bytes, under: key), id: row.id, recipient: row.partner, decision: row.decision,
                queueSeal: row.queueSeal, under: sealing.queue)
        } catch { throw .notDurable }
    }

    /// Ends a message whose time has passed, and its task as undelivered: a fault for the desk, never silence.
    private func expire(_ row: MessageRow) async throws(DeskRefusal) {
        let now = world.calendar()
        let wall = world.wall()
        let casefile = try await livingCasefile(row.casefile)
        var refs: [AuditReference: String] = [.message: row.id.description]
        if let task = row.task { refs[.task] = task.description }
        let ended = entry(.messageEnded, by: .daemon, in: casefile, refs: refs, facts: ["because": .text("expired")])
        let failed = entry(
            .taskMoved, by: .daemon, in: casefile, refs: refs, facts: ["to": .text(TaskState.failed.rawValue), "because": .text("expired")])
        let news: EntryID = world.newID()
        let calendar = calendar
        _ = try await commit { transaction in
            guard try transaction.message(row.id)?.state.isLive == true else { return }
            try transaction.close(row.id, as: .ended, at: wall)
            try transaction.append([ended])
            guard let id = row.task, let casefileID = row.casefile, let file = try transaction.casefile(casefileID),
                case .taken(_, let actions) = step(
                    try transaction.casework(file, tasks: [id]), .task(id, .deliveryFailed), at: now, calendar: calendar)
            else { return }
            for action in actions {
                switch action {
                case .store(let task):
                    try transaction.store(task, reason: nil, at: now)
                    try transaction.append([failed])
                case .tellDesk(let kind, let task): try transaction.tellDesk(kind, about: task, id: news, at: now)
                case .triage: break
                }
            }
        }
    }
}

extension InputFault {
    /// A cursor that is not from an earlier answer.
    static let badCursor = InputFault(
        pointer: "", code: "invalid-cursor", detail: "`after` is not a cursor of ours",
        hint: "send `next` of the answer before, or leave it out")
}
