/// Version of `convenant.sqlite` in which a receipt can say that a worker role has acknowledged the covenant (R29).
///
/// `message.covenant` is the covenant under which it went, `<id>/<version>`; NULL for what has none, and for what was queued before.
/// `acknowledgement` holds each role of a partner that has acknowledged such a version, since its first receipt that said so; its rows are no
/// more than the roles that covenants name.
let schemaAcknowledgement = """
    ALTER TABLE message ADD COLUMN covenant TEXT;
    CREATE TABLE acknowledgement (
        partner TEXT NOT NULL REFERENCES partner, covenant TEXT NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (partner, covenant, role)) STRICT, WITHOUT ROWID;
    """
