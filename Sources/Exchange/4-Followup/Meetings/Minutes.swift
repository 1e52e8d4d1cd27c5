import Casework
import Disclosure
import StrictJSON

/// The minutes of a meeting: who was there, what was told, what was decided. No narrative (R77).
struct Minutes: Sendable {
    /// Who does what was decided.
    enum Owner: Sendable {
        /// An organisation: it gets a referral, if the gate permits it.
        case partner(OrganisationNumber, Purpose, FieldNames, LawfulGround)
        /// A member of staff, by the account's name.
        case account(String)
    }

    /// An action, its owner, and its date; one that lacks a part is not taken (R61).
    struct Decision: Sendable {
        let owner: Owner
        let action: PlanActionKind
        let domain: LifeDomain
        let subjects: [PersonID]
        let dueOn: CalendarDate
    }

    let present: [OrganisationNumber]
    /// The account that coordinates the plan.
    let coordinator: String?
    let told: [SpokenRequest]
    let decisions: [Decision]

    init?(_ reader: JSONReader) {
        guard let body = reader.object(["present", "coordinator", "told", "decisions"], required: ["present", "decisions"]) else {
            return nil
        }
        let present = body["present"]?.array(max: 30)?.compactMap { $0.organisation() }
        if let present, Set(present).count != present.count {
            body["present"]?.fault("duplicate-party", "an organisation is named twice", hint: "name each organisation once")
        }
        let coordinator = body["coordinator"]?.string(maxLength: 80)
        var told: [SpokenRequest] = []
        for item in body["told"]?.array(max: 60) ?? [] {
            guard let object = item.object(SpokenRequest.members, required: SpokenRequest.required),
                let request = SpokenRequest(object, severalRecipients: false)
            else { continue }
            if let present, !request.recipients.allSatisfy(present.contains) {
                object["to"]?.fault("not-present", "this organisation was not there", hint: "only who was there can be told something")
            }
            told.append(request)
        }
        let decisions = body["decisions"]?.array(max: 40)?.compactMap { Decision($0) }
        guard let present, let decisions else { return nil }
        self.present = present
        self.coordinator = coordinator
        self.told = told
        self.decisions = decisions
    }
}

extension Minutes.Decision {
    fileprivate init?(_ reader: JSONReader) {
        let members = ["owner", "action", "domain", "subjects", "dueOn"]
        guard let body = reader.object(members, required: members) else { return nil }
        let owner = body["owner"].flatMap { Minutes.Owner($0) }
        let action = body["action"]?.oneOf(PlanActionKind.self)
        let domain = body["domain"]?.oneOf(LifeDomain.self)
        let subjects = body["subjects"]?.subjects()
        let dueOn = body["dueOn"]?.date()
        guard let owner, let action, let domain, let subjects, let dueOn else { return nil }
        self.init(owner: owner, action: action, domain: domain, subjects: subjects, dueOn: dueOn)
    }
}

extension Minutes.Owner {
    fileprivate init?(_ reader: JSONReader) {
        if reader.value["account"] != nil {
            guard let name = reader.object(["account"])?["account"]?.string(maxLength: 80) else { return nil }
            self = .account(name)
            return
        }
        let members = ["oin", "purpose", "fields"]
        guard let body = reader.object(members + ["ground"], required: members) else { return nil }
        let partner = body["oin"]?.organisation()
        let purpose = body["purpose"]?.purpose()
        let fields = body["fields"]?.someFieldNames()
        let ground = body["ground"]?.ground()
        guard let partner, let purpose, let fields else { return nil }
        self = .partner(partner, purpose, fields, ground ?? .consent)
    }
}
