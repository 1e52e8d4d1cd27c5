import Casework

/// The days a report is about, both included, as the calendar on a wall in the Netherlands has them.
public struct ReportPeriod: Hashable, Sendable {
    /// The first day.
    public let from: CalendarDate
    /// The last day.
    public let to: CalendarDate
    /// Midnight at which the first day begins.
    public let start: Instant
    /// Midnight at which the last day has ended; not within the period.
    public let end: Instant

    /// The period; nil when it ends before it begins, or is longer than a hundred years.
    public init?(from: CalendarDate, to: CalendarDate) {
        guard from <= to, from.days(until: to) <= 36_600 else { return nil }
        self.from = from
        self.to = to
        let calendar = WorkingCalendar()
        start = calendar.startOfDay(from)
        end = calendar.startOfDay(to.adding(days: 1))
    }

    /// Whether an instant lies within the period.
    public func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }

    /// The quarter of a calendar year in which the period begins; nil at the end of what dates there are.
    public var quarter: ReportPeriod? {
        CalendarDate(year: from.year, month: (from.month - 1) / 3 * 3 + 1, day: 1).flatMap {
            ReportPeriod(from: $0, to: $0.adding(months: 3).adding(days: -1))
        }
    }

    /// The last quarter of a calendar year that ended before a day; nil at the beginning of what dates there are.
    public static func lastQuarter(before day: CalendarDate) -> ReportPeriod? {
        guard let current = ReportPeriod(from: day, to: day)?.quarter else { return nil }
        return ReportPeriod(from: current.from.adding(months: -3), to: current.from.adding(days: -1))
    }

    /// Each month of the period, by its first day.
    public var months: [CalendarDate] {
        guard let first = CalendarDate(year: from.year, month: from.month, day: 1) else { return [] }
        var months = [first]
        while let last = months.last, last.adding(months: 1) <= to, last.adding(months: 1) > last { months.append(last.adding(months: 1)) }
        return months
    }
}
