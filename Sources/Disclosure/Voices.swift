import Casework

/// Who must have said yes about one person, to which fields. Where acts differ the stricter wins: a voice that one of them asks for is needed.
struct Voices {
    /// The fields that need the person's own yes.
    private(set) var own = FieldNames()
    /// The fields that need the yes of every representative who speaks.
    private(set) var represented = FieldNames()
    /// Of these the fields for which somebody must say yes whom nobody knows, or who was set aside.
    private(set) var unheard = FieldNames()
    /// Those whose yes is needed, by id; nobody who was set aside.
    let representatives: [Representative]
    /// Those of whom a no counts and no yes is asked, as they decide in another row of the same resident; nobody who was set aside.
    let elsewhere: [Representative]
    /// Whether a representative is needed only because the age is not known well enough.
    let isForAgeAlone: Bool

    /// - Parameter acts: what acts in force say.
    init(_ representation: Representation, held: [Holding]?, acts: [ConsentAge], purpose: Purpose) {
        let ages = representation.ages
        var unruled = FieldNames.everything
        for act in acts {
            let fields = act.fields(of: held)
            unruled = unruled.subtracting(fields)
            if act.asksPerson(ages.oldest, for: purpose) { own.formUnion(fields) }
            if act.asksRepresentative(ages.youngest, for: purpose) { represented.formUnion(fields) }
        }
        // What no act speaks of: the person, and with a child everybody who decides for the child.
        own.formUnion(unruled)
        if !ages.isAdult { represented.formUnion(unruled) }

        let isOldEnough =
            !acts.contains { $0.asksRepresentative(ages.oldest, for: purpose) } && (unruled.isEmpty || ages.oldest >= PossibleAges.majority)
        let isForChild = !represented.isEmpty
        let speaking = representation.representatives.filter {
            $0.office == .parentalAuthority
                ? isForChild : ages.oldest >= PossibleAges.majority && $0.purposes?.contains(purpose) ?? true
        }
        let forChild = speaking.filter { $0.office == .parentalAuthority && !$0.isElsewhere }
        let forAdult = speaking.filter { $0.office != .parentalAuthority && !$0.isElsewhere }
        if forChild.allSatisfy(\.isSetAside) { unheard = represented }
        if !forAdult.isEmpty {
            represented = .everything
            if forAdult.allSatisfy(\.isSetAside) { unheard = .everything }
            // In place of the adult (UAVG 5). Who may be a child is asked as well.
            if ages.isAdult { own = [] }
        }
        representatives = (forChild + forAdult).filter { !$0.isSetAside }
        elsewhere = speaking.filter { $0.isElsewhere && !$0.isSetAside }
        isForAgeAlone = isOldEnough && forAdult.isEmpty
    }
}

/// The articles that say who consents, where a grant is about somebody who is not known to be an adult; sorted.
func consentArticles(
    of grants: [Grant], _ facts: DisclosureFacts, _ statutes: StatuteIndex, at now: Instant
) -> [LegalArticle] {
    var articles: Set<LegalArticle> = []
    for grant in grants {
        guard let subject = grant.subject, let known = facts.subjects[subject], let representation = known.representation,
            !representation.ages.isAdult
        else { continue }
        for act in statutes.consentAges(at: now) where !act.fields(of: statutes.recognising(known.held)).isDisjoint(with: grant.fields) {
            articles.insert(act.article)
        }
    }
    return articles.sorted()
}
