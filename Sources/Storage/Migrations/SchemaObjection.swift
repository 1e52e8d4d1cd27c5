/// Version of `convenant.sqlite` in which an objection is weighed, with an outcome, by somebody.
///
/// `objection.sealed` holds why, under a sub-key of its casefile's key; NULL where the resident took it back. One that was overruled or taken back
/// is no fact for the gate any more; one that was upheld stays one.
let schemaObjection = """
    ALTER TABLE objection ADD COLUMN outcome TEXT CHECK (outcome IN ('upheld', 'overruled', 'withdrawn'));
    ALTER TABLE objection ADD COLUMN weighed_by BLOB REFERENCES account;
    ALTER TABLE objection ADD COLUMN sealed BLOB;
    """
