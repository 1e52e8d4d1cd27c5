/// Version of `convenant.sqlite` in which it is known who consents.
///
/// `person.age` is `adult`, `child`, or a birth date to the month at most (`unknown`, `YYYY`, `YYYY-MM`); who was filed before has `unknown`.
/// `person.represented` is 1 where somebody decides for the person. `representative.member` is that somebody, where it is a person of the
/// household; `set_aside_why` is sealed under a sub-key of the key of the person's casefile. `consent.speaker` is the representative who
/// answered, or NULL where the person did; `consent.freely` is 1 where whoever recorded a yes looked whether it was
/// free, or NULL. All of it goes with the person.
let schemaRepresentative = """
    ALTER TABLE person ADD COLUMN age TEXT NOT NULL DEFAULT 'unknown' CHECK (length(age) <= 7);
    ALTER TABLE person ADD COLUMN represented INTEGER NOT NULL DEFAULT 0 CHECK (represented IN (0, 1));
    CREATE TABLE representative (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), person BLOB NOT NULL REFERENCES person,
        office TEXT NOT NULL CHECK (office IN ('parentalAuthority', 'curator', 'mentor', 'administrator')), purposes TEXT,
        member BLOB REFERENCES person, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
        set_aside_at INTEGER, set_aside_by BLOB REFERENCES account, set_aside_why BLOB, CHECK (member <> person),
        CHECK ((set_aside_at IS NULL) = (set_aside_by IS NULL)), CHECK ((set_aside_at IS NULL) = (set_aside_why IS NULL)))
        STRICT, WITHOUT ROWID;
    CREATE INDEX representative_person ON representative (person);
    CREATE INDEX representative_member ON representative (member) WHERE member IS NOT NULL;
    ALTER TABLE consent ADD COLUMN speaker BLOB CHECK (length(speaker) = 16);
    ALTER TABLE consent ADD COLUMN freely INTEGER CHECK (freely IS NULL OR freely = 1 AND answer = 'given');
    """
