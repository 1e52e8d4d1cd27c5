import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Takes a partner's signed receipt. The first one stored is the one that counts; the same answer is given for ever.
    ///
    /// The pick-up term runs from our taking of it. 200 `{messageId, taskId?, state?, result, takenAt}`; 404 for a message that is not the
    /// partner's, 409 `already-decided` for another digest; 400 for what is not a receipt by the partner's key. The receipt of a recall
    /// says what became of what it is about; where the first one did not, a later one still may. Who read it, and which version of the covenant
    /// that role has acknowledged, is kept where the covenant names worker roles (R29); a role that it does not name, or another version, is
    /// taken and told to the desk.
    public func takeReceipt(_ id: String, _ jws: [UInt8], by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try await takeReceipt(id, jws, by: caller, answering: nil)
    }

    /// The same for a receipt that may be the answer to an attempt, which ends in the commit in which the receipt is taken, or is found to have
    /// been taken.
    func takeReceipt(_ id: String, _ jws: [UInt8], by caller: Caller, answering attempt: BegunAttempt?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let receivedAt = world.wall()
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let messageID = try MessageID(id).orRefuse(.notFound)
        let found = try await read { transaction in
            let message = try transaction.message(messageID, of: partner)
            return (message: message, partner: try transaction.partner(partner), standing: try message.map(transaction.standing))
        }
        guard let row = found.message else { throw .notFound }
        let registered = try found.partner.orRefuse(.notFound)
        // Who has a key that was revoked could sign for what the partner never opened.
        let keys = try keySets(of: registered).filter { isTrusted($0.signingChain, .sig, of: partner, at: receivedAt) }
        let receipt: TakenReceipt
        do {
            receipt = try TakenReceipt(verifying: jws, by: keys, from: partner, to: municipality.oin)
        } catch {
            throw .invalidInput([
                InputFault(
                    pointer: "", code: "receipt-refused", detail: "this is not a receipt by your signing key for us",
                    hint: "sign it with the registered `sig` key, as contract §4 says; its certificate has to count still")
            ])
        }
        guard receipt.message == messageID else { throw .notFound }
        // It may hold the bytes of before a message was sealed anew.
        if receipt.digest != row.digest, try await !read({ try $0.wasSealed(messageID, as: receipt.digest) }) { throw .alreadyDecided }
        let answering = try await answeringRecall(row, receipt, jws, by: caller)
        var known = found.standing
        let answer = try await perform(nil, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let wall = world.wall()
            let standing = if let known { known } else { try await read { try $0.standing(of: row) } }
            // When it turns out to have changed meanwhile, it is read anew.
            known = nil
            let subjects = try subjectKeys(standing.subjects)
            let casefile = try casefileKeyIfLiving(standing.casefile)
            var refs: [AuditReference: String] = [.message: id]
            if let task = row.task { refs[.task] = task.description }
            var facts: [String: AuditFact] = [
                "result": .text(receipt.opened ? "opened" : "refused"), "digest": .text(base64URL(receipt.digest)),
                "partnerAt": .text(receipt.at.rfc3339),
            ]
            if let answer = receipt.answer { facts["answer"] = .text(answer) }
            // The log holds codes, never a text that somebody else wrote.
            if let code = receipt.code { facts["code"] = .text(code.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9-]{0,39}/) == nil ? "other" : code) }
            facts.merge(receipt.readerFacts(of: row)) { own, _ in own }
            let reader = StatedReader(receipt, of: row, policy: policyInForce.snapshot)
            let taken = entry(.receiptTaken, by: caller, about: subjects, in: casefile, refs: refs, facts: facts)
            let refused: JournalEntry? =
                receipt.opened
                ? nil
                : entry(.messageEnded, by: caller, about: subjects, in: casefile, refs: refs, facts: ["because": .text(refusedByRecipient)])
            // What the partner could not open never arrived: a delivery fault for the desk.
            let change = try await deliveryChange(
                row, receipt.opened ? .receiptTaken : .deliveryFailed, in: standing.reading, at: now, by: caller, subjects)
            let news: EntryID = world.newID()
            let ended = attempt.map { (attempt: $0, entry: attemptEnded($0, .receipted, status: 200, in: casefile)) }
            let endAttempt = { @Sendable (transaction: Transaction) in
                guard let (attempt, entry) = ended else { return }
                if try transaction.endAttempt(attempt.id, as: .receipted, status: 200, at: receivedAt) { try transaction.append([entry]) }
                try transaction.clearTrouble(of: partner, answeringSince: attempt.startedAt)
            }
            return Prepared(basis: Basis()) { transaction in
                if let earlier = try transaction.receipt(of: messageID) {
                    try endAttempt(transaction)
                    // It was sent again, for a partner that had lost what it had.
                    if try transaction.message(messageID)?.state.isLive == true {
                        try transaction.close(messageID, as: receipt.opened ? .receipted : .ended, at: wall)
                        try transaction.endAttempts(of: messageID, at: wall)
                        try transaction.append([taken])
                        if !receipt.opened { try transaction.insertFault(news, message: messageID, code: refusedByRecipient, at: now) }
                    }
                    try answering?(transaction)
                    return receiptAnswer(row, opened: earlier.opened, at: earlier.takenAt)
                }
                guard let current = try transaction.message(messageID) else { return DeskRefusal.notFound.answer }
                // A receipt can only follow the bytes: nobody knows the digest of what has not left.
                guard current.state != .queued else { return DeskRefusal.alreadyDecided.answer }
                // First of all, since nothing may have been written when the case turns out to have changed.
                if let change, try !change.write(transaction) { return nil }
                try endAttempt(transaction)
                try transaction.insertReceipt(jws, of: messageID, opened: receipt.opened, at: now)
                try transaction.append([taken])
                try answering?(transaction)
                if current.state.isLive { try transaction.close(messageID, as: receipt.opened ? .receipted : .ended, at: wall) }
                if current.state.isLive, let refused {
                    try transaction.append([refused])
                    try transaction.insertFault(news, message: messageID, code: refusedByRecipient, at: now)
                }
                // After it was closed, which settles what the desk was told before.
                try reader.write(transaction, of: row, as: news, at: now)
                return receiptAnswer(row, opened: receipt.opened, at: now)
            }
        }
        if row.state.isLive, answer.status == 200 { figures.receipted(by: partner, opened: receipt.opened) }
        return answer
    }
}

/// Whom and what a message is about, as they stand when it is receipted, read at once.
private struct MessageStanding: Sendable {
    let subjects: [PersonRow]
    let casefile: CasefileRow?
    /// The case with the task that the message gives; nil where it gives none.
    let reading: CaseReading?
}

extension Transaction {
    fileprivate func standing(of message: MessageRow) throws -> MessageStanding {
        let reading = try deliveryReading(of: message)
        return MessageStanding(
            subjects: try living(message.scopes.compactMap(\.subject)),
            casefile: try reading?.row ?? message.casefile.flatMap { try casefile($0) }, reading: reading)
    }

    /// The case with the task that a message gives; nil where it gives none.
    fileprivate func deliveryReading(of message: MessageRow) throws -> CaseReading? {
        guard let task = message.task, let casefile = message.casefile else { return nil }
        return try reading(of: casefile, tasks: [task])
    }
}

extension ReferralDesk {
    /// What became of a message's delivery does to the task it gives; nil for a message without one.
    func deliveryChange(
        _ message: MessageRow, _ event: TaskEvent, at now: Instant, by caller: Caller, _ subjects: [JournalSubject] = [],
        facts: [String: AuditFact] = [:]
    ) async throws(DeskRefusal) -> CaseChange? {
        try await deliveryChange(
            message, event, in: try await read { try $0.deliveryReading(of: message) }, at: now, by: caller, subjects, facts: facts)
    }

    /// The same for a case that was read before.
    private func deliveryChange(
        _ message: MessageRow, _ event: TaskEvent, in reading: CaseReading?, at now: Instant, by caller: Caller,
        _ subjects: [JournalSubject], facts: [String: AuditFact] = [:]
    ) async throws(DeskRefusal) -> CaseChange? {
        guard let task = message.task, message.casefile != nil else { return nil }
        let reading = try reading.orRefuse(.notFound)
        let context = ChangeContext(
            caller: caller, subjects: subjects, refs: [.message: message.id.description, .task: task.description], facts: facts)
        // A dead letter that had arrived after all: its task failed of nothing else.
        if event == .receiptTaken, message.deadAt != nil,
            let late = try? await change(
                reading, .task(task, event), at: now, context, after: [.task(task, .sentAgain(deliverBy: now))])
        {
            return late
        }
        return try await change(reading, .task(task, event), at: now, context)
    }
}

/// The code of a fault: the partner received the message and could not take it in.
let refusedByRecipient = "refused-by-recipient"

private func receiptAnswer(_ row: MessageRow, opened: Bool, at takenAt: Instant) -> DeskAnswer {
    var body: JSONObject = [
        "messageId": .string(row.id.description), "result": .string(opened ? "opened" : "refused"), "takenAt": .string(takenAt.rfc3339),
    ]
    if let task = row.task {
        body["taskId"] = .string(task.description)
        // What the receipt made of the task; where it stands since, `GET /v1/tasks` tells.
        body["state"] = .string((opened ? TaskState.received : .failed).rawValue)
    }
    return DeskAnswer(status: 200, body: .object(body))
}
