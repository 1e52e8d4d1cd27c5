import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// What was told by word of mouth: to whom, about whom, for what, on which ground.
struct SpokenRequest: Sendable {
    let recipients: [OrganisationNumber]
    let purpose: Purpose
    let fields: FieldNames
    let subjects: [PersonID]
    let ground: LawfulGround

    /// `{to, purpose, fields, subjects, ground?}`, where `to` is one organisation, or (`severalRecipients`) a list of them.
    init?(_ body: JSONObjectReader, severalRecipients: Bool) {
        let listed = severalRecipients ? body["to"]?.array(max: 30) : body["to"].map { [$0] }
        if let listed, listed.isEmpty { body["to"]?.fault("no-recipient", "it was told to somebody", hint: "name at least one OIN") }
        let recipients = listed?.compactMap { $0.organisation() }
        if let recipients, Set(recipients).count != recipients.count {
            body["to"]?.fault("duplicate-recipient", "an organisation is named twice", hint: "name each organisation once")
        }
        let purpose = body["purpose"]?.purpose()
        let fields = body["fields"]?.someFieldNames()
        let subjects = body["subjects"]?.subjects()
        let ground = body["ground"]?.ground()
        guard let recipients, let purpose, let fields, let subjects else { return nil }
        self.recipients = recipients
        self.purpose = purpose
        self.fields = fields
        self.subjects = subjects
        self.ground = ground ?? .consent
    }

    static let members = ["to", "purpose", "fields", "subjects", "ground"]
    static let required = ["to", "purpose", "fields", "subjects"]
}

/// A spoken disclosure that was decided after the fact, ready to be recorded.
struct PreparedSpoken: Sendable {
    /// `{to, outcome, allowed, reasons}` for each recipient.
    let answers: [JSONValue]
    let basis: Basis
    let write: @Sendable (Transaction) throws -> Void
}

extension ReferralDesk {
    /// Records what was told at a table or by telephone. It is recorded also when the gate would have refused it: the log tells what happened.
    ///
    /// 201 `{items: [{to, outcome, allowed, reasons}]}`.
    public func recordSpoken(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let (request, meeting) = try reading(body) { reader -> (SpokenRequest, MeetingID?)? in
            guard let object = reader.object(SpokenRequest.members + ["meetingId"], required: SpokenRequest.required) else { return nil }
            let meeting = object["meetingId"]?.identifier(MeetingID.self)
            return SpokenRequest(object, severalRecipients: true).map { ($0, meeting) }
        }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let member = try await member(caller, as: Self.leadingRoles, on: casefileID)
        let found = try await read { transaction in
            (casefile: try transaction.casefile(casefileID), meeting: try meeting.flatMap { try transaction.meeting($0) })
        }
        guard let row = found.casefile else { throw .notFound }
        if meeting != nil, found.meeting?.casefile != casefileID {
            throw .invalidInput([
                InputFault(
                    pointer: "/meetingId", code: "unknown-meeting", detail: "this is no meeting of the case",
                    hint: "leave it out, or look it up")
            ])
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let spoken = try await prepareSpoken(request, in: row, meeting: meeting, by: member)
            let answer = DeskAnswer(status: 201, body: ["items": .array(spoken.answers)])
            return Prepared(basis: spoken.basis) { transaction in
                try spoken.write(transaction)
                return answer
            }
        }
    }

    /// Asks the gate about what was told, and makes ready an entry for each recipient and each person.
    func prepareSpoken(_ request: SpokenRequest, in row: CasefileRow, meeting: MeetingID?, pointer: String = "", by member: StaffMember)
        async throws(DeskRefusal) -> PreparedSpoken
    {
        let ground = try await decidingGround(about: request.subjects, in: row, pointer: pointer + "/subjects", at: world.calendar())
        var refs: [AuditReference: String] = [:]
        if let meeting { refs[.meeting] = meeting.description }
        if let signal = try await read({ try $0.firstSignal(of: row.id) }) { refs[.signal] = signal.description }
        var answers: [JSONValue] = []
        var decided: [DecidedQuestion] = []
        var entries: [JournalEntry] = []
        for recipient in request.recipients {
            let question = DisclosureQuestion(
                sender: municipality.oin, senderRole: member.role, recipient: recipient, purpose: request.purpose, fields: request.fields,
                subjects: request.subjects, ground: request.ground)
            let answer = decide(question, on: ground, by: .staff(member), refs: refs)
            decided.append(answer)
            entries += request.subjects.compactMap { ground.subjects[$0] }.map { subject in
                spokenEntry(answer, about: subject, on: ground, by: member, refs: refs)
            }
            let allowed = answer.permission?.grants.reduce(into: FieldNames()) { $0.formUnion($1.fields) } ?? []
            answers.append([
                "to": .string(recipient.description), "outcome": answer.reasons.isEmpty ? "permitted" : "refused",
                "allowed": .array(allowed.paths.map(JSONValue.string)),
                "reasons": .array(answer.reasons.map { .string($0.rawValue) }),
            ])
        }
        return PreparedSpoken(answers: answers, basis: ground.basis) { [decided, entries] transaction in
            for decided in decided { try decided.record(transaction) }
            try transaction.append(entries)
        }
    }

    /// What was told to one organisation about one person, and whether the gate permits all of it.
    private func spokenEntry(
        _ answer: DecidedQuestion, about subject: JournalSubject, on ground: DecidingGround, by member: StaffMember,
        refs: [AuditReference: String]
    ) -> JournalEntry {
        let question = answer.question
        let allowed = (answer.permission?.grantedFields(to: subject.id) ?? []).union(answer.permission?.grantedFields(to: nil) ?? [])
        var facts: [String: AuditFact] = [
            "recipient": .text(question.recipient.description), "purpose": .text(question.purpose.rawValue),
            "ground": .text(question.ground.text), "fields": .list(question.fields.paths),
            "outcome": .text(question.fields.isSubset(of: allowed) ? "permitted" : "refused"), "allowed": .list(allowed.paths),
        ]
        switch answer.decision {
        case .permitted(let permission):
            facts["articles"] = .list(permission.articles.map { "\($0.id)/\($0.version)/\($0.article)" })
            let reasons = Set(permission.leftOut.filter { $0.subject == subject.id || $0.subject == nil }.map(\.reason)).sorted()
            if !reasons.isEmpty { facts["reasons"] = .list(reasons.map(\.rawValue)) }
        case .refused(let reasons): facts["reasons"] = .list(reasons.map(\.rawValue))
        }
        return entry(
            .spokenDisclosure, by: .staff(member), about: [subject], in: ground.casefile,
            refs: refs.merging([.decision: answer.id.description]) { $1 }, facts: facts)
    }
}
