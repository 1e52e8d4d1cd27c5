import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// What deciding again said about a message in the queue.
struct MessageReview: Sendable {
    enum Verdict: Equatable, Sendable {
        case stands
        /// An objection that nobody has weighed holds it, whatever else stands in the way of it: it neither goes nor ends (GDPR 21), and is
        /// decided again once somebody has.
        case held
        /// Less may go than was sealed, or it names a lever on which it rests no more.
        case shrunk
        case ended
    }
    let verdict: Verdict
    let question: DisclosureQuestion
    let decision: DisclosureDecision
    let facts: DisclosureFacts
    let basis: Basis
    /// By which policy, and when, it was decided: what is recorded later of it says these, and no newer ones.
    let policy: PolicySnapshot
    let at: Instant

    /// The facts as they are kept, where the decision is recorded.
    var kept: KeptFacts { KeptFacts(facts, revisions: basis.persons) }
}

extension MessageReview {
    /// Whether what left is recalled, now that somebody said no, an objection was upheld or a representative was set aside: not where what bars
    /// it came by itself, since it was lawful until then, nor where it is only held.
    func recalls(_ message: MessageRow) -> Bool {
        guard verdict != .stands else { return false }
        let reasons: Set<RefusalReason> =
            switch decision {
            case .refused(let all): Set(all)
            case .permitted(let permission): permission.reasons(against: message.scopes)
            }
        // Of who was erased its partner was told then: that says nothing against what stands for the others.
        let living = message.scopes.filter { $0.subject.map { facts.subjects[$0] != nil } ?? true }
        if case .permitted(let permission) = decision, !reasons.isEmpty, permission.reasons(against: living).isEmpty { return false }
        // A reason that hides all others, such as a covenant that ended, may hide a no.
        return reasons.contains(where: \.isBroughtByNo) || !reasons.contains(where: \.sparesWhatLeft)
    }
}

extension Permission {
    /// Why some of what was sealed may not go; empty when all of it may.
    fileprivate func reasons(against sealed: [SealedScope]) -> Set<RefusalReason> {
        Set(
            leftOut.filter { left in sealed.contains { $0.subject == left.subject && $0.fields.contains(left.field) } }.map(\.reason))
    }
}

extension RefusalReason {
    /// Whether a no, an objection that is upheld or a representative who is set aside brings it.
    fileprivate var isBroughtByNo: Bool {
        switch self {
        case .consentRefused, .consentWithdrawn, .objectionUpheld, .representativesDiffer, .representativeMissing, .ageUnknown: true
        default: false
        }
    }

    /// Whether it bars what is to come and says nothing against what went before it.
    fileprivate var sparesWhatLeft: Bool {
        switch self {
        case .consentExpired, .justificationMissing, .necessityMissing, .leverMissing, .objectionPending, .secrecyIndicator, .deceased: true
        default: false
        }
    }
}

/// What a message's question is decided on again, read at once.
struct ReviewReading: Sendable {
    let question: DisclosureQuestion
    let facts: DisclosureFacts
    let basis: Basis
}

extension Transaction {
    /// What a message's question is decided on again under this policy; nil for a message that rests on no decision.
    func review(of message: MessageRow, policy: PolicyInForce, at now: Instant) throws -> ReviewReading? {
        guard let question = try message.decision.flatMap({ try question(of: $0) }) else { return nil }
        return ReviewReading(
            question: question,
            facts: try disclosureFacts(
                of: question.subjects, held: policy.snapshot.asksForHoldings(question), levers: question.ground.isCompulsory, at: now),
            basis: try basis(policy: policy.number, persons: question.subjects))
    }
}

/// What came of telling a recipient that a message was recalled, or that somebody in it was erased.
enum Recalling: Sendable {
    /// This tells it.
    case told(@Sendable (Transaction) throws -> Void)
    /// It was told before.
    case toldBefore
    /// Nothing can be sealed for the recipient now.
    case unsealable
}

/// What takes a message out of the queue.
struct MessageEnding: Sendable {
    /// The message that takes its place, where one does.
    let replacement: MessageID?
    /// Whether something of it may still go, and nothing can be sealed for its partner now.
    var isUnsealable = false
    /// Whether it can still be written as it was prepared; asked before anything of the commit is.
    let holds: @Sendable (Transaction) throws -> Bool
    let write: @Sendable (Transaction) throws -> Void
}

/// A decision on a message that came out differently, ready to be recorded.
struct ChangedDecision: Sendable {
    let id: DecisionID
    let entry: JournalEntry
    let subjects: [JournalSubject]
    let casefile: JournalCasefile?
    /// What the entry refers to but the decision: the message and its task.
    let refs: [AuditReference: String]
    /// Writes its row, and not its entry.
    let write: @Sendable (Transaction) throws -> Void
}

extension ReferralDesk {
    /// Decides a queued message's question again, on the facts and the policy of now.
    func review(_ message: MessageRow, policy: PolicyInForce) async throws(DeskRefusal) -> MessageReview {
        let now = world.calendar()
        return review(
            message, on: try await read { try $0.review(of: message, policy: policy, at: now) }.orRefuse(.notDurable), policy: policy)
    }

    /// The same on what was read before.
    func review(_ message: MessageRow, on found: ReviewReading, policy: PolicyInForce) -> MessageReview {
        let now = world.calendar()
        let decision = decideDisclosure(found.question, facts: found.facts, policy: policy.snapshot, at: now)
        let verdict: MessageReview.Verdict =
            switch decision {
            case .refused(let reasons) where reasons.contains(.objectionPending): .held
            case .refused: .ended
            case .permitted(let permission) where permission.reasons(against: message.scopes).contains(.objectionPending): .held
            // What has not left yet names no lever that holds no more: it is sealed anew, and names those on which it rests now.
            case .permitted(let permission) where message.state == .queued && !permission.rests(on: message.levers): .shrunk
            case .permitted(let permission): permission.covers(message.scopes) ? .stands : .shrunk
            }
        return MessageReview(
            verdict: verdict, question: found.question, decision: decision, facts: found.facts, basis: found.basis,
            policy: policy.snapshot, at: now)
    }

    /// The decision of a review that came out otherwise than the one a message was sealed on.
    func changedDecision(_ review: MessageReview, of message: MessageRow, by caller: Caller) async throws(DeskRefusal) -> ChangedDecision {
        let id: DecisionID = world.newID()
        let subjects = try await livingSubjects(review.question.subjects)
        let casefile = try await livingCasefile(message.casefile)
        var refs: [AuditReference: String] = [.message: message.id.description]
        if let task = message.task { refs[.task] = task.description }
        let changed = decisionEntry(
            review.decision, id: id, of: review.question, policy: review.policy, on: review.kept, at: review.at, by: caller,
            about: subjects,
            in: casefile, changed: true, refs: refs)
        let permitted = if case .permitted = review.decision { true } else { false }
        return ChangedDecision(id: id, entry: changed, subjects: subjects, casefile: casefile, refs: refs) { transaction in
            try transaction.insertDecision(
                id, casefile: message.casefile, question: review.question, permitted: permitted, policyRevision: review.policy.revision,
                facts: review.kept, at: review.at)
        }
    }

    /// What takes a live message out of the queue because its decision came out differently.
    ///
    /// When less may go than was sealed, what is still permitted of a referral is sealed anew and takes its place; else its task is cancelled
    /// with it. Where that cannot be sealed for its partner now, it ends all the same, since nothing may hold up a withdrawal: its task failed, and
    /// the desk is told. An invitation has nothing in its place until the meeting is dated again.
    func ending(_ message: MessageRow, _ review: MessageReview, by caller: Caller) async throws(DeskRefusal) -> MessageEnding {
        let now = world.calendar()
        let wall = world.wall()
        let changed = try await changedDecision(review, of: message, by: caller)
        let (subjects, casefile, refs) = (changed.subjects, changed.casefile, changed.refs)
        var isUnsealable = false
        var replacement: QueuedMessage?
        if review.verdict == .shrunk, message.kind == .referral, case .permitted(let permission) = review.decision,
            message.state == .queued, message.deadAt == nil, let casefileID = message.casefile
        {
            do throws(DeskRefusal) {
                replacement = try await sealReferral(
                    permission, decision: changed.id, casefile: casefileID, referral: message.referral, task: message.task,
                    replaces: message.id, by: caller)
            } catch {
                guard error.isOfSealing else { throw error }
                isUnsealable = true
            }
        }
        if let replacement {
            let superseded = entry(
                .messageSuperseded, by: caller, about: subjects, in: casefile, refs: refs,
                facts: ["replacedBy": .text(replacement.message.id.description)])
            return MessageEnding(replacement: replacement.message.id, holds: { _ in true }) { transaction in
                guard try transaction.message(message.id)?.state.isLive == true else { return }
                try changed.write(transaction)
                try transaction.close(message.id, as: .superseded, replacedBy: replacement.message.id, at: wall)
                try replacement.enqueue(transaction)
                try transaction.append([changed.entry, superseded] + replacement.entries)
            }
        }
        let code = isUnsealable ? "sealing-refused" : "ground-ended"
        let ended = entry(.messageEnded, by: caller, about: subjects, in: casefile, refs: refs, facts: ["because": .text(code)])
        let taskEnds = try await deliveryChange(
            message, isUnsealable ? .deliveryFailed : .groundEnded(tellsDesk: true), at: now, by: caller,
            facts: ["because": .text(code)])
        let fault: EntryID? = isUnsealable ? world.newID() as EntryID : nil
        return MessageEnding(
            replacement: nil, isUnsealable: isUnsealable, holds: { try taskEnds?.holds($0) ?? true }
        ) { transaction in
            // A receipt or another look may have come first: then there is nothing left to end.
            guard try transaction.message(message.id)?.state.isLive == true else { return }
            _ = try taskEnds?.write(transaction)
            try changed.write(transaction)
            try transaction.close(message.id, as: .ended, at: wall)
            // After it was closed, which settles what the desk was told before.
            if let fault { try transaction.insertFault(fault, message: message.id, code: code, at: now) }
            try transaction.append([changed.entry, ended])
        }
    }

    /// What queues a notice about a message that left, once: to its recipient, without a reason.
    /// An erasure and a recall are each told of a message of which the other was, since they are two facts (GDPR 7(3), 19); an erasure of each
    /// person in it.
    func recalling(_ message: MessageRow, code: Notice.Code, by caller: Caller) async throws(DeskRefusal) -> Recalling {
        let repeats = code == .erased
        guard try await read({ try repeats || !$0.isNoticed(message.id, code) }) else { return .toldBefore }
        let now = world.calendar()
        let notice = Notice(code: code, about: [message.id], at: now)
        let sealed = try await sealNoticeIfPossible(notice, to: message.partner, casefile: message.casefile, by: caller)
        guard let queued = sealed else { return .unsealable }
        let term = try await read { transaction in try message.casefile.flatMap { try transaction.casefile($0)?.terms.recall } }
        // Nothing may hold up a withdrawal: where nobody decided how long an answer may take, it is due at once.
        let calendar = calendar
        let answerBy = term.map { calendar.adding($0, to: now) } ?? now
        let isRecall = code == .recalled
        return .told { transaction in
            try transaction.settleUntold(of: message.id, code)
            guard try repeats || !transaction.isNoticed(message.id, code) else { return }
            try queued.enqueue(transaction)
            try transaction.insertNotice(queued.message.id, about: message.id, code: code)
            if isRecall {
                try transaction.expect(
                    .recall, of: .message(queued.message.id), casefile: message.casefile, by: answerBy, calendar: calendar)
            }
            try transaction.append(queued.entries)
        }
    }
}
