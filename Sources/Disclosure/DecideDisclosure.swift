import Casework

/// The revision of the rules by which ``decideDisclosure(_:facts:policy:at:)`` decides. Every change by which some question comes out otherwise, on
/// the same facts and under the same policy, raises it; a recorded decision names the one that it was made by.
public let rulesRevision: Int64 = 2

/// Whether this recipient may have these fields about these persons, for this purpose, on this ground, now; and why not.
///
/// Pure and total: no clock, no disk, no error. The order of covenants, articles and consents does not matter; the order of the
/// persons decides only the order of the grants. Whatever no rule permits is refused (GDPR 5(1)(b) and (c), 6).
public func decideDisclosure(
    _ question: DisclosureQuestion, facts: DisclosureFacts, policy: PolicySnapshot, at now: Instant
) -> DisclosureDecision {
    if question.subjects.isEmpty { return .refused([.unknownFact]) }
    if question.fields.isEmpty { return .refused([.fieldNotCovered]) }
    if let reason = filerRule(question, policy.pack) { return .refused([reason]) }
    let cover: Cover
    switch covenantRule(question, policy, at: now) {
    case .success(let found): cover = found
    case .failure(let refusal): return .refused([refusal.reason])
    }

    let law = ApplicableLaw(question, cover, policy, at: now)

    // Each rule only takes away from what was asked, so no rule can undo what another one barred.
    var outcome = Outcome(question.fields)
    for subject in question.subjects where !outcome.hasDecided(subject) {
        let circumstances = Circumstances(
            question: question, cover: cover, law: law, known: facts.subjects[subject],
            asksForJustification: facts.asksForJustification, asksForLever: facts.asksForLever,
            asksWhoConsents: facts.asksWhoConsents, statutes: policy.index.statutes, now: now)
        var verdict = Verdict(asked: question.fields)
        // Prohibitions; the first rule that bars a field names the reason.
        deceasedRule(&verdict, circumstances)
        secrecyRule(&verdict, circumstances)
        partnerLimitRule(&verdict, circumstances)
        objectionRule(&verdict, circumstances)
        statuteRule(&verdict, circumstances)
        householdRule(&verdict, circumstances)
        // Permits: what they do not permit is barred.
        fieldRule(&verdict, circumstances)
        packRule(&verdict, policy.pack)
        groundRule(&verdict, circumstances)
        statuteGroundRule(&verdict, circumstances)
        leverRule(&verdict, circumstances)
        justificationRule(&verdict, circumstances)
        consentRule(&verdict, circumstances)
        outcome.add(verdict, about: subject)
    }

    let grants = outcome.grants
    if grants.isEmpty { return .refused(outcome.reasons) }
    return .permitted(
        Permission(
            question: question, grants: grants, leftOut: outcome.leftOut, articles: cover.references(for: outcome.granted),
            statutes: question.ground == .consent
                ? consentArticles(of: grants, facts, policy.index.statutes, at: now) : law.articles(for: outcome.granted),
            justifications: justifications(of: grants, question, facts, at: now),
            levers: levers(of: grants, question, facts, at: now), lawAsOf: policy.lawAsOf, decidedAt: now,
            policyRevision: policy.revision))
}
