import Casework

/// A member of staff's account: a keyed verifier, never a password.
public struct AccountRow: Sendable {
    public let id: AccountID
    public let name: String
    public let role: StaffRole
    public let organisation: OrganisationNumber
    /// scrypt (RFC 7914) of the password.
    public let password: [UInt8]
    public let salt: [UInt8]
    /// scrypt's N.
    public let cost: Int
    public let failures: Int
    public let lockedUntil: Instant?
    public let addedAt: Instant

    public init(
        id: AccountID, name: String, role: StaffRole, organisation: OrganisationNumber, password: [UInt8], salt: [UInt8], cost: Int,
        failures: Int = 0,
        lockedUntil: Instant? = nil, addedAt: Instant
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.organisation = organisation
        self.password = password
        self.salt = salt
        self.cost = cost
        self.failures = failures
        self.lockedUntil = lockedUntil
        self.addedAt = addedAt
    }
}

extension Transaction {
    /// Stores a new account; false when the name is taken.
    public func insertAccount(_ account: AccountRow) throws -> Bool {
        // A name is given out once: that of a disabled account stands in the log as somebody's handle.
        guard try first("SELECT 1 AS one FROM account WHERE name = ?", [.text(account.name)]) == nil else { return false }
        try run(
            "INSERT INTO account (id, name, role, organisation, password, salt, cost, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .of(account.id), .text(account.name), .of(account.role), .of(account.organisation), .blob(account.password),
                .blob(account.salt),
                .of(account.cost), .of(account.addedAt),
            ])
        return true
    }

    /// The account with this name, or nil; disabled ones are not found.
    public func account(named name: String) throws -> AccountRow? {
        try first("SELECT * FROM account WHERE name = ? AND disabled_at IS NULL", [.text(name)]).map(account)
    }

    /// Every account that is not disabled.
    public func accounts() throws -> [AccountRow] { try accountRows().map(account) }

    /// The same, without those that are damaged (``readable(_:_:)``).
    public func readableAccounts() throws -> [AccountRow] { try readable(accountRows(), account) }

    private func accountRows() throws -> [SQLRow] { try all("SELECT * FROM account WHERE disabled_at IS NULL ORDER BY name") }

    /// Marks an account as a system's: it has no second factor, and no page.
    public func setSystem(_ id: AccountID) throws { try run("INSERT INTO system_account (account) VALUES (?)", [.of(id)]) }

    /// Whether an account is a system's.
    public func isSystem(_ id: AccountID) throws -> Bool {
        try first("SELECT 1 AS one FROM system_account WHERE account = ?", [.of(id)]) != nil
    }

    /// Gives an account another password, and forgets failures.
    public func setPassword(_ password: [UInt8], salt: [UInt8], cost: Int, of id: AccountID) throws {
        try run(
            "UPDATE account SET password = ?, salt = ?, cost = ?, failures = 0, locked_until = NULL WHERE id = ?",
            [.blob(password), .blob(salt), .of(cost), .of(id)])
    }

    /// Ends an account for good; its name is not given out again.
    public func disableAccount(_ id: AccountID, at now: Instant) throws {
        try run("UPDATE account SET disabled_at = ? WHERE id = ?", [.of(now), .of(id)])
    }

    /// Counts a failed sign-in, or (failures 0) forgets them.
    public func setFailures(_ failures: Int, lockedUntil: Instant?, of id: AccountID) throws {
        try run("UPDATE account SET failures = ?, locked_until = ? WHERE id = ?", [.of(failures), .of(lockedUntil), .of(id)])
    }

    func account(_ row: SQLRow) throws -> AccountRow {
        AccountRow(
            id: try row.identifier("id"), name: try row.text("name"), role: try row.member("role"),
            organisation: try row.organisation("organisation"),
            password: try row.blob("password"), salt: try row.blob("salt"), cost: Int(try row.integer("cost")),
            failures: Int(try row.integer("failures")), lockedUntil: try row.instantOrNil("locked_until"),
            addedAt: try row.instant("added_at"))
    }
}
