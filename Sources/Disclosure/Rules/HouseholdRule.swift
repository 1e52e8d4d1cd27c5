import Casework

/// What concerns the household as a whole tells about everybody in it. Where not all of them are asked about, nobody knows whether it may be
/// told about the others, and it stays.
func householdRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    if !circumstances.question.isAboutEverybody { verdict.bar(.household, .unknownFact) }
}
