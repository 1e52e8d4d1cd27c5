import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records what a person answered, or somebody who decides for the person (`by`): given, refused, or not asked and why. A refusal needs no
    /// scope and no reason, and does what a withdrawal does: it ends what has not left and recalls what has.
    ///
    /// 201 `{consentId}`; of a refusal also `{ended, left, mayHaveLeft, staysOnOtherGround}`, as of a withdrawal.
    public func recordConsent(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer {
        let (now, since) = (world.calendar(), world.wall())
        let members = [
            "personId", "by", "answer", "recipients", "purposes", "fields", "from", "until", "recordedHow", "reason", "language",
            "textVersion",
            "card", "freely",
        ]
        let (personID, speaker, answer, from, how) = try reading(body) {
            reader -> (PersonID, RepresentativeID?, SignalFiling.Answer, Instant, String)? in
            guard let object = reader.object(members, required: ["personId", "answer", "recordedHow"]) else { return nil }
            let answer = SignalFiling.Answer(object)
            let from = object["from"]?.instant() ?? now
            if let until = answer?.until, until <= from {
                object["until"]?.fault("contradictory-dates", "it ends before it begins", hint: "`until` comes after `from`")
            }
            let person = object["personId"]?.identifier(PersonID.self)
            let speaker = object["by"]?.identifier(RepresentativeID.self)
            let how = object["recordedHow"]?.oneOf(RecordedHow.self)
            guard let answer, let person, let how else { return nil }
            return (person, speaker, answer, from, how.rawValue)
        }
        let recorded = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(personID, for: caller)
            if let speaker {
                let speaksForThem = try await read { try $0.person(ofRepresentative: speaker) == personID }
                guard speaksForThem else {
                    throw .invalidInput([
                        InputFault(
                            pointer: "/by", code: "unknown-representative", detail: "this one does not decide for this person",
                            hint: "use a representativeId of the case, or leave `by` out where the person answered")
                    ])
                }
            }
            let record = answer.record(world.newID(), by: Speaker(speaker), from: from, at: now)
            let entry = consentEntry(record, of: person, in: casefile, by: caller)
            let evidence = ConsentEvidence(
                how: how, by: handle(of: caller), reason: answer.reason, language: answer.language, textVersion: answer.textVersion,
                card: answer.card?.mac(of: personID.bytes, under: consentCardKey), freely: answer.freely)
            // First: a no that is remembered and then not recorded is one too many, and never one too few.
            if record.answer == .refused { try await remember(record, how: how, of: person) }
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.person(personID)?.erasedAt == nil else { return DeskRefusal.notFound.answer }
                try transaction.insertConsent(record, of: personID, evidence: evidence)
                if record.answer == .refused { try transaction.expectRecall(about: personID, since: since) }
                try transaction.append([entry])
                return DeskAnswer(status: 201, body: ["consentId": .string(record.id.description)])
            }
        }
        guard answer.answer == .refused, recorded.status == 201 else { return recorded }
        let recalled = try await recall(about: personID, since: since, by: caller, idempotency: idempotency?.afterwards)
        var told = recorded.body.objectValue ?? [:]
        for list in recalled.body.objectValue?.members ?? [] { told[list.name] = list.value }
        return DeskAnswer(status: 201, body: .object(told))
    }

    /// The entry of a consent record: its scope, never who.
    func consentEntry(_ record: ConsentRecord, of person: JournalSubject, in casefile: JournalCasefile?, by caller: Caller) -> JournalEntry
    {
        var facts: [String: AuditFact] = [
            "answer": .text(record.answer.rawValue), "recipients": .list(record.recipients.map(\.text)),
            "fields": record.fields == .everything ? .text("all") : .list(record.fields.paths), "from": .text(record.from.rfc3339),
            "purposes": record.purposes.map { .list($0.map(\.rawValue)) } ?? .text("all"),
        ]
        if let representative = record.speaker.representative { facts["by"] = .text(representative.description) }
        if let until = record.until { facts["until"] = .text(until.rfc3339) }
        return entry(
            record.answer == .refused ? .consentRefused : .consentRecorded, by: caller, about: [person], in: casefile,
            refs: [.consent: record.id.description], facts: facts)
    }
}

extension IdempotencyKey {
    /// The key of what the same request does in a later commit.
    fileprivate var afterwards: IdempotencyKey { IdempotencyKey(route: route + " afterwards", key: key, body: body) }
}

/// How an answer reached whoever recorded it.
private enum RecordedHow: String, CaseIterable { case spoken, signed, code }
