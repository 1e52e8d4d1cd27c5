import Casework

/// The Dutch working days of the replay, and the hours at which things happen on them.
struct YearDays: Sendable {
    /// Working days from 2 January 2009 on, well past the period, so that every date of the plan can be counted.
    private let days: [CalendarDate]
    /// The place of the first working day on or after each date.
    private let places: [CalendarDate: Int]
    private let calendar: WorkingCalendar

    init(calendar: WorkingCalendar = WorkingCalendar()) {
        self.calendar = calendar
        let dates = (0..<730).map { Self.first.adding(days: $0) }
        days = dates.filter { calendar.isWorkingDay($0) }
        var places: [CalendarDate: Int] = [:]
        var place = 0
        for date in dates {
            places[date] = place
            if calendar.isWorkingDay(date) { place += 1 }
        }
        self.places = places
    }

    static let first = date(2009, 1, 1)
    static let last = date(2009, 8, 31)
    /// From when on the meldcode takes signals.
    static let meldcodeOpens = date(2009, 1, 5)

    /// A date of the tables below, which hold none that does not exist.
    static func date(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        guard let date = CalendarDate(year: year, month: month, day: day) else { preconditionFailure("no such date in the caseload") }
        return date
    }

    /// The working days from one date to another, both counted.
    func workingDays(_ from: CalendarDate, _ until: CalendarDate) -> [CalendarDate] { days.filter { from...until ~= $0 } }

    /// The working day that many after the date; 0 gives the date itself, or the next working day.
    func after(_ date: CalendarDate, _ count: Int) -> CalendarDate {
        days[min((places[date] ?? days.count) + count, days.count - 1)]
    }

    /// The first working day on or after the same day of the month half a year later: when aftercare is called for.
    func halfYear(after date: CalendarDate) -> CalendarDate { after(date.adding(months: 6), 0) }

    /// The moment in the time of the case.
    func instant(_ date: CalendarDate, _ hour: YearHour) -> Instant {
        calendar.startOfDay(date).advanced(byMilliseconds: Int64(hour.rawValue) * 60_000)
    }
}

/// The hours of a replayed day, as minutes after midnight; all of them lie within office hours.
enum YearHour: Int, CaseIterable, Comparable, Hashable, Sendable {
    /// Helpers say where their tasks stand.
    case helpers = 525
    /// The desk looks at its lists.
    case lists = 555
    /// The desk calls, dates meetings and closes cases.
    case calls = 570
    case filing = 600
    case triage = 660
    /// Home visits, and contacts with residents.
    case visits = 780
    /// Around the table.
    case meetings = 840
    /// Referrals go out, visits and meetings are planned.
    case referrals = 900
    /// Helpers answer invitations and plan visits of their own.
    case answers = 960
    /// Nothing happens any more; the report is made.
    case closing = 1_015

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
