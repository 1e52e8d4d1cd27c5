import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

/// What a restored folder was made of, for its log.
public struct RestoreFacts: Sendable {
    /// When the copy of the data was made.
    public let dataAt: Instant
    /// When the copy of the keys was made; nil when they were whole.
    public let keysAt: Instant?
    /// The newest signed checkpoint of the old log that anybody knows; nil when that is the restored one.
    public let newestCheckpoint: String?
    /// How many entries of the old log are lost at least.
    public let entriesLost: Int64

    public init(dataAt: Instant, keysAt: Instant?, newestCheckpoint: String?, entriesLost: Int64) {
        self.dataAt = dataAt
        self.keysAt = keysAt
        self.newestCheckpoint = newestCheckpoint
        self.entriesLost = entriesLost
    }
}

extension ReferralDesk {
    /// Ends in restored data what had ended when the keys were copied, and holds deliveries until ``resumeDeliveries()``.
    ///
    /// Known by their keys: persons who were erased, messages that were received, ended or replaced. Known beside the keys: consents that were
    /// withdrawn, and each no that the desk recorded about somebody who is here (``remember(_:how:of:)`` says which are not kept). What of it was
    /// received nobody can say: such a message is a delivery fault for the desk, and is not sent again. Whatever waits may have left since the
    /// copy and counts as such; it is sent after all, and whoever has it knows it by its id. Nothing is changed before every queue seal has held.
    ///
    /// 200 `{erased, withdrawn, refused, notRefused, closed, waiting, notTold, gapFrom}`: numbers, and since when nothing is known. `notRefused`:
    /// refusals by somebody who decides for a person and was recorded after the copy, which are entered again with whoever that is. `notTold`:
    /// notices of a recall or an erasure that wait, since nothing can be sealed for their recipients now.
    public func replayEndings(_ facts: RestoreFacts) async throws(DeskRefusal) -> DeskAnswer {
        let living: Set<Int64>
        let withdrawals: [RememberedWithdrawal]
        let refusals: [RememberedRefusal]
        do {
            (living, withdrawals) = (try vault.livingKeys(), try vault.withdrawals())
            // Of before the copy it holds each that was recorded: one that is remembered only failed, and was said again or was not.
            refusals = try vault.refusals(since: facts.dataAt.advanced(byMilliseconds: -Self.recordingPatience))
        } catch { throw .notDurable }
        let waiting = try await checkQueueSeals(living)

        // The copy may be of a folder that was restored itself, and of whose gap nobody had entered anything yet.
        let earlier = try await read { try $0.restoredGap() }
        let gap = RestoredGap(from: min(earlier?.from ?? facts.dataAt, facts.dataAt), until: world.wall())
        var told: [String: AuditFact] = ["dataAt": .text(facts.dataAt.rfc3339), "entriesLost": .integer(facts.entriesLost)]
        if let at = facts.keysAt { told["keysAt"] = .text(at.rfc3339) }
        if let note = facts.newestCheckpoint { told["checkpoint"] = .text(note) }
        let restored = entry(.daemonRestored, by: .daemon, facts: told)
        try await commit { transaction in
            try transaction.append([restored])
            try transaction.setRestoredGap(gap)
            try transaction.endAllSessions()
        }
        restoredGap.withLock { $0 = gap }

        // First: what may have left in the gap has left, so that its recipients are told of what ended since, now and later.
        try await noteMayHaveLeft(at: facts.dataAt)
        let erased = try await replayErasures(living)
        let withdrawn = try await replayWithdrawals(withdrawals)
        let (refused, notRefused) = try await replayRefusals(refusals)
        // Read anew: what those were told just now has keys of now.
        let present: Set<Int64>
        do { present = try vault.livingKeys() } catch { throw .notDurable }
        let closed = try await closeUnopenable(present)
        let notTold = try await read { try $0.untoldNotices().count }
        return DeskAnswer(
            status: 200,
            body: [
                "erased": .integer(Int64(erased)), "withdrawn": .integer(Int64(withdrawn)), "refused": .integer(Int64(refused)),
                "notRefused": .integer(Int64(notRefused)), "closed": .integer(Int64(closed)), "waiting": .integer(Int64(waiting)),
                "notTold": .integer(Int64(notTold)), "gapFrom": .string(gap.from.rfc3339),
            ])
    }

    /// Milliseconds within which a no that was given its id is committed, at most.
    private static var recordingPatience: Int64 { 60_000 }

    /// Lets messages go again after a restore: somebody says that what was told to the desk in the gap has been entered again.
    ///
    /// Each message is decided again as it goes. 200 `{from, until}` of the gap; 400 when nothing is held.
    public func resumeDeliveries() async throws(DeskRefusal) -> DeskAnswer {
        let gap = try restoredGap.withLock { $0 }.orRefuse(
            .invalidInput([
                InputFault(
                    pointer: "", code: "nothing-held", detail: "nothing is held here", hint: "only a restored folder holds its messages")
            ]))
        let now = world.wall()
        let resumed = entry(
            .deliveryResumed, by: .daemon, facts: ["gapFrom": .text(gap.from.rfc3339), "gapUntil": .text(gap.until.rfc3339)])
        try await commit { transaction in
            try transaction.setRestoredGap(nil)
            // Time in which we let nothing go does not count against a message.
            try transaction.giveBackOfficeTime(from: gap.until, to: now)
            try transaction.wakeLanes(at: now)
            try transaction.append([resumed])
        }
        restoredGap.withLock { $0 = nil }
        return DeskAnswer(status: 200, body: ["from": .string(gap.from.rfc3339), "until": .string(gap.until.rfc3339)])
    }

    /// Opens every waiting message that has a key, and compares it with its queue seal; how many there are.
    private func checkQueueSeals(_ living: Set<Int64>) async throws(DeskRefusal) -> Int {
        var last: MessageID?
        var count = 0
        while true {
            let rows = try await read { [last] transaction in
                try transaction.liveMessages(after: last, limit: 500).compactMap { id in
                    try transaction.message(id).map { ($0, try transaction.sealedBytes(of: id)) }
                }
            }
            guard let final = rows.last else { return count }
            for (row, stored) in rows {
                guard let stored, let key = row.key, living.contains(key) else { continue }
                _ = try restore(row, stored: stored, keyID: key)
                count += 1
            }
            last = final.0.id
        }
    }

    /// Erases whoever has no key any more, as it was done then.
    private func replayErasures(_ living: Set<Int64>) async throws(DeskRefusal) -> Int {
        var last: PersonID?
        var count = 0
        while true {
            let persons = try await read { [last] in try $0.livingPersons(after: last, limit: 500) }
            guard let final = persons.last else { return count }
            for person in persons where !living.contains(person.key) {
                _ = try await erase(person.id, shownBy: person.casefile, because: "erased-before-restore", by: .daemon)
                count += 1
            }
            last = final.id
        }
    }

    private func replayWithdrawals(_ withdrawals: [RememberedWithdrawal]) async throws(DeskRefusal) -> Int {
        var count = 0
        for withdrawal in withdrawals {
            // Of a consent that was given after the copy, or whose person is erased, nothing is here.
            guard let holder = try await read({ try $0.consentHolder(withdrawal.consent) }), holder.answer == .given,
                let subject = try await livingSubjects([holder.person]).first
            else { continue }
            let since = world.wall()
            let entry = entry(
                .consentWithdrawn, by: .daemon, about: [subject], refs: [.consent: withdrawal.consent.description],
                facts: ["how": .text(withdrawal.how), "at": .text(withdrawal.at.rfc3339)])
            let isNew = try await commit { transaction -> Bool in
                guard
                    try transaction.withdraw(
                        withdrawal.consent, of: holder.person, how: withdrawal.how, by: "daemon", at: withdrawal.at)
                else { return false }
                try transaction.expectRecall(about: holder.person, since: since)
                try transaction.append([entry])
                return true
            }
            guard isNew else { continue }
            _ = try await perform(nil, by: .daemon) { () async throws(DeskRefusal) in
                try await prepareRecall(about: holder.person, since: since, by: .daemon)
            }
            count += 1
        }
        return count
    }

    /// How many were recorded again, and how many not, since nobody here knows who said them.
    private func replayRefusals(_ refusals: [RememberedRefusal]) async throws(DeskRefusal) -> (recorded: Int, left: Int) {
        var (count, left) = (0, 0)
        for refusal in refusals {
            // What was recorded just before the copy is here; whoever was filed after it, or is erased, is not.
            let found = try await read { transaction in
                try transaction.consentHolder(refusal.consent) == nil ? transaction.livingPerson(ofKey: refusal.key) : nil
            }
            guard let person = found, let subject = try await livingSubjects([person]).first else { continue }
            let (record, how) = try opened(refusal, of: subject)
            if let speaker = record.speaker.representative {
                // One who was recorded after the copy is entered again, and what they said with them.
                let isKnown = try await read { try $0.person(ofRepresentative: speaker) == person }
                guard isKnown else {
                    left += 1
                    continue
                }
            }
            let since = world.wall()
            let entry = consentEntry(record, of: subject, in: nil, by: .daemon)
            let evidence = ConsentEvidence(how: how, by: "daemon", reason: nil, language: nil, textVersion: nil)
            try await commit { transaction in
                try transaction.insertConsent(record, of: person, evidence: evidence)
                try transaction.expectRecall(about: person, since: since)
                try transaction.append([entry])
            }
            _ = try await recall(about: person, since: since, by: .daemon)
            count += 1
        }
        return (count, left)
    }

    /// Every live message may have left since the copy, with a receipt or without one: from now on it counts as such.
    private func noteMayHaveLeft(at instant: Instant) async throws(DeskRefusal) {
        var last: MessageID?
        while true {
            let ids = try await read { [last] in try $0.liveMessages(after: last, limit: 500) }
            guard let final = ids.last else { return }
            try await commit { transaction in for id in ids { try transaction.noteLeft(id, at: instant) } }
            last = final
        }
    }

    /// Ends live messages whose key was destroyed: they were received, ended or replaced, and nobody knows which.
    private func closeUnopenable(_ living: Set<Int64>) async throws(DeskRefusal) -> Int {
        var last: MessageID?
        var count = 0
        while true {
            let rows = try await read { [last] transaction in
                try transaction.liveMessages(after: last, limit: 500).compactMap { try transaction.message($0) }
            }
            guard let final = rows.last else { return count }
            for row in rows where row.key.map(living.contains) == false {
                let (now, wall) = (world.calendar(), world.wall())
                var refs: [AuditReference: String] = [.message: row.id.description]
                if let task = row.task { refs[.task] = task.description }
                let code = "unknown-after-restore"
                let ended = entry(
                    .messageEnded, by: .daemon, in: try await livingCasefile(row.casefile), refs: refs, facts: ["because": .text(code)])
                let change = try await deliveryChange(row, .deliveryFailed, at: now, by: .daemon, facts: ["because": .text(code)])
                let fault: EntryID = world.newID()
                try await commit { transaction in
                    _ = try change?.write(transaction)
                    try transaction.close(row.id, as: .ended, at: wall)
                    try transaction.insertFault(fault, message: row.id, code: code, at: now)
                    try transaction.append([ended])
                }
                count += 1
            }
            last = final.id
        }
    }
}
