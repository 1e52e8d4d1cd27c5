/// Version of `convenant.sqlite` in which a recall that was promised is remembered by its message, until its recipient is told.
///
/// A row says: this person in the message said no, the answer to it said that the recipient is told later, and nothing could be sealed for that
/// recipient yet. Nothing is decided again about it. The row goes when the recipient is told, with the person, and with the message.
let schemaUntoldRecall = """
    CREATE TABLE untold_recall (
        message BLOB NOT NULL REFERENCES message ON DELETE CASCADE, person BLOB NOT NULL REFERENCES person, since INTEGER NOT NULL,
        PRIMARY KEY (message, person)) STRICT, WITHOUT ROWID;
    CREATE INDEX untold_recall_person ON untold_recall (person);
    """
