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
    /// not left is ended; what has left, or may have, is listed and recalled by a notice without a reason; what stands on another ground, or left
    /// before its ground ended by itself, stays.
    /// 200 `{ended, left, mayHaveLeft, staysOnOtherGround, notTold?}`, lists of message ids; `notTold` where nothing can be sealed for the
    /// partner now: its recall follows when that can be done, whatever would be decided by then.
    public func withdrawConsent(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let how = try reading(body) { reader in
            reader.object(["how"], required: ["how"])?["how"]?.oneOf(WithdrawnHow.self)
        }
        let consentID = try ConsentID(id).orRefuse(.notFound)
        let (person, casefile) = try await livingPerson(for: caller) { transaction in
            try transaction.consentHolder(consentID).flatMap { $0.answer == .given ? $0.person : nil }
        }
        let now = world.calendar()
        let since = world.wall()
        let withdrawal = entry(
            .consentWithdrawn, by: caller, about: [person], in: casefile, refs: [.consent: id], facts: ["how": .text(how.rawValue)])
        let recorder = handle(of: caller)
        // First: a withdrawal that is remembered and then not recorded is one too many, and never one too few.
        do { try await vault.remember(RememberedWithdrawal(consent: consentID, how: how.rawValue, at: now)) } catch { throw .notDurable }
        try await commit { transaction in
            if try transaction.withdraw(consentID, of: person.id, how: how.rawValue, by: recorder, at: now) {
                try transaction.expectRecall(about: person.id, since: since)
                try transaction.append([withdrawal])
            }
        }
        return try await recall(about: person.id, since: since, by: caller, idempotency: idempotency)
    }

    /// Looks at every message about a person again, in whichever row of the case, ends what no longer stands, and recalls what has left, but for
    /// what was lawful until it ended by itself (``MessageReview/recalls(_:)``).
    ///
    /// What a fetch ended or replaced meanwhile, `since` the withdrawal, is listed as if it had been ended here; where an earlier call recorded the
    /// withdrawal and could not finish, since that one. The lists are made within the commit, of the states at that moment: partners may go on
    /// fetching and answering, and nobody has to start again for it.
    func prepareRecall(about person: PersonID, since: Instant, by caller: Caller) async throws(DeskRefusal) -> Prepared {
        let policy = policyInForce
        let (rows, messages) = try await read { transaction in
            (try [person] + transaction.twins(of: person), try transaction.messages(aboutResidents: [person]).filter { $0.kind != .notice })
        }
        let looked = try await lookAgain(at: messages, policy: policy, by: caller)
        let revisions = looked.reduce(into: [:]) { $0.merge($1.basis.persons) { first, _ in first } }
        return Prepared(basis: Basis(policy: policy.number, persons: revisions)) { transaction in
            var lists = WithdrawalLists()
            var writes: [CaseWrite] = []
            let since = min(since, try transaction.recallExpected(about: person) ?? since)
            for closed in try rows.flatMap({ try transaction.closedUnsent(about: $0, since: since) })
            where !lists.ended.contains(closed.message) {
                lists.ended.append(closed.message)
                if let replacement = closed.replacement { lists.staysOnOtherGround.append(replacement) }
            }
            for message in looked {
                guard let state = try transaction.message(message.id)?.state else { return nil }
                if message.stays {
                    // What took the place of another one stands in the list already.
                    if !lists.staysOnOtherGround.contains(message.id) { lists.staysOnOtherGround.append(message.id) }
                    continue
                }
                switch state {
                case .queued:
                    lists.ended.append(message.id)
                    // What takes its place says only what is still permitted; it is listed, so that nothing arrives unlisted.
                    if let replacement = message.ending?.replacement { lists.staysOnOtherGround.append(replacement) }
                case .receipted: lists.left.append(message.id)
                case .left, .ended, .superseded:
                    if !lists.ended.contains(message.id) { lists.mayHaveLeft.append(message.id) }
                }
                if state.isLive, let ending = message.ending {
                    guard try ending.holds(transaction) else { return nil }
                    writes.append(ending.write)
                }
                if state != .queued, !lists.ended.contains(message.id) {
                    // It left between the two looks, which the basis does not let happen.
                    guard message.hasLeft else { return nil }
                    if let recall = message.recall { writes.append(recall) }
                    if message.isUntold {
                        lists.notTold.append(message.id)
                        writes.append { try $0.expectTelling(of: message.id, .recalled, since: since) }
                    }
                }
            }
            for write in writes { try write(transaction) }
            try transaction.settleRecall(about: person)
            return DeskAnswer(status: 200, body: lists.json)
        }
    }

    /// Decides again about each of these messages and prepares what follows; several at once, so that many take no longer than a caller
    /// waits.
    private func lookAgain(at messages: [MessageRow], policy: PolicyInForce, by caller: Caller) async throws(DeskRefusal) -> [LookedAt] {
        let results = await withTaskGroup(of: (Int, Result<LookedAt, DeskRefusal>).self) { group in
            for (place, message) in messages.enumerated() {
                group.addTask {
                    do throws(DeskRefusal) {
                        return (place, .success(try await self.lookAgain(at: message, policy: policy, by: caller)))
                    } catch { return (place, .failure(error)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var looked: [LookedAt] = []
        for (_, result) in results.sorted(by: { $0.0 < $1.0 }) { looked.append(try result.get()) }
        return looked
    }

    private func lookAgain(at message: MessageRow, policy: PolicyInForce, by caller: Caller) async throws(DeskRefusal) -> LookedAt {
        let review = try await review(message, policy: policy)
        let stays =
            message.state == .queued ? review.verdict == .stands || review.verdict == .held : !review.recalls(message)
        var looked = LookedAt(
            id: message.id, basis: review.basis, stays: stays, hasLeft: message.state != .queued,
            ending: stays || !message.state.isLive ? nil : try await ending(message, review, by: caller))
        guard !stays, message.state != .queued else { return looked }
        switch try await recalling(message, code: .recalled, by: caller) {
        case .told(let write): looked.recall = write
        case .toldBefore: break
        // One partner for whom nothing can be sealed now keeps no other from being told.
        case .unsealable: looked.isUntold = true
        }
        return looked
    }
}

/// A message about somebody who withdrew, as it was found, with what would follow.
private struct LookedAt: Sendable {
    let id: MessageID
    let basis: Basis
    /// Whether it rests on another ground, or is held, or was lawful when it left.
    let stays: Bool
    let hasLeft: Bool
    let ending: MessageEnding?
    var recall: CaseWrite?
    /// Whether it is to be recalled, and nothing can be sealed for its partner now.
    var isUntold = false
}

/// What the answer to a withdrawal says: each message in one list.
private struct WithdrawalLists {
    var ended: [MessageID] = []
    var left: [MessageID] = []
    var mayHaveLeft: [MessageID] = []
    var staysOnOtherGround: [MessageID] = []
    /// Of those that left or may have: whose recall waits until it can be sealed.
    var notTold: [MessageID] = []

    var json: JSONValue {
        func list(_ ids: [MessageID]) -> JSONValue { .array(ids.map { .string($0.description) }) }
        var lists: JSONObject = [
            "ended": list(ended), "left": list(left), "mayHaveLeft": list(mayHaveLeft), "staysOnOtherGround": list(staysOnOtherGround),
        ]
        if !notTold.isEmpty { lists["notTold"] = list(notTold) }
        return .object(lists)
    }
}

/// How a withdrawal reached whoever recorded it.
private enum WithdrawnHow: String, CaseIterable { case telephone, counter, letter, online }
