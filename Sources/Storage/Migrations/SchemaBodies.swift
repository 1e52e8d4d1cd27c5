/// Version of `convenant.sqlite` in which a message's bytes stand apart from its row.
///
/// The row is read and written at every step of the message's way, the bytes only when they go out. `message.sealed` is empty as long as there
/// are bytes and NULL from then on, by which the table's own conditions hold.
let schemaBodies = """
    CREATE TABLE message_body (message BLOB PRIMARY KEY REFERENCES message, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO message_body (message, sealed) SELECT id, sealed FROM message WHERE sealed IS NOT NULL;
    UPDATE message SET sealed = x'' WHERE sealed IS NOT NULL;
    """
