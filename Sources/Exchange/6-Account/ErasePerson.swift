import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Erases one person: the entry first, then the key. After it nothing of that person opens here and nothing joins; every proof holds.
    ///
    /// Messages about the person that have not left are ended; who received one is told that it was erased here (GDPR 19). When nobody of
    /// the household is left, its own key goes too. 200 `{erased, ended, told}`.
    public func erasePerson(casefile: String, person: String, because: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let reason = try EraseReason(rawValue: because).orRefuse(
            .invalidInput([
                InputFault(
                    pointer: "/because", code: "not-in-list", detail: "this is not a reason for erasure",
                    hint: EraseReason.allCases.map(\.rawValue).joined(separator: ", "))
            ]))
        let casefileID = try CasefileID(casefile).orRefuse(.notFound)
        let personID = try PersonID(person).orRefuse(.notFound)
        for _ in 0..<3 {
            let now = world.calendar()
            let wall = world.wall()
            let found = try await read { transaction in
                (
                    casefile: try transaction.casefile(casefileID), person: try transaction.person(personID),
                    others: try transaction.persons(of: casefileID).filter { $0.id != personID && $0.erasedAt == nil },
                    messages: try transaction.messages(about: personID)
                )
            }
            guard let row = found.casefile, let target = found.person, target.casefile == casefileID, target.erasedAt == nil else {
                throw .notFound
            }
            let journalCasefile = try casefileKey(row)
            let subject = JournalSubject(id: personID, key: try key(target.key))
            var steps: [@Sendable (Transaction) throws -> Void] = []
            var ended: [JSONValue] = []
            var told: [JSONValue] = []
            for message in found.messages {
                if message.state.isLive {
                    ended.append(.string(message.id.description))
                    let entry = entry(
                        .messageEnded, by: caller, about: [subject], in: journalCasefile, refs: [.message: message.id.description],
                        facts: ["because": .text("erased")])
                    let taskEnds = try await endingTask(message.task, in: casefileID, by: caller)
                    steps.append { transaction in
                        guard try transaction.message(message.id)?.state.isLive == true else { return }
                        try transaction.close(message.id, as: .ended, at: wall)
                        try transaction.append([entry])
                        try taskEnds(transaction)
                    }
                }
                if message.state != .queued, let notice = try await recalling(message, code: .erased, by: caller) {
                    told.append(.string(message.id.description))
                    steps.append(notice)
                }
            }
            let last = found.others.isEmpty
            // `markErased` takes its index row away again: the entry of an erasure must not lead back to the person.
            let erased = entry(
                .erasureDone, by: caller, about: [subject], in: journalCasefile, facts: ["because": .text(reason.rawValue)])
            // A message that leaves meanwhile is one to be told of: its state counts as much as its being there.
            let expected = found.messages.map { [$0.id.description, $0.state.rawValue] }
            let outcome = try await commit { [steps] transaction -> Bool in
                guard try transaction.person(personID)?.erasedAt == nil,
                    try transaction.messages(about: personID).map({ [$0.id.description, $0.state.rawValue] }) == expected
                else { return false }
                try transaction.append([erased])
                for step in steps { try step(transaction) }
                try transaction.markErased(personID, at: now)
                try transaction.doom(target.key)
                if last {
                    try transaction.deleteHouseholdContent(of: casefileID)
                    try transaction.doom(row.key)
                }
                return true
            }
            guard case .done(true) = outcome else { continue }
            try await destroyDoomedKeys()
            return DeskAnswer(status: 200, body: ["erased": .string(personID.description), "ended": .array(ended), "told": .array(told)])
        }
        throw .busy
    }

    /// Destroys the keys whose end was committed; repeated after a crash until it is done.
    public func destroyDoomedKeys() async throws(DeskRefusal) {
        while true {
            let keys = try await read { try $0.doomedKeys(limit: 500) }
            guard !keys.isEmpty else { return }
            do { try await vault.destroy(keys) } catch { throw .notDurable }
            _ = try await commit { try $0.forgetDoomed(keys) }
        }
    }
}

/// Why somebody is erased: a closed list, so that the log holds no text about anybody.
public enum EraseReason: String, CaseIterable, Sendable { case requested, retentionEnded, filedInError, unlawful }
