import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Somebody looked whether the lever must still be, and says why: it holds until another day of review. A late review makes it hold again from
    /// now on; one that expired or was ended is recorded anew.
    ///
    /// Body: `{reviewBy, because}`. 200 `{leverId, state, reviewBy}`; 409 `already-decided` for one that can hold no more.
    public func reviewLever(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let member = try demandMember(Self.justifyingRoles, caller)
        let (day, because) = try reading(body) { reader -> (CalendarDate, String)? in
            guard let object = reader.object(["reviewBy", "because"], required: ["reviewBy", "because"]) else { return nil }
            let (day, because) = (object["reviewBy"]?.date(), object["because"]?.sentence())
            return day.flatMap { day in because.map { (day, $0) } }
        }
        let leverID = try LeverID(id).orRefuse(.notFound)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (now, calendar) = (world.calendar(), calendar)
            let (shown, person, casefile) = try await lever(leverID, for: caller)
            let lever = shown.row.lever
            guard ![.ended, .expired].contains(lever.state(at: now)) else { throw .alreadyDecided }
            let lastDay = calendar.localDate(of: lever.until).adding(days: -1)
            let begun = max(calendar.localDate(of: lever.from), calendar.localDate(of: now))
            _ = try reading(body) { $0.object(["reviewBy", "because"])?["reviewBy"]?.demandReview(by: day, begun: begun, until: lastDay) }
            let reviewBy = calendar.startOfDay(day.adding(days: 1))
            let reviewed = Lever(
                id: lever.id, kind: lever.kind, article: lever.article, signers: lever.signers, from: lever.from, until: lever.until,
                reviewBy: reviewBy)
            let why = try sealed(because, on: leverID, under: shown.casefileKey)
            let entry = entry(
                .leverReviewed, by: caller, about: [person], in: casefile,
                facts: ["lever": .text(id), "reviewBy": .text(reviewBy.rfc3339), "sentences": .text(why.hash)])
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.lever(leverID)?.row, current.lever == lever else { return nil }
                try transaction.review(current, by: reviewBy, because: why.bytes, account: member.account, at: now)
                try transaction.append([entry])
                return DeskAnswer(
                    status: 200,
                    body: [
                        "leverId": .string(id), "state": .string(reviewed.state(at: now).rawValue), "reviewBy": .string(reviewBy.rfc3339),
                    ])
            }
        }
    }

    /// Ends a lever before its time: what waits on it, and rests on no other one, ends as after a withdrawal.
    ///
    /// Body: `{because}`. 200 `{leverId, state}`; 409 `already-decided` for one that can hold no more.
    public func endLever(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let member = try demandMember(Self.justifyingRoles, caller)
        let because = try reading(body) { $0.object(["because"], required: ["because"])?["because"]?.sentence() }
        let leverID = try LeverID(id).orRefuse(.notFound)
        let (_, subject, _) = try await lever(leverID, for: caller)
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let (shown, person, casefile) = try await lever(leverID, for: caller)
            guard ![.ended, .expired].contains(shown.row.lever.state(at: now)) else { throw .alreadyDecided }
            let why = try sealed(because, on: leverID, under: shown.casefileKey)
            let entry = entry(
                .leverEnded, by: caller, about: [person], in: casefile,
                facts: ["lever": .text(id), "sentences": .text(why.hash)])
            return Prepared(basis: Basis()) { transaction in
                guard let current = try transaction.lever(leverID)?.row, current.lever.endedAt == nil else { return nil }
                try transaction.end(current, because: why.bytes, by: member.account, at: now)
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: ["leverId": .string(id), "state": "ended"])
            }
        }
        // From the commit on no attempt can begin on it; what waits is ended at once, and would be at its next attempt.
        try await endWhatNoLongerStands(about: [subject.id])
        return answer
    }

    /// A lever of a living person whom the caller may work for, that person, and the case in which the caller does.
    private func lever(_ id: LeverID, for caller: Caller) async throws(DeskRefusal) -> (ShownLever, JournalSubject, JournalCasefile) {
        let (person, casefile) = try await livingPerson(for: caller) { try $0.person(ofLever: id) }
        let shown = try await read { try $0.lever(id) }.orRefuse(.notFound)
        return (shown, person, casefile)
    }
}
