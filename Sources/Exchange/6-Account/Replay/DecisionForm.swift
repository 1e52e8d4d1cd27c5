import AuditTrail
import Casework
import Disclosure
import StrictJSON

/// A decision as the log has it, in one form: it is recorded as this, and deciding it again must give the same bytes.
///
/// Names of fields, places of persons in the question, codes and ids; nothing about anybody.
struct DecisionForm: Sendable {
    let isPermitted: Bool
    /// The facts of its entry.
    let facts: [String: AuditFact]

    /// - Parameters:
    ///   - policy: by which it was decided.
    ///   - commitment: to the facts and the instant it stands on; see `KeptFacts`.
    init(_ decision: DisclosureDecision, of question: DisclosureQuestion, policy: PolicySnapshot, standsOn commitment: String) {
        func place(_ subject: PersonID?) -> String {
            subject.flatMap { question.subjects.firstIndex(of: $0) }.map(String.init) ?? "household"
        }
        var facts: [String: AuditFact] = [
            "sender": .text(question.sender.description), "recipient": .text(question.recipient.description),
            "purpose": .text(question.purpose.rawValue), "ground": .text(question.ground.text), "policy": .text(policy.revision),
            "asked": .list(question.fields.paths), "standsOn": .text(commitment), "rules": .integer(rulesRevision),
        ]
        if let date = policy.lawAsOf { facts["lawAsOf"] = .text(date.description) }
        switch decision {
        case .permitted(let permission):
            isPermitted = true
            facts["allowed"] = .list(permission.grants.flatMap { grant in grant.fields.paths.map { "\(place(grant.subject)).\($0)" } })
            facts["leftOut"] = .list(permission.leftOut.map { "\(place($0.subject)).\($0.field.path):\($0.reason.rawValue)" })
            facts["articles"] = .list(permission.articles.map { "\($0.id)/\($0.version)/\($0.article)" })
            if !permission.justifications.isEmpty { facts["justifications"] = .list(permission.justifications.map(\.description)) }
            if !permission.levers.isEmpty { facts["levers"] = .list(permission.levers.map(\.description)) }
            if !permission.statutes.isEmpty { facts["statutes"] = .list(permission.statutes.map(\.text)) }
        case .refused(let reasons):
            isPermitted = false
            facts["reasons"] = .list(reasons.map(\.rawValue))
        }
        self.facts = facts
    }

    /// The form of an entry; nil when it is none of a decision.
    init?(_ entry: RecordedEntry) {
        switch AuditEvent(rawValue: entry.event) {
        case .decisionPermitted?: isPermitted = true
        case .decisionRefused?: isPermitted = false
        case .decisionChanged?: isPermitted = entry.facts["allowed"] != nil
        default: return nil
        }
        facts = entry.facts
    }

    /// Whether the entry says on what the decision stood; one from before that was kept does not.
    var saysOnWhat: Bool { facts["standsOn"] != nil }

    /// The revision of the rules by which it was decided; nil for one from before they had one.
    var rules: Int64? { if case .integer(let revision)? = facts["rules"] { revision } else { nil } }

    /// Whether both answer the same question, on the same facts and under the same policy.
    func answersTheSame(as other: DecisionForm) -> Bool {
        ["sender", "recipient", "purpose", "ground", "policy", "asked", "standsOn"].allSatisfy { facts[$0] == other.facts[$0] }
    }

    /// What two equal decisions have in common to the byte: canonical JSON (RFC 8785) of the outcome and the facts, without the revision of the
    /// rules, as others may give the same.
    var canonicalBytes: [UInt8] {
        let members = facts.filter { $0.key != "rules" }.map { JSONObject.Member(name: $0.key, value: $0.value.json) }
        return JSONValue.object([
            "outcome": .string(isPermitted ? "permitted" : "refused"), "facts": .object(JSONObject(unique: members)),
        ]).canonicalBytes()
    }
}
