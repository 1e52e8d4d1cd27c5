import Casework
import Disclosure
import StrictJSON

extension Transaction {
    /// Stores a question, how it was decided, and on which facts: names and ids, so that it can be decided again and replayed after erasure.
    public func insertDecision(
        _ id: DecisionID, casefile: CasefileID?, question: DisclosureQuestion, permitted: Bool, policyRevision: String, facts: KeptFacts,
        at now: Instant
    ) throws {
        try facts.write(question.subjects, for: id, in: self)
        try run(
            "INSERT INTO decision (id, casefile, question, outcome, policy_revision, decided_at, facts) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .of(id), .of(casefile), .text(question.rowJSON.canonicalText), .text(permitted ? "permitted" : "refused"),
                .text(policyRevision), .of(now), .blob(facts.digests(about: question.subjects)),
            ])
    }

    /// The question of a decision, or nil.
    public func question(of id: DecisionID) throws -> DisclosureQuestion? {
        guard let row = try first("SELECT question FROM decision WHERE id = ?", [.of(id)]) else { return nil }
        guard let json = try? parseJSON(try row.text("question")), let question = DisclosureQuestion(rowJSON: json) else {
            throw StoreFault.corrupt("column `question` does not hold a question")
        }
        return question
    }
}

extension DisclosureQuestion {
    var rowJSON: JSONValue {
        var json: JSONObject = [
            "sender": .string(sender.description), "recipient": .string(recipient.description), "purpose": .string(purpose.rawValue),
            "fields": .array(fields.paths.map(JSONValue.string)), "subjects": .array(subjects.map { .string($0.description) }),
            "ground": .string(ground.text),
        ]
        if let senderRole { json["senderRole"] = .string(senderRole.rawValue) }
        if let capacity { json["capacity"] = .string(capacity.rawValue) }
        if !isAboutEverybody { json["aboutEverybody"] = false }
        return .object(json)
    }

    init?(rowJSON json: JSONValue) {
        guard let sender = json["sender"]?.stringValue.flatMap({ OrganisationNumber($0) }),
            let recipient = json["recipient"]?.stringValue.flatMap({ OrganisationNumber($0) }), let purpose = json["purpose"]?.stringValue,
            let paths = json["fields"]?.arrayValue?.map(\.stringValue), let ids = json["subjects"]?.arrayValue?.map(\.stringValue),
            let ground = json["ground"]?.stringValue.flatMap({ LawfulGround($0) })
        else { return nil }
        let fields = paths.compactMap { $0.flatMap(FieldName.init(path:)) }
        let subjects = ids.compactMap { $0.flatMap { PersonID($0) } }
        guard fields.count == paths.count, subjects.count == ids.count else { return nil }
        self.init(
            sender: sender, senderRole: json["senderRole"]?.stringValue.flatMap(StaffRole.init(rawValue:)), recipient: recipient,
            purpose: Purpose(rawValue: purpose), fields: FieldNames(fields), subjects: subjects,
            capacity: json["capacity"]?.stringValue.flatMap(Capacity.init(rawValue:)), ground: ground,
            // What was decided before this was asked, was decided as if it were.
            isAboutEverybody: json["aboutEverybody"]?.boolValue ?? true)
    }
}
