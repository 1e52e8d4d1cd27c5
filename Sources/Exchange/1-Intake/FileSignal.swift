import AuditTrail
import Casework
import Crypto
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Files a signal. Filing is itself a disclosure, by the filer's organisation to the municipality, and passes the gate before any content
    /// is stored: accepted; accepted without identity (domains and a rough area); or refused, with what the filer can do.
    ///
    /// A secret address that is filed is noted in every other row of the same citizen service number, and what waits there is decided again. A death
    /// is not: it would end what others do for somebody on one filer's word.
    ///
    /// 201 `{signalId, outcome, status, leftOut}`; 422 `disclosure-refused` or `policy-incomplete`.
    public func fileSignal(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer {
        if caller.role != nil, !caller.mayFile { throw .roleMayNot }
        let now = world.calendar()
        let acts = Set(policyInForce.snapshot.statutes.map(\.id))
        // What a program passes on may come from another node, of whose policy it is: an act that is unknown here stays the mark that it was.
        let isSystems = if let account = caller.account { try await read { try $0.isSystem(account) } } else { false }
        let filing = try reading(body) { SignalFiling($0, acts: isSystems ? nil : acts, at: now) }
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareFiling(filing, by: caller)
        }
        let macs = filing.members.filter(\.registration.isSecret).compactMap(\.bsn).map { bsnMac(of: $0) }
        if answer.status == 201, !macs.isEmpty {
            let persons = try await read { transaction in try macs.flatMap { try transaction.persons(bsnMac: $0) } }
            try await endWhatNoLongerStands(about: persons.map(\.id))
        }
        return answer
    }

    private func prepareFiling(_ filing: SignalFiling, by caller: Caller) async throws(DeskRefusal) -> Prepared {
        guard let sender = caller.organisation else { throw .roleMayNot }
        let policy = policyInForce
        let now = world.calendar()
        let signal: SignalID = world.newID()
        guard !filing.members.isEmpty else {
            return try withoutIdentity(filing, signal, sender: sender, by: caller, policy: policy, at: now, decision: nil)
        }

        let household = try await HouseholdDraft(filing, from: sender, desk: self, at: now)
        let question = DisclosureQuestion(
            sender: sender, senderRole: caller.role, recipient: municipality.oin, purpose: .intake, fields: filing.fields,
            subjects: household.persons.map(\.id), capacity: filing.capacity)
        let today = calendar.localDate(of: now)
        let subjects = household.persons.map {
            FiledSubject(
                id: $0.id, consents: $0.consents.map(\.record), registration: $0.registration, bsnMac: $0.bsnMac,
                held: Holding.of($0.id, in: household.items), representation: $0.representation(on: today))
        }
        let facts = try await read { try $0.disclosureFacts(filing: subjects) }
        let decision = decideDisclosure(question, facts: facts, policy: policy.snapshot, at: now)
        let kept = KeptFacts(facts)
        let decisionID: DecisionID = world.newID()
        switch decision {
        case .permitted(let permission):
            return try await accepted(filing, signal, household, permission, decisionID, on: kept, by: caller, policy: policy, at: now)
        case .refused(let reasons):
            let journal = [
                decisionEntry(
                    decision, id: decisionID, of: question, policy: policy.snapshot, on: kept, at: now, by: caller, about: [], in: nil,
                    refs: [.signal: signal.description])
            ]
            if reasons.contains(where: \.isThePersonsOwn),
                reasons.allSatisfy({ $0.isThePersonsOwn || $0 == .fieldNotCovered || $0 == .fieldNotInPack })
            {
                return try withoutIdentity(
                    filing, signal, sender: sender, by: caller, policy: policy, at: now,
                    decision: (decisionID, question, kept, reasons, journal))
            }
            return refusedFiling(signal, decisionID, question, kept, reasons, journal, by: caller, policy: policy, at: now)
        }
    }

    private func accepted(
        _ filing: SignalFiling, _ signal: SignalID, _ household: HouseholdDraft, _ permission: Permission, _ decisionID: DecisionID,
        on facts: KeptFacts, by caller: Caller,
        policy: PolicyInForce, at now: Instant
    ) async throws(DeskRefusal) -> Prepared {
        let permitted = try permission.minimise(CaseContent(items: household.items)).orRefuse(.notDurable)
        let kept = household.persons.filter { person in permission.grants.contains { $0.subject == person.id } }
        let subjects = kept.map { JournalSubject(id: $0.id, key: $0.key) }
        let casefile = JournalCasefile(id: household.casefile, key: household.casefileKey)
        let refs: [AuditReference: String] = [.signal: signal.description, .decision: decisionID.description]
        var entries = [
            decisionEntry(
                .permitted(permission), id: decisionID, of: permission.question, policy: policy.snapshot, on: facts, at: now, by: caller,
                about: subjects, in: casefile, refs: [.signal: signal.description]),
            entry(
                .signalFiled, by: caller, about: subjects, in: casefile, refs: refs,
                facts: ["channel": .text(filing.channel.rawValue), "outcome": .text(FilingOutcome.accepted.rawValue)],
                commitments: commitments(to: permitted.items, subjects: kept.map(\.id))),
        ]
        for person in kept {
            for row in person.representatives {
                entries.append(
                    entry(
                        .representativeRecorded, by: caller, about: [JournalSubject(id: person.id, key: person.key)], in: casefile,
                        facts: row.logged))
            }
            for consent in person.consents {
                entries.append(consentEntry(consent.record, of: JournalSubject(id: person.id, key: person.key), in: casefile, by: caller))
            }
        }
        let elsewhere = try await rowsElsewhere(of: kept)
        for noted in elsewhere where !noted.rows.isEmpty {
            entries.append(entry(.registrationNoted, by: caller, about: try subjectKeys(noted.rows), in: casefile))
        }
        let rows = try household.contentRows(permitted.items, for: kept.map(\.id), desk: self)
        let row = SignalRow(
            id: signal, casefile: household.casefile, filerOrganisation: permission.question.sender, filerAccount: caller.account,
            channel: filing.channel, knowsWhomToCall: filing.knowsWhomToCall, outcome: .accepted, status: .received, area: filing.area,
            domains: permission.grants.isEmpty
                ? [] : filing.domains.filter { domain in permitted.items.contains { $0.field == .concern(domain) } },
            decision: decisionID, filedAt: now)
        let recorder = handle(of: caller)
        let tellBy = calendar.adding(.telling, to: now)
        let answer = DeskAnswer(
            status: 201,
            body: [
                "signalId": .string(signal.description), "outcome": .string(FilingOutcome.accepted.rawValue),
                "status": .string(SignalStatus.received.rawValue),
                "leftOut": .array(
                    permission.leftOut.map { left in
                        [
                            "field": .string(left.field.path), "ref": .string(household.ref(of: left.subject)),
                            "reason": .string(left.reason.rawValue),
                        ]
                    }),
            ])
        return Prepared(basis: Basis(policy: policy.number)) { [entries, calendar] transaction in
            for noted in elsewhere {
                guard try transaction.persons(bsnMac: noted.mac) == noted.rows else { return nil }
            }
            try transaction.insertCasefile(
                household.casefile, terms: policy.snapshot.pack.terms, ladder: policy.snapshot.pack.ladder, key: household.casefileKey.id,
                at: now)
            for person in kept {
                try transaction.insertPerson(
                    person.id, casefile: household.casefile, ordinal: person.place, key: person.key.id, age: person.age,
                    registration: try transaction.registration(filed: person.registration, bsnMac: person.bsnMac),
                    bsnMac: permission.grantedFields(to: person.id).contains(.bsn) ? person.bsnMac : nil)
                try transaction.insertHoldings(Holding.of(person.id, in: permitted.items), of: person.id)
            }
            for noted in elsewhere { try transaction.protect(transaction.persons(bsnMac: noted.mac), as: noted.said) }
            // After all of them: one may decide for another.
            for person in kept {
                for row in person.representatives { try transaction.insertRepresentative(row.among(kept.map(\.id)), by: recorder) }
                for consent in person.consents {
                    try transaction.insertConsent(consent.record, of: person.id, evidence: consent.evidence(by: recorder))
                }
            }
            for content in rows { try transaction.insertContent(content, casefile: household.casefile, at: now) }
            try transaction.insertDecision(
                decisionID, casefile: household.casefile, question: permission.question, permitted: true,
                policyRevision: policy.snapshot.revision, facts: facts, at: now)
            try transaction.insertSignal(row)
            try transaction.expect(.telling, of: .signal(signal), casefile: household.casefile, by: tellBy, calendar: calendar)
            try transaction.append(entries)
            return answer
        }
    }

    /// Where else people stand of whom the filing says that the address is secret.
    private func rowsElsewhere(of persons: [HouseholdDraft.Person]) async throws(DeskRefusal) -> [RowsElsewhere] {
        try await read { transaction in
            var found: [RowsElsewhere] = []
            for person in persons where person.registration.isSecret {
                guard let mac = person.bsnMac else { continue }
                found.append(
                    RowsElsewhere(
                        mac: mac, said: Registration(secrecyIndicator: person.registration.secrecyIndicator),
                        rows: try transaction.persons(bsnMac: mac)))
            }
            return found
        }
    }

    /// The path of a signal about people who did not agree to it, or who were never named: what the controller decided, or nothing.
    private func withoutIdentity(
        _ filing: SignalFiling, _ signal: SignalID, sender: OrganisationNumber, by caller: Caller, policy: PolicyInForce, at now: Instant,
        decision: (id: DecisionID, question: DisclosureQuestion, kept: KeptFacts, reasons: [RefusalReason], journal: [JournalEntry])?
    ) throws(DeskRefusal) -> Prepared {
        let stored = decision.map { ($0.id, $0.question, $0.kept) }
        let writeDecision: @Sendable (Transaction) throws -> Void = { transaction in
            guard let (id, question, kept) = stored else { return }
            try transaction.insertDecision(
                id, casefile: nil, question: question, permitted: false, policyRevision: policy.snapshot.revision, facts: kept,
                at: now)
        }
        let refs: [AuditReference: String] = [.signal: signal.description]
        switch policy.snapshot.pack.onRefusal {
        case nil:
            let answer = DeskRefusal.policyIncomplete(missing: ["onRefusal"]).answer
            let entries =
                (decision?.journal ?? []) + [
                    entry(.signalRefused, by: caller, refs: refs, facts: ["reasons": .list([RefusalReason.policyIncomplete.rawValue])])
                ]
            return Prepared(basis: Basis(policy: policy.number)) { transaction in
                try writeDecision(transaction)
                try transaction.append(entries)
                return answer
            }
        case .refuse:
            guard let decision else {
                let reasons = [RefusalReason.consentMissing]
                let answer = DeskRefusal.disclosureRefused(decision: nil, reasons: reasons, explanation: filerCanDo(.consentMissing)).answer
                let refused = entry(.signalRefused, by: caller, refs: refs, facts: ["reasons": .list(reasons.map(\.rawValue))])
                return Prepared(basis: Basis(policy: policy.number)) { transaction in
                    try transaction.append([refused])
                    return answer
                }
            }
            return refusedFiling(
                signal, decision.id, decision.question, decision.kept, decision.reasons, decision.journal, by: caller, policy: policy,
                at: now)
        case .withoutIdentity:
            let row = SignalRow(
                id: signal, casefile: nil, filerOrganisation: sender, filerAccount: caller.account, channel: filing.channel,
                knowsWhomToCall: filing.knowsWhomToCall, outcome: .acceptedWithoutIdentity, status: .received, area: filing.area,
                domains: filing.domains, decision: stored?.0, filedAt: now)
            let entries =
                (decision?.journal ?? []) + [
                    entry(
                        .signalFiled, by: caller, refs: refs,
                        facts: [
                            "channel": .text(filing.channel.rawValue), "outcome": .text(FilingOutcome.acceptedWithoutIdentity.rawValue),
                        ])
                ]
            let answer = DeskAnswer(
                status: 201,
                body: [
                    "signalId": .string(signal.description), "outcome": .string(FilingOutcome.acceptedWithoutIdentity.rawValue),
                    "status": .string(SignalStatus.received.rawValue),
                    "reasons": .array((decision?.reasons ?? []).map { .string($0.rawValue) }),
                ])
            return Prepared(basis: Basis(policy: policy.number)) { transaction in
                try writeDecision(transaction)
                try transaction.insertSignal(row)
                try transaction.append(entries)
                return answer
            }
        }
    }

    private func refusedFiling(
        _ signal: SignalID, _ decisionID: DecisionID, _ question: DisclosureQuestion, _ kept: KeptFacts, _ reasons: [RefusalReason],
        _ journal: [JournalEntry], by caller: Caller, policy: PolicyInForce, at now: Instant
    ) -> Prepared {
        let first = reasons.first ?? .unknownFact
        let answer = DeskRefusal.disclosureRefused(decision: decisionID.description, reasons: reasons, explanation: filerCanDo(first))
            .answer
        let entries =
            journal + [
                entry(
                    .signalRefused, by: caller, refs: [.signal: signal.description, .decision: decisionID.description],
                    facts: ["reasons": .list(reasons.map(\.rawValue))])
            ]
        return Prepared(basis: Basis(policy: policy.number)) { transaction in
            try transaction.insertDecision(
                decisionID, casefile: nil, question: question, permitted: false, policyRevision: policy.snapshot.revision, facts: kept,
                at: now)
            try transaction.append(entries)
            return answer
        }
    }
}

/// The rows of one citizen service number before a filing, and what the filing says of whom it names.
private struct RowsElsewhere: Sendable {
    let mac: [UInt8]
    let said: Registration
    let rows: [PersonRow]
}

extension RefusalReason {
    /// Whether an answer of the person, or of whoever decides for the person, is what refuses: the only refusals that the refusal path is for.
    var isThePersonsOwn: Bool {
        switch self {
        case .consentMissing, .consentRefused, .consentWithdrawn, .consentExpired, .consentUnconfirmed, .representativeMissing,
            .representativesDiffer, .ageUnknown:
            true
        default: false
        }
    }
}

extension Caller {
    /// The account, where a person asks.
    var account: AccountID? {
        guard case .staff(let member) = self else { return nil }
        return member.account
    }
}
