import Casework
import Foundation
import Synchronization

/// Everything the desk takes from outside itself: two clocks, randomness, ids. Passed by initialiser; there is no other source.
///
/// `calendar` is the time of the case (signals, consents, covenants, terms, retention, log); `wall` and `monotonic` are the time of the
/// machine (certificates, messages' `sentAt` and `expiresAt`, leases, sessions, idempotency, ids).
public struct World: Sendable {
    /// Now, for the case.
    public let calendar: @Sendable () -> Instant
    /// Now, for the machine.
    public let wall: @Sendable () -> Instant
    /// Nanoseconds since an arbitrary start, never going back.
    public let monotonic: @Sendable () -> UInt64
    /// This many bytes that nobody can guess; at most 256.
    public let random: @Sendable (Int) -> [UInt8]
    private let ids: UUIDv7Source

    public init(
        calendar: @escaping @Sendable () -> Instant, wall: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.calendar = calendar
        self.wall = wall
        self.monotonic = monotonic
        self.random = random
        ids = UUIDv7Source(wall: wall, random: random)
    }

    /// A new id, time-ordered, monotonic within a millisecond.
    public func newID<Kind>() -> Identifier<Kind> {
        let (high, low) = ids.next()
        return Identifier(high: high, low: low)
    }

    /// The world as it is: the system's clocks and randomness.
    public static func system() -> World {
        let wall: @Sendable () -> Instant = { Instant(millisecondsSince1970: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) }
        return World(
            calendar: wall, wall: wall, monotonic: { DispatchTime.now().uptimeNanoseconds },
            random: systemRandom)
    }

    /// From the system in one call; the standard library's generator makes one for every eight bytes.
    private static func systemRandom(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            guard getentropy(bytes.baseAddress, count) == 0 else { fatalError("the system gives no \(count) random bytes") }
            filled = count
        }
    }
}

/// UUIDv7 (RFC 9562 §5.7, method 1): 48 bits of milliseconds, a 12-bit counter within the millisecond, 62 random bits.
///
/// When the clock steps back or the counter runs over, the time part stays or moves one millisecond ahead, so that ids never go back.
final class UUIDv7Source: Sendable {
    private struct State {
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0
        /// Random bytes for ids to come, drawn together: as many as one call gives.
        var noise: ArraySlice<UInt8> = []
    }
    private static let bytesPerID = 9
    private let state = Mutex(State())
    private let wall: @Sendable () -> Instant
    private let random: @Sendable (Int) -> [UInt8]

    init(wall: @escaping @Sendable () -> Instant, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.wall = wall
        self.random = random
    }

    func next() -> (UInt64, UInt64) {
        let now = UInt64(max(0, wall().millisecondsSince1970))
        return state.withLock { state in
            if state.noise.isEmpty { state.noise = random(28 * Self.bytesPerID)[...] }
            let noise = state.noise.prefix(Self.bytesPerID).reduce((high: UInt64(0), low: UInt64(0))) {
                ($0.high << 8 | $0.low >> 56, $0.low << 8 | UInt64($1))
            }
            state.noise = state.noise.dropFirst(Self.bytesPerID)
            if now > state.milliseconds {
                state.milliseconds = now
                state.counter = noise.high & 0xff
            } else if state.counter == 0xfff {
                state.milliseconds += 1
                state.counter = 0
            } else {
                state.counter += 1
            }
            return (
                state.milliseconds << 16 | 0x7000 | state.counter, 0x8000_0000_0000_0000 | noise.low & 0x3fff_ffff_ffff_ffff
            )
        }
    }
}
