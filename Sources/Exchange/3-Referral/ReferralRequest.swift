import Casework
import Disclosure
import StrictJSON

/// A request to share: whom to tell what about whom, for what, on which ground.
struct ReferralRequest: Sendable {
    let casefile: CasefileID
    let to: OrganisationNumber
    let purpose: Purpose
    let fields: FieldNames
    let subjects: [PersonID]
    let ground: LawfulGround
    let capacity: Capacity?

    init(
        casefile: CasefileID, to: OrganisationNumber, purpose: Purpose, fields: FieldNames, subjects: [PersonID], ground: LawfulGround,
        capacity: Capacity? = nil
    ) {
        self.casefile = casefile
        self.to = to
        self.purpose = purpose
        self.fields = fields
        self.subjects = subjects
        self.ground = ground
        self.capacity = capacity
    }

    static let members = ["casefileId", "to", "purpose", "fields", "subjects", "ground", "capacity"]

    init?(_ reader: JSONReader) {
        guard let body = reader.object(Self.members, required: ["casefileId", "to", "purpose", "fields", "subjects"]) else { return nil }
        self.init(body)
    }

    init?(_ body: JSONObjectReader) {
        let subjects = body["subjects"]?.subjects()
        let fields = body["fields"]?.someFieldNames()
        let ground = body["ground"]?.ground()
        let capacity = body["capacity"]?.oneOf(Capacity.self)
        // One by one, so that each fault is listed.
        let casefile = body["casefileId"]?.identifier(CasefileID.self)
        let to = body["to"]?.organisation()
        let purpose = body["purpose"]?.purpose()
        guard let casefile, let to, let purpose, let fields, let subjects else { return nil }
        self.casefile = casefile
        self.to = to
        self.purpose = purpose
        self.fields = fields
        self.subjects = subjects
        self.ground = ground ?? .consent
        self.capacity = capacity
    }

    /// The question that the gate answers.
    func question(from sender: OrganisationNumber, role: StaffRole?) -> DisclosureQuestion {
        DisclosureQuestion(
            sender: sender, senderRole: role, recipient: to, purpose: purpose, fields: fields, subjects: subjects, capacity: capacity,
            ground: ground)
    }
}

extension JSONReader {
    /// The persons that something is about: at least one, each once.
    func subjects() -> [PersonID]? {
        let subjects = array(max: 20)?.compactMap { $0.identifier(PersonID.self) }
        if let subjects, subjects.isEmpty { fault("no-subject", "it is about somebody", hint: "name at least one personId") }
        if let subjects, Set(subjects).count != subjects.count {
            fault("duplicate-subject", "a person is named twice", hint: "name each person once")
        }
        return subjects
    }

    /// The fields that are asked for: at least one.
    func someFieldNames() -> FieldNames? {
        let fields = fieldNames()
        if let fields, fields.isEmpty { fault("no-field", "no field is asked for", hint: "name at least one field") }
        return fields
    }
}
