/// Version of `convenant.sqlite` in which the gate can ask under which act what is stored about a person was obtained, without opening it.
///
/// Names of fields only. `act` is empty where the filer did not say; a person without a row was filed before, and nothing is known.
let schemaHoldings = """
    CREATE TABLE holding (
        person BLOB NOT NULL REFERENCES person, act TEXT NOT NULL, organisation TEXT NOT NULL CHECK (length(organisation) = 20),
        fields TEXT NOT NULL, PRIMARY KEY (person, act, organisation)) STRICT, WITHOUT ROWID;
    """
