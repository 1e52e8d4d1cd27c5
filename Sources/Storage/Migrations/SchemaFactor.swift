/// Version of `convenant.sqlite` in which people sign in with a second factor, a page's session ends when nobody uses it, and somebody can
/// open a case that was not given to them, and say why.
///
/// `second_factor.secret` and `session.offered` are sealed under a sub-key of the vault's instance key, `break_glass.sealed` under one of its
/// casefile's key; `recovery_code.mac` is a keyed hash. What was open before this version is signed in again.
let schemaFactor = """
    CREATE TABLE second_factor (
        account BLOB PRIMARY KEY REFERENCES account, secret BLOB NOT NULL, used_step INTEGER NOT NULL, enrolled_at INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE recovery_code (
        account BLOB NOT NULL REFERENCES second_factor ON DELETE CASCADE, mac BLOB NOT NULL CHECK (length(mac) = 32),
        PRIMARY KEY (account, mac)) STRICT, WITHOUT ROWID;
    CREATE TABLE system_account (account BLOB PRIMARY KEY REFERENCES account) STRICT, WITHOUT ROWID;

    DELETE FROM session;
    ALTER TABLE session ADD COLUMN use TEXT NOT NULL DEFAULT 'api' CHECK (use IN ('api', 'page'));
    ALTER TABLE session ADD COLUMN used_at INTEGER CHECK ((use = 'page') = (used_at IS NOT NULL));
    ALTER TABLE session ADD COLUMN enrolling INTEGER NOT NULL DEFAULT 0 CHECK (enrolling IN (0, 1));
    ALTER TABLE session ADD COLUMN offered BLOB;
    CREATE INDEX session_account ON session (account);

    CREATE TABLE break_glass (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, account BLOB NOT NULL REFERENCES account,
        reason TEXT NOT NULL, sealed BLOB, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX break_glass_account ON break_glass (account, casefile, until);
    """
