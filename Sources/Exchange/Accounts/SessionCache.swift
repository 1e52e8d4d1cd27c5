import Casework
import Storage
import Synchronization

/// Sessions seen a moment ago, so that a request does not pay a read for knowing who asks. A session that was ended is forgotten at once.
final class SessionCache: Sendable {
    private struct Known {
        let session: OpenSession
        let expiresAt: Instant
        /// A page's last use, and the last one that was written.
        var usedAt: Instant
        var writtenAt: Instant
    }
    private struct Cache {
        var known: [[UInt8]: Known] = [:]
        /// Raised by everything that ends sessions: what was read before it is not remembered after it.
        var endings = 0
    }
    private let cache = Mutex(Cache())

    /// A page's session ends when it was not used for this long, in milliseconds.
    static let idle: Int64 = 30 * 60_000
    /// How often at most the use of a page's session is written, in milliseconds; a restart forgets no more than this.
    static let written: Int64 = 5 * 60_000

    /// A session that is known and open, and whether its use is to be written now.
    func use(_ hash: [UInt8], at now: Instant) -> (session: OpenSession, write: Bool)? {
        cache.withLock { cache in
            guard let known = cache.known[hash] else { return nil }
            guard now < known.expiresAt, known.session.use == .api || now < known.usedAt.advanced(byMilliseconds: Self.idle) else {
                cache.known[hash] = nil
                return nil
            }
            guard known.session.use == .page else { return (known.session, false) }
            let write = now >= known.writtenAt.advanced(byMilliseconds: Self.written)
            cache.known[hash]?.usedAt = now
            if write { cache.known[hash]?.writtenAt = now }
            return (known.session, write)
        }
    }

    /// How many times sessions were ended; asked before a session is read.
    var endings: Int { cache.withLock { $0.endings } }

    /// Remembers a session, unless one was ended since it was read: it may be that one.
    func remember(_ session: OpenSession, _ hash: [UInt8], until expiresAt: Instant, usedAt: Instant, now: Instant, endings: Int) {
        cache.withLock { cache in
            guard cache.endings == endings else { return }
            if cache.known.count >= 10_000 { cache.known = cache.known.filter { now < $0.value.expiresAt } }
            cache.known[hash] = Known(session: session, expiresAt: expiresAt, usedAt: usedAt, writtenAt: usedAt)
        }
    }

    /// Forgets a session. Call it once its end is committed.
    func forget(_ hash: [UInt8]) {
        cache.withLock { cache in
            cache.endings += 1
            cache.known[hash] = nil
        }
    }

    /// Forgets every session of an account. Call it once their end is committed.
    func forget(_ account: AccountID) {
        cache.withLock { cache in
            cache.endings += 1
            cache.known = cache.known.filter { $0.value.session.member.account != account }
        }
    }
}

/// Who holds a session, and what it may do.
struct OpenSession: Sendable {
    let member: StaffMember
    let use: SessionUse
    /// Whether it may only enrol the second factor.
    let enrolling: Bool

    init(_ row: SessionRow) {
        member = StaffMember(row.account, hasPassword: !row.isBound)
        use = row.use
        enrolling = row.enrolling
    }
}

/// Failed sign-ins under names that nobody has: they are locked as accounts are, so that a lock tells nothing.
///
/// In memory and bounded: what a flood of names throws out only makes the next answer 401 instead of 429.
final class UnknownNames: Sendable {
    private struct Heard {
        var failures: [String: (count: Int, lockedUntil: Instant?)] = [:]
        /// When the hour began whose failures are counted here.
        var hour: Instant?
        var inHour = 0
    }
    private let heard = Mutex(Heard())

    /// How many failures are entered in the log in an hour. Names can be invented without end, and the log keeps every entry.
    static let entered = 20

    func lockedUntil(_ name: String, at now: Instant) -> Instant? {
        heard.withLock { $0.failures[name]?.lockedUntil.flatMap { now < $0 ? $0 : nil } }
    }

    /// Counts a failure.
    /// - Returns: whether it is to be entered in the log.
    func failed(_ name: String, at now: Instant) -> Bool {
        heard.withLock { heard in
            if heard.failures.count >= 10_000 { heard.failures.removeAll() }
            let former = heard.failures[name]
            let count = (former?.count ?? 0) + 1
            // One that was under way when the lock came leaves it, as with an account.
            let locked = count >= LockOut.failures ? now.advanced(byMilliseconds: LockOut.milliseconds) : former?.lockedUntil
            heard.failures[name] = (count >= LockOut.failures ? 0 : count, locked)
            if let hour = heard.hour, hour <= now, now < hour.advanced(byMilliseconds: 3_600_000) {
                heard.inHour += 1
            } else {
                (heard.hour, heard.inHour) = (now, 1)
            }
            return heard.inHour <= Self.entered
        }
    }
}

/// After so many failures in a row an account is locked for so long.
enum LockOut {
    static let failures = 5
    static let milliseconds: Int64 = 900_000
}
