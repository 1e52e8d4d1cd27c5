import Casework

/// What acts forbid, whatever covenant and ground say (GDPR 5(1)(a); the rules stand in `policies/statutes`).
///
/// A rule about data of a certain act bars what was obtained under it, and what tells of the whole household where somebody has such data. On
/// consent, what was obtained under an act that nobody knows is barred by such a rule too, save that police data are marked where they come
/// from: what bears no mark is none; what bears one that the policy does not know may be. On every other ground
/// ``statuteGroundRule(_:_:)`` bars the unknown.
func statuteRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    let law = circumstances.law
    if law.prohibitions.isEmpty { return }
    let held = circumstances.held
    for rule in law.prohibitions {
        guard let reason = rule.reason else { continue }
        if rule.sources == nil && rule.effect != .forbidsUnlessReleased { verdict.bar(rule.fields, reason) }
        for holding in held ?? [] where holding.isObtained(under: rule) {
            let released =
                rule.effect == .forbidsUnlessReleased
                ? law.carried(holding, from: circumstances.question.sender, by: \.goesAcrossSecrecy) : []
            verdict.bar(holding.fields(under: rule).subtracting(released), reason)
        }
    }
    guard law.isOnConsent else { return }
    for rule in law.prohibitions where rule.sources != nil {
        guard let marked = circumstances.known?.held else {
            verdict.bar(rule.fields, .unknownFact)
            continue
        }
        for holding in marked {
            let isUnknown = holding.act.map { !circumstances.statutes.knows($0) } ?? (rule.effect != .forbidsOnward)
            if isUnknown { verdict.bar(holding.fields(under: rule), .unknownFact) }
        }
    }
}

/// On another ground than consent, only what a rule of an act in force carries: from this holder to this recipient, for this purpose, of
/// what was obtained under these acts, by the holder itself unless the rule says otherwise (GDPR 6(3)).
///
/// A field of which nobody knows under which act it was obtained, or that is not stored, goes on no such ground.
func statuteGroundRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    let law = circumstances.law
    if law.isOnConsent { return }
    let uncarried: RefusalReason = law.restsOnBill ? .statuteForbids : .groundNotAllowed
    if law.permits.isEmpty { return verdict.bar(.everything, uncarried) }
    let held = circumstances.held ?? []
    var (known, unknown, left) = (FieldNames(), FieldNames(), FieldNames())
    for holding in held {
        if holding.act == nil { unknown.formUnion(holding.fields) } else { known.formUnion(holding.fields) }
        left.formUnion(holding.fields.subtracting(law.carried(holding, from: circumstances.question.sender)))
    }
    verdict.keepOnly(known.subtracting(unknown), otherwise: .unknownFact)
    verdict.bar(left, uncarried)
}
