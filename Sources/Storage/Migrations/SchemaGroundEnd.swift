/// Version of `convenant.sqlite` in which what the queue rests on ends by its time, and a lever comes up for review.
///
/// A deadline can be a lever's, or the end of a justification: these two kinds are about law, and act at their very instant. What was recorded
/// before has its deadlines from here on; what ended meanwhile is found by the next sweep.
let schemaGroundEnd = """
    ALTER TABLE deadline RENAME TO deadline_before;
    CREATE TABLE deadline (
        subject_kind TEXT NOT NULL CHECK (subject_kind IN ('casefile', 'signal', 'meeting', 'planAction', 'message', 'justification', 'lever')),
        subject BLOB NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('homeVisit', 'aftercare', 'telling', 'planning', 'action', 'recall', 'ending', 'review')),
        casefile BLOB REFERENCES casefile, due_at INTEGER NOT NULL, act_at INTEGER NOT NULL, fell_due_at INTEGER,
        postponed INTEGER NOT NULL DEFAULT 0 CHECK (postponed IN (0, 1)), PRIMARY KEY (subject_kind, subject, kind),
        CHECK ((subject_kind = 'message') = (kind = 'recall')),
        CHECK (subject_kind <> 'justification' OR kind IN ('telling', 'ending')), CHECK (subject_kind <> 'lever' OR kind IN ('ending', 'review')),
        CHECK (kind <> 'ending' OR subject_kind IN ('justification', 'lever')), CHECK (kind <> 'review' OR subject_kind = 'lever'),
        CHECK (kind NOT IN ('ending', 'review') OR act_at = due_at)) STRICT, WITHOUT ROWID;
    INSERT INTO deadline SELECT * FROM deadline_before;
    DROP TABLE deadline_before;
    CREATE INDEX deadline_act ON deadline (act_at) WHERE fell_due_at IS NULL AND kind NOT IN ('ending', 'review');
    CREATE INDEX deadline_law ON deadline (act_at, kind) WHERE fell_due_at IS NULL AND kind IN ('ending', 'review');
    CREATE INDEX deadline_kind ON deadline (kind, due_at);
    CREATE INDEX deadline_casefile ON deadline (casefile, kind);
    INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
        SELECT 'justification', id, 'ending', casefile, until, until FROM justification WHERE agreed_at IS NOT NULL AND ended_at IS NULL;
    INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
        SELECT 'lever', lever.id, 'ending', person.casefile, until, until FROM lever JOIN person ON person.id = lever.person WHERE ended_at IS NULL;
    INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
        SELECT 'lever', lever.id, 'review', person.casefile, review_by, review_by FROM lever JOIN person ON person.id = lever.person
        WHERE ended_at IS NULL;
    """
