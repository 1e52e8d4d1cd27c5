/// Version 2 of `keys.sqlite`: withdrawn consents, by id.
///
/// They stand beside the keys because of the keys only the newest copy is kept: data restored from an older copy learn from it who has
/// withdrawn since, as they learn from a missing key who was erased.
let keySchema2 = """
    CREATE TABLE withdrawal (
        consent BLOB PRIMARY KEY CHECK (length(consent) = 16), how TEXT NOT NULL, withdrawn_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """
