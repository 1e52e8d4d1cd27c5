import Casework
import Disclosure

/// What must be written down before one field of one person goes without consent, asked paper by paper.
extension NaiveEngine {
    func reasonUnjustified(_ field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        if !facts.asksForJustification { return nil }
        guard let all = known.justifications else { return .unknownFact }
        var standing: [Justification] = []
        for paper in all {
            if paper.recipient != question.recipient || paper.purpose != question.purpose || paper.ground != question.ground { continue }
            if paper.until <= now { continue }
            if let ended = paper.endedAt, ended <= now { continue }
            if paper.fields.contains(field) { standing.append(paper) }
        }
        if standing.isEmpty { return .justificationMissing }
        standing.removeAll { $0.agreedAt == nil || $0.agreedAt! > now }
        if standing.isEmpty { return .secondPersonMissing }
        if mustBeExplained(field, known) { standing.removeAll { !$0.necessary.contains(field) } }
        if standing.isEmpty { return .necessityMissing }
        if isSecret(field, known), !standing.contains(where: \.weighsSecrecy) { return .professionalSecrecy }
        return nil
    }
}
