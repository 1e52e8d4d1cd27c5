extension WorkingCalendar {
    /// Hours and minutes on the wall clock in the Netherlands.
    public func localTime(of instant: Instant) -> (hour: Int, minute: Int) {
        let minutes = Int(AmsterdamTime.local(instant).millisecondOfDay / 60_000)
        return (minutes / 60, minutes % 60)
    }

    /// RFC 3339 by that clock, in whole seconds, such as `2009-01-05T00:00:00+01:00`: as people write an instant in a policy.
    public func rfc3339(of instant: Instant) -> String {
        func padded(_ value: Int64) -> String { CalendarDate.padded(Int(value), 2) }
        let (day, rest) = AmsterdamTime.local(instant)
        // The Netherlands have always been ahead of UTC.
        let ahead = AmsterdamTime.offset(at: instant.millisecondsSince1970) / 60_000
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map(padded).joined(separator: ":")
        return "\(CalendarDate(dayNumber: day))T\(time)+\(padded(ahead / 60)):\(padded(ahead % 60))"
    }

    /// The instant at which that clock shows this time; nil for a time that no clock shows. A time that is skipped in spring moves forward,
    /// and of one that comes twice in autumn it is the first.
    public func instant(_ date: CalendarDate, hour: Int, minute: Int) -> Instant? {
        guard 0..<24 ~= hour, 0..<60 ~= minute else { return nil }
        return AmsterdamTime.instant(day: date.dayNumber, millisecondOfDay: Int64(hour * 60 + minute) * 60_000)
    }
}
