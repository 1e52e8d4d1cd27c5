import Casework

/// On another ground than consent, only what a justification in force is about, on which a second person agreed; each field with its
/// necessity where the act that carries it wants that stated, and what is under professional secrecy only where the duties were weighed.
///
/// Facts that were kept before justifications existed are decided as they were then (``DisclosureFacts/asksForJustification``).
func justificationRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    let (law, question, now) = (circumstances.law, circumstances.question, circumstances.now)
    if law.isOnConsent || !circumstances.asksForJustification { return }
    guard let all = circumstances.known?.justifications else { return verdict.bar(.everything, .unknownFact) }
    let held = circumstances.held ?? []
    let (toState, secret) = (law.necessityToState(held, from: question.sender), law.underSecrecy(held))
    var (open, agreed, stated, sufficient) = (FieldNames(), FieldNames(), FieldNames(), FieldNames())
    for justification in all where justification.isOpen(to: question, at: now) {
        open.formUnion(justification.fields)
        guard justification.isAgreed(at: now) else { continue }
        agreed.formUnion(justification.fields)
        let necessary = justification.fields.subtracting(toState.subtracting(justification.necessary))
        stated.formUnion(necessary)
        sufficient.formUnion(justification.weighsSecrecy ? necessary : necessary.subtracting(secret))
    }
    verdict.keepOnly(open, otherwise: .justificationMissing)
    verdict.keepOnly(agreed, otherwise: .secondPersonMissing)
    verdict.keepOnly(stated, otherwise: .necessityMissing)
    verdict.keepOnly(sufficient, otherwise: .professionalSecrecy)
}

/// The justifications on which at least one of these grants rests, sorted; none on consent.
func justifications(of grants: [Grant], _ question: DisclosureQuestion, _ facts: DisclosureFacts, at now: Instant) -> [JustificationID] {
    if question.ground == .consent { return [] }
    var found: Set<JustificationID> = []
    for subject in question.subjects {
        let granted = grants.reduce(FieldNames()) { $1.subject == subject || $1.subject == nil ? $0.union($1.fields) : $0 }
        for justification in facts.subjects[subject]?.justifications ?? []
        where justification.isOpen(to: question, at: now) && justification.isAgreed(at: now)
            && !justification.fields.isDisjoint(with: granted)
        { found.insert(justification.id) }
    }
    return found.sorted()
}
