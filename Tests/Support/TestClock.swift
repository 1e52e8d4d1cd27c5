import Casework
import Exchange
import Synchronization

/// Two clocks that stand still until a test moves them: the time of the case, and the time of the machine.
public final class TestClock: Sendable {
    private let times: Mutex<(calendar: Instant, wall: Instant)>

    /// Both clocks at this instant.
    public init(_ start: Instant) { times = Mutex((start, start)) }

    /// The time of the case.
    public var calendar: Instant { times.withLock { $0.calendar } }
    /// The time of the machine.
    public var wall: Instant { times.withLock { $0.wall } }

    /// Moves both clocks.
    public func advance(days: Int64 = 0, milliseconds: Int64 = 0) {
        let step = days * 86_400_000 + milliseconds
        times.withLock { $0 = ($0.calendar.advanced(byMilliseconds: step), $0.wall.advanced(byMilliseconds: step)) }
    }

    /// Sets the time of the case alone; the machine's time stays.
    public func setCalendar(_ instant: Instant) { times.withLock { $0.calendar = instant } }

    /// A world that reads these clocks, with real randomness.
    public var world: World {
        World(
            calendar: { self.calendar }, wall: { self.wall }, monotonic: { UInt64(self.wall.millisecondsSince1970) * 1_000_000 },
            random: World.system().random)
    }
}
