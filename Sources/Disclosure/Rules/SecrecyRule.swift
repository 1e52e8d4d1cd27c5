import Casework

/// A secrecy indicator (BRP 07.70.10, values 1 to 7) bars the address; an indicator that is unknown, or no value of the list, does too.
///
/// It does not bar ``FieldName/safeWay``: that field says how to reach a person without danger, and holding it back would make the
/// helper take the dangerous way. Whoever fills it in must not write an address there.
func secrecyRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    switch circumstances.known?.secrecyIndicator {
    case 0?: break
    case .some(1...7): verdict.bar([.address], .secrecyIndicator)
    default: verdict.bar([.address], .unknownFact)
    }
}
