import AuditTrail
import Casework
import Storage
import StrictJSON

/// Somebody whom the municipality's OpenID provider signed in: what an ID token said whose signature and claims were checked.
public struct ProvenSubject: Hashable, Sendable {
    let issuer: String
    let subject: String

    /// - Parameters:
    ///   - issuer: `iss`, the provider's identifier.
    ///   - subject: `sub`, which names one of its people for good.
    package init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}

extension ReferralDesk {
    /// Opens a page's session for whom the provider signed in: 201 `{token, expiresAt}`. 401 when no account is bound to them.
    ///
    /// The second factor is the provider's: the daemon does not start with one that need not ask for it, unless none is asked here either.
    /// - Parameter former: the token of the session that the new one takes the place of; it ends.
    public func signIn(as subject: ProvenSubject, replacing former: String? = nil) async throws(DeskRefusal) -> DeskAnswer {
        let mac = factorKeys.mac(subject)
        guard let account = try await read({ try $0.account(boundTo: mac) }) else {
            let refused = entry(.sessionRefused, by: .daemon, facts: ["factor": .text("provider")])
            try await commit { try $0.append([refused]) }
            throw .notSignedIn
        }
        let (now, (token, hash)) = (world.wall(), newToken())
        let expiresAt = now.advanced(byMilliseconds: settings.sessionLength)
        let opened = entry(
            .sessionOpened, by: .staff(StaffMember(account)), facts: ["factor": .text("provider"), "use": .text(SessionUse.page.rawValue)])
        let formerHash = former.map { tokenHash($0) }
        let isBound = try await commit { transaction in
            // It may have been bound to another meanwhile, or ended.
            guard try transaction.account(boundTo: mac)?.id == account.id else { return false }
            if let formerHash { try transaction.endSession(tokenHash: formerHash) }
            try transaction.insertSession(
                tokenHash: hash, account: account.id, use: .page, enrolling: false, expiresAt: expiresAt, now: now)
            try transaction.append([opened])
            return true
        }
        guard isBound else { throw .notSignedIn }
        if let formerHash { sessions.forget(formerHash) }
        return DeskAnswer(status: 201, body: ["token": .string(token), "expiresAt": .string(expiresAt.rfc3339)])
    }

    /// Lets an account sign in at the provider and nowhere else: its password and second factor are forgotten, its sessions end.
    ///
    /// 200 `{account}`; 404 when there is no such account; 409 when it is a program's, or somebody else's account is bound to this person.
    public func bindStaff(_ name: String, to subject: String, of issuer: String) async throws(DeskRefusal) -> DeskAnswer {
        let mac = factorKeys.mac(ProvenSubject(issuer: issuer, subject: subject))
        let taken = try await read { transaction in
            let account = try transaction.account(named: name)
            let bound = try transaction.account(boundTo: mac)
            return try account.map { try transaction.isSystem($0.id) } == true || bound.map { $0.id != account?.id } == true
        }
        guard !taken else { throw .alreadyDecided }
        // What no password has for its hash: the former one's is not kept, and the column takes no null.
        let (nobodys, salt, cost) = (world.random(32), world.random(16), settings.scryptCost)
        try await changeStaff(name, "bound") { transaction, account in
            try transaction.setPassword(nobodys, salt: salt, cost: cost, of: account)
            try transaction.bind(account, to: mac)
        }
        return DeskAnswer(status: 200, body: ["account": .string(name)])
    }
}
