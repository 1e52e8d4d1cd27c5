import Casework

/// An account's second factor.
public struct SecondFactorRow: Sendable {
    /// The secret, sealed.
    public let secret: [UInt8]
    /// The newest step of time whose code was taken: it and those before it are spent (RFC 6238, section 5.2).
    public let usedStep: Int64
    public init(secret: [UInt8], usedStep: Int64) {
        self.secret = secret
        self.usedStep = usedStep
    }
}

extension Transaction {
    /// The second factor of an account; nil while none is enrolled.
    public func secondFactor(of account: AccountID) throws -> SecondFactorRow? {
        try first("SELECT secret, used_step FROM second_factor WHERE account = ?", [.of(account)]).map {
            SecondFactorRow(secret: try $0.blob("secret"), usedStep: try $0.integer("used_step"))
        }
    }

    /// Enrols a second factor with the keyed hashes of its recovery codes.
    public func insertSecondFactor(_ factor: SecondFactorRow, recovery: [[UInt8]], of account: AccountID, at now: Instant) throws {
        try run(
            "INSERT INTO second_factor (account, secret, used_step, enrolled_at) VALUES (?, ?, ?, ?)",
            [.of(account), .blob(factor.secret), .integer(factor.usedStep), .of(now)])
        for mac in recovery { try run("INSERT INTO recovery_code (account, mac) VALUES (?, ?)", [.of(account), .blob(mac)]) }
    }

    /// Spends a step of time; false when it, or a later one, is spent already.
    public func useStep(_ step: Int64, of account: AccountID) throws -> Bool {
        try run("UPDATE second_factor SET used_step = ?1 WHERE account = ?2 AND used_step < ?1", [.integer(step), .of(account)])
        return changes == 1
    }

    /// Spends a recovery code; false when there is no such code, or no more.
    public func useRecoveryCode(_ mac: [UInt8], of account: AccountID) throws -> Bool {
        try run("DELETE FROM recovery_code WHERE account = ? AND mac = ?", [.of(account), .blob(mac)])
        return changes == 1
    }

    /// How many recovery codes an account has left.
    public func recoveryCodesLeft(of account: AccountID) throws -> Int {
        Int(try first("SELECT count(*) AS n FROM recovery_code WHERE account = ?", [.of(account)])?.integer("n") ?? 0)
    }

    /// Forgets an account's second factor and its recovery codes.
    public func deleteSecondFactor(of account: AccountID) throws {
        try run("DELETE FROM second_factor WHERE account = ?", [.of(account)])
    }
}
