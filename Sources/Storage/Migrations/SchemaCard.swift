/// Version of `convenant.sqlite` in which a card with a code is left at the door, with which the resident confirms an answer later.
///
/// `code` is a keyed hash; it goes with the answer.
let schemaCard = """
    CREATE TABLE consent_card (
        consent BLOB PRIMARY KEY REFERENCES consent ON DELETE CASCADE, code BLOB NOT NULL CHECK (length(code) = 32),
        confirmed_at INTEGER, confirmed_by TEXT, CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL))) STRICT, WITHOUT ROWID;
    """
