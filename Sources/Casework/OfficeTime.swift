/// Time in which people are there: what counts for a partner that answers in office hours only. Dutch: openingstijd.
extension WorkingCalendar {
    /// Partners' office hours where nothing else was agreed: 09:00 to 17:00 on Dutch working days.
    public static let partnerHours = WorkingCalendar(opens: 540, closes: 1_020)

    /// The milliseconds of one day of office hours.
    public var officeDay: Int64 { Int64(closes - opens) * 60_000 }

    /// The instant at which this many milliseconds of office time have passed since `start`, which is `start` itself when there are none.
    ///
    /// It lies within office hours or at their end; arithmetic ends with the year 9999.
    public func adding(officeTime milliseconds: Int64, to start: Instant) -> Instant {
        var left = milliseconds
        guard left > 0 else { return start }
        for (opening, closing) in officeDays(from: start) {
            let from = max(opening, start)
            let here = closing.millisecondsSince1970 - from.millisecondsSince1970
            if left <= here { return from.advanced(byMilliseconds: left) }
            left -= max(0, here)
        }
        return Instant(millisecondsSince1970: Instant.lastWithText)
    }

    /// Milliseconds of office time between two instants; 0 when the second is not the later one.
    public func officeTime(from start: Instant, to end: Instant) -> Int64 {
        var found: Int64 = 0
        for (opening, closing) in officeDays(from: start) {
            guard opening < end else { break }
            found += max(0, min(closing, end).millisecondsSince1970 - max(opening, start).millisecondsSince1970)
        }
        return found
    }

    /// The openings and closings of the working days from the day of `start` on.
    private func officeDays(from start: Instant) -> some Sequence<(opening: Instant, closing: Instant)> {
        let first = min(AmsterdamTime.local(start).day, CalendarDate.lastDayNumber)
        return (first...CalendarDate.lastDayNumber).lazy.filter(isWorkingDay).map { day in
            (
                AmsterdamTime.instant(day: day, millisecondOfDay: Int64(opens) * 60_000),
                AmsterdamTime.instant(day: day, millisecondOfDay: Int64(closes) * 60_000)
            )
        }
    }
}
