import Casework
import Disclosure

/// What acts say about one field of one person, asked rule by rule and holding by holding; it shares nothing with the gate but the types.
extension NaiveEngine {
    private var rules: [StatuteRule] { policy.statutes.flatMap(\.rules) }

    private func isLaw(_ rule: StatuteRule) -> Bool {
        if now < rule.validFrom { return false }
        if let until = rule.validUntil, now >= until { return false }
        return true
    }

    /// The sectors that an organisation has; with `covering`, only in covenants that cover the question on its ground.
    private func sectors(_ oin: OrganisationNumber, covering: Bool) -> [String] {
        let covenants = covering ? applicableOnGround() : policy.covenants
        return covenants.flatMap { covenant in covenant.parties.filter { $0.oin == oin }.flatMap(\.sectors) }
    }

    private func belongs(_ oin: OrganisationNumber, to sectors: Sectors, permitting: Bool) -> Bool {
        switch sectors {
        case .any: return true
        // In doubt no permit and every prohibition.
        case .only(let named): return self.sectors(oin, covering: permitting).contains { named.contains($0) }
        case .except(let named): return !self.sectors(oin, covering: !permitting).contains { named.contains($0) }
        }
    }

    private func isRecipient(of rule: StatuteRule, permitting: Bool) -> Bool {
        if question.recipient == question.sender { return rule.recipients.sameController }
        guard let others = rule.recipients.others else { return false }
        return belongs(question.recipient, to: others, permitting: permitting)
    }

    private func isAbout(_ rule: StatuteRule, _ field: FieldName) -> Bool {
        rule.fields.contains(field) && (rule.purposes == nil || rule.purposes!.contains(question.purpose))
    }

    /// The act under which it was obtained, where the policy has it.
    func knownAct(of holding: Holding) -> String? {
        for statute in policy.statutes where statute.id == holding.act { return statute.id }
        return nil
    }

    private func isObtained(under rule: StatuteRule, _ holding: Holding) -> Bool {
        guard let act = knownAct(of: holding) else { return false }
        return rule.sources == nil || rule.sources!.contains(act)
    }

    /// The rules that could carry the claimed ground for this recipient, bills too.
    private func claimable(acrossSecrecy: Bool = false) -> [StatuteRule] {
        rules.filter { rule in
            guard case .permits(question.ground, let crosses) = rule.effect, isLaw(rule), crosses || !acrossSecrecy else { return false }
            // Whether it bears on the question at all.
            guard question.fields.contains(where: { isAbout(rule, $0) }) else { return false }
            return belongs(question.sender, to: rule.holder, permitting: true) && isRecipient(of: rule, permitting: true)
        }
    }

    private func carries(_ field: FieldName, _ holding: Holding, acrossSecrecy: Bool = false) -> Bool {
        claimable(acrossSecrecy: acrossSecrecy).contains { rule in
            !rule.bill && isAbout(rule, field) && isObtained(under: rule, holding)
                && (rule.ofPartnersToo || holding.organisation == question.sender)
        }
    }

    /// Whether a prohibition bars the field, by what is known of where it comes from.
    private func bars(_ rule: StatuteRule, _ field: FieldName, _ held: [Holding]) -> Bool {
        let its = held.filter { tells(field, of: $0, to: rule) }
        switch rule.effect {
        case .permits: return false
        case .forbidsUnlessReleased:
            return its.contains { holding in
                let isReleased = holding.fields.contains(field) && carries(field, holding, acrossSecrecy: true)
                return isObtained(under: rule, holding) && !isReleased
            }
        default: return rule.sources == nil || its.contains { isObtained(under: rule, $0) }
        }
    }

    /// Whether the field tells what is held: itself, or about the whole household where the rule names acts.
    private func tells(_ field: FieldName, of holding: Holding, to rule: StatuteRule) -> Bool {
        if holding.fields.contains(field) { return true }
        return rule.sources != nil && (field == .householdMembers || field == .freeText)
    }

    /// The prohibitions that could bite, in the order in which they name the reason.
    private func prohibitions(_ field: FieldName) -> [(rule: StatuteRule, reason: RefusalReason)] {
        var found: [[(StatuteRule, RefusalReason)]] = [[], [], [], [], []]
        for rule in rules where !rule.bill && isLaw(rule) && isAbout(rule, field) {
            if !belongs(question.sender, to: rule.holder, permitting: false) { continue }
            let toThem = isRecipient(of: rule, permitting: false)
            let consent = question.ground == .consent
            switch rule.effect {
            case .permits: continue
            case .forbids: if toThem { found[0].append((rule, .statuteForbids)) }
            case .forbidsOnward: if toThem { found[1].append((rule, .policeCondition)) }
            case .forbidsUnlessReleased: if toThem && !consent { found[2].append((rule, .professionalSecrecy)) }
            case .onlyToThese: if !isRecipient(of: rule, permitting: true) && !consent { found[3].append((rule, .statuteForbids)) }
            case .requiresConsent: if toThem && !consent { found[4].append((rule, .groundNotAllowed)) }
            }
        }
        return found.flatMap { $0 }
    }

    func reasonOfActs(against field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        let biting = prohibitions(field)
        if let first = biting.first(where: { bars($0.rule, field, known.held ?? []) }) { return first.reason }
        if question.ground != .consent { return nil }
        for (rule, _) in biting where rule.sources != nil {
            guard let held = known.held else { return .unknownFact }
            for holding in held where tells(field, of: holding, to: rule) && knownAct(of: holding) == nil {
                // What bears no mark is no police datum; a mark of no act may be anything.
                if holding.act != nil || rule.effect == .forbids { return .unknownFact }
            }
        }
        return nil
    }

    /// Why no act carries the field on the claimed ground, which is not consent.
    func reasonWithoutAct(for field: FieldName, _ known: SubjectFacts) -> RefusalReason? {
        let claimable = claimable()
        let uncarried: RefusalReason = claimable.contains(where: \.bill) ? .statuteForbids : .groundNotAllowed
        if claimable.allSatisfy(\.bill) { return uncarried }
        let its = (known.held ?? []).filter { $0.fields.contains(field) }
        if its.isEmpty || its.contains(where: { knownAct(of: $0) == nil }) { return .unknownFact }
        return its.allSatisfy { carries(field, $0) } ? nil : uncarried
    }

    /// Whether some of what is stored under this name goes only on rules that want its necessity stated.
    func mustBeExplained(_ field: FieldName, _ known: SubjectFacts) -> Bool {
        (known.held ?? []).filter { $0.fields.contains(field) }.contains { holding in
            !claimable().contains { rule in
                !rule.bill && !rule.necessity && isAbout(rule, field) && isObtained(under: rule, holding)
                    && (rule.ofPartnersToo || holding.organisation == question.sender)
            }
        }
    }

    /// Whether professional secrecy is about it, lifted or not.
    func isSecret(_ field: FieldName, _ known: SubjectFacts) -> Bool {
        prohibitions(field).contains { rule, _ in
            rule.effect == .forbidsUnlessReleased
                && (known.held ?? []).contains { $0.fields.contains(field) && isObtained(under: rule, $0) }
        }
    }

    /// The acts' articles that determined what goes.
    func actsArticles(_ granted: Set<Slot>) -> [LegalArticle] {
        if question.ground == .consent { return [] }
        let carrying = claimable().filter { rule in !rule.bill && granted.contains { rule.fields.contains($0.field) } }
        return Set(carrying.map(\.article)).sorted()
    }
}
