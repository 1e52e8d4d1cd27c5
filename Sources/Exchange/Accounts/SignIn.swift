import AuditTrail
import Casework
import Crypto
import CryptoExtras
import Disclosure
import Foundation
import Storage
import StrictJSON

extension ReferralDesk {
    /// Opens a session: `{account, password, code?}`, the code of the authenticator app or a recovery code, where a factor is enrolled.
    ///
    /// 201 `{token, expiresAt, state?, recoveryCodesLeft?}`; `state` is `enrolling` while a second factor must be enrolled before anything else
    /// works. 401 alike for a wrong name, password or code; five failures in a row lock a name for a quarter of an hour (429), whether or not
    /// somebody has it.
    /// - Parameter former: the token of the session that the new one takes the place of; it ends.
    public func signIn(_ body: JSONValue, for use: SessionUse = .api, replacing former: String? = nil) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let (name, password, code) = try reading(body) { reader -> (String, String, String?)? in
            guard let object = reader.object(["account", "password", "code"], required: ["account", "password"]) else { return nil }
            let (password, code) = (object["password"]?.string(maxLength: 200), object["code"]?.string(maxLength: 40))
            return object["account"]?.string(maxLength: 80).flatMap { name in password.map { (name, $0, code) } }
        }
        let now = world.wall()
        let found = try await read { transaction in
            try transaction.account(named: name).map {
                (
                    account: $0, factor: try transaction.secondFactor(of: $0.id), isSystem: try transaction.isSystem($0.id),
                    isBound: try transaction.isBound($0.id)
                )
            }
        }
        if let until = found == nil ? unknownNames.lockedUntil(name, at: now) : found?.account.lockedUntil, now < until {
            throw .locked(until: until, at: now)
        }
        // An unknown name costs as much as a known one, and a wrong password as much as a wrong code.
        let salt = found?.account.salt ?? [UInt8](repeating: 0, count: 16)
        let offered = try await passwordHash(password, salt: salt, cost: found?.account.cost ?? settings.scryptCost)
        guard let (account, factor, isSystem, isBound) = found else {
            try await noteUnknownName(name, at: now)
            throw .notSignedIn
        }
        let proof = try factorKeys.proof(code, factor: factor, of: account.id, at: now)
        // Who signs in at the provider has no password here.
        guard let proof, constantTimeEqual(offered, account.password), !isSystem || use == .api, !isBound else {
            try await refuseSignIn(account, at: now)
        }
        let enrolling = proof == .none && !isSystem && settings.secondFactor == .required
        let (token, hash) = newToken()
        let expiresAt = now.advanced(byMilliseconds: enrolling ? Self.enrolmentLength : settings.sessionLength)
        let member = StaffMember(account)
        var facts: [String: AuditFact] = ["factor": .text(proof.name), "use": .text(isSystem ? "system" : use.rawValue)]
        if enrolling { facts["state"] = .text("enrolling") }
        let opened = entry(.sessionOpened, by: .staff(member), facts: facts)
        let formerHash = former.map { tokenHash($0) }
        let left = try await commit { transaction -> Int? in
            // What was read before the password was hashed may have changed meanwhile: others guess at the same time.
            guard let current = try transaction.account(named: name), current.id == account.id, current.password == account.password,
                current.lockedUntil.map({ $0 <= now }) ?? true, try transaction.spend(proof, of: account.id)
            else { return nil }
            if current.failures > 0 { try transaction.setFailures(0, lockedUntil: nil, of: account.id) }
            if let formerHash { try transaction.endSession(tokenHash: formerHash) }
            try transaction.insertSession(
                tokenHash: hash, account: account.id, use: use, enrolling: enrolling, expiresAt: expiresAt, now: now)
            try transaction.append([opened])
            return try transaction.recoveryCodesLeft(of: account.id)
        }
        guard let left else { try await refuseSignIn(account, at: now) }
        if let formerHash { sessions.forget(formerHash) }
        var answer: JSONObject = ["token": .string(token), "expiresAt": .string(expiresAt.rfc3339)]
        if enrolling { answer["state"] = "enrolling" }
        if case .recovery = proof { answer["recoveryCodesLeft"] = .integer(Int64(left)) }
        return DeskAnswer(status: 201, body: .object(answer))
    }

    private func refuseSignIn(_ account: AccountRow, at now: Instant) async throws(DeskRefusal) -> Never {
        try await noteFailure(account, at: now)
        throw .notSignedIn
    }

    /// Notes that somebody gave a wrong password or code, and locks the account at the fifth time in a row.
    func noteFailure(_ account: AccountRow, at now: Instant) async throws(DeskRefusal) {
        let facts: [String: AuditFact] = ["handle": .text(handle(of: account.id))]
        let refused = entry(.sessionRefused, by: .daemon, facts: facts)
        let locked = entry(.sessionRefused, by: .daemon, facts: facts.merging(["locked": .text("yes")]) { $1 })
        try await commit { transaction in
            var locks = false
            if let current = try transaction.account(named: account.name), current.id == account.id {
                locks = current.failures + 1 >= LockOut.failures
                try transaction.setFailures(
                    locks ? 0 : current.failures + 1,
                    lockedUntil: locks ? now.advanced(byMilliseconds: LockOut.milliseconds) : current.lockedUntil, of: account.id)
            }
            try transaction.append([locks ? locked : refused])
        }
    }

    /// Notes that somebody tried a name that nobody has. An hour has so many entries of it and no more; the next one tells by `items` for how
    /// many failures it stands, where that is more than one.
    private func noteUnknownName(_ name: String, at now: Instant) async throws(DeskRefusal) {
        let isEntered = unknownNames.failed(name, at: now)
        // One that is not entered is counted on the disk, so that its answer takes as long as that of a name which somebody has.
        try await commit { [self] transaction in
            let waiting = try transaction.meta("unknownNames").flatMap { Int64($0) } ?? 0
            try transaction.setMeta("unknownNames", "\(isEntered ? 0 : waiting + 1)")
            guard isEntered else { return }
            let facts: [String: AuditFact] = waiting == 0 ? [:] : ["items": .integer(waiting + 1)]
            try transaction.append([entry(.sessionRefused, by: .daemon, facts: facts)])
        }
    }

    /// Whose session a token is.
    /// - Throws: `notSignedIn`; `enrolmentDue` for a session that may only enrol.
    public func authenticate(token: String) async throws(DeskRefusal) -> StaffMember {
        let (now, hash) = (world.wall(), tokenHash(token))
        var used = sessions.use(hash, at: now)
        if used == nil {
            let endings = sessions.endings
            let row = try await openSession(hash, at: now)
            sessions.remember(OpenSession(row), hash, until: row.expiresAt, usedAt: row.usedAt ?? now, now: now, endings: endings)
            used = sessions.use(hash, at: now) ?? (OpenSession(row), false)
        }
        guard let (session, write) = used else { throw .notSignedIn }
        // Written behind the requests' own commits; where it fails, a restart takes the last use for older than it was.
        if write { try? await commitInBackground { try $0.touchSession(tokenHash: hash, at: now) } }
        guard !session.enrolling else { throw .enrolmentDue }
        return session.member
    }

    /// The row of a session that is open.
    func openSession(_ hash: [UInt8], at now: Instant) async throws(DeskRefusal) -> SessionRow {
        let idleSince = now.advanced(byMilliseconds: -SessionCache.idle)
        return try await read { try $0.session(tokenHash: hash, at: now, idleSince: idleSince) }.orRefuse(.notSignedIn)
    }

    /// Ends a session.
    public func signOut(token: String) async throws(DeskRefusal) -> DeskAnswer {
        let hash = tokenHash(token)
        sessions.forget(hash)
        try await commit { try $0.endSession(tokenHash: hash) }
        sessions.forget(hash)
        return DeskAnswer(status: 204, body: .null)
    }

    /// scrypt (RFC 7914), on a thread of its own: it is made to be slow, and those who are signed in do not wait for it.
    func passwordHash(_ password: String, salt: [UInt8], cost: Int) async throws(DeskRefusal) -> [UInt8] {
        guard passwordsWaiting.wrappingAdd(1, ordering: .relaxed).newValue <= 16 else {
            passwordsWaiting.wrappingSubtract(1, ordering: .relaxed)
            throw .busy
        }
        defer { passwordsWaiting.wrappingSubtract(1, ordering: .relaxed) }
        let hash = await withCheckedContinuation { continuation in
            passwordQueue.async { continuation.resume(returning: Self.scrypt(password, salt: salt, cost: cost)) }
        }
        return try hash.orRefuse(.notDurable)
    }

    private static func scrypt(_ password: String, salt: [UInt8], cost: Int) -> [UInt8]? {
        do {
            return try KDF.Scrypt.deriveKey(
                from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: cost, blockSize: 8, parallelism: 1, maxMemory: 1 << 30
            ).withUnsafeBytes { Array($0) }
        } catch { return nil }
    }

    /// A session's token and the hash by which it is stored.
    func newToken() -> (token: String, hash: [UInt8]) {
        let token = base64URL(world.random(32))
        return (token, tokenHash(token))
    }

    func tokenHash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }
}
