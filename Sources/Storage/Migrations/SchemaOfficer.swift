/// Version of `convenant.sqlite` in which the log is searched by event and by partner, advice is kept, and open work is counted by its age.
///
/// `audit_term` is derived as `audit_index` is: `log verify` compares it with the entries. Entries from before are found as bytes and not
/// parsed, for canonical JSON (RFC 8785) writes a member in one way only, and a quote inside a text has a backslash before it.
let schemaOfficer = """
    CREATE TABLE audit_term (term TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (term, seq)) STRICT, WITHOUT ROWID;
    -- What stands between `,"event":"` and the next quote.
    INSERT OR IGNORE INTO audit_term (term, seq)
        SELECT CAST(substr(rest, 1, instr(rest, x'22') - 1) AS TEXT), seq
        FROM (SELECT substr(entry, instr(entry, x'2c226576656e74223a22') + 10, 60) AS rest, seq FROM audit_entry
            WHERE instr(entry, x'2c226576656e74223a22') > 0) WHERE instr(rest, x'22') > 1;
    -- The twenty digits of the partner that acted, and those behind `"recipient":"` and `"partner":"`.
    INSERT OR IGNORE INTO audit_term (term, seq)
        SELECT CAST(oin AS TEXT), seq FROM (
            SELECT substr(entry, 44, 20) AS oin, seq FROM audit_entry
                WHERE substr(entry, 1, 43) = x'7b226163746f72223a7b226b696e64223a22706172746e6572222c226f7267616e69736174696f6e223a22'
            UNION ALL SELECT substr(entry, instr(entry, x'22726563697069656e74223a22') + 13, 20), seq FROM audit_entry
                WHERE instr(entry, x'22726563697069656e74223a22') > 0
            UNION ALL SELECT substr(entry, instr(entry, x'22706172746e6572223a22') + 11, 20), seq FROM audit_entry
                WHERE instr(entry, x'22706172746e6572223a22') > 0)
        WHERE length(oin) = 20 AND CAST(oin AS TEXT) NOT GLOB '*[^0-9]*';

    -- Advice of the data protection officer; what it says opens under a key of its own.
    CREATE TABLE advice (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), about TEXT NOT NULL, key INTEGER NOT NULL UNIQUE,
        wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 40), sealed BLOB NOT NULL, given_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    -- How long open work has been open; no closed row stands in these.
    CREATE INDEX casefile_open ON casefile (opened_at) WHERE state = 'open';
    CREATE INDEX open_task_waiting ON open_task (counts_from) WHERE state = 'received';
    """
