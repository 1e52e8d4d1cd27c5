import Casework

/// Nothing is disclosed about a person who has died, nor about one of whom we do not know it.
///
/// The GDPR leaves the dead to national law (recital 27), while professional secrecy outlives them: who may still know is decided by
/// people, not by this gate.
func deceasedRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    switch circumstances.known?.deceased {
    case true?: verdict.bar(.everything, .deceased)
    case nil: verdict.bar(.everything, .unknownFact)
    case false?: break
    }
}
