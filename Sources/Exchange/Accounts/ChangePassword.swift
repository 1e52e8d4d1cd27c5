import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Replaces one's own password while signed in: `{password, newPassword}`. 200 `{token, expiresAt}`.
    ///
    /// Every session of the account ends; the new token takes the place of this one and lasts as long. A wrong password counts as a failed
    /// sign-in, so that whoever finds a session open cannot guess at leisure: five in a row lock the account (429).
    public func changePassword(token: String, _ body: JSONValue) async throws(DeskRefusal) -> DeskAnswer {
        let (now, hash) = (world.wall(), tokenHash(token))
        let row = try await openSession(hash, at: now)
        let account = row.account
        guard !row.enrolling else { throw .enrolmentDue }
        let (password, chosen) = try reading(body) { reader -> (String, String)? in
            guard let object = reader.object(["password", "newPassword"], required: ["password", "newPassword"]) else { return nil }
            let chosen = object["newPassword"].flatMap { newPassword($0, of: account.name) }
            return object["password"]?.string(maxLength: 200).flatMap { password in chosen.map { (password, $0) } }
        }
        try await demandPassword(password, of: account, at: now)
        guard password != chosen else {
            throw .passwordFault("/newPassword", "same-password", "this is the password that is to be replaced", "choose another one")
        }
        let (salt, cost) = (world.random(16), settings.scryptCost)
        let stored = try await passwordHash(chosen, salt: salt, cost: cost)
        let (fresh, freshHash) = newToken()
        let member = StaffMember(account)
        let changed = entry(
            .staffChanged, by: .staff(member), facts: ["handle": .text(handle(of: account.id)), "change": .text("password")])
        let idleSince = now.advanced(byMilliseconds: -SessionCache.idle)
        let isChanged = try await commit { transaction in
            // The session was read two hashes ago: it may have ended, or the password was changed in another window.
            guard let current = try transaction.session(tokenHash: hash, at: now, idleSince: idleSince),
                current.account.password == account.password
            else { return false }
            try transaction.setPassword(stored, salt: salt, cost: cost, of: account.id)
            try transaction.endSessions(of: account.id)
            try transaction.insertSession(tokenHash: freshHash, account: account.id, use: row.use, expiresAt: row.expiresAt, now: now)
            try transaction.append([changed])
            return true
        }
        guard isChanged else { throw .notSignedIn }
        sessions.forget(account.id)
        return DeskAnswer(status: 200, body: ["token": .string(fresh), "expiresAt": .string(row.expiresAt.rfc3339)])
    }

    /// Demands the present password of somebody who is signed in. A wrong one counts as a failed sign-in.
    /// - Throws: `wrong-password` at `/password`; `tooMany` while the account is locked.
    func demandPassword(_ password: String, of account: AccountRow, at now: Instant) async throws(DeskRefusal) {
        if let until = account.lockedUntil, now < until { throw .locked(until: until, at: now) }
        guard constantTimeEqual(try await passwordHash(password, salt: account.salt, cost: account.cost), account.password) else {
            try await noteFailure(account, at: now)
            throw .passwordFault("/password", "wrong-password", "this is not your password", "type the one with which you signed in")
        }
    }
}

extension DeskRefusal {
    /// An account that waits after too many failures.
    static func locked(until: Instant, at now: Instant) -> DeskRefusal {
        .tooMany(retryAfterSeconds: Int((until.millisecondsSince1970 - now.millisecondsSince1970) / 1000) + 1)
    }

    /// What is wrong with a password that somebody typed.
    static func passwordFault(_ pointer: String, _ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
        .invalidInput([InputFault(pointer: pointer, code: code, detail: detail, hint: hint)])
    }
}
