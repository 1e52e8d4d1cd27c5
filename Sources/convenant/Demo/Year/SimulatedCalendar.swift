import Casework
import Exchange
import Foundation
import Storage
import Synchronization

/// The time of the case in a demonstration's folder. It stands still until somebody moves it, and never goes back; a restart goes on from it.
///
/// Only `demo` makes one. `serve` has the system's clock and refuses a folder that is marked as simulated.
final class SimulatedCalendar: Sendable {
    private let path: String
    private let value: Mutex<Instant>

    /// The folder's calendar, or a new one that begins at `start`.
    init(_ folder: DataFolder, start: Instant) throws {
        path = folder.path + "/calendar"
        guard let data = FileManager.default.contents(atPath: path) else {
            value = Mutex(start)
            return
        }
        guard let stored = Instant(rfc3339: String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw fail("`\(path)` holds no instant (hint: begin anew in another folder)", Exit.configuration)
        }
        value = Mutex(stored)
    }

    /// Now, for the case.
    var now: Instant { value.withLock { $0 } }

    /// Moves on. The new time is on the disk before anybody sees it, so that no entry of the log is ever later than the calendar of a restart.
    func advance(to instant: Instant) throws {
        guard instant > now else { return }
        try writeWhole(Array((instant.rfc3339 + "\n").utf8), to: path)
        value.withLock { $0 = instant }
    }

    /// The world with this calendar; machine time stays real.
    var world: World {
        let system = World.system()
        return World(calendar: { self.now }, wall: system.wall, monotonic: system.monotonic, random: system.random)
    }
}
