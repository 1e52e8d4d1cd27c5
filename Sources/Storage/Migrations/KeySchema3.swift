/// Version 3 of `keys.sqlite`: how many entries the log had when these keys were last in use.
///
/// A database with fewer is an older one, or has lost a part: the keys that it does not name open what was lost.
let keySchema3 = """
    CREATE TABLE log_length (id INTEGER PRIMARY KEY CHECK (id = 1), entries INTEGER NOT NULL) STRICT;
    """
