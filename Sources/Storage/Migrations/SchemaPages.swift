/// Version of `convenant.sqlite` in which the pages keep drafts, and filers find their own signals.
let schemaPages = """
    -- What somebody has begun to type. The key stands in no table and no file: the browser's cookie holds the only one there is.
    CREATE TABLE draft (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), sealed BLOB NOT NULL CHECK (length(sealed) <= 262144), expires_at INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE INDEX draft_expiry ON draft (expires_at);
    CREATE INDEX signal_filer ON signal (filer_account, id) WHERE filer_account IS NOT NULL;
    """
