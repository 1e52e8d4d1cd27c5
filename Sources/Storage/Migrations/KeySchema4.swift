/// Version 4 of `keys.sqlite`: each no that the desk recorded about somebody who was here, beside the withdrawals and for the same reason.
///
/// Whom it bars from what is sealed under a sub-key of `key`, the key of the person who said it, and goes with it: by that key it would lead
/// from the log to whoever was erased.
let keySchema4 = """
    CREATE TABLE refusal (
        key INTEGER NOT NULL, consent BLOB NOT NULL CHECK (length(consent) = 16), sealed BLOB NOT NULL,
        PRIMARY KEY (key, consent)) STRICT, WITHOUT ROWID;
    """
