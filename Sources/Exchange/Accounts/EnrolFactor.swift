import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// How long a session lasts that may only enrol, in milliseconds.
    static let enrolmentLength: Int64 = 30 * 60_000
    /// How many recovery codes there are.
    static let recoveryCodes = 10

    /// Offers a second factor to whoever holds the session: 201 `{uri, secret}`, shown here and never again. Asked once more, it offers another one, and
    /// the former is forgotten.
    ///
    /// 409 when the account has one; 403 for a system's account, and for one that signs in at the provider.
    public func beginEnrolment(token: String) async throws(DeskRefusal) -> DeskAnswer {
        let (now, hash) = (world.wall(), tokenHash(token))
        let account = try await enrollable(hash, at: now).account
        let secret = world.random(20)
        let sealed = try factorKeys.seal(secret, of: account.id)
        try await commit { try $0.setOffered(sealed, tokenHash: hash) }
        let uri = OneTimeCode.uri(secret: secret, account: account.name, issuer: municipality.name)
        return DeskAnswer(status: 201, body: ["uri": .string(uri), "secret": .string(base32(secret))])
    }

    /// Enrols the factor that was offered, and replaces the password: `{code, newPassword, password?}`. 201 `{recoveryCodes, token, expiresAt}`.
    ///
    /// `password` is the present one, so that whoever finds a session open cannot take the account. It is demanded in every session but one that may only
    /// enrol, and not taken there; a wrong one counts as a failed sign-in: five in a row lock the account (429). The recovery codes are shown here and
    /// never again. Every session of the account ends; the new token takes the place of this one.
    public func finishEnrolment(token: String, _ body: JSONValue) async throws(DeskRefusal) -> DeskAnswer {
        let (now, hash) = (world.wall(), tokenHash(token))
        let row = try await enrollable(hash, at: now)
        let account = row.account
        let members = ["code", "newPassword"] + (row.enrolling ? [] : ["password"])
        let (code, password, present) = try reading(body) { reader -> (String, String, String?)? in
            guard let object = reader.object(members, required: members) else { return nil }
            let password = object["newPassword"].flatMap { newPassword($0, of: account.name) }
            let present = object["password"]?.string(maxLength: 200)
            let code = object["code"]?.string(maxLength: 20)?.filter { !$0.isWhitespace }
            return code.flatMap { code in password.map { (code, $0, present) } }
        }
        guard let offered = row.offered else {
            throw .invalidInput([
                InputFault(
                    pointer: "", code: "not-begun", detail: "no second factor was offered in this session",
                    hint: "begin the enrolment first")
            ])
        }
        if !row.enrolling { try await demandPassword(present ?? "", of: account, at: now) }
        let secret = try factorKeys.open(offered, of: account.id)
        guard let step = OneTimeCode.matching(code, secret: secret, at: now, after: -1) else {
            throw .invalidInput([
                InputFault(
                    pointer: "/code", code: "wrong-code", detail: "this is not the code of the moment",
                    hint: "type the six digits that the app shows now; the clock of the telephone must be right")
            ])
        }
        guard try await !constantTimeEqual(passwordHash(password, salt: account.salt, cost: account.cost), account.password) else {
            throw .passwordFault("/newPassword", "same-password", "this is the password that is to be replaced", "choose another one")
        }
        let (salt, cost) = (world.random(16), settings.scryptCost)
        let chosen = try await passwordHash(password, salt: salt, cost: cost)
        let codes = (0..<Self.recoveryCodes).map { _ in recoveryCode() }
        let macs = codes.map { factorKeys.mac($0, of: account.id) }
        let (fresh, freshHash) = newToken()
        let expiresAt = now.advanced(byMilliseconds: settings.sessionLength)
        let member = StaffMember(account)
        let changed = entry(
            .staffChanged, by: .staff(member), facts: ["handle": .text(handle(of: .staff(member))), "change": .text("enrolled")])
        let idleSince = now.advanced(byMilliseconds: -SessionCache.idle)
        let isEnrolled = try await commit { transaction in
            // The session was read a password's hash ago: it may have ended, or another tab was faster.
            guard let current = try transaction.session(tokenHash: hash, at: now, idleSince: idleSince), current.offered == offered,
                current.account.password == account.password, try transaction.secondFactor(of: account.id) == nil
            else { return false }
            try transaction.setPassword(chosen, salt: salt, cost: cost, of: account.id)
            try transaction.insertSecondFactor(
                SecondFactorRow(secret: offered, usedStep: step), recovery: macs, of: account.id, at: now)
            try transaction.endSessions(of: account.id)
            try transaction.insertSession(tokenHash: freshHash, account: account.id, use: row.use, expiresAt: expiresAt, now: now)
            try transaction.append([changed])
            return true
        }
        guard isEnrolled else { throw .alreadyDecided }
        sessions.forget(account.id)
        return DeskAnswer(
            status: 201,
            body: [
                "recoveryCodes": .array(codes.map(JSONValue.string)), "token": .string(fresh), "expiresAt": .string(expiresAt.rfc3339),
            ])
    }

    /// A session whose account may enrol: it has no factor, and is a person's who signs in here.
    private func enrollable(_ hash: [UInt8], at now: Instant) async throws(DeskRefusal) -> SessionRow {
        let row = try await openSession(hash, at: now)
        let account = row.account.id
        let (has, hasNoneHere) = try await read {
            (try $0.secondFactor(of: account) != nil, try $0.isSystem(account) || $0.isBound(account))
        }
        guard !hasNoneHere else { throw .roleMayNot }
        guard !has else { throw .alreadyDecided }
        return row
    }

    /// Twelve characters of base 32 (60 bits), in groups that can be copied by hand.
    private func recoveryCode() -> String {
        let text = Array(base32(world.random(8)).lowercased().prefix(12))
        return [text[0..<4], text[4..<8], text[8..<12]].map { String($0) }.joined(separator: "-")
    }
}

/// A password that somebody chose: long, and not the name of the account. No rule on what stands in it (NIST SP 800-63B, section 5.1.1.2).
func newPassword(_ reader: JSONReader, of account: String) -> String? {
    guard let password = reader.string(maxLength: 200) else { return nil }
    guard password.count >= 12 else {
        reader.fault("too-short", "a password has at least 12 characters", hint: "a sentence is easy to remember; any characters will do")
        return nil
    }
    guard !password.lowercased().contains(account) else {
        reader.fault(
            "holds-the-name", "the password holds the name of the account", hint: "choose one that nobody can derive from the account")
        return nil
    }
    return password
}
