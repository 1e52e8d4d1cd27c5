import Casework

/// The rules of acts that bear on a question, once for all its persons.
struct ApplicableLaw {
    /// Those that carry the claimed ground.
    let permits: [StatuteRule]
    /// Whether what would carry the ground is a bill.
    let restsOnBill: Bool
    let prohibitions: [StatuteRule]
    /// What the question alone decides: on consent nothing needs to be carried.
    let isOnConsent: Bool

    private init(permits: [StatuteRule], restsOnBill: Bool, prohibitions: [StatuteRule], isOnConsent: Bool) {
        self.permits = permits
        self.restsOnBill = restsOnBill
        self.prohibitions = prohibitions
        self.isOnConsent = isOnConsent
    }

    private static let nothingOnConsent = ApplicableLaw(permits: [], restsOnBill: false, prohibitions: [], isOnConsent: true)

    /// The law that bears on this question, which this covers.
    init(_ question: DisclosureQuestion, _ cover: Cover, _ policy: PolicySnapshot, at now: Instant) {
        let (statutes, isOnConsent) = (policy.index.statutes, question.ground == .consent)
        if isOnConsent && !statutes.mayBar(question) {
            self = Self.nothingOnConsent
            return
        }
        let places = Places(question, cover, policy)
        let carrying = statutes.permits[question.ground, default: []].filter { places.permitApplies($0, at: now) }
        let prohibitions = (isOnConsent ? statutes.prohibitionsOnConsent : statutes.prohibitions).filter {
            places.prohibitionApplies($0, at: now)
        }
        self.init(
            permits: carrying.filter { !$0.bill }, restsOnBill: carrying.contains(where: \.bill), prohibitions: prohibitions,
            isOnConsent: isOnConsent)
    }

    /// The fields of a holding that the claimed ground carries, by such rules only.
    func carried(_ holding: Holding, from holder: OrganisationNumber, by isSuch: (StatuteRule) -> Bool = { _ in true }) -> FieldNames {
        permits.reduce([]) { carried, rule in
            let isCarried = holding.isObtained(under: rule) && (rule.ofPartnersToo || holding.organisation == holder) && isSuch(rule)
            return isCarried ? carried.union(rule.fields.intersection(holding.fields)) : carried
        }
    }

    /// The fields of which somebody must state why they are necessary: no rule carries them that does without.
    func necessityToState(_ held: [Holding], from holder: OrganisationNumber) -> FieldNames {
        held.reduce([]) { $0.union($1.fields.subtracting(carried($1, from: holder, by: \.goesWithoutNecessity))) }
    }

    /// The fields that professional secrecy would bar without a rule that lifts it.
    func underSecrecy(_ held: [Holding]) -> FieldNames {
        var fields = FieldNames()
        for rule in prohibitions where rule.effect == .forbidsUnlessReleased {
            for holding in held where holding.isObtained(under: rule) {
                fields.formUnion(rule.fields.intersection(holding.fields))
            }
        }
        return fields
    }

    /// The articles that carry at least one of these fields, sorted.
    func articles(for granted: FieldNames) -> [LegalArticle] {
        permits.isEmpty ? [] : Set(permits.filter { !$0.fields.isDisjoint(with: granted) }.map(\.article)).sorted()
    }
}

extension Holding {
    /// Whether it is known to be obtained under an act, and the rule is about what that act brings in.
    func isObtained(under rule: StatuteRule) -> Bool { act.map { rule.sources?.contains($0) ?? true } ?? false }

    /// The fields of a rule that tell what is held. Where the rule is about what certain acts bring in, those about the whole household tell it
    /// too: nobody says of free text or of the list of members under which act it was obtained.
    func fields(under rule: StatuteRule) -> FieldNames {
        rule.fields.intersection(rule.sources == nil ? fields : fields.union(.household))
    }
}

/// Where sender and recipient stand, by the sectors that covenants give them.
///
/// What permits counts a sector only in a covenant that covers the question on its ground: a mandated body is one only as such in the
/// covenant. What forbids counts a sector in any covenant, in force or not, so that the end of a covenant lifts no prohibition.
private struct Places {
    let question: DisclosureQuestion
    let sender: (covered: [String], anywhere: [String])
    let recipient: (covered: [String], anywhere: [String])

    init(_ question: DisclosureQuestion, _ cover: Cover, _ policy: PolicySnapshot) {
        self.question = question
        let covering = policy.covenants(with: question.recipient).filter { cover.isCovering($0) }
        func place(_ oin: OrganisationNumber) -> (covered: [String], anywhere: [String]) {
            let covered = covering.flatMap(\.parties).filter { $0.oin == oin }.flatMap(\.sectors)
            return (covered, policy.standings(of: oin).flatMap(\.sectors))
        }
        sender = place(question.sender)
        recipient = place(question.recipient)
    }

    private func fits(_ rule: StatuteRule, at now: Instant) -> Bool {
        rule.isInForce(at: now) && rule.purposes?.contains(question.purpose) ?? true && !rule.fields.isDisjoint(with: question.fields)
    }

    func permitApplies(_ rule: StatuteRule, at now: Instant) -> Bool {
        fits(rule, at: now) && rule.holder.contain(only: sender.covered, except: sender.anywhere) && isNarrowly(rule.recipients)
    }

    func prohibitionApplies(_ rule: StatuteRule, at now: Instant) -> Bool {
        guard fits(rule, at: now), rule.holder.contain(only: sender.anywhere, except: sender.covered) else { return false }
        return rule.effect == .onlyToThese ? !isNarrowly(rule.recipients) : isBroadly(rule.recipients)
    }

    private func isNarrowly(_ recipients: StatuteRule.Recipients) -> Bool {
        if question.sender == question.recipient { return recipients.sameController }
        return recipients.others?.contain(only: recipient.covered, except: recipient.anywhere) ?? false
    }

    private func isBroadly(_ recipients: StatuteRule.Recipients) -> Bool {
        if question.sender == question.recipient { return recipients.sameController }
        return recipients.others?.contain(only: recipient.anywhere, except: recipient.covered) ?? false
    }
}

extension Sectors {
    /// Whether an organisation belongs to them, by the sectors that count for `only` and those that count for `except`.
    fileprivate func contain(only: [String], except: [String]) -> Bool {
        switch self {
        case .any: true
        case .only(let named): only.contains { named.contains($0) }
        case .except(let named): !except.contains { named.contains($0) }
        }
    }
}
