/// The public holidays of the Netherlands, by rule.
///
/// New Year, Easter Sunday and Monday, King's (Queen's) Day, Ascension, Whit Sunday and Monday, Christmas and the day after; 5 May as
/// agreed. Good Friday is a working day, as in most offices.
enum DutchHolidays {
    static func contains(_ dayNumber: Int, liberationDay: WorkingCalendar.LiberationDay) -> Bool {
        let (year, month, day) = CivilDays.date(dayNumber)
        switch (month, day) {
        case (1, 1), (12, 25), (12, 26): return true
        // The earliest and latest days of Easter and Whit Monday are 22 March and 14 June.
        case (3, 22...), (4, _), (5, _), (6, ...14): break
        default: return false
        }
        if month == 5, day == 5 {
            switch liberationDay {
            case .always: return true
            case .lustrum where year % 5 == 0: return true
            default: break
            }
        }
        if dayNumber == monarchsDay(year) { return true }
        switch dayNumber - easterSunday(year) {
        case 0, 1, 39, 49, 50: return true
        default: return false
        }
    }

    /// King's Day, 27 April (26 when that is a Sunday), from 2014; Queen's Day, 30 April (29 when a Sunday; 1 May before 1980), from 1949.
    static func monarchsDay(_ year: Int) -> Int? {
        guard year >= 1949 else { return nil }
        let day = CivilDays.number(year: year, month: 4, day: year >= 2014 ? 27 : 30)
        guard CivilDays.weekday(day) == 7 else { return day }
        return year < 1980 ? day + 1 : day - 1
    }

    /// The day number of Easter Sunday (Gregorian computus in the form of Meeus, Jones and Butcher).
    static func easterSunday(_ year: Int) -> Int {
        let golden = year % 19
        let (century, yearOfCentury) = (year / 100, year % 100)
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
        let shift = (golden + 11 * epact + 22 * weekday) / 451
        let sum = epact + weekday - 7 * shift + 114
        return CivilDays.number(year: year, month: sum / 31, day: sum % 31 + 1)
    }
}

extension CalendarDate {
    /// Easter Sunday of a year by the Gregorian computus, or nil outside the years 1 to 9999.
    public static func easterSunday(_ year: Int) -> CalendarDate? {
        1...9999 ~= year ? CalendarDate(dayNumber: DutchHolidays.easterSunday(year)) : nil
    }
}
