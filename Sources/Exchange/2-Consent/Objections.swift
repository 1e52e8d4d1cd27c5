import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records an objection (GDPR 21): it holds the queue until a named person has weighed it.
    ///
    /// 201 `{objectionId}`.
    public func makeObjection(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer {
        let (personID, recipients, purposes) = try reading(body) { reader -> (PersonID, [OrganisationNumber], [Purpose])? in
            guard let object = reader.object(["personId", "recipients", "purposes"], required: ["personId"]) else { return nil }
            let recipients = object["recipients"]?.array(max: 40)?.compactMap { $0.organisation() } ?? []
            let purposes = object["purposes"]?.array(max: 40)?.compactMap { $0.purpose() } ?? []
            return object["personId"]?.identifier(PersonID.self).map { ($0, recipients, purposes) }
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (person, casefile) = try await livingPerson(personID, for: caller)
            let objection = Objection(id: world.newID(), recipients: recipients, purposes: purposes)
            let entry = entry(
                .objectionMade, by: caller, about: [person], in: casefile,
                facts: ["recipients": .list(recipients.map(\.description)), "purposes": .list(purposes.map(\.rawValue))])
            let recorder = handle(of: caller)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.person(personID)?.erasedAt == nil else { return DeskRefusal.notFound.answer }
                try transaction.insertObjection(objection, of: personID, by: recorder, at: now)
                try transaction.append([entry])
                return DeskAnswer(status: 201, body: ["objectionId": .string(objection.id.description)])
            }
        }
    }

    /// Says what became of an objection: upheld, overruled on compelling grounds, or taken back by the resident. Who objected is to be told of it
    /// and why (GDPR 12(4), 21(1)), so that whoever weighs it says why; for the privacy officer.
    ///
    /// Body: `{outcome: upheld | overruled | withdrawn, because}`; `because` is left out where the resident took it back. 200 `{objectionId,
    /// outcome}`; 409 `already-decided`. What waited for it goes on; upheld, it ends, and what went is recalled. What is written is sealed under
    /// the case's key.
    public func weighObjection(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let member = try demandMember([.privacyOfficer], caller)
        let (outcome, because) = try reading(body) { reader -> (ObjectionOutcome, String?)? in
            guard let object = reader.object(["outcome", "because"], required: ["outcome"]) else { return nil }
            let outcome = object["outcome"]?.oneOf(ObjectionOutcome.self)
            let because = object["because"]?.string(maxLength: 500)
            if let outcome, (outcome == .withdrawn) == (object["because"] != nil) {
                object.fault(
                    outcome == .withdrawn ? "contradictory" : "missing-member", "a reason belongs to what was weighed",
                    hint: "send `because`, unless the resident took the objection back")
            }
            return outcome.map { ($0, because) }
        }
        let objectionID = try ObjectionID(id).orRefuse(.notFound)
        let found = try await objection(objectionID)
        let since = world.wall()
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (row, casefile) = try await objection(objectionID)
            guard row.weighed == nil else { throw .alreadyDecided }
            var sealed: [UInt8]?
            do {
                sealed = try because.map { try sealSecret(Array($0.utf8), id: objectionID.bytes, under: casefile.key.derive(objectionUse)) }
            } catch { throw .notDurable }
            let entry = entry(
                .objectionWeighed, by: caller, about: try await livingSubjects([row.person]), in: casefile,
                facts: ["objection": .text(id), "outcome": .text(outcome.rawValue)])
            return Prepared(basis: Basis()) { [sealed] transaction in
                guard let current = try transaction.objection(objectionID), current.weighed == nil else { return nil }
                try transaction.weigh(current, as: outcome, sealed: sealed, by: member.account, at: now)
                if outcome == .upheld { try transaction.expectRecall(about: current.person, since: since) }
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: ["objectionId": .string(id), "outcome": .string(outcome.rawValue)])
            }
        }
        if outcome == .upheld {
            _ = try await recall(about: found.row.person, since: since, by: caller)
        } else {
            // What was held goes on by itself; what else ended meanwhile, while nothing held could end, ends it now.
            try await endWhatNoLongerStands(about: [found.row.person])
        }
        return answer
    }

    /// Every objection, newest first, with what became of it: for the privacy officer and the data protection officer. Every look is an entry.
    ///
    /// 200 `{items: [{objectionId, casefileId, personId, recipients, purposes, madeAt, outcome?, weighedAt?, weighedBy?, because?}], next?}`.
    public func listObjections(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let cursor = try after.map { text throws(DeskRefusal) in try ObjectionID(text).orRefuse(.invalidInput([.badCursor])) }
        let rows = try await read { try $0.allObjections(before: cursor, limit: limit + 1) }
        try await noteLook("objections", by: caller)
        var body: JSONObject = ["items": .array(rows.prefix(limit).map(objectionJSON))]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    /// An objection as those see it who may.
    func objectionJSON(_ row: ObjectionRow) -> JSONValue {
        var json: JSONObject = [
            "objectionId": .string(row.id.description), "casefileId": .string(row.casefile.description),
            "personId": .string(row.person.description), "recipients": .array(row.recipients.map { .string($0.description) }),
            "purposes": .array(row.purposes.map { .string($0.rawValue) }), "madeAt": .string(row.madeAt.rfc3339),
        ]
        if let weighed = row.weighed {
            json["outcome"] = .string(weighed.outcome.rawValue)
            json["weighedAt"] = .string(weighed.at.rfc3339)
            json["weighedBy"] = .string(weighed.by)
        }
        if let sealed = row.sealed, let key = try? key(row.casefileKey),
            let text = try? openSecret(sealed, id: row.id.bytes, under: key.derive(objectionUse))
        {
            json["because"] = .string(String(decoding: text, as: UTF8.self))
        }
        return .object(json)
    }

    private func objection(_ id: ObjectionID) async throws(DeskRefusal) -> (row: ObjectionRow, casefile: JournalCasefile) {
        let found = try await read { transaction in
            try transaction.objection(id).flatMap { row in try transaction.casefile(row.casefile).map { (row, $0) } }
        }
        let (row, casefile) = try found.orRefuse(.notFound)
        return (row, try casefileKey(casefile))
    }
}

/// The sub-key under which it is sealed why an objection was weighed as it was.
private let objectionUse = "objection"
