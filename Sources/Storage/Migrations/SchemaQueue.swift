/// Version of `convenant.sqlite` in which a message that was never delivered waits for the desk.
///
/// A dead letter (`dead_at`) keeps its state and its bytes, so that a withdrawal or an erasure meets it like any other message; it can neither
/// be fetched nor pushed. From then on `expires_at` is the instant at which its bytes go, which is when nobody could open them any more.
let schemaQueue = """
    ALTER TABLE message ADD COLUMN opens_until INTEGER NOT NULL DEFAULT 0;
    -- So long messages could be opened until now: twice seven days.
    UPDATE message SET opens_until = queued_at + 1209600000;
    ALTER TABLE message ADD COLUMN dead_at INTEGER CHECK (dead_at IS NULL OR (state IN ('queued', 'left') AND next_try_at IS NULL));

    -- The digests under which a message was sealed before it was sealed anew: its partner may hold those bytes.
    CREATE TABLE earlier_seal (
        message BLOB NOT NULL REFERENCES message, digest BLOB NOT NULL CHECK (length(digest) = 32), at INTEGER NOT NULL,
        PRIMARY KEY (message, digest)) STRICT, WITHOUT ROWID;

    ALTER TABLE attempt ADD COLUMN status INTEGER;
    ALTER TABLE attempt ADD COLUMN code TEXT;

    ALTER TABLE lane ADD COLUMN code TEXT NOT NULL DEFAULT 'unknown';
    ALTER TABLE lane ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
    UPDATE lane SET since = coalesce(down_since, next_try_at);

    -- A fault stands on the desk's page until it is settled; the row itself tells the desk, once.
    ALTER TABLE delivery_fault ADD COLUMN settled_at INTEGER;
    ALTER TABLE delivery_fault ADD COLUMN settled_as TEXT CHECK ((settled_as IS NULL) = (settled_at IS NULL));
    UPDATE delivery_fault SET settled_at = seen_at, settled_as = 'seen' WHERE seen_at IS NOT NULL;
    DROP INDEX delivery_fault_unseen;
    CREATE INDEX delivery_fault_open ON delivery_fault (id) WHERE settled_at IS NULL;
    DELETE FROM desk_news WHERE kind = 'deliveryFault';
    """
