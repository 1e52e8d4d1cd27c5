import Casework
import Disclosure

/// By what a person may be compelled, asked lever by lever.
extension NaiveEngine {
    func reasonNotCompelled(_ known: SubjectFacts) -> RefusalReason? {
        if question.ground.kind != "compulsory" || !facts.asksForLever { return nil }
        guard let levers = known.levers else { return .unknownFact }
        for lever in levers where counts(lever) { return nil }
        return .leverMissing
    }

    /// Every lever that counts about whom something is granted.
    func leversUsed(for granted: Set<Slot>) -> [LeverID] {
        if question.ground.kind != "compulsory" || !facts.asksForLever { return [] }
        var ids: [LeverID] = []
        for subject in question.subjects {
            if !granted.contains(where: { $0.subject == nil || $0.subject == subject }) { continue }
            for lever in facts.subjects[subject]?.levers ?? [] where counts(lever) && !ids.contains(lever.id) { ids.append(lever.id) }
        }
        return ids.sorted()
    }

    private func counts(_ lever: Lever) -> Bool {
        if lever.article != question.ground.article { return false }
        if lever.from > now { return false }
        if lever.until <= now || lever.reviewBy <= now { return false }
        if let ended = lever.endedAt, ended <= now { return false }
        for signer in lever.signers where signer == question.sender { return true }
        return false
    }
}
