/// Version of `convenant.sqlite` in which recalls are chased until they are answered.
///
/// A deadline can be a message's: the recall that its recipient is to answer. `pending_recall` names whoever withdrew until the recalls are
/// queued as well, since those are sealed only after the withdrawal is on the disk.
let schemaRecall = """
    ALTER TABLE deadline RENAME TO deadline_before;
    CREATE TABLE deadline (
        subject_kind TEXT NOT NULL CHECK (subject_kind IN ('casefile', 'signal', 'meeting', 'planAction', 'message')), subject BLOB NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('homeVisit', 'aftercare', 'telling', 'planning', 'action', 'recall')),
        casefile BLOB REFERENCES casefile, due_at INTEGER NOT NULL, act_at INTEGER NOT NULL, fell_due_at INTEGER,
        postponed INTEGER NOT NULL DEFAULT 0 CHECK (postponed IN (0, 1)), PRIMARY KEY (subject_kind, subject, kind),
        CHECK ((subject_kind = 'message') = (kind = 'recall'))) STRICT, WITHOUT ROWID;
    INSERT INTO deadline SELECT * FROM deadline_before;
    DROP TABLE deadline_before;
    CREATE INDEX deadline_act ON deadline (act_at) WHERE fell_due_at IS NULL;
    CREATE INDEX deadline_kind ON deadline (kind, due_at);
    CREATE INDEX deadline_casefile ON deadline (casefile, kind);

    CREATE TABLE recall_answer (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), notice BLOB NOT NULL UNIQUE REFERENCES message,
        answer TEXT NOT NULL CHECK (answer IN ('stopped', 'keptUnderOwnDuty', 'notFound')), article TEXT, jws BLOB NOT NULL,
        at INTEGER NOT NULL, seen_at INTEGER, CHECK ((answer = 'keptUnderOwnDuty') = (article IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE INDEX recall_answer_unseen ON recall_answer (id) WHERE seen_at IS NULL;

    CREATE TABLE pending_recall (person BLOB PRIMARY KEY REFERENCES person, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """
