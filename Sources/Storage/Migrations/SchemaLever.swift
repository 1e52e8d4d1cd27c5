/// Version of `convenant.sqlite` in which compulsion rests on a lever: what shows that it may be used towards one person.
///
/// `voluntary_on` is the day on which help was offered voluntarily and failed, `ultimatum_on` and `ultimatum_until` the day of an ultimatum and the
/// one on which the time given with it ends; dates, `YYYY-MM-DD`. `lever_word.sealed` holds why it was recorded, reviewed or ended, under a sub-key
/// of the key of its person's casefile. All of it goes with the person. `message.levers` are the ids that a message names, or NULL.
let schemaLever = """
    CREATE TABLE lever (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), person BLOB NOT NULL REFERENCES person,
        kind TEXT NOT NULL CHECK (kind IN ('benefitObligation', 'tenancyCondition', 'mayorsLetter', 'judgment', 'agreedMeasures')),
        article TEXT NOT NULL, signers TEXT NOT NULL CHECK (length(signers) >= 20),
        holds_from INTEGER NOT NULL, until INTEGER NOT NULL, review_by INTEGER NOT NULL,
        voluntary_on TEXT NOT NULL CHECK (length(voluntary_on) = 10), ultimatum_on TEXT CHECK (length(ultimatum_on) = 10),
        ultimatum_until TEXT CHECK (length(ultimatum_until) = 10), recorded_at INTEGER NOT NULL, ended_at INTEGER,
        CHECK (until > holds_from), CHECK (review_by <= until), CHECK ((ultimatum_on IS NULL) = (ultimatum_until IS NULL)),
        CHECK (ultimatum_until > ultimatum_on), CHECK (ultimatum_on >= voluntary_on)) STRICT, WITHOUT ROWID;
    CREATE INDEX lever_person ON lever (person);
    CREATE TABLE lever_word (
        number INTEGER PRIMARY KEY, lever BLOB NOT NULL REFERENCES lever ON DELETE CASCADE,
        act TEXT NOT NULL CHECK (act IN ('recorded', 'reviewed', 'ended')), at INTEGER NOT NULL, by BLOB NOT NULL REFERENCES account,
        sealed BLOB NOT NULL) STRICT;
    CREATE INDEX lever_words ON lever_word (lever);
    ALTER TABLE message ADD COLUMN levers TEXT;
    """
