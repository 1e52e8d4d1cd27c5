import Casework
import Storage
import StrictJSON

/// How well the sweep keeps up.
public struct DeadlineWatch: Hashable, Sendable {
    /// How many open tasks have no deadline: always 0.
    public let openTasksWithoutDeadline: Int
    /// The oldest instant that has passed and was not handled; nil when everything was. Out of office hours what concerns people waits, and
    /// nothing else does.
    public let oldestDueNotHandled: Instant?
    /// For how long something could have been handled and was not.
    public let lagSeconds: Int64
    /// Behind from here on.
    public static let tolerated: Int64 = 60
    /// Whether the sweep has fallen behind.
    public var isBehind: Bool { lagSeconds > Self.tolerated }
}

extension ReferralDesk {
    /// Looks whether something that has passed was not handled, and counts open tasks without a deadline; the count reads every task.
    public func watchdog() async throws(DeskRefusal) -> DeadlineWatch {
        try await watchdog(without: try await read { try $0.openTasksWithoutDeadline() })
    }

    /// The same without the count: two look-ups.
    public func deadlineLag() async throws(DeskRefusal) -> DeadlineWatch { try await watchdog(without: 0) }

    private func watchdog(without count: Int) async throws(DeskRefusal) -> DeadlineWatch {
        let oldest = try await read { try $0.oldestUnhandled() }
        let now = world.calendar()
        let people = oldest.people.flatMap { $0 <= now ? $0 : nil }
        let atOnce = oldest.atOnce.flatMap { $0 <= now ? $0 : nil }
        var lags = [atOnce].compactMap { $0 }
        if let people, calendar.isOfficeHour(now) { lags.append(max(people, calendar.opening(of: calendar.localDate(of: now)))) }
        let lag = lags.min().map { (now.millisecondsSince1970 - $0.millisecondsSince1970) / 1000 } ?? 0
        return DeadlineWatch(
            openTasksWithoutDeadline: count, oldestDueNotHandled: [people, atOnce].compactMap { $0 }.min(), lagSeconds: lag)
    }
}
