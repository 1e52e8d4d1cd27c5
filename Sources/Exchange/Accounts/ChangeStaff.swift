import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Ends an account for good: its sessions end with this answer, its second factor is forgotten. 200 `{account}`; 404 when there is none.
    public func disableStaff(_ name: String) async throws(DeskRefusal) -> DeskAnswer {
        let now = world.wall()
        try await changeStaff(name, "disabled") { transaction, account in try transaction.disableAccount(account, at: now) }
        return DeskAnswer(status: 200, body: ["account": .string(name)])
    }

    /// Gives an account a new one-time password and forgets its second factor, its recovery codes and its lock; its sessions end.
    ///
    /// 200 `{account, password}`, the password shown once; 404 when there is no such account.
    public func resetStaff(_ name: String) async throws(DeskRefusal) -> DeskAnswer {
        let (password, salt, cost) = (base64URL(world.random(15)), world.random(16), settings.scryptCost)
        let hash = try await passwordHash(password, salt: salt, cost: cost)
        try await changeStaff(name, "reset") { transaction, account in
            try transaction.setPassword(hash, salt: salt, cost: cost, of: account)
        }
        return DeskAnswer(status: 200, body: ["account": .string(name), "password": .string(password)])
    }

    /// Changes how an account signs in: what it signed in by until now counts no more, and its sessions end.
    func changeStaff(_ name: String, _ change: String, _ write: @escaping @Sendable (Transaction, AccountID) throws -> Void)
        async throws(DeskRefusal)
    {
        let account = try await read { try $0.account(named: name) }.orRefuse(.notFound)
        let changed = entry(
            .staffChanged, by: .daemon,
            facts: ["handle": .text(handle(of: account.id)), "change": .text(change)])
        let isThere = try await commit { transaction in
            guard try transaction.account(named: name)?.id == account.id else { return false }
            try transaction.deleteSecondFactor(of: account.id)
            try transaction.unbind(account.id)
            try write(transaction, account.id)
            try transaction.endSessions(of: account.id)
            try transaction.append([changed])
            return true
        }
        guard isThere else { throw .notFound }
        sessions.forget(account.id)
    }
}
