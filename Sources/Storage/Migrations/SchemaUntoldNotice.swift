/// Version of `convenant.sqlite` in which a notice that was promised is remembered by its message, until its recipient is told.
///
/// A row says: an answer to a no, or to an erasure, said that the recipient of the message is told later, and nothing could be sealed for that
/// recipient yet. Nothing is decided again about it. It names nobody, so that it outlives whoever is erased; it goes when the recipient is told.
let schemaUntoldNotice = """
    CREATE TABLE untold_notice (
        message BLOB NOT NULL REFERENCES message, code TEXT NOT NULL CHECK (code IN ('recalled', 'erased')), since INTEGER NOT NULL,
        PRIMARY KEY (message, code)) STRICT, WITHOUT ROWID;
    """
