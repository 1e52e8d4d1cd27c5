import Casework

/// A decision in at most 60 plain words (B1) in each language: the outcome, what determined it, what is left out and why, and for each reason
/// who can change that; reasons for which there is no room are counted. It holds no values and names no persons. Where an act stands in the
/// way, it names the article, as people call it where the words allow.
/// - Parameter now: when it was decided.
public func explain(_ decision: DisclosureDecision, question: DisclosureQuestion, policy: PolicySnapshot, at now: Instant) -> PlainText {
    let called = explain(decision, question, policy, at: now, calling: policy.name(of:), titled: { $0 })
    if called.isShort { return called }
    let plain = explain(decision, question, policy, at: now, calling: written, titled: { $0 })
    return plain.isShort ? plain : explain(decision, question, policy, at: now, calling: written, titled: clipped)
}

/// What an article is called.
private typealias ArticleNames = (LegalArticle) -> PlainText
/// How much is said of a covenant's title or an organisation's name.
private typealias Titles = (String) -> String

private func explain(
    _ decision: DisclosureDecision, _ question: DisclosureQuestion, _ policy: PolicySnapshot, at now: Instant,
    calling names: @escaping ArticleNames, titled titles: Titles
) -> PlainText {
    let bars = BarringActs(question: question, policy: policy, now: now, names: names)
    let recipient = recipientName(question, policy, titles)
    switch decision {
    case .refused(let reasons):
        return because(
            reasons, bars,
            after: [PlainText(nl: "Nee: \(recipient.nl) mag dit niet krijgen.", en: "No: \(recipient.en) may not have this.")]
        ) { _ in question.fields }
    case .permitted(let permission):
        let all = permission.leftOut.isEmpty
        let outcome = PlainText(
            nl: all ? "Ja: \(recipient.nl) mag dit krijgen." : "Ja, voor een deel: \(recipient.nl) mag dit krijgen.",
            en: all ? "Yes: \(recipient.en) may have this." : "Yes, in part: \(recipient.en) may have this.")
        let told = [outcome, basis(permission, policy, names, titles)]
        return all ? told.asOne : leftOut(permission.leftOut, bars, after: told)
    }
}

private func recipientName(_ question: DisclosureQuestion, _ policy: PolicySnapshot, _ titles: Titles) -> PlainText {
    let party = policy.covenants(with: question.recipient).lazy.compactMap { policy.party(question.recipient, in: $0) }.first
    guard let name = party?.name, !name.isEmpty else { return PlainText(nl: "deze organisatie", en: "this organisation") }
    return PlainText(nl: titles(name), en: titles(name))
}

/// The first article and the ground. Of a covenant, its title as far as the words allow.
private func basis(_ permission: Permission, _ policy: PolicySnapshot, _ names: ArticleNames, _ titles: Titles) -> PlainText {
    let ground = groundName(permission.question.ground, names)
    guard let first = permission.articles.first else { return ground }
    let title = policy.covenants.first { $0.id == first.id && $0.version == first.version }?.title ?? PlainText(nl: first.id, en: first.id)
    let more = permission.articles.count - 1
    let basis = PlainText(
        nl: "Dat volgt uit artikel \(first.article) van \(titles(title.nl))\(more > 0 ? " (en \(more) meer)" : "") en uit \(ground.nl).",
        en: "This rests on article \(first.article) of \(titles(title.en))\(more > 0 ? " (and \(more) more)" : "") and on \(ground.en).")
    // On consent they say who gives it, where it is not the person alone.
    return permission.question.ground == .consent ? basis.naming(permission.statutes, names) : basis
}

private func groundName(_ ground: LawfulGround, _ names: ArticleNames) -> PlainText {
    let name =
        switch ground {
        case .consent: PlainText(nl: "toestemming", en: "consent")
        case .vitalInterest: PlainText(nl: "levensgevaar", en: "danger to life")
        case .legalObligation: PlainText(nl: "een plicht", en: "a legal duty")
        case .publicTask: PlainText(nl: "een publieke taak", en: "a public task")
        case .compulsory: PlainText(nl: "dwang", en: "compulsion")
        }
    return name.followed(by: [ground.article].compactMap(\.self), names)
}

private func leftOut(_ leftOut: [LeftOut], _ bars: BarringActs, after before: [PlainText]) -> PlainText {
    let count = leftOut.count
    let told = PlainText(
        nl: count == 1 ? "Eén gegeven gaat niet mee." : "\(count) gegevens gaan niet mee.",
        en: count == 1 ? "One item is left out." : "\(count) items are left out.")
    return because(Set(leftOut.map(\.reason)).sorted(), bars, after: before + [told]) { reason in
        FieldNames(leftOut.filter { $0.reason == reason }.map(\.field))
    }
}

/// What stands before, and as many reasons as there is room for, but the first in any case: each with the article that says so, and who can
/// change it, once for those that the same people can change; then how many there are besides.
/// - Parameter fields: what a reason is about.
private func because(
    _ reasons: [RefusalReason], _ bars: BarringActs, after before: [PlainText], about fields: (RefusalReason) -> FieldNames
) -> PlainText {
    func text(_ count: Int) -> PlainText {
        var sentences = before
        for (place, reason) in reasons.prefix(count).enumerated() {
            sentences.append(bars.quoted(reason, about: fields(reason)))
            let next = place + 1 < count ? reasons[place + 1] : nil
            if next?.whoCanChange != reason.whoCanChange { sentences.append(reason.whoCanChange) }
        }
        let others = reasons.count - count
        if others > 0 {
            sentences.append(
                PlainText(
                    nl: others == 1 ? "Er is nog één reden." : "Er zijn nog \(others) redenen.",
                    en: others == 1 ? "There is one more reason." : "There are \(others) more reasons."))
        }
        return sentences.asOne
    }
    for count in stride(from: reasons.count, to: 1, by: -1) {
        let whole = text(count)
        if whole.isShort { return whole }
    }
    return text(min(reasons.count, 1))
}

/// The acts that bear on a question, to quote from.
private struct BarringActs {
    let question: DisclosureQuestion
    let policy: PolicySnapshot
    let now: Instant
    let names: ArticleNames

    /// A reason's sentence, with the article of the first rule that gives it about one of these fields.
    func quoted(_ reason: RefusalReason, about fields: FieldNames) -> PlainText {
        let sentence = reason.sentence
        if [.representativeMissing, .representativesDiffer, .ageUnknown].contains(reason) {
            return sentence.naming(policy.index.statutes.consentAges(at: now).map(\.article).sorted(), names)
        }
        guard [.statuteForbids, .professionalSecrecy, .policeCondition].contains(reason),
            case .success(let cover) = covenantRule(question, policy, at: now),
            let rule = ApplicableLaw(question, cover, policy, at: now).prohibitions.first(where: {
                $0.reason == reason && !$0.fields.isDisjoint(with: fields)
            })
        else { return sentence }
        return sentence.naming([rule.article], names)
    }
}

extension PolicySnapshot {
    /// What people call an article: its act by the name of every day, and its number; as it is written where no act of that name is known.
    public func name(of article: LegalArticle) -> PlainText {
        guard let act = statutes.first(where: { $0.id == article.act })?.name else { return written(article) }
        return PlainText(nl: "\(act.nl), artikel \(article.article)", en: "\(act.en), article \(article.article)")
    }
}

/// An article as policies write it: one word.
private func written(_ article: LegalArticle) -> PlainText { PlainText(nl: clipped(article.text), en: clipped(article.text)) }

/// At most four words, where whole names make an explanation too long.
private func clipped(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count <= 4 ? words.joined(separator: " ") : words.prefix(4).joined(separator: " ") + "…"
}

extension PlainText {
    /// Whether it takes at most 60 words in each language.
    fileprivate var isShort: Bool { [nl, en].allSatisfy { $0.split(whereSeparator: \.isWhitespace).count <= 60 } }

    /// A sentence with the first two of these articles before its full stop.
    fileprivate func naming(_ articles: [LegalArticle], _ names: ArticleNames) -> PlainText {
        let words = PlainText(nl: String(nl.dropLast()), en: String(en.dropLast())).followed(by: Array(articles.prefix(2)), names)
        return PlainText(nl: words.nl + ".", en: words.en + ".")
    }

    /// The words with these articles in brackets.
    fileprivate func followed(by articles: [LegalArticle], _ names: ArticleNames) -> PlainText {
        if articles.isEmpty { return self }
        let called = articles.map(names)
        func inBrackets(_ text: KeyPath<PlainText, String>) -> String {
            "\(self[keyPath: text]) (\(called.map { $0[keyPath: text] }.joined(separator: "; ")))"
        }
        return PlainText(nl: inBrackets(\.nl), en: inBrackets(\.en))
    }
}

extension [PlainText] {
    /// One after another.
    fileprivate var asOne: PlainText { PlainText(nl: map(\.nl).joined(separator: " "), en: map(\.en).joined(separator: " ")) }
}
