import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// Where a justification stands; the raw value is the name on the wire.
enum JustificationState: String, CaseIterable, Sendable {
    /// A second person is still to agree.
    case waiting
    case agreed
    case declined, ended, expired
}

/// The sub-key under which what was written is sealed.
let sentencesUse = "justification"

extension JustificationRow {
    func state(at now: Instant) -> JustificationState {
        switch endedAs {
        case .declined: .declined
        case .ended: .ended
        case nil: now >= until ? .expired : agreedAt == nil ? .waiting : .agreed
        }
    }

    /// What the log tells of it: codes, names of fields and instants.
    var logged: [String: AuditFact] {
        var facts: [String: AuditFact] = [
            "justification": .text(id.description), "recipient": .text(recipient.description), "purpose": .text(purpose.rawValue),
            "ground": .text(ground.text), "fields": .list(fields.paths), "necessary": .list(necessary.paths),
            "capacity": .text(capacity.rawValue), "consent": .text(consentSought.rawValue), "until": .text(until.rfc3339),
            "tellBy": .text(tellBy.rfc3339),
        ]
        if let exception { facts["exception"] = .text(exception) }
        if let offencesUnder { facts["offencesUnder"] = .text(offencesUnder.text) }
        if let consulted { facts["consulted"] = .text(consulted) }
        if let postponedBecause { facts["postponed"] = .text(postponedBecause) }
        return facts
    }

    /// Its codes, as those see it who may read it.
    func json(at now: Instant) -> JSONObject {
        var json: JSONObject = [
            "justificationId": .string(id.description), "casefileId": .string(casefile.description),
            "state": .string(state(at: now).rawValue), "to": .string(recipient.description), "purpose": .string(purpose.rawValue),
            "ground": .string(ground.text), "fields": .array(fields.paths.map(JSONValue.string)),
            "subjects": .array(subjects.map { .string($0.description) }), "capacity": .string(capacity.rawValue),
            "consent": .string(consentSought.rawValue), "madeAt": .string(madeAt.rfc3339), "until": .string(until.rfc3339),
            "tellBy": .string(tellBy.rfc3339),
        ]
        if let exception { json["exception"] = .string(exception) }
        if let offencesUnder { json["offencesUnder"] = .string(offencesUnder.text) }
        if let consulted { json["consulted"] = .string(consulted) }
        if let postponedBecause { json["postponed"] = .string(postponedBecause) }
        if let agreedAt { json["agreedAt"] = .string(agreedAt.rfc3339) }
        if let endedAt { json["endedAt"] = .string(endedAt.rfc3339) }
        return json
    }
}
