/// Version of `convenant.sqlite` in which a decision can be replayed: the files of every policy that was in force, and the facts on which each
/// decision stood.
///
/// `subject_facts.held` is 1 where the facts tell under which acts what is stored was obtained: content comes without a new revision.
/// `subject_facts.person` is the person of the question; for what was asked about nobody it is the decision itself. `decision.facts` holds the
/// 32 bytes of a digest for each person of the question in its order, zeros for somebody unknown, and NULL for a decision from before this
/// version.
let schemaReplay = """
    CREATE TABLE policy_file (
        digest BLOB PRIMARY KEY CHECK (length(digest) = 32), bytes BLOB NOT NULL) STRICT;
    CREATE TABLE policy_revision (
        revision TEXT PRIMARY KEY, pack TEXT NOT NULL, fictitious_allowed INTEGER NOT NULL CHECK (fictitious_allowed IN (0, 1)),
        archived_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE policy_revision_file (
        revision TEXT NOT NULL REFERENCES policy_revision, path TEXT NOT NULL, digest BLOB NOT NULL REFERENCES policy_file,
        PRIMARY KEY (revision, path)) STRICT, WITHOUT ROWID;
    CREATE TABLE subject_facts (
        person BLOB NOT NULL CHECK (length(person) = 16), revision INTEGER NOT NULL CHECK (revision >= -1),
        held INTEGER NOT NULL CHECK (held IN (0, 1)),
        digest BLOB NOT NULL CHECK (length(digest) = 32), facts TEXT NOT NULL, PRIMARY KEY (person, revision, digest)) STRICT, WITHOUT ROWID;
    ALTER TABLE decision ADD COLUMN facts BLOB CHECK (length(facts) % 32 = 0);
    """
