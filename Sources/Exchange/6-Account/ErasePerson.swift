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
    /// the household is left, its own key goes too. `casefile` is the one that the person was filed in, or one that it is a part of.
    /// 200 `{erased, ended, told, notTold?}`; `notTold` names the messages for whose recipients no notice can be sealed now, which follows when it
    /// can be, and those of partners that were removed, whose notice arrives nowhere.
    public func erasePerson(casefile: String, person: String, because: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let reason = try EraseReason(rawValue: because).orRefuse(
            .invalidInput([
                InputFault(
                    pointer: "/because", code: "not-in-list", detail: "this is not a reason for erasure",
                    hint: EraseReason.allCases.map(\.rawValue).joined(separator: ", "))
            ]))
        let casefileID = try CasefileID(casefile).orRefuse(.notFound)
        return try await erase(try PersonID(person).orRefuse(.notFound), shownBy: casefileID, because: reason.rawValue, by: caller)
    }

    /// The same; where the person's key is gone already, an earlier erasure is done again in restored data, and its entry names nobody.
    func erase(_ personID: PersonID, shownBy casefileID: CasefileID, because reason: String, by caller: Caller) async throws(DeskRefusal)
        -> DeskAnswer
    {
        for _ in 0..<3 {
            let now = world.calendar()
            let wall = world.wall()
            let found = try await read { transaction -> (person: PersonRow, messages: [MessageRow], households: HouseholdEnds)? in
                guard let person = try transaction.person(personID, shownBy: casefileID), person.erasedAt == nil else { return nil }
                return (person, try transaction.messages(about: personID), try HouseholdEnds(without: person, transaction))
            }
            guard let (target, messages, households) = found else { throw .notFound }
            let filedIn = try await livingCasefile(target.casefile)
            let subjects: [JournalSubject]
            do { subjects = try vault.key(target.key).map { [JournalSubject(id: personID, key: $0)] } ?? [] } catch { throw .notDurable }
            var steps: [@Sendable (Transaction) throws -> Void] = []
            var changes: [CaseChange] = []
            var ended: [JSONValue] = []
            var told: [JSONValue] = []
            var notTold: [JSONValue] = []
            for message in messages {
                if message.state.isLive {
                    let casefile = try await livingCasefile(message.casefile)
                    ended.append(.string(message.id.description))
                    let entry = entry(
                        .messageEnded, by: caller, about: subjects, in: casefile, refs: [.message: message.id.description],
                        facts: ["because": .text("erased")])
                    let isLeft = message.casefile.map { !households.ended.contains($0) } ?? false
                    let taskEnds = try await deliveryChange(
                        message, .groundEnded(tellsDesk: isLeft), at: now, by: caller, facts: ["because": .text("ground-ended")])
                    if let taskEnds { changes.append(taskEnds) }
                    steps.append { transaction in
                        guard try transaction.message(message.id)?.state.isLive == true else { return }
                        try transaction.close(message.id, as: .ended, at: wall)
                        try transaction.append([entry])
                        _ = try taskEnds?.write(transaction)
                    }
                }
                guard message.state != .queued else { continue }
                switch try await recalling(message, code: .erased, by: caller) {
                case .told(let notice):
                    let isReached = try await read { try $0.isRegistered(message.partner) }
                    if isReached { told.append(.string(message.id.description)) } else { notTold.append(.string(message.id.description)) }
                    steps.append(notice)
                case .toldBefore: break
                // A right to erasure waits for no partner's keys.
                case .unsealable:
                    notTold.append(.string(message.id.description))
                    steps.append { try $0.expectTelling(of: message.id, .erased, since: wall) }
                }
            }
            // `markErased` takes its index row away again: the entry of an erasure must not lead back to the person.
            let erased = entry(
                .erasureDone, by: caller, about: subjects, in: filedIn, facts: ["because": .text(reason)])
            var newKeys: [CasefileID: Int64] = [:]
            for casefile in households.goingOn { newKeys[casefile] = try await newKey().id }
            // A message that leaves meanwhile is one to be told of: its state counts as much as its being there.
            let expected = messages.map { [$0.id.description, $0.state.rawValue] }
            let isErased = try await commit { [steps, changes, newKeys] transaction -> Bool in
                guard try transaction.person(personID)?.erasedAt == nil, try HouseholdEnds(without: target, transaction) == households,
                    try transaction.messages(about: personID).map({ [$0.id.description, $0.state.rawValue] }) == expected,
                    try changes.allSatisfy({ try $0.holds(transaction) })
                else { return false }
                try transaction.append([erased])
                for step in steps { try step(transaction) }
                try transaction.markErased(personID, at: now)
                // All of theirs has ended here, and its recipients are told of that, now or when they can be.
                try transaction.settleRecall(about: personID)
                try transaction.doom(target.key)
                try households.write(newKeys, transaction, at: now)
                return true
            }
            guard isErased else { continue }
            try await destroyDoomedKeys()
            var body: JSONObject = ["erased": .string(personID.description), "ended": .array(ended), "told": .array(told)]
            if !notTold.isEmpty { body["notTold"] = .array(notTold) }
            return DeskAnswer(status: 200, body: .object(body))
        }
        throw .busy
    }

    /// Destroys the keys whose end was committed; repeated after a crash until it is done.
    public func destroyDoomedKeys() async throws(DeskRefusal) {
        while true {
            let keys = try await read { try $0.doomedKeys(limit: 500) }
            guard !keys.isEmpty else { return }
            do { try await vault.destroy(keys) } catch { throw .notDurable }
            try await commit { try $0.forgetDoomed(keys) }
        }
    }
}

/// Which casefiles lose what concerns their household as a whole when one person goes.
private struct HouseholdEnds: Equatable, Sendable {
    /// Nobody whom they show is left: their keys go.
    let ended: [CasefileID]
    /// Nobody who was filed in it is left, and it still shows others, by its parts: it goes on under a new key.
    let goingOn: [CasefileID]

    init(without person: PersonRow, _ transaction: Transaction) throws {
        var (ended, goingOn): ([CasefileID], [CasefileID]) = ([], [])
        for casefile in try transaction.casefiles(showing: person.casefile) {
            let others = try transaction.persons(of: casefile).filter { $0.id != person.id && $0.erasedAt == nil }
            if others.isEmpty {
                ended.append(casefile)
            } else if casefile == person.casefile, !others.contains(where: { $0.casefile == casefile }) {
                goingOn.append(casefile)
            }
        }
        self.ended = ended
        self.goingOn = goingOn
    }

    func write(_ newKeys: [CasefileID: Int64], _ transaction: Transaction, at now: Instant) throws {
        for casefile in ended + goingOn {
            try transaction.deleteHouseholdContent(of: casefile)
            try transaction.endKey(of: casefile, followedBy: newKeys[casefile])
        }
        // Nobody is left who could be told of these, or about whom somebody could do what was planned.
        for casefile in ended {
            try transaction.settleTellings(of: casefile)
            try transaction.settlePlans(of: casefile, at: now)
        }
        for casefile in goingOn { try transaction.settleTellings(ofSignalsFiledIn: casefile) }
    }
}

/// Why somebody is erased: a closed list, so that the log holds no text about anybody.
public enum EraseReason: String, CaseIterable, Sendable { case requested, retentionEnded, filedInError, unlawful }
