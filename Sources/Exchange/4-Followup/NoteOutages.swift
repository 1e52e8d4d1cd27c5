import AuditTrail
import Casework
import Storage

extension ReferralDesk {
    /// Writes a sign of life; call it every ``heartbeatSeconds``. A gap since the last one, on both clocks, is stored as an outage: the
    /// machine slept. When the calendar alone was moved nobody was kept out.
    public func beat() async throws(DeskRefusal) {
        let now = Heartbeat(calendar: world.calendar(), wall: world.wall())
        try await commitInBackground { transaction in
            try transaction.forgetFalseOutages(at: now)
            if let last = try transaction.heartbeat(), now.wall.millisecondsSince1970 - last.wall.millisecondsSince1970 > tolerated,
                let outage = outage(since: last, until: now)
            {
                try transaction.store(outage, since: last, until: now)
            }
            try transaction.setHeartbeat(now)
        }
        // Beside the keys too, so that an older database is told from this one. What fails here is noted with the next sign of life.
        try? await vault.noteLog()
    }

    /// Seconds between two signs of life.
    public static let heartbeatSeconds: Int64 = 30

    /// Begins the log of this run. When the last sign of life is too old, the time since then was an outage, and the entry tells of it.
    func begin(simulated: Bool) async throws(DeskRefusal) {
        let now = Heartbeat(calendar: world.calendar(), wall: world.wall())
        let last = try await read { try $0.heartbeat() }
        // The calendar of a simulation is moved by hand: it says nothing about when the machine was down.
        let missed = simulated ? nil : last.flatMap { outage(since: $0, until: now) }
        var facts: [String: AuditFact] = [:]
        if let missed { facts = ["outageFrom": .text(missed.from.rfc3339), "outageUntil": .text(missed.until.rfc3339)] }
        let started = entry(.daemonStarted, by: .daemon, facts: facts)
        try await commit { transaction in
            if !simulated { try transaction.forgetFalseOutages(at: now) }
            if let missed, let last { try transaction.store(missed, since: last, until: now) }
            try transaction.setHeartbeat(now)
            try transaction.append([started])
        }
    }

    /// Writes that the daemon stops, with a last sign of life, and leaves the database whole in its one file. Call it last.
    public func close() async {
        let stopped = entry(.daemonStopped, by: .daemon)
        let now = Heartbeat(calendar: world.calendar(), wall: world.wall())
        _ = try? await commit { transaction in
            try transaction.setHeartbeat(now)
            try transaction.append([stopped])
        }
        try? await vault.noteLog()
        store.settle()
    }
}

/// Milliseconds without a sign of life that are not yet an outage.
private let tolerated: Int64 = 120_000

/// The time since a sign of life on the calendar, when that is too long; nil also when the clock stepped back.
private func outage(since last: Heartbeat, until now: Heartbeat) -> Outage? {
    guard now.calendar.millisecondsSince1970 - last.calendar.millisecondsSince1970 > tolerated else { return nil }
    return Outage(from: last.calendar, until: now.calendar)
}

extension Transaction {
    /// Takes back outages that end after now: a clock wrote them that ran ahead, and was set back since. They would be credited to every task until
    /// that day comes.
    fileprivate func forgetFalseOutages(at now: Heartbeat) throws {
        guard let last = try heartbeat(), now.wall < last.wall else { return }
        try deleteOutages(endingAfter: now.calendar)
    }

    /// Stores an outage, and gives messages the office hours back in which nobody could fetch them: they wait on the machine's clock.
    fileprivate func store(_ outage: Outage, since last: Heartbeat, until now: Heartbeat) throws {
        try insert(outage)
        try giveBackOfficeTime(from: last.wall, to: now.wall)
    }

    /// Gives every message that waits the office hours back that lie between two instants.
    func giveBackOfficeTime(from start: Instant, to end: Instant) throws {
        let hours = WorkingCalendar.partnerHours
        let lost = hours.officeTime(from: start, to: end)
        if lost > 0 { try moveWindows { hours.adding(officeTime: lost, to: $0) } }
    }
}
