import Casework
import Disclosure

/// What somebody said last about one field.
enum NaiveWord: Equatable {
    case yes, ended, nothing
    case no(RefusalReason)

    func reason(otherwise: RefusalReason) -> RefusalReason? {
        switch self {
        case .yes: return nil
        case .ended: return .consentExpired
        case .nothing: return otherwise
        case .no(let reason): return reason
        }
    }
}

/// Who must consent, asked field by field.
extension NaiveEngine {
    func reasonAgainstConsent(to field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        reasonHere(to: field, known) ?? reasonElsewhere(to: field, known)
    }

    /// What somebody refused who decides for the same resident in another row.
    private func reasonElsewhere(to field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        guard facts.asksWhoConsents, let consents = known.consents, let representation = known.representation else { return nil }
        let ages = representation.ages
        for one in representation.representatives {
            if !one.isElsewhere || one.isSetAside { continue }
            if one.office == .parentalAuthority {
                if !FieldName.all.contains(where: { asksParents(ages, $0, known) }) { continue }
            } else {
                if ages.oldest < 18 { continue }
                if let purposes = one.purposes, !purposes.contains(question.purpose) { continue }
            }
            if case .no(let reason) = word(of: .representative(one.id), on: field, in: consents) { return reason }
        }
        return nil
    }

    private func reasonHere(to field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        guard let consents = known.consents else { return .unknownFact }
        let own = word(of: .person, on: field, in: consents)
        if !facts.asksWhoConsents { return own.reason(otherwise: .consentMissing) }
        guard let representation = known.representation else { return .unknownFact }
        let ages = representation.ages
        let here = representation.representatives.filter { !$0.isElsewhere }
        let offices = here.filter { representative in
            if representative.office == .parentalAuthority || ages.oldest < 18 { return false }
            return representative.purposes == nil || representative.purposes!.contains(question.purpose)
        }
        let replacesAdult = ages.youngest >= 18 && !offices.isEmpty
        if asksPerson(ages, field, known) && !replacesAdult, let reason = own.reason(otherwise: .consentMissing) { return reason }
        if case .no(let reason) = own { return reason }

        if offices.isEmpty && !asksParents(ages, field, known) { return nil }
        var needed = offices
        if FieldName.all.contains(where: { asksParents(ages, $0, known) }) {
            needed = here.filter { $0.office == .parentalAuthority } + offices
        }
        needed = needed.filter { !$0.isSetAside }
        // With the oldest age that is possible, nobody would be asked.
        let oldest = PossibleAges(ages.oldest...ages.oldest)
        let isForAge =
            offices.isEmpty && !FieldName.all.contains { asksParents(oldest, $0, known) }
            && acts().allSatisfy { excepts($0) || ages.oldest >= $0.representativeUnder }
        let missing: RefusalReason = isForAge ? .ageUnknown : .representativeMissing
        let parents = needed.filter { $0.office == .parentalAuthority }
        if asksParents(ages, field, known) && parents.isEmpty { return missing }
        if !offices.isEmpty && needed.count == parents.count { return missing }
        let words = needed.map { word(of: .representative($0.id), on: field, in: consents) }
        let refuses = words.contains { if case .no = $0 { true } else { false } }
        if refuses && words.contains(.yes) { return .representativesDiffer }
        for word in words { if let reason = word.reason(otherwise: missing) { return reason } }
        return nil
    }

    /// The articles that say who consents, where something is granted about somebody who may be a child.
    func articlesOnAge(_ granted: Set<Slot>) -> [LegalArticle] {
        var articles: Set<LegalArticle> = []
        for slot in granted {
            guard let subject = slot.subject, let known = facts.subjects[subject], let representation = known.representation else {
                continue
            }
            if representation.ages.youngest >= 18 { continue }
            for act in acts() where isAbout(act, slot.field, known) { articles.insert(act.article) }
        }
        return articles.sorted { $0.text < $1.text }
    }

    private func acts() -> [ConsentAge] {
        policy.statutes.flatMap(\.consentAges).filter { act in
            if act.validFrom > now { return false }
            return act.validUntil == nil || now < act.validUntil!
        }
    }
    private func excepts(_ act: ConsentAge) -> Bool { act.exceptPurposes.contains(question.purpose) }
    private func isAbout(_ act: ConsentAge, _ field: FieldName, _ known: SubjectFacts) -> Bool {
        guard let sources = act.sources, let held = known.held else { return true }
        let holdings = held.filter { $0.fields.contains(field) }
        if holdings.isEmpty { return true }
        for holding in holdings {
            guard let known = knownAct(of: holding) else { return true }
            if sources.contains(known) { return true }
        }
        return false
    }
    private func asksPerson(_ ages: PossibleAges, _ field: FieldName, _ known: SubjectFacts) -> Bool {
        let about = acts().filter { isAbout($0, field, known) }
        return about.isEmpty || about.contains { excepts($0) || ages.oldest >= $0.personFrom }
    }
    private func asksParents(_ ages: PossibleAges, _ field: FieldName, _ known: SubjectFacts) -> Bool {
        let about = acts().filter { isAbout($0, field, known) }
        return about.isEmpty ? ages.youngest < 18 : about.contains { !excepts($0) && ages.youngest < $0.representativeUnder }
    }
}
