import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Who decides to share without consent: whoever may refer, and the process manager, on a case that is theirs.
    public static let justifyingRoles = referringRoles.union([.processManager])

    /// Writes down why something of a case must go to one organisation, for one purpose, without consent. Nothing goes on it before a second
    /// person agreed. It is refused where the gate would let nothing through even then.
    ///
    /// 201 `{justificationId, state, until, allowed, leftOut}`; 422 with the gate's reasons. What is written is sealed under the case's key; the
    /// log holds codes, days and a salted hash of it.
    public func makeJustification(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .staff(let member) = caller, Self.justifyingRoles.contains(member.role) else { throw .roleMayNot }
        let (now, calendar) = (world.calendar(), calendar)
        let draft = try reading(body) { JustificationDraft($0, at: now, calendar: calendar) }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (found, consulted) = try await read { transaction in
                (
                    try transaction.casefile(casefileID).map { ($0, try transaction.persons(of: casefileID)) },
                    try draft.consulted.flatMap { try transaction.account(named: $0) }
                )
            }
            guard let (row, household) = found else { throw .notFound }
            let persons = household.filter { draft.subjects.contains($0.id) && $0.erasedAt == nil }
            try demandConsistency(of: draft, persons: persons.count, consulted: consulted, with: member)
            let casefile = try casefileKey(row)
            let justificationID: JustificationID = world.newID()
            let written = draft.sentencesJSON.canonicalBytes()
            let sentences = try sealed(written, of: written, id: justificationID.bytes, use: sentencesUse, under: casefile.key)
            let made = JustificationRow(
                id: justificationID, casefile: casefileID, subjects: draft.subjects, decider: member.account, recipient: draft.to,
                purpose: draft.purpose, ground: draft.ground, fields: draft.fields, necessary: FieldNames(draft.necessity.keys),
                capacity: draft.capacity, exception: draft.exception?.rawValue, offencesUnder: draft.offencesUnder,
                consentSought: draft.consentSought, consulted: consulted.map { handle(of: $0.id) }, sealed: sentences.bytes, madeAt: now,
                until: draft.until, tellBy: draft.tellBy, postponedBecause: draft.postponedBecause?.rawValue)
            let permission = try await supposed(made, role: member.role, at: now)
            let entry = entry(
                .justificationMade, by: caller, about: try subjectKeys(persons), in: casefile,
                facts: made.logged.merging(["sentences": .text(sentences.hash)]) { first, _ in first })
            var answer = permission.json(id: nil).objectValue ?? [:]
            answer["justificationId"] = .string(justificationID.description)
            answer["state"] = .string(made.state(at: now).rawValue)
            answer["until"] = .string(made.until.rfc3339)
            return Prepared(basis: Basis(persons: Dictionary(uniqueKeysWithValues: persons.map { ($0.id, $0.disclosureRevision) }))) {
                [answer] transaction in
                try transaction.insertJustification(made)
                try transaction.append([entry])
                return DeskAnswer(status: 201, body: .object(answer))
            }
        }
    }

    private func demandConsistency(of draft: JustificationDraft, persons: Int, consulted: AccountRow?, with member: StaffMember)
        throws(DeskRefusal)
    {
        if persons != draft.subjects.count {
            throw .invalidInput([.unknownPerson(at: "/subjects", detail: "not every person is in this case")])
        }
        if draft.consulted != nil, consulted?.organisation != municipality.oin || consulted?.id == member.account {
            throw .invalidInput([
                InputFault(
                    pointer: "/secrecy/consulted", code: "unknown-colleague", detail: "this is no account of a colleague",
                    hint: "name the account of another member of staff")
            ])
        }
    }

    /// What the gate would let through on this justification if a second person had agreed to it. A decision on nothing: it is not recorded,
    /// and nothing can go on it.
    private func supposed(_ row: JustificationRow, role: StaffRole, at now: Instant) async throws(DeskRefusal) -> Permission {
        let policy = policyInForce.snapshot
        let facts = try await read {
            try $0.disclosureFacts(
                of: row.subjects, held: true, levers: row.ground.isCompulsory, supposing: row.asTheGateSees(agreedAt: now), at: now)
        }
        if row.consentSought != .refused, facts.subjects.values.contains(where: { $0.saidNo(to: row, in: policy) }) {
            throw .invalidInput([
                InputFault(
                    pointer: "/consent/sought", code: "was-refused", detail: "a person said no to this, as the registry has it",
                    hint: "say `refused`, or think again")
            ])
        }
        let question = DisclosureQuestion(
            sender: municipality.oin, senderRole: role, recipient: row.recipient, purpose: row.purpose, fields: row.fields,
            subjects: row.subjects, capacity: row.capacity, ground: row.ground)
        let decision = decideDisclosure(question, facts: facts, policy: policy, at: now)
        switch decision {
        case .permitted(let permission): return permission
        case .refused(let reasons):
            throw .disclosureRefused(
                decision: nil, reasons: reasons, explanation: explain(decision, question: question, policy: policy, at: now))
        }
    }
}

extension SubjectFacts {
    /// Whether the person's last word about this, read broadly, was a no; what it says of fields that are not shared does not count.
    fileprivate func saidNo(to row: JustificationRow, in policy: PolicySnapshot) -> Bool {
        let sectors = policy.covenants(with: row.recipient).compactMap { policy.party(row.recipient, in: $0) }.flatMap(\.sectors)
        let about = (consents ?? []).filter { record in
            !record.fields.isDisjoint(with: row.fields) && record.purposes?.contains(row.purpose) ?? true
                && record.recipients.contains {
                    switch $0 {
                    case .organisation(let oin): oin == row.recipient
                    case .sector(let sector): sectors.contains(sector)
                    case .anyone: true
                    }
                }
        }
        let no = about.compactMap { $0.answer == .refused ? $0.recordedAt : $0.withdrawnAt }.max()
        let yes = about.filter { $0.answer == .given && $0.withdrawnAt == nil }.map(\.recordedAt).max()
        return no.map { no in yes.map { $0 <= no } ?? true } ?? false
    }
}
