import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// What a receipt answers to a recall: it is stored, is an entry, stands on the desk's page, and ends the chase. Nil where the receipt
    /// answers nothing. The first answer is the one that counts.
    ///
    /// - Throws: 400 for a partner that keeps something under a duty of its own without naming it.
    func answeringRecall(_ notice: MessageRow, _ receipt: TakenReceipt, _ jws: [UInt8], by caller: Caller) async throws(DeskRefusal)
        -> CaseWrite?
    {
        guard notice.kind == .notice, receipt.opened, let answer = receipt.answer else { return nil }
        let isKept = answer == "keptUnderOwnDuty"
        if isKept, receipt.article == nil {
            throw .invalidInput([
                InputFault(
                    pointer: "/article", code: "missing-member", detail: "what is kept under a duty of your own needs the duty's name",
                    hint: "name the act and its article in `article`")
            ])
        }
        let about = try await read { try $0.messages(about: notice.id) }
        let (now, id): (Instant, EntryID) = (world.calendar(), world.newID())
        let article = isKept ? receipt.article : nil
        var facts: [String: AuditFact] = ["answer": .text(answer), "about": .list(about.map(\.description))]
        // The log holds codes, never a text that somebody else wrote; the partner's own words stand with its signature.
        if let article {
            facts["article"] = .text(article.wholeMatch(of: /[a-zA-Z]{2,40}\.[0-9][0-9a-z.:]{0,19}/) == nil ? "other" : article)
        }
        let answered = entry(
            .recallAnswered, by: caller, in: try await livingCasefile(notice.casefile), refs: [.message: notice.id.description],
            facts: facts)
        return { transaction in
            // No deadline: it was no recall, or it has been answered.
            guard try transaction.settle(.recall, of: .message(notice.id)) else { return }
            try transaction.insertRecallAnswer(id, to: notice.id, answer, article: article, jws: jws, at: now)
            try transaction.append([answered])
        }
    }

    /// Ends what about a person no longer stands and recalls what of it went, after a commit that ended what it rests on and expected the recall.
    /// From the answer on nothing arrives at a partner that the answer does not list.
    /// - Parameter since: an instant before that commit, by the machine's clock.
    /// - Returns: 200 `{ended, left, mayHaveLeft, staysOnOtherGround}`, lists of message ids.
    func recall(about person: PersonID, since: Instant, by caller: Caller, idempotency: IdempotencyKey? = nil) async throws(DeskRefusal)
        -> DeskAnswer
    {
        try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareRecall(about: person, since: since, by: caller)
        }
    }

    /// Milliseconds after which recalls that were expected and are not queued are finished for whoever caused them.
    static var recallPatience: Int64 { 60_000 }
    /// Nanoseconds after which a recall that could not be finished is tried again: each try makes keys anew.
    private static var recallPause: UInt64 { 300_000_000_000 }

    /// Finishes recalls that were expected and not queued: a crash came, a fault of the disk, or nothing could be sealed for a partner.
    /// - Parameter latest: only those expected up to then: somebody may be at the others.
    /// - Throws: what the first one failed on that failed, once every other one was tried; at once where nothing can be stored.
    func finishRecalls(begunBefore latest: Instant) async throws(DeskRefusal) {
        let unfinished = try await read { try $0.unfinishedRecalls() }
        let now = world.monotonic()
        let known = Set(unfinished.map { $0.recall })
        let resting = recallsTried.withLock { tried in
            tried = tried.filter { recall, at in now &- at < Self.recallPause && known.contains(recall) }
            return Set(tried.keys)
        }
        var fault: DeskRefusal?
        for (one, since) in unfinished where since <= latest && !resting.contains(one) {
            recallsTried.withLock { $0[one] = now }
            do throws(DeskRefusal) {
                switch one {
                case .about(let person): _ = try await recall(about: person, since: since, by: .daemon)
                case .of(let message, let code): try await tellUntold(message, code)
                }
            } catch {
                if await isOfDisk(error) {
                    recallsTried.withLock { $0[one] = nil }
                    throw error
                }
                fault = fault ?? error
            }
        }
        if let fault { throw fault }
    }

    /// Tells the recipient of a message what was promised when a no or an erasure was answered; nothing, where it can still not be told.
    private func tellUntold(_ id: MessageID, _ code: Notice.Code) async throws(DeskRefusal) {
        guard let message = try await read({ try $0.message(id) }) else { return }
        switch try await recalling(message, code: code, by: .daemon) {
        case .told(let write):
            try await commit { transaction in
                // Somebody else may have told it meanwhile.
                guard try transaction.isUntold(of: id, code) else { return }
                try write(transaction)
            }
        case .toldBefore: try await commit { try $0.settleUntold(of: id, code) }
        case .unsealable: break
        }
    }
}

/// What of a recall is not finished.
enum UnfinishedRecall: Hashable, Sendable {
    /// Every message about this person is still to be looked at.
    case about(PersonID)
    /// The recipient of this message is still to be told what the code says.
    case of(MessageID, Notice.Code)
}

extension Transaction {
    /// The recalls and notices of erasure that are not finished, each with since when: all, so that those which cannot be finished hide no other.
    func unfinishedRecalls() throws -> [(recall: UnfinishedRecall, since: Instant)] {
        let lookedAt = try pendingRecalls().map { (recall: UnfinishedRecall.about($0.person), since: $0.since) }
        let told = try untoldNotices().map { (recall: UnfinishedRecall.of($0.message, $0.code), since: $0.since) }
        return lookedAt + told
    }
}
