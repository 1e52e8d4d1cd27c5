import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records by what one person of a case may be compelled: the object on which every question on the ground `compulsory` rests (R24). Who may
    /// share without consent may record it. What waits about the person is decided again.
    ///
    /// Body: `{personId, kind, article, signers, from, until, reviewBy, voluntaryOn, ultimatumOn?, ultimatumUntil?, because}`, days as
    /// `YYYY-MM-DD`; `until` and `reviewBy` are last days. 201 `{leverId, state, from, until, reviewBy}`; 400 names each member that does not fit,
    /// also where a step was left out (R25): no voluntary offer, or an ultimatum that still runs; without `ultimatumUntil` it runs a year. 404 for a
    /// case that the caller may not work on.
    public func recordLever(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let member = try demandMember(Self.justifyingRoles, caller)
        let (now, calendar) = (world.calendar(), calendar)
        let draft = try reading(body) { LeverDraft($0, today: calendar.localDate(of: now)) }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (shown, found) = try await read { transaction in
                let person = try transaction.person(draft.person, shownBy: casefileID)
                let found = try person.flatMap { person in try transaction.casefile(person.casefile).map { (person, $0) } }
                return (try transaction.casefile(casefileID), found)
            }
            guard let shown else { throw .notFound }
            guard let (person, own) = found, person.erasedAt == nil else {
                throw .invalidInput([.unknownPerson(at: "/personId")])
            }
            let lever = Lever(
                id: world.newID(), kind: draft.kind, article: draft.article, signers: draft.signers,
                from: calendar.startOfDay(draft.from), until: calendar.startOfDay(draft.until.adding(days: 1)),
                reviewBy: calendar.startOfDay(draft.reviewBy.adding(days: 1)))
            let row = LeverRow(
                lever: lever, person: person.id, voluntaryOn: draft.voluntaryOn, ultimatum: draft.ultimatum, recordedAt: now)
            let why = try sealed(draft.because, on: lever.id, under: own.key)
            let entry = entry(
                .leverRecorded, by: caller, about: try subjectKeys([person]), in: try casefileKey(shown),
                facts: row.logged.merging(["sentences": .text(why.hash)]) { first, _ in first })
            return Prepared(basis: Basis(persons: [person.id: person.disclosureRevision])) { transaction in
                try transaction.insertLever(row, because: why.bytes, by: member.account)
                try transaction.append([entry])
                return DeskAnswer(
                    status: 201,
                    body: [
                        "leverId": .string(lever.id.description), "state": .string(lever.state(at: now).rawValue),
                        "from": .string(lever.from.rfc3339), "until": .string(lever.until.rfc3339),
                        "reviewBy": .string(lever.reviewBy.rfc3339),
                    ])
            }
        }
    }
}
