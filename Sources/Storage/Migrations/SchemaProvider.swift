/// Version of `convenant.sqlite` in which an account can be bound to a person at the municipality's OpenID provider.
///
/// `provider_subject.mac` is a hash under a sub-key of the vault's instance key: the database alone does not tell who somebody is there.
let schemaProvider = """
    CREATE TABLE provider_subject (
        account BLOB PRIMARY KEY REFERENCES account, mac BLOB NOT NULL UNIQUE CHECK (length(mac) = 32)) STRICT, WITHOUT ROWID;
    """
