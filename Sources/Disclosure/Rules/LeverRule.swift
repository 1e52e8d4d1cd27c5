import Casework

/// On compulsion, nothing about somebody towards whom no lever holds: one of exactly the claimed article, in force now, reviewed in time, and
/// signed by the sender itself. One that expired, was not reviewed or was ended is none (R24).
///
/// The stricter reading of whose signature counts: nobody compels on another's word. What another organisation imposed, such as a condition of
/// the tenancy, counts once the sender has signed for it as well.
///
/// Facts that were kept before levers existed are decided as they were then (``DisclosureFacts/asksForLever``).
func leverRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    let question = circumstances.question
    guard case .compulsory(let article) = question.ground else { return }
    if !circumstances.asksForLever { return }
    guard let levers = circumstances.known?.levers else { return verdict.bar(.everything, .unknownFact) }
    if levers.contains(where: { $0.carries(article, from: question.sender, at: circumstances.now) }) { return }
    verdict.bar(.everything, .leverMissing)
}

/// The levers on which at least one of these grants rests, sorted; none on another ground than compulsion.
func levers(of grants: [Grant], _ question: DisclosureQuestion, _ facts: DisclosureFacts, at now: Instant) -> [LeverID] {
    guard case .compulsory(let article) = question.ground, facts.asksForLever else { return [] }
    let concernsAll = grants.contains { $0.subject == nil }
    var found: Set<LeverID> = []
    for subject in question.subjects where concernsAll || grants.contains(where: { $0.subject == subject }) {
        for lever in facts.subjects[subject]?.levers ?? [] where lever.carries(article, from: question.sender, at: now) {
            found.insert(lever.id)
        }
    }
    return found.sorted()
}

extension Lever {
    /// Whether it holds now, for exactly this article, and this organisation signed it.
    fileprivate func carries(_ article: LegalArticle, from sender: OrganisationNumber, at now: Instant) -> Bool {
        self.article == article && holds(at: now) && signers.contains(sender)
    }
    /// Whether it has begun, and neither expired, nor went without its review, nor was ended.
    private func holds(at now: Instant) -> Bool {
        from <= now && now < until && now < reviewBy && endedAt.map { now < $0 } ?? true
    }
}
