import Casework
import Testing

@Suite("time in which people are there") struct OfficeTimeTests {
    private let hours = WorkingCalendar.partnerHours
    /// Five working days.
    private var week: Int64 { 5 * hours.officeDay }

    @Test(
        "five days of office hours last over weekends, Easter, Christmas and King's Day",
        arguments: [
            // From Monday to Monday at the same time of day.
            ("2026-11-23T10:00:00+01:00", "2026-11-30T10:00:00+01:00"),
            // Out of office hours nothing counts: from closing, in the night, in the night in which the clock goes forward.
            ("2026-11-20T17:00:00+01:00", "2026-11-27T17:00:00+01:00"), ("2026-11-23T02:00:00+01:00", "2026-11-27T17:00:00+01:00"),
            ("2026-03-29T01:30:00+01:00", "2026-04-03T17:00:00+02:00"),
            // Over Easter: Good Friday is worked, Monday is not.
            ("2026-04-02T16:00:00+02:00", "2026-04-10T16:00:00+02:00"),
            // Over Christmas and New Year, which are both a Friday.
            ("2026-12-24T12:00:00+01:00", "2027-01-04T12:00:00+01:00"),
            // Over King's Day, a Monday; over one that is kept on a Saturday as the 27th is a Sunday; over Liberation Day in a lustrum.
            ("2026-04-24T20:00:00+02:00", "2026-05-04T17:00:00+02:00"), ("2025-04-25T16:59:00+02:00", "2025-05-02T16:59:00+02:00"),
            ("2025-04-30T10:00:00+02:00", "2025-05-08T10:00:00+02:00"),
        ])
    func week(_ from: String, _ to: String) throws {
        let (from, to) = (try #require(Instant(rfc3339: from)), try #require(Instant(rfc3339: to)))
        #expect(hours.adding(officeTime: week, to: from) == to)
        #expect(hours.officeTime(from: from, to: to) == week)
        #expect(hours.officeTime(from: from, to: to.advanced(byMilliseconds: -1)) == week - 1)
    }

    @Test("adding and counting agree at random instants, and more time ends later")
    func properties() {
        var random = SeededGenerator(state: 7)
        for _ in 0..<1_000 {
            let start = Instant(millisecondsSince1970: .random(in: 900_000_000_000...3_000_000_000_000, using: &random))
            let time = Int64.random(in: 1...400_000_000, using: &random)
            let end = hours.adding(officeTime: time, to: start)
            #expect(hours.officeTime(from: start, to: end) == time)
            #expect(hours.adding(officeTime: time + 1, to: start) > end)
            #expect(hours.isOfficeHour(end) || hours.isOfficeHour(end.advanced(byMilliseconds: -1)))
        }
    }

    @Test("nothing to add, nothing between, and the end of time")
    func ends() {
        let night = Instant("2026-11-21T02:00:00Z")
        #expect(hours.adding(officeTime: 0, to: night) == night)
        #expect(hours.officeTime(from: night, to: night) == 0)
        #expect(hours.officeTime(from: night.advanced(byMilliseconds: week), to: night) == 0)
        let last = Instant(millisecondsSince1970: .max)
        #expect(hours.adding(officeTime: 1, to: last).rfc3339 == "9999-12-31T23:59:59.999Z")
    }
}
