/// Dutch working days, office hours and local time: what turns a term into an instant. A value without state.
public struct WorkingCalendar: Hashable, Sendable {
    /// When 5 May is a day off. Dutch: Bevrijdingsdag. It is a national day each year; who has it off is agreed per sector.
    public enum LiberationDay: String, CaseIterable, Hashable, Sendable {
        /// It is worked.
        case never
        /// In years divisible by five, the usual agreement.
        case lustrum
        /// Each year.
        case always
    }

    /// When 5 May is a day off.
    public let liberationDay: LiberationDay
    /// From when on people are there, in minutes after local midnight.
    public let opens: Int
    /// From when on they have gone, in minutes after local midnight.
    public let closes: Int

    /// 5 May off in lustrum years, office hours from 08:30 to 17:00.
    public init() {
        self.init(opens: 510, closes: 1_020)
    }

    /// 5 May off in lustrum years, and these office hours, which must be sound.
    init(opens: Int, closes: Int) { self.init(liberationDay: .lustrum, checkedOpens: opens, closes: closes) }

    /// The calendar, or nil unless `0 <= opens < closes <= 1440`.
    public init?(liberationDay: LiberationDay, opens: Int = 510, closes: Int = 1_020) {
        guard 0 <= opens, opens < closes, closes <= 1_440 else { return nil }
        self.init(liberationDay: liberationDay, checkedOpens: opens, closes: closes)
    }

    private init(liberationDay: LiberationDay, checkedOpens: Int, closes: Int) {
        self.liberationDay = liberationDay
        self.opens = checkedOpens
        self.closes = closes
    }

    /// Neither weekend nor holiday.
    public func isWorkingDay(_ date: CalendarDate) -> Bool { isWorkingDay(date.dayNumber) }

    /// A public holiday, also when it falls in a weekend.
    public func isHoliday(_ date: CalendarDate) -> Bool { DutchHolidays.contains(date.dayNumber, liberationDay: liberationDay) }

    func isWorkingDay(_ dayNumber: Int) -> Bool {
        guard CivilDays.weekday(dayNumber) <= 5 else { return false }
        return !DutchHolidays.contains(dayNumber, liberationDay: liberationDay)
    }

    /// The instant a term ends that starts at `start`, at the same local time of day.
    ///
    /// Working days: the n-th working day after the start's date; when that date is none itself, the next working day is the first that
    /// counts (none to count: the start's own day, or the next working day). Calendar: months first, clamped to the month's end, then
    /// days. A negative number of working days counts as none; arithmetic ends with the year 9999.
    public func adding(_ term: Term, to start: Instant) -> Instant {
        let (day, millisecondOfDay) = AmsterdamTime.local(start)
        let end: Int
        switch term {
        case .calendar(let months, let days):
            end = CalendarDate(dayNumber: day).adding(months: months).adding(days: days).dayNumber
        case .workingDays(let count):
            end = workingDay(count, after: day)
        }
        // The start itself when no day was added: in autumn its local time may be the second of two.
        if end == day { return start }
        return AmsterdamTime.instant(day: end, millisecondOfDay: millisecondOfDay)
    }

    private func workingDay(_ count: Int, after day: Int) -> Int {
        var day = day
        guard count > 0 else {
            while !isWorkingDay(day) { day += 1 }
            return day
        }
        var left = count
        while left > 0, day < CalendarDate.lastDayNumber {
            day += 1
            if isWorkingDay(day) { left -= 1 }
        }
        return day
    }

    /// This instant when it lies within office hours, or else the next opening.
    public func nextOfficeHour(onOrAfter instant: Instant) -> Instant {
        var (day, millisecondOfDay) = AmsterdamTime.local(instant)
        if isWorkingDay(day), millisecondOfDay < Int64(closes) * 60_000 {
            if millisecondOfDay >= Int64(opens) * 60_000 { return instant }
        } else {
            repeat { day += 1 } while !isWorkingDay(day)
        }
        return AmsterdamTime.instant(day: day, millisecondOfDay: Int64(opens) * 60_000)
    }

    /// Whether people are there at this instant.
    public func isOfficeHour(_ instant: Instant) -> Bool { nextOfficeHour(onOrAfter: instant) == instant }

    /// When people come on this day; the next opening when nobody works on it.
    public func opening(of date: CalendarDate) -> Instant { nextOfficeHour(onOrAfter: startOfDay(date)) }

    /// The date on the wall in the Netherlands.
    public func localDate(of instant: Instant) -> CalendarDate {
        CalendarDate(dayNumber: AmsterdamTime.local(instant).day)
    }

    /// Midnight in the Netherlands at which this date begins.
    public func startOfDay(_ date: CalendarDate) -> Instant {
        AmsterdamTime.instant(day: date.dayNumber, millisecondOfDay: 0)
    }
}
