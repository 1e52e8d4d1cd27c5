import Casework

extension Transaction {
    /// Nobody is to be told any more of the signals that were filed in this casefile, also where they were joined to another.
    public func settleTellings(ofSignalsFiledIn casefile: CasefileID) throws {
        try run(
            """
            DELETE FROM deadline WHERE kind = 'telling' AND subject_kind = 'signal' AND subject IN (
                SELECT id FROM signal WHERE casefile = ?1
                    AND id NOT IN (SELECT signal FROM casefile_part WHERE casefile = ?1 AND because = 'joined')
                UNION ALL SELECT signal FROM casefile_part WHERE part = ?1 AND because = 'joined')
            """, [.of(casefile)])
    }

    /// Nobody is to be told any more of anything about this casefile, and nothing waits on its justifications.
    public func settleTellings(of casefile: CasefileID) throws {
        try settleTellings(ofSignalsFiledIn: casefile)
        try run("DELETE FROM deadline WHERE kind IN ('telling', 'ending') AND casefile = ?", [.of(casefile)])
    }
}
