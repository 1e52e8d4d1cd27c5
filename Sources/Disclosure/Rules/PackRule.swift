import Casework

/// Only fields of the life domains that the pack lists: covenant, consent and pack are intersected, and the narrowest decides.
///
/// A pack whose source lists none leaves this rule without effect.
func packRule(_ verdict: inout Verdict, _ pack: PackRules) {
    guard let listed = pack.lifeDomains else { return }
    verdict.bar(.about(LifeDomain.allCases.filter { !listed.contains($0) }), .fieldNotInPack)
}
