import Casework

extension Transaction {
    /// The account of a person at the municipality's provider, known by a keyed hash of who they are there; disabled ones are not found.
    public func account(boundTo mac: [UInt8]) throws -> AccountRow? {
        try first(
            """
            SELECT account.* FROM provider_subject JOIN account ON account.id = provider_subject.account
            WHERE provider_subject.mac = ? AND account.disabled_at IS NULL
            """, [.blob(mac)]
        ).map(account)
    }

    /// Whether an account signs in at the provider.
    public func isBound(_ account: AccountID) throws -> Bool {
        try first("SELECT 1 AS one FROM provider_subject WHERE account = ?", [.of(account)]) != nil
    }

    /// Binds an account to a person at the provider.
    public func bind(_ account: AccountID, to mac: [UInt8]) throws {
        try run("INSERT INTO provider_subject (account, mac) VALUES (?, ?)", [.of(account), .blob(mac)])
    }

    /// Lets an account sign in at the provider no more.
    public func unbind(_ account: AccountID) throws { try run("DELETE FROM provider_subject WHERE account = ?", [.of(account)]) }
}
