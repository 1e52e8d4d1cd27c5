import Casework

/// The last sign of life of a daemon, on both clocks.
public struct Heartbeat: Hashable, Sendable {
    /// The time of the case.
    public let calendar: Instant
    /// The time of the machine.
    public let wall: Instant

    public init(calendar: Instant, wall: Instant) {
        self.calendar = calendar
        self.wall = wall
    }
}

extension Transaction {
    /// The last sign of life; nil in a new folder.
    public func heartbeat() throws -> Heartbeat? {
        guard let text = try meta("heartbeat") else { return nil }
        let (calendar, wall) = try Self.instants(text, of: "heartbeat")
        return Heartbeat(calendar: calendar, wall: wall)
    }

    /// Writes a sign of life.
    public func setHeartbeat(_ beat: Heartbeat) throws {
        try setMeta("heartbeat", "\(beat.calendar.millisecondsSince1970) \(beat.wall.millisecondsSince1970)")
    }

    /// Writes that nobody could reach us in this time.
    public func insert(_ outage: Outage) throws {
        try run(
            "INSERT INTO outage (from_at, until_at) VALUES (?, ?) ON CONFLICT (from_at) DO UPDATE SET until_at = max(until_at, excluded.until_at)",
            [.of(outage.from), .of(outage.until)])
    }

    /// Takes back the outages that end after this instant.
    public func deleteOutages(endingAfter instant: Instant) throws { try run("DELETE FROM outage WHERE until_at > ?", [.of(instant)]) }

    /// Outages that ended after this instant, in the order in which they began.
    public func outages(endedAfter instant: Instant) throws -> [Outage] {
        try all("SELECT from_at, until_at FROM outage WHERE until_at > ? ORDER BY from_at", [.of(instant)]).compactMap {
            Outage(from: try $0.instant("from_at"), until: try $0.instant("until_at"))
        }
    }
}
