import Casework
import Foundation
import Testing

@Suite("the Dutch working-day calendar") struct WorkingCalendarTests {
    private let calendar = WorkingCalendar()

    private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
    private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    @Test("the holidays of 2000 to 2050 are those of the list made with another program")
    func holidays() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Vectors/dutch-holidays.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        let expected = try lines.map { try date(String($0.prefix(10))) }
        #expect(expected.count == 469)
        let first = try date("2000-01-01")
        let days = first.days(until: try date("2051-01-01"))
        #expect((0..<days).map { first.adding(days: $0) }.filter { calendar.isHoliday($0) } == expected)
    }

    @Test(
        "the monarch's day is never a Sunday",
        arguments: [
            (2014, 26), (2015, 27), (2016, 27), (2017, 27), (2018, 27), (2019, 27), (2020, 27), (2021, 27), (2022, 27), (2023, 27),
            (2024, 27),
            (2025, 26), (2026, 27), (2027, 27), (2028, 27), (2029, 27), (2030, 27), (2013, 30), (2009, 30), (2006, 29), (2000, 29),
            (1980, 30),
        ])
    func monarchsDay(_ year: Int, _ day: Int) throws {
        let easter = try #require(CalendarDate.easterSunday(year))
        let found = (20...30).filter { day in
            guard let date = CalendarDate(year: year, month: 4, day: day), !(0...1).contains(easter.days(until: date)) else { return false }
            return calendar.isHoliday(date)
        }
        #expect(found == [day])
    }

    @Test(
        "Easter Sunday, also at the ends of its range and in the exceptional years",
        arguments: [
            "1818-03-22", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2026-04-05", "2038-04-25",
            "2049-04-18", "2285-03-22",
        ])
    func easter(_ text: String) throws {
        let date = try date(text)
        #expect(CalendarDate.easterSunday(date.year) == date)
        #expect(date.weekday == 7)
    }

    @Test("5 May is off never, in lustrum years or always, as agreed")
    func liberationDay() throws {
        for (rule, off) in [
            (WorkingCalendar.LiberationDay.never, [Int]()), (.lustrum, [2025, 2030]), (.always, [2025, 2026, 2027, 2028, 2029, 2030]),
        ] {
            let calendar = try #require(WorkingCalendar(liberationDay: rule))
            #expect(try (2025...2030).filter { calendar.isHoliday(try date("\($0)-05-05")) } == off)
        }
    }

    @Test("Good Friday is worked, Easter Monday and weekends are not")
    func workingDays() throws {
        let worked = try (1...30).filter { calendar.isWorkingDay(try #require(CalendarDate(year: 2026, month: 4, day: $0))) }
        #expect(worked == [1, 2, 3, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 28, 29, 30])
    }

    @Test(
        "working days are counted past weekends, Easter, King's Day and Christmas, at the same local time",
        arguments: [
            ("2026-04-02T12:00:00+02:00", 1, "2026-04-03T12:00:00+02:00"), ("2026-04-02T12:00:00+02:00", 2, "2026-04-07T12:00:00+02:00"),
            ("2026-04-03T12:00:00+02:00", 1, "2026-04-07T12:00:00+02:00"), ("2026-04-05T12:00:00+02:00", 1, "2026-04-07T12:00:00+02:00"),
            ("2026-04-24T09:15:00+02:00", 1, "2026-04-28T09:15:00+02:00"), ("2026-05-13T12:00:00+02:00", 2, "2026-05-18T12:00:00+02:00"),
            ("2026-12-24T16:59:59+01:00", 1, "2026-12-28T16:59:59+01:00"), ("2026-12-24T12:00:00+01:00", 4, "2026-12-31T12:00:00+01:00"),
            ("2026-12-24T12:00:00+01:00", 5, "2027-01-04T12:00:00+01:00"), ("2026-12-26T12:00:00+01:00", 1, "2026-12-28T12:00:00+01:00"),
            // Saturday: Monday is the first that counts.
            ("2026-03-07T12:00:00+01:00", 1, "2026-03-09T12:00:00+01:00"), ("2026-03-07T12:00:00+01:00", 0, "2026-03-09T12:00:00+01:00"),
            ("2026-03-06T12:00:00+01:00", 0, "2026-03-06T12:00:00+01:00"), ("2026-03-06T12:00:00+01:00", -3, "2026-03-06T12:00:00+01:00"),
            // Half past midnight on Saturday in The Hague is Friday in UTC.
            ("2026-03-06T23:30:00Z", 1, "2026-03-08T23:30:00Z"),
            // Over both changes of the clock.
            ("2026-03-27T10:00:00+01:00", 1, "2026-03-30T10:00:00+02:00"), ("2026-10-23T10:00:00+02:00", 1, "2026-10-26T10:00:00+01:00"),
        ])
    func addingWorkingDays(_ from: String, _ count: Int, _ to: String) throws {
        #expect(calendar.adding(.workingDays(count), to: try instant(from)) == (try instant(to)))
    }

    @Test(
        "calendar terms: months clamped, then days, at the same local time",
        arguments: [
            ("2009-02-27T10:00:00+01:00", 6, 0, "2009-08-27T10:00:00+02:00"),
            ("2009-08-31T10:00:00+02:00", 6, 0, "2010-02-28T10:00:00+01:00"),
            ("2009-08-31T10:00:00+02:00", 6, 1, "2010-03-01T10:00:00+01:00"),
            ("2026-04-02T12:00:00+02:00", 0, 5, "2026-04-07T12:00:00+02:00"),
            ("2026-04-02T12:00:00+02:00", 0, 3, "2026-04-05T12:00:00+02:00"),
            ("2026-04-02T12:00:00+02:00", 0, 0, "2026-04-02T12:00:00+02:00"),
            // Half past two does not exist on 29 March 2026 and moves forward; on 25 October it comes twice, the first counts.
            ("2026-03-28T02:30:00+01:00", 0, 1, "2026-03-29T03:30:00+02:00"),
            ("2026-03-28T01:59:59+01:00", 0, 1, "2026-03-29T01:59:59+01:00"),
            ("2026-03-28T03:00:00+01:00", 0, 1, "2026-03-29T03:00:00+02:00"),
            ("2026-03-28T02:00:00+01:00", 0, 1, "2026-03-29T03:00:00+02:00"),
            ("2026-10-24T02:30:00+02:00", 0, 1, "2026-10-25T02:30:00+02:00"),
            ("2026-10-24T03:00:00+02:00", 0, 1, "2026-10-25T03:00:00+01:00"),
            ("2026-10-24T01:59:59+02:00", 0, 1, "2026-10-25T01:59:59+02:00"),
            ("2026-10-25T02:30:00+01:00", 0, 0, "2026-10-25T02:30:00+01:00"),
            ("2026-10-25T02:30:00+01:00", 0, 1, "2026-10-26T02:30:00+01:00"),
            ("2026-02-28T02:30:00+01:00", 1, 1, "2026-03-29T03:30:00+02:00"),
        ])
    func addingCalendar(_ from: String, _ months: Int, _ days: Int, _ to: String) throws {
        #expect(calendar.adding(.calendar(months: months, days: days), to: try instant(from)) == (try instant(to)))
    }

    @Test(
        "within office hours it is now, else the next opening",
        arguments: [
            ("2026-03-02T10:00:00+01:00", "2026-03-02T10:00:00+01:00"), ("2026-03-02T08:29:59.999+01:00", "2026-03-02T08:30:00+01:00"),
            ("2026-03-02T08:30:00+01:00", "2026-03-02T08:30:00+01:00"), ("2026-03-02T16:59:59.999+01:00", "2026-03-02T16:59:59.999+01:00"),
            ("2026-03-02T17:00:00+01:00", "2026-03-03T08:30:00+01:00"), ("2026-03-06T17:00:00+01:00", "2026-03-09T08:30:00+01:00"),
            ("2026-03-07T10:00:00+01:00", "2026-03-09T08:30:00+01:00"), ("2026-03-27T23:00:00+01:00", "2026-03-30T08:30:00+02:00"),
            ("2026-10-24T10:00:00+02:00", "2026-10-26T08:30:00+01:00"), ("2026-04-03T17:00:00+02:00", "2026-04-07T08:30:00+02:00"),
            ("2026-12-24T17:00:00+01:00", "2026-12-28T08:30:00+01:00"),
        ])
    func officeHours(_ from: String, _ to: String) throws {
        #expect(calendar.nextOfficeHour(onOrAfter: try instant(from)) == (try instant(to)))
    }

    @Test("office hours are a setting, and must lie within a day")
    func otherOfficeHours() throws {
        let early = try #require(WorkingCalendar(liberationDay: .never, opens: 0, closes: 60))
        #expect(early.nextOfficeHour(onOrAfter: try instant("2026-03-02T10:00:00+01:00")) == (try instant("2026-03-03T00:00:00+01:00")))
        #expect(WorkingCalendar(liberationDay: .never, opens: 60, closes: 60) == nil)
        #expect(WorkingCalendar(liberationDay: .never, opens: -1, closes: 60) == nil)
        #expect(WorkingCalendar(liberationDay: .never, opens: 60, closes: 1_441) == nil)
        #expect(WorkingCalendar(liberationDay: .lustrum) == WorkingCalendar())
    }

    @Test("days begin at midnight in the Netherlands and are 23, 24 or 25 hours long")
    func days() throws {
        #expect(calendar.startOfDay(try date("2026-07-01")) == (try instant("2026-06-30T22:00:00Z")))
        #expect(calendar.localDate(of: try instant("2026-06-30T22:00:00Z")) == (try date("2026-07-01")))
        #expect(calendar.localDate(of: try instant("2026-06-30T21:59:59.999Z")) == (try date("2026-06-30")))
        func hours(_ text: String) throws -> Int64 {
            let day = try date(text)
            return (calendar.startOfDay(day.adding(days: 1)).millisecondsSince1970 - calendar.startOfDay(day).millisecondsSince1970)
                / 3_600_000
        }
        #expect(try hours("2026-03-28") == 24)
        #expect(try hours("2026-03-29") == 23)
        #expect(try hours("2026-10-25") == 25)
    }

    @Test("every day from 2009 to 2031 begins on its own date, right after the one before ended")
    func midnights() throws {
        var day = try date("2009-01-01")
        while day.year < 2032 {
            let start = calendar.startOfDay(day)
            if calendar.localDate(of: start) != day || calendar.localDate(of: start.advanced(byMilliseconds: -1)) != day.adding(days: -1) {
                Issue.record("wrong midnight of \(day)")
            }
            day = day.adding(days: 1)
        }
    }

    @Test("office hours and terms agree with each other at random instants")
    func properties() {
        var random = SeededGenerator(state: 42)
        for _ in 0..<1_000 {
            let start = Instant(millisecondsSince1970: .random(in: 900_000_000_000...3_000_000_000_000, using: &random))
            let count = Int.random(in: 1...30, using: &random)
            let end = calendar.adding(.workingDays(count), to: start)
            let (from, to) = (calendar.localDate(of: start), calendar.localDate(of: end))
            #expect(calendar.isWorkingDay(to))
            #expect((1...max(1, from.days(until: to))).count { calendar.isWorkingDay(from.adding(days: $0)) } == count)
            let open = calendar.nextOfficeHour(onOrAfter: start)
            #expect(open >= start)
            #expect(calendar.isWorkingDay(calendar.localDate(of: open)))
            #expect(calendar.nextOfficeHour(onOrAfter: open) == open)
        }
    }

    @Test("the ends of time neither fail nor hang")
    func extremes() {
        for milliseconds in [Int64.min, .max, -62_167_219_200_000, 253_402_300_799_999] {
            let instant = Instant(millisecondsSince1970: milliseconds)
            // From the year 0 on it would end too, after some million steps.
            if milliseconds > 0 { _ = calendar.adding(.workingDays(.max), to: instant) }
            for term in [Term.workingDays(.min), .calendar(months: .max, days: .max), .calendar(months: .min, days: .min)] {
                _ = calendar.adding(term, to: instant)
            }
            _ = calendar.nextOfficeHour(onOrAfter: instant)
            #expect(0...9999 ~= calendar.localDate(of: instant).year)
        }
    }
}
