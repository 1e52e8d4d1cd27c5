import Casework

/// No covenant, no disclosure: the articles in force that lead from the sender to the recipient for the purpose, or why there are none.
///
/// An article leads there when it names the sender in `from` and the recipient in `to`, and both are parties whose direction allows it, at
/// this instant. It is open when both have signed the covenant as it is: a text that one of them has not signed, or that was altered since,
/// permits nothing between them (R29).
func covenantRule(_ question: DisclosureQuestion, _ policy: PolicySnapshot, at now: Instant) -> Result<Cover, WholeRefusal> {
    let articles = policy.articles(to: question.recipient, for: question.purpose).filter { $0.isOpen(to: question.sender, at: now) }
    if articles.isEmpty { return .failure(WholeRefusal(reason: whyUncovered(question, policy, at: now))) }
    let standings = policy.standings(of: question.recipient).filter { $0.term.contains(now) }
    let limited = partnerLimits(question, policy, standings, at: now)
    return .success(Cover(articles: articles, standings: standings, ground: question.ground, limited: limited))
}

/// The question as a whole is refused.
struct WholeRefusal: Error { let reason: RefusalReason }

private func whyUncovered(_ question: DisclosureQuestion, _ policy: PolicySnapshot, at now: Instant) -> RefusalReason {
    let withRecipient = policy.covenants(with: question.recipient)
    if withRecipient.isEmpty { return .noCovenant }
    let withBoth = withRecipient.filter { covenant in covenant.parties.contains { $0.oin == question.sender } }
    if withBoth.isEmpty { return .partyNotInCovenant }
    // A covenant that leads only the other way, such as one on filing, says nothing about this road.
    let roads = withBoth.filter { covenant in
        covenant.articles.contains { $0.from.contains(question.sender) && $0.to.contains(question.recipient) }
    }.compactMap { $0.term(from: question.sender, to: question.recipient) }
    if roads.isEmpty { return .partyNotInCovenant }
    if !roads.contains(where: { $0.contains(now) }) { return .covenantExpired }
    let leading = policy.articles(to: question.recipient, for: question.purpose)
    if leading.contains(where: { $0.leads(from: question.sender, at: now) }) { return .covenantUnsigned }
    // Another covenant holds between them, but the one for this purpose does not, or not yet.
    return leading.contains { $0.senders.contains { $0.oin == question.sender } } ? .covenantExpired : .purposeNotCovered
}

/// What the articles that apply to a question list, once for all its persons.
struct Cover {
    /// The articles of the route and the purpose, whatever their grounds.
    private let articles: [RouteArticle]
    /// The recipient's places in all covenants in force, whether or not they cover the question.
    private let standings: [Standing]
    private let ground: LawfulGround
    /// The fields that some article lists.
    let listed: FieldNames
    /// The fields of articles that name any ground.
    let onAnyGround: FieldNames
    /// The fields of articles that name the claimed ground.
    let onClaimedGround: FieldNames
    /// What the recipient does not take, and the sender does not give (R32).
    let limited: FieldNames

    init(articles: [RouteArticle], standings: [Standing], ground: LawfulGround, limited: FieldNames) {
        var (listed, any, claimed) = (FieldNames(), FieldNames(), FieldNames())
        for article in articles {
            listed.formUnion(article.fields)
            if !article.grounds.isEmpty { any.formUnion(article.fields) }
            if article.grounds.contains(ground) { claimed.formUnion(article.fields) }
        }
        self.articles = articles
        self.standings = standings
        self.ground = ground
        self.limited = limited
        self.listed = listed
        onAnyGround = any
        onClaimedGround = claimed
    }

    /// Whether a consent for this sector is one for the recipient: only in a covenant that covers the question on the claimed ground.
    func coversSector(_ sector: String) -> Bool {
        articles.contains { $0.grounds.contains(ground) && $0.sectors.contains(sector) }
    }
    /// Whether a refusal for this sector is one for the recipient: in any covenant in force. Were it only in those that cover the
    /// question, taking an article away could silence a refusal.
    func isInSector(_ sector: String) -> Bool { standings.contains { $0.sectors.contains(sector) } }

    /// Whether an article of this covenant covers the question on the claimed ground.
    func isCovering(_ covenant: Covenant) -> Bool {
        articles.contains { $0.grounds.contains(ground) && $0.reference.id == covenant.id && $0.reference.version == covenant.version }
    }
    /// The articles on the claimed ground that list at least one of these fields, sorted.
    func references(for granted: FieldNames) -> [CovenantReference] {
        let found = articles.filter { $0.grounds.contains(ground) && !$0.fields.isDisjoint(with: granted) }.map(\.reference)
        return found.count < 2 ? found : Set(found).sorted()
    }
}
