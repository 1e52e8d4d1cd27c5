import Casework

/// What a party itself does not take or give, in any covenant in force, does not go under another one either (R32).
func partnerLimitRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    verdict.bar(circumstances.cover.limited, .partnerProtocol)
}

/// The fields that the recipient does not take and that the sender does not give, for this purpose and between their sectors.
///
/// A sector counts in whatever covenant in force it is named, and a limit counts signed or not: it only takes away.
/// - Parameter standings: the recipient's places in the covenants in force.
func partnerLimits(_ question: DisclosureQuestion, _ policy: PolicySnapshot, _ standings: [Standing], at now: Instant) -> FieldNames {
    func barred(_ limits: [PartyLimit], _ side: PartyLimit.Side, isWith sector: (String) -> Bool) -> FieldNames {
        limits.reduce([]) { fields, limit in
            guard limit.side == side, limit.purposes.isEmpty || limit.purposes.contains(question.purpose),
                limit.sectors.isEmpty || limit.sectors.contains(where: sector)
            else { return fields }
            return fields.union(limit.fields)
        }
    }
    var fields = FieldNames()
    for standing in standings {
        fields.formUnion(standing.refuses)
        if standing.limits.isEmpty { continue }
        let limited = barred(standing.limits, .taking) { sector in
            policy.standings(of: question.sender).contains { $0.term.contains(now) && $0.sectors.contains(sector) }
        }
        fields.formUnion(limited)
    }
    for standing in policy.givingLimits(of: question.sender) where standing.term.contains(now) {
        fields.formUnion(barred(standing.limits, .giving) { sector in standings.contains { $0.sectors.contains(sector) } })
    }
    return fields
}
