/// Version of `convenant.sqlite` in which messages are pushed.
///
/// `message.next_try_at` is the earliest instant at which the courier may take a message; NULL for partners that fetch theirs, so that the
/// index holds only what is to be pushed. While an attempt holds the message (`lease`), the instant at which that claim ends.
let schema3 = """
    ALTER TABLE message ADD COLUMN next_try_at INTEGER CHECK (next_try_at IS NULL OR state IN ('queued', 'left'));
    ALTER TABLE message ADD COLUMN lease BLOB CHECK (lease IS NULL OR (length(lease) = 16 AND state = 'left' AND next_try_at IS NOT NULL));
    ALTER TABLE message ADD COLUMN tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0);
    CREATE INDEX message_due ON message (partner, next_try_at) WHERE next_try_at IS NOT NULL;
    CREATE INDEX message_leased ON message (lease) WHERE lease IS NOT NULL;
    UPDATE message SET next_try_at = queued_at
        WHERE state IN ('queued', 'left') AND partner IN (SELECT oin FROM partner WHERE endpoint IS NOT NULL AND removed_at IS NULL);

    CREATE TABLE lane (
        partner TEXT PRIMARY KEY REFERENCES partner, failures INTEGER NOT NULL CHECK (failures > 0), down_since INTEGER,
        next_try_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE delivery_fault (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), message BLOB NOT NULL UNIQUE REFERENCES message, code TEXT NOT NULL, at INTEGER NOT NULL,
        seen_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_fault_unseen ON delivery_fault (id) WHERE seen_at IS NULL;
    """
