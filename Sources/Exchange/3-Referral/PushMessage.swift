import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

/// A message that may leave: its attempt is in the log.
public struct PushAttempt: Sendable {
    public let message: SealedMessage
    /// The trace in which the message stands; nil for one that was queued before traces were kept.
    public var trace: TraceID? { begun.row.trace }
    /// What must stand in the header of the HTTP message that carries it, beside what every one has.
    public var fields: [HeaderField] { begun.fields }
    let begun: BegunAttempt
}

/// What came of sending a message.
public enum PushAnswer: Sendable {
    /// The partner answered. `retryAfter` is the header's text.
    case answered(status: Int, body: [UInt8], retryAfter: String?)
    /// No connection to the partner was made; nothing of the message left. `code` is ours and stable.
    case unreachable(code: String)
    /// A connection was made and no answer came.
    case unanswered(code: String)
    /// We stopped before the answer.
    case interrupted
}

extension ReferralDesk {
    /// Decides a due message again, claims it and commits the attempt, before the first byte; nil when it does not go now.
    /// - Throws: what kept it from beginning; it is looked at again in a minute, and not before others.
    public func beginPush(_ id: MessageID) async throws(DeskRefusal) -> PushAttempt? {
        let beginning: AttemptBeginning
        do throws(DeskRefusal) { beginning = try await beginAttempt(on: id, .push) } catch {
            // One that cannot begin lets those behind it go; where nothing can be stored, neither can this.
            let now = world.wall()
            if let row = (try? await read({ try $0.message(id) })) ?? nil {
                // Else a fetch has it by now.
                if let due = row.nextTryAt, due <= now { try await postpone(row) }
            } else {
                try await commit { try $0.postpone(due: id, at: now, until: now.advanced(byMilliseconds: Self.heldPause)) }
            }
            throw error
        }
        switch beginning {
        case .begun(let begun): return PushAttempt(message: begun.message, begun: begun)
        case .held(let row):
            try await postpone(row)
            return nil
        case .ended, .notYours: return nil
        }
    }

    /// Settles an attempt: ends it in the log, and says when the message is tried again or that it never is.
    ///
    /// A worker whose claim was taken over meanwhile changes nothing, but for a receipt: that is the partner's signed word, whoever brings it.
    /// - Returns: what came of the attempt.
    @discardableResult public func settlePush(_ attempt: PushAttempt, _ answer: PushAnswer) async throws(DeskRefusal) -> AttemptResult {
        switch answer {
        case .answered(200, let body, _):
            if let code = try await receiptFault(body, of: attempt.begun) {
                return try await settle(attempt, .retry, status: 200, code: code)
            }
            forgetTrouble(of: attempt.begun.row.partner)
            _ = isSeries(.receipted, of: attempt.begun.row)
            return .receipted
        case .answered(202, _, _): return try await settle(attempt, .accepted, status: 202)
        case .answered(409, _, _) where try await isKnown(attempt):
            // Sealed anew for a partner that lost what it had; of this one it had lost nothing.
            return try await settle(attempt, .known, status: 409)
        case .answered(let status, _, let text):
            guard AnswerMeaning(status: status) != .neverThisMessage else { return try await settle(attempt, .dead, status: status) }
            let asked = [text.flatMap { retryAfter($0, at: world.wall()) }, status == 410 ? AnswerMeaning.goneRests : nil].compactMap(
                \.self
            ).max()
            return try await settle(attempt, .retry, status: status, asked: asked)
        case .unreachable(let code): return try await settle(attempt, .unreachable, code: code)
        case .unanswered(let code): return try await settle(attempt, .unanswered, code: code)
        case .interrupted: return try await settle(attempt, .interrupted)
        }
    }

    /// Milliseconds after which a message that is held, or that could not begin, is looked at again.
    static var heldPause: Int64 { 60_000 }
    /// Milliseconds that a partner which said 202 has for its receipt before the message is sent again; it deduplicates.
    static var receiptPause: Int64 { 3_600_000 }

    /// Lets a message that cannot go now be looked at again in a minute. An attempt that was never settled, such as a fetch without a receipt, ends
    /// with its claim: until then the message would be due all the time.
    private func postpone(_ row: MessageRow) async throws(DeskRefusal) {
        let now = world.wall()
        var overtaken: (AttemptID, JournalEntry)?
        if let lease = row.lease {
            let casefile = try await livingCasefile(row.casefile)
            overtaken = (
                lease,
                entry(.attemptEnded, by: .daemon, in: casefile, refs: attemptRefs(row, lease), facts: ["result": .text("overtaken")])
            )
        }
        try await commit { [overtaken] transaction in
            let later = now.advanced(byMilliseconds: Self.heldPause)
            guard try transaction.postpone(row.id, heldBy: row.lease, until: later), let (lease, ended) = overtaken else { return }
            if try transaction.endAttempt(lease, as: .overtaken, at: now) { try transaction.append([ended]) }
        }
    }

    /// Whether the partner signed for a message of this id before.
    private func isKnown(_ attempt: PushAttempt) async throws(DeskRefusal) -> Bool {
        let id = attempt.message.id
        return try await read { try $0.receipt(of: id)?.opened == true }
    }

    /// Takes the receipt in the body of an answer; why it was not taken, as a stable code, nil when it was.
    private func receiptFault(_ body: [UInt8], of attempt: BegunAttempt) async throws(DeskRefusal) -> String? {
        let partner = attempt.row.partner
        do throws(DeskRefusal) {
            let answer = try await takeReceipt(attempt.row.id.description, body, by: .partner(partner), answering: attempt)
            return answer.status == 200 ? nil : "no-receipt"
        } catch {
            switch error {
            case .notDurable, .busy: throw error
            case .invalidInput:
                // By the partner's key it is a receipt, so what is wrong is that key's certificate.
                guard let registered = try await read({ try $0.partner(partner) }) else { return "no-receipt" }
                let keys = try keySets(of: registered)
                let receipt = try? TakenReceipt(verifying: body, by: keys, from: partner, to: municipality.oin)
                return receipt == nil ? "no-receipt" : Self.receiptRefused
            default: return "no-receipt"
            }
        }
    }

    /// The code of an attempt whose receipt is the partner's, by a key whose certificate does not count now.
    private static var receiptRefused: String { "receipt-refused" }

    private func settle(
        _ attempt: PushAttempt, _ result: AttemptResult, status: Int? = nil, code: String? = nil, asked: Int64? = nil
    ) async throws(DeskRefusal) -> AttemptResult {
        let begun = attempt.begun
        let row = begun.row
        let now = world.wall()
        let chance = BackOff.chance(world.random(8))
        let ended = attemptEnded(begun, result, status: status, code: code, in: try await livingCasefile(row.casefile))
        let isDown = result == .unreachable || result == .unanswered
        // A receipt that is the partner's, by a certificate that does not count, says nothing against its endpoint.
        let isOneOfSeries = code != Self.receiptRefused && isSeries(result, of: row)
        let isLaneWide = isDown || status.map { AnswerMeaning(status: $0).isLaneWide } ?? false || isOneOfSeries
        let pause: Int64 =
            switch result {
            case .accepted: Self.receiptPause
            case .retry where !isLaneWide: BackOff.delay(failures: row.tries + 1, chance: chance, asked: asked)
            default: 0
            }
        for _ in 0..<3 {
            let dead = result == .dead ? try await endingUndelivered(row, code: "http-\(status ?? 0)") : nil
            let settled = try await commit { transaction -> AttemptResult? in
                guard try transaction.message(row.id)?.lease == begun.id else {
                    // Whoever took the message over has ended the attempt; where the message itself ended meanwhile, nobody has.
                    if try transaction.endAttempt(begun.id, as: result, at: now) { try transaction.append([ended]) }
                    return .overtaken
                }
                let before = isLaneWide ? try transaction.laneTrouble(of: row.partner) : nil
                if let dead {
                    guard try dead(transaction) else { return nil }
                } else if result == .known {
                    try transaction.close(row.id, as: .receipted, at: now)
                } else {
                    // One that fails again on a lane that works waits for itself, too, or it would be tried between all others for ever.
                    let isItsOwn = isLaneWide && before == nil && row.tries > 0
                    let rests = isItsOwn ? BackOff.delay(failures: row.tries, chance: chance) : pause
                    _ = try transaction.release(row.id, heldBy: begun.id, nextTryAt: now.advanced(byMilliseconds: rests))
                }
                if try transaction.endAttempt(begun.id, as: result, status: status, code: code, at: now) { try transaction.append([ended]) }
                if result == .unreachable { try transaction.takeBack(row.id) }
                if isLaneWide {
                    // Several that were under way together and fail together are one failure; the longest rest that was asked for counts.
                    let isSame = before.map { $0.pausedUntil > begun.startedAt } ?? false
                    let failures = (before?.failures ?? 0) + (isSame ? 0 : 1)
                    let pausedUntil = now.advanced(byMilliseconds: BackOff.delay(failures: failures, chance: chance, asked: asked))
                    if isSame, asked == nil || pausedUntil <= before?.pausedUntil ?? now { return result }
                    try transaction.store(
                        LaneTrouble(
                            failures: failures, code: status.map { "http-\($0)" } ?? code ?? result.rawValue, since: before?.since ?? now,
                            downSince: isDown ? before?.downSince ?? now : nil, pausedUntil: pausedUntil), of: row.partner)
                } else if status != nil {
                    try transaction.clearTrouble(of: row.partner, answeringSince: begun.startedAt)
                }
                return result
            }
            guard let settled else { continue }
            if settled != .overtaken {
                if isDown { _ = lanesDown.withLock { $0.insert(row.partner) } } else if status != nil { forgetTrouble(of: row.partner) }
            }
            return settled
        }
        throw .busy
    }

    private func forgetTrouble(of partner: OrganisationNumber) { _ = lanesDown.withLock { $0.remove(partner) } }

    /// Whether so many different messages failed in a row, each as if of itself, that the fault is the endpoint's: then the lane rests, and is
    /// tried with one message. A single one that the endpoint cannot take stops no other.
    private func isSeries(_ result: AttemptResult, of row: MessageRow) -> Bool {
        failing.withLock { failing in
            guard result == .retry else {
                if [.receipted, .accepted, .known, .dead].contains(result) { failing[row.partner] = nil }
                return false
            }
            if failing[row.partner, default: []].count < AnswerMeaning.series { failing[row.partner, default: []].insert(row.id) }
            return failing[row.partner, default: []].count >= AnswerMeaning.series
        }
    }

    /// The entry of an attempt that ended.
    func attemptEnded(
        _ begun: BegunAttempt, _ result: AttemptResult, status: Int? = nil, code: String? = nil, in casefile: JournalCasefile?
    ) -> JournalEntry {
        var facts: [String: AuditFact] = ["result": .text(result.rawValue)]
        if let status { facts["status"] = .integer(Int64(status)) }
        if let code { facts["code"] = .text(code) }
        return entry(.attemptEnded, by: .daemon, in: casefile, refs: attemptRefs(begun.row, begun.id), facts: facts)
    }
}
