import Casework

/// What the recipient itself does not take, in any covenant in force, it does not get under another one either.
func partnerLimitRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    verdict.bar(circumstances.cover.recipientRefuses, .partnerProtocol)
}
