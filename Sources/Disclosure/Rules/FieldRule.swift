import Casework

/// Only fields that an article of this purpose lists; several articles add up.
///
/// The union and not the best article: taking an article away can then never add a field.
func fieldRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    verdict.keepOnly(circumstances.cover.listed, otherwise: .fieldNotCovered)
}
