/// Version of `convenant.sqlite` in which what is shared without consent rests on a justification, and the resident is to be told of it.
///
/// `justification.sealed` holds what was written, under a sub-key of its casefile's key, and is NULL once that is erased. `ended_as` is `declined`
/// where no second person agreed. A deadline can be a justification's: the telling.
let schemaJustification = """
    CREATE TABLE justification (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile,
        decider BLOB NOT NULL REFERENCES account, recipient TEXT NOT NULL CHECK (length(recipient) = 20), purpose TEXT NOT NULL,
        ground TEXT NOT NULL CHECK (ground <> 'consent'), fields TEXT NOT NULL, necessary TEXT NOT NULL,
        capacity TEXT NOT NULL CHECK (capacity IN ('helper', 'gatekeeper')), exception TEXT, offences_under TEXT,
        consent_sought TEXT NOT NULL CHECK (consent_sought IN ('refused', 'unanswered', 'notAsked')), consulted TEXT, sealed BLOB,
        made_at INTEGER NOT NULL, until INTEGER NOT NULL, tell_by INTEGER NOT NULL, postponed_because TEXT,
        second BLOB REFERENCES account, agreed_at INTEGER, ended_as TEXT CHECK (ended_as IN ('declined', 'ended')), ended_at INTEGER,
        CHECK (until > made_at), CHECK (second IS NULL OR second <> decider), CHECK ((second IS NULL) = (agreed_at IS NULL)),
        CHECK ((ended_as IS NULL) = (ended_at IS NULL)), CHECK (ended_as <> 'declined' OR agreed_at IS NULL)) STRICT, WITHOUT ROWID;
    CREATE INDEX justification_casefile ON justification (casefile);
    CREATE TABLE justification_subject (
        person BLOB NOT NULL REFERENCES person, justification BLOB NOT NULL REFERENCES justification, PRIMARY KEY (person, justification))
        STRICT, WITHOUT ROWID;
    CREATE INDEX justification_subjects ON justification_subject (justification);

    ALTER TABLE deadline RENAME TO deadline_before;
    CREATE TABLE deadline (
        subject_kind TEXT NOT NULL CHECK (subject_kind IN ('casefile', 'signal', 'meeting', 'planAction', 'message', 'justification')),
        subject BLOB NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('homeVisit', 'aftercare', 'telling', 'planning', 'action', 'recall')),
        casefile BLOB REFERENCES casefile, due_at INTEGER NOT NULL, act_at INTEGER NOT NULL, fell_due_at INTEGER,
        postponed INTEGER NOT NULL DEFAULT 0 CHECK (postponed IN (0, 1)), PRIMARY KEY (subject_kind, subject, kind),
        CHECK ((subject_kind = 'message') = (kind = 'recall')), CHECK (subject_kind <> 'justification' OR kind = 'telling'))
        STRICT, WITHOUT ROWID;
    INSERT INTO deadline SELECT * FROM deadline_before;
    DROP TABLE deadline_before;
    CREATE INDEX deadline_act ON deadline (act_at) WHERE fell_due_at IS NULL;
    CREATE INDEX deadline_kind ON deadline (kind, due_at);
    CREATE INDEX deadline_casefile ON deadline (casefile, kind);
    """
