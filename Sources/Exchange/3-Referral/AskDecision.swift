import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// "May I?": asks the gate without sending. Bound to a case that the caller works on, or without a person.
    ///
    /// 200 `{outcome, decisionId, allowed, leftOut, reasons, explanation}`.
    public func askDecision(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .staff(let member) = caller else { throw .roleMayNot }
        if body["casefileId"] != nil { return try await askAboutPersons(try reading(body) { ReferralRequest($0) }, by: member, as: caller) }
        let (question, supposed) = try reading(body) { reader -> (DisclosureQuestion, SupposedConsent)? in
            guard
                let object = reader.object(
                    ["to", "purpose", "fields", "consent", "ground", "capacity"], required: ["to", "purpose", "fields", "consent"])
            else { return nil }
            let ground = object["ground"]?.ground()
            let capacity = object["capacity"]?.oneOf(Capacity.self)
            let to = object["to"]?.organisation()
            let purpose = object["purpose"]?.purpose()
            let fields = object["fields"]?.fieldNames()
            let supposed = object["consent"]?.oneOf(SupposedConsent.self)
            guard let to, let purpose, let fields, let supposed else { return nil }
            let question = DisclosureQuestion(
                sender: member.organisation, senderRole: member.role, recipient: to, purpose: purpose, fields: fields, subjects: [.nobody],
                capacity: capacity, ground: ground ?? .consent)
            return (question, supposed)
        }
        let now = world.calendar()
        // About nobody: what this permits can never be sealed, as nobody's content fits it. It holds what a filing that names no act says of
        // itself: it bears no mark of the police, and of which other act it is, nobody knows.
        let facts = supposedFacts(
            supposing: supposed, of: .nobody, recipient: question.recipient, purpose: question.purpose,
            held: [Holding(fields: question.fields, act: nil, organisation: question.sender)], at: now)
        return try await answerQuestion(question, facts: facts, kept: KeptFacts(facts), subjects: [], casefile: nil, by: caller)
    }

    private func askAboutPersons(_ request: ReferralRequest, by member: StaffMember, as caller: Caller) async throws(DeskRefusal)
        -> DeskAnswer
    {
        try await demandAccess(to: request.casefile, by: caller)
        let question = request.question(from: municipality.oin, role: member.role)
        let held = policyInForce.snapshot.asksForHoldings(question)
        let now = world.calendar()
        let found = try await read { transaction in
            (
                casefile: try transaction.casefile(request.casefile), household: try transaction.persons(of: request.casefile),
                persons: try request.subjects.compactMap { try transaction.person($0, shownBy: request.casefile) },
                facts: try transaction.disclosureFacts(of: request.subjects, held: held, levers: question.ground.isCompulsory, at: now)
            )
        }
        guard let row = found.casefile, found.persons.count == request.subjects.count,
            found.persons.allSatisfy({ $0.erasedAt == nil })
        else { throw .notFound }
        return try await answerQuestion(
            question.asked(among: found.household), facts: found.facts,
            kept: KeptFacts(found.facts, revisions: Dictionary(found.persons.map { ($0.id, $0.disclosureRevision) }) { first, _ in first }),
            subjects: try subjectKeys(found.persons), casefile: try casefileKey(row), by: caller)
    }

    private func answerQuestion(
        _ question: DisclosureQuestion, facts: DisclosureFacts, kept: KeptFacts, subjects: [JournalSubject], casefile: JournalCasefile?,
        by caller: Caller
    ) async throws(DeskRefusal) -> DeskAnswer {
        let now = world.calendar()
        let policy = policyInForce
        let decision = decideDisclosure(question, facts: facts, policy: policy.snapshot, at: now)
        let id: DecisionID = world.newID()
        let decided = decisionEntry(
            decision, id: id, of: question, policy: policy.snapshot, on: kept, at: now, by: caller, about: subjects, in: casefile)
        let explanation = explain(decision, question: question, policy: policy.snapshot, at: now)
        var body: JSONObject = [
            "decisionId": .string(id.description), "explanation": explanation.json,
        ]
        var permitted = false
        switch decision {
        case .permitted(let permission):
            permitted = true
            body["outcome"] = "permitted"
            for member in permission.json(id: nil).objectValue?.members ?? [] { body[member.name] = member.value }
            body["reasons"] = []
        case .refused(let reasons):
            body["outcome"] = "refused"
            body["allowed"] = []
            body["leftOut"] = []
            body["reasons"] = .array(reasons.map { .string($0.rawValue) })
        }
        let answer = DeskAnswer(status: 200, body: .object(body))
        try await commit { [permitted] transaction in
            try transaction.insertDecision(
                id, casefile: casefile?.id, question: question, permitted: permitted, policyRevision: policy.snapshot.revision, facts: kept,
                at: now)
            try transaction.append([decided])
        }
        return answer
    }
}
