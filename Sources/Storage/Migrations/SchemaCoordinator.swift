/// Version of `convenant.sqlite` in which the cases are found whose coordinator's account has ended.
///
/// The case keeps the account's id, as a plan does not stand without one, until somebody else is named.
let schemaCoordinator = """
    CREATE INDEX casefile_coordinator ON casefile (coordinator, id) WHERE state = 'open' AND coordinator IS NOT NULL;
    CREATE INDEX account_disabled ON account (id) WHERE disabled_at IS NOT NULL;
    """
