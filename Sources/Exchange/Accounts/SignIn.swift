import AuditTrail
import Casework
import Crypto
import CryptoExtras
import Disclosure
import Foundation
import Storage
import StrictJSON
import Synchronization

/// Sessions seen a moment ago, so that a request does not pay a read for knowing who asks. A session that was ended is forgotten at once.
final class SessionCache: Sendable {
    private struct Known {
        let member: StaffMember
        let expiresAt: Instant
    }
    private let known = Mutex<[[UInt8]: Known]>([:])

    func member(_ hash: [UInt8], at now: Instant) -> StaffMember? {
        known.withLock { $0[hash].flatMap { now < $0.expiresAt ? $0.member : nil } }
    }
    func remember(_ member: StaffMember, _ hash: [UInt8], until expiresAt: Instant, now: Instant) {
        known.withLock { known in
            if known.count >= 10_000 { known = known.filter { now < $0.value.expiresAt } }
            known[hash] = Known(member: member, expiresAt: expiresAt)
        }
    }
    func forget(_ hash: [UInt8]) { known.withLock { _ = $0.removeValue(forKey: hash) } }
}

extension ReferralDesk {
    /// Opens a session. Five failures in a row lock the account for a quarter of an hour.
    ///
    /// 201 `{token, expiresAt}`; 401 for a wrong name or password alike; 429 while locked.
    public func signIn(_ body: JSONValue) async throws(DeskRefusal) -> DeskAnswer {
        let (name, password) = try reading(body) { reader -> (String, String)? in
            guard let object = reader.object(["account", "password", "code"], required: ["account", "password"]) else { return nil }
            let password = object["password"]?.string(maxLength: 200)
            return object["account"]?.string(maxLength: 80).flatMap { name in password.map { (name, $0) } }
        }
        let now = world.wall()
        let account = try await read { try $0.account(named: name) }
        if let until = account?.lockedUntil, now < until {
            throw .tooMany(retryAfterSeconds: Int((until.millisecondsSince1970 - now.millisecondsSince1970) / 1000) + 1)
        }
        // An unknown name costs as much as a known one.
        let salt = account?.salt ?? [UInt8](repeating: 0, count: 16)
        let offered = try await passwordHash(password, salt: salt, cost: account?.cost ?? settings.scryptCost)
        guard let account, constantTimeEqual(offered, account.password) else {
            let refused = entry(.sessionRefused, by: .daemon)
            _ = try await commit { transaction in
                if let account {
                    let failures = (try transaction.account(named: name)?.failures ?? account.failures) + 1
                    try transaction.setFailures(
                        failures >= 5 ? 0 : failures, lockedUntil: failures >= 5 ? now.advanced(byMilliseconds: 900_000) : nil,
                        of: account.id)
                }
                try transaction.append([refused])
            }
            throw .notSignedIn
        }
        let token = base64URL(world.random(32))
        let expiresAt = now.advanced(byMilliseconds: settings.sessionLength)
        let member = StaffMember(account: account.id, name: account.name, role: account.role, organisation: account.organisation)
        let opened = entry(.sessionOpened, by: .staff(member))
        let hash = tokenHash(token)
        _ = try await commit { transaction in
            if account.failures > 0 { try transaction.setFailures(0, lockedUntil: nil, of: account.id) }
            try transaction.insertSession(tokenHash: hash, account: account.id, expiresAt: expiresAt, now: now)
            try transaction.append([opened])
        }
        return DeskAnswer(status: 201, body: ["token": .string(token), "expiresAt": .string(expiresAt.rfc3339)])
    }

    /// Whose session a token is.
    public func authenticate(token: String) async throws(DeskRefusal) -> StaffMember {
        let now = world.wall()
        let hash = tokenHash(token)
        if let member = sessions.member(hash, at: now) { return member }
        guard let (account, expiresAt) = try await read({ try $0.session(tokenHash: hash, at: now) }) else { throw .notSignedIn }
        let member = StaffMember(account: account.id, name: account.name, role: account.role, organisation: account.organisation)
        sessions.remember(member, hash, until: expiresAt, now: now)
        return member
    }

    /// Ends a session.
    public func signOut(token: String) async throws(DeskRefusal) -> DeskAnswer {
        let hash = tokenHash(token)
        sessions.forget(hash)
        _ = try await commit { try $0.endSession(tokenHash: hash) }
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

    private func tokenHash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    private func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
