/// Version of `convenant.sqlite` in which a partner says that it disagrees about the approach of its task.
///
/// It stands while a meeting on its case is open; one at a time for a task.
let schemaDisagreement = """
    CREATE TABLE disagreement (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), task BLOB NOT NULL REFERENCES task, reason TEXT NOT NULL, at INTEGER NOT NULL,
        ended_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE INDEX disagreement_task ON disagreement (task, id);
    CREATE UNIQUE INDEX disagreement_one_standing ON disagreement (task) WHERE ended_at IS NULL;
    """
