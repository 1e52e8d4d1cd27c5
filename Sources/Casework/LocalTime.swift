extension WorkingCalendar {
    /// Hours and minutes on the wall clock in the Netherlands.
    public func localTime(of instant: Instant) -> (hour: Int, minute: Int) {
        let minutes = Int(AmsterdamTime.local(instant).millisecondOfDay / 60_000)
        return (minutes / 60, minutes % 60)
    }

    /// The instant at which that clock shows this time; nil for a time that no clock shows. A time that is skipped in spring moves forward,
    /// and of one that comes twice in autumn it is the first.
    public func instant(_ date: CalendarDate, hour: Int, minute: Int) -> Instant? {
        guard 0..<24 ~= hour, 0..<60 ~= minute else { return nil }
        return AmsterdamTime.instant(day: date.dayNumber, millisecondOfDay: Int64(hour * 60 + minute) * 60_000)
    }
}
