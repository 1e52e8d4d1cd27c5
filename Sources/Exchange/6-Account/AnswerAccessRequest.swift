import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// What was shared about one person, with whom, when, why (GDPR 15, in its simple form): from the rows of the queue and the person's own
    /// entries of the log. Nothing about anybody else, and nothing of what was refused: that was not shared.
    ///
    /// `at` is when it first left, or was told; of what only may have left (`mayHaveLeft`), since when that may be. Fields are names; those about
    /// the household as a whole (`household.members`, `freeText`) tell about this person too and are among them. 200 `{items: [{at, recipient, name?, purpose, ground, covenant, consents, fields, how, state}]}`;
    /// 404 for somebody who was erased: then nobody knows any more. To the data protection officer it is shown too, and the entry says that it
    /// was a look.
    public func answerAccessRequest(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let (casefileID, personID) = try reading(body) { reader -> (CasefileID, PersonID)? in
            guard let object = reader.object(["casefileId", "personId"], required: ["casefileId", "personId"]) else { return nil }
            let casefile = object["casefileId"]?.identifier(CasefileID.self)
            let person = object["personId"]?.identifier(PersonID.self)
            guard let casefile, let person else { return nil }
            return (casefile, person)
        }
        let found = try await read { transaction -> PersonRow? in
            guard let person = try transaction.person(personID, shownBy: casefileID), person.erasedAt == nil else { return nil }
            return person
        }
        guard let person = found else { throw .notFound }
        let subject = JournalSubject(id: personID, key: try key(person.key))
        let casefile = try await livingCasefile(casefileID)
        let trace = try await trace(of: subject)
        let policy = policyInForce.snapshot
        let shared = try await read { transaction in
            let consents = try transaction.consents(of: personID)
            var shared: [SharedItem] = []
            for message in try transaction.messages(about: personID) where message.kind != .notice {
                let begun = trace.firstLeft[message.id.description]
                // A restore lost the attempts since its copy: of what may have left in that time the row alone tells.
                guard let at = try begun ?? transaction.life(of: message).leftAt else { continue }
                let receipt = try transaction.receipt(of: message.id)
                shared.append(
                    SharedItem(
                        message, at: at, isCertain: begun != nil, wasOpened: receipt?.opened, about: personID,
                        decided: message.decision.flatMap { trace.decisions[$0.description] },
                        question: try message.decision.flatMap { try transaction.question(of: $0) }))
            }
            shared += trace.spoken
            return try shared.sorted { ($0.at, $0.recipient) < ($1.at, $1.recipient) }.map { item in
                item.json(
                    name: try OrganisationNumber(item.recipient).flatMap { try transaction.partnerName($0) }
                        ?? policy.name(of: item.recipient),
                    consents: item.consents(among: consents, sectors: policy.sectors(of: item)))
            }
        }
        // The data protection officer looks; only the privacy officer answers.
        let isAnswer = caller.role == .privacyOfficer
        let answered = entry(
            isAnswer ? .accessAnswered : .logRead, by: caller, about: [subject], in: casefile,
            facts: isAnswer ? ["items": .integer(Int64(shared.count))] : ["what": .text("person")])
        let isThere = try await commit { transaction in
            guard try transaction.person(personID)?.erasedAt == nil else { return false }
            try transaction.append([answered])
            return true
        }
        guard isThere else { throw .notFound }
        return DeskAnswer(status: 200, body: ["items": .array(shared)])
    }

    /// What the log says about one person, read through the index that dies with the person's key.
    func trace(of subject: JournalSubject) async throws(DeskRefusal) -> PersonTrace {
        var trace = PersonTrace()
        var seq: Int64 = 0
        while true {
            let rows = try await read { [seq] in try $0.logEntries(about: subject.id, after: seq, limit: 500) }
            guard let last = rows.last else { return trace }
            for row in rows {
                guard let entry = try? RecordedEntry(reading: row.entry) else { throw .notDurable }
                trace.take(entry, of: subject)
            }
            seq = last.seq
        }
    }
}

extension PolicySnapshot {
    /// The sectors to which a recipient belongs in the covenants that something was shared under.
    fileprivate func sectors(of item: SharedItem) -> Set<String> {
        let under = covenants.filter { covenant in item.articles.contains { $0.id == covenant.id && $0.version == covenant.version } }
        return Set(under.flatMap(\.parties).filter { $0.oin.description == item.recipient }.flatMap(\.sectors))
    }
}
