/// Version 4 of `keys.sqlite`: each no that was recorded, beside the withdrawals and for the same reason.
///
/// Whom it bars from what is sealed under a sub-key of `key`, the key of the person who said it, and cannot be read once that is destroyed.
let keySchema4 = """
    CREATE TABLE refusal (
        consent BLOB PRIMARY KEY CHECK (length(consent) = 16), key INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """
