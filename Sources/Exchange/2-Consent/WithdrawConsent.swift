import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Withdraws a consent: final for what rested on it. No reason is asked (GDPR 7(3)).
    ///
    /// The withdrawal is committed first, and from then on no new attempt can begin on it, since every attempt is decided again. What has
    /// not left is ended; what has left, or may have, is listed and recalled by a notice without a reason; what stands on another ground stays.
    /// 200 `{ended, left, mayHaveLeft, staysOnOtherGround}`, lists of message ids.
    public func withdrawConsent(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let how = try reading(body) { reader in
            reader.object(["how"], required: ["how"])?["how"]?.oneOf(WithdrawnHow.self)
        }
        let consentID = try ConsentID(id).orRefuse(.notFound)
        guard let holder = try await read({ try $0.consentHolder(consentID) }), holder.answer == .given else { throw .notFound }
        let (person, casefile) = try await livingPerson(holder.person, for: caller)
        let now = world.calendar()
        let since = world.wall()
        let withdrawal = entry(
            .consentWithdrawn, by: caller, about: [person], in: casefile, refs: [.consent: id], facts: ["how": .text(how.rawValue)])
        let recorder = handle(of: caller)
        // First: a withdrawal that is remembered and then not recorded is one too many, and never one too few.
        do { try await vault.remember(RememberedWithdrawal(consent: consentID, how: how.rawValue, at: now)) } catch { throw .notDurable }
        _ = try await commit { transaction in
            if try transaction.withdraw(consentID, of: person.id, how: how.rawValue, by: recorder, at: now) {
                try transaction.append([withdrawal])
            }
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareRecall(about: person.id, since: since, by: caller)
        }
    }

    /// Looks at every message about a person again, ends what no longer stands, and recalls what has left.
    ///
    /// What a fetch ended or replaced meanwhile, `since` the withdrawal, is listed as if it had been ended here.
    func prepareRecall(about person: PersonID, since: Instant, by caller: Caller) async throws(DeskRefusal) -> Prepared {
        let policy = policyInForce
        let (messages, closed) = try await read { transaction in
            (
                try transaction.messages(about: person).filter { $0.kind != .notice },
                try transaction.closedUnsent(about: person, since: since)
            )
        }
        var answer: [String: [JSONValue]] = ["ended": [], "left": [], "mayHaveLeft": [], "staysOnOtherGround": []]
        var steps: [@Sendable (Transaction) throws -> Void] = []
        var checks: [@Sendable (Transaction) throws -> Bool] = []
        var waiting: [WaitingMessage] = []
        var revisions: [PersonID: Int64] = [:]
        for closed in closed {
            answer["ended"]?.append(.string(closed.message.description))
            if let replacement = closed.replacement { answer["staysOnOtherGround"]?.append(.string(replacement.description)) }
        }
        let listed = Set(answer["staysOnOtherGround"] ?? [])
        for message in messages {
            let review = try await review(message, policy: policy)
            revisions.merge(review.basis.persons) { first, _ in first }
            let id = JSONValue.string(message.id.description)
            switch (review.verdict, message.state) {
            case (.stands, _), (.held, _): if !listed.contains(id) { answer["staysOnOtherGround"]?.append(id) }
            case (.ended, .queued), (.shrunk, .queued): answer["ended"]?.append(id)
            case (_, .left): answer["mayHaveLeft"]?.append(id)
            default: answer["left"]?.append(id)
            }
            guard review.verdict != .stands, review.verdict != .held else { continue }
            if message.state == .queued {
                waiting.append(WaitingMessage(id: message.id, isReplaced: review.verdict == .shrunk && message.kind == .referral))
            }
            if message.state.isLive {
                let ending = try await ending(message, review, by: caller)
                // What takes its place says only what is still permitted; the answer lists it, so that nothing arrives unlisted.
                if let replacement = ending.replacement { answer["staysOnOtherGround"]?.append(.string(replacement.description)) }
                checks.append(ending.holds)
                steps.append(ending.write)
            }
            if message.state != .queued, let recall = try await recalling(message, code: .recalled, by: caller) { steps.append(recall) }
        }
        let body = JSONValue.object(JSONObject(answer.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .array($0.value)) }))
        return Prepared(basis: Basis(policy: policy.number, persons: revisions)) { [steps, checks, waiting] transaction in
            // A fetch moves messages without raising a revision: then what is listed here would not be what happened.
            for waiting in waiting {
                let state = try transaction.message(waiting.id)?.state
                guard state == .queued || (state == .ended && !waiting.isReplaced) else { return nil }
            }
            guard try checks.allSatisfy({ try $0(transaction) }) else { return nil }
            for step in steps { try step(transaction) }
            return DeskAnswer(status: 200, body: body)
        }
    }
}

/// A message that waited, and no longer stands, when a use case looked at it.
private struct WaitingMessage: Sendable {
    let id: MessageID
    /// Whether another one takes its place.
    let isReplaced: Bool
}

/// How a withdrawal reached whoever recorded it.
private enum WithdrawnHow: String, CaseIterable { case telephone, counter, letter, online }
