import Casework

/// An objection holds what rests on a public task or on compulsion, in its scope, until somebody has weighed it; upheld, it bars that for good.
///
/// GDPR 21(1) gives the right against processing under 6(1)(e) (and (f), which authorities do not have). It gives none against a legal
/// obligation (6(1)(c)) or a vital interest (6(1)(d)), and who rests on consent withdraws it. `compulsory` names a power under an act
/// and rests on 6(1)(e) as well.
func objectionRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    switch circumstances.question.ground {
    case .consent, .legalObligation, .vitalInterest: return
    case .publicTask, .compulsory: break
    }
    guard let objections = circumstances.known?.objections else { return verdict.bar(.everything, .unknownFact) }
    let question = circumstances.question
    let about = objections.filter {
        ($0.recipients.isEmpty || $0.recipients.contains(question.recipient))
            && ($0.purposes.isEmpty || $0.purposes.contains(question.purpose))
    }
    if about.isEmpty { return }
    verdict.bar(.everything, about.contains(where: \.isUpheld) ? .objectionUpheld : .objectionPending)
}
