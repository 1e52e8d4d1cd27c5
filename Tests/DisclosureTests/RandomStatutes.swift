import Casework
import Disclosure

/// Random acts over few names, and under which of them what is stored was obtained.
extension ScenarioGenerator {
    private static let acts = [Names.act.act, "youthAct", "policeDataAct"]

    /// Acts of which many carry the claimed ground, or nothing would ever go on it.
    mutating func statutes(on claimed: LawfulGround) -> [Statute] {
        Self.acts.map { act in
            let rules = (0..<random.below(4)).map { _ in rule(of: act, claimed: claimed) }
            return Statute(
                id: act, title: PlainText(nl: "wet \(act)", en: "the \(act)"), asOf: CalendarDate("2026-11-\(10 + random.below(10))")!,
                rules: rules,
                consentAges: random.once(in: 3) ? [consentAge(of: act, acts: Self.acts)] : [])
        }
    }

    mutating func rule(of act: String, claimed: LawfulGround) -> StatuteRule {
        // Half of them permit, or nothing would go for the other half to stop.
        let permits = random.once(in: 2)
        let article = permits && !random.once(in: 6) ? Names.act : LegalArticle("\(act).\(1 + random.below(3))")!
        return StatuteRule(
            article: article, effect: permits ? permit(claimed) : random.one(of: Self.prohibitions), holder: sectors(permits),
            recipients: recipients(permits),
            sources: random.once(in: 6) || permits && random.once(in: 2) ? nil : random.some(of: Self.acts),
            ofPartnersToo: random.once(in: 2), purposes: random.once(in: permits ? 12 : 4) ? random.some(of: Self.purposes) : nil,
            fields: !permits ? [random.one(of: Self.fields)] : random.once(in: 6) ? fields() : .everything, necessity: random.once(in: 2),
            validFrom: random.once(in: 12) ? instant() : at(0), validUntil: random.once(in: 12) ? instant() : nil,
            bill: random.once(in: 12),
            text: PlainText(nl: "proef", en: "test"))
    }

    private static let prohibitions: [StatuteRule.Effect] = [
        .forbids, .forbidsOnward, .forbidsUnlessReleased, .onlyToThese, .requiresConsent,
    ]

    private mutating func permit(_ claimed: LawfulGround) -> StatuteRule.Effect {
        let grounds = claimed == .consent || random.once(in: 5) ? Self.grounds.filter { $0 != .consent } : [claimed]
        return .permits(random.one(of: grounds), acrossSecrecy: random.once(in: 3))
    }

    private mutating func sectors(_ permits: Bool) -> Sectors {
        switch random.below(permits ? 12 : 5) {
        case 0: .only(random.some(of: Self.sectors))
        case 1: .except([random.one(of: Self.sectors)])
        default: .any
        }
    }

    private mutating func recipients(_ permits: Bool) -> StatuteRule.Recipients {
        random.once(in: 8) ? .init(sameController: true, others: nil) : .init(sameController: random.once(in: 2), others: sectors(permits))
    }

    mutating func held() -> [Holding] {
        (0..<(1 + random.below(2))).map { place in
            Holding(
                fields: place == 0 && !random.once(in: 6) ? .everything : fields(),
                act: random.once(in: 30) ? nil : random.once(in: 30) ? "misspeltAct" : random.one(of: Self.acts),
                organisation: random.once(in: 12) ? random.one(of: Names.organisations) : Names.municipality)
        }
    }
}
