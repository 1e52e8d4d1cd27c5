import Casework

/// Only fields of an article that names exactly the claimed ground (GDPR 6; for special categories 9, which the article answers for).
///
/// A field whose articles name other grounds is `ground-not-allowed`; a field whose articles name none at all is `no-ground`.
func groundRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    let cover = circumstances.cover
    verdict.keepOnly(cover.onClaimedGround.union(cover.onAnyGround), otherwise: .noGround)
    verdict.keepOnly(cover.onClaimedGround, otherwise: .groundNotAllowed)
}
