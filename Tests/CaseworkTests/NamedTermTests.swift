import Casework
import Testing

/// The acceptance examples on time, as the requirements number them.
@Suite("terms of the packs") struct NamedTermTests {
    private let calendar = WorkingCalendar()

    /// The date on which a term ends that starts at noon of a day.
    private func end(_ from: String, _ term: Term) throws -> String {
        let day = try #require(CalendarDate(from))
        let noon = calendar.startOfDay(day).advanced(byMilliseconds: 12 * 3_600_000)
        return calendar.localDate(of: calendar.adding(term, to: noon)).description
    }

    @Test(
        "R84 aftercare is due six calendar months after closing, clamped to the month's end",
        arguments: [
            ("2009-02-27", "2009-08-27"), ("2009-08-31", "2010-02-28"), ("2009-08-30", "2010-02-28"), ("2009-08-28", "2010-02-28"),
            ("2011-08-31", "2012-02-29"), ("2009-12-31", "2010-06-30"), ("2009-03-31", "2009-09-30"),
        ])
    func aftercare(_ closed: String, _ due: String) throws {
        #expect(try end(closed, .calendar(months: 6, days: 0)) == due)
    }

    @Test("R56 Amersfoort: contact within four weeks, and a revisit half a year later at the month's end")
    func amersfoort() throws {
        #expect(try end("2008-03-03", .calendar(months: 0, days: 28)) == "2008-03-31")
        #expect(try end("2008-03-31", .calendar(months: 6, days: 0)) == "2008-09-30")
    }

    @Test("R56 Rotterdam: a helper within a week, everything solved within ten months")
    func rotterdam() throws {
        #expect(try end("2009-06-01", .calendar(months: 0, days: 7)) == "2009-06-08")
        #expect(try end("2009-06-01", .calendar(months: 10, days: 0)) == "2010-04-01")
    }

    @Test("five days and five working days never become one another, whatever lies between")
    func neverConvert() throws {
        let (days, working) = (Term.calendar(months: 0, days: 5), Term.workingDays(5))
        #expect(days != working && days.text == "P5D" && working.text == "workingDays:5")
        #expect(Term("P5D") == days && Term("workingDays:5") == working)
        // Before Easter, over an ordinary weekend, before Christmas.
        for (from, plain, worked) in [
            ("2009-04-09", "2009-04-14", "2009-04-17"), ("2009-06-08", "2009-06-13", "2009-06-15"),
            ("2009-12-24", "2009-12-29", "2010-01-04"),
        ] {
            #expect(try end(from, days) == plain)
            #expect(try end(from, working) == worked)
        }
        // From whichever working day of a year: a weekend lies between, so the one is always later than the other.
        var day = try #require(CalendarDate("2009-01-01"))
        while day.year == 2009 {
            if calendar.isWorkingDay(day) { #expect(try end(day.description, days) < (try end(day.description, working))) }
            day = day.adding(days: 1)
        }
    }

    @Test("a term's own text has months and days; weeks are seven days each and are written so")
    func weeks() {
        #expect(Term("P4W") == nil && Term("P28D") == .calendar(months: 0, days: 28))
        #expect(Term.calendar(months: 0, days: 28).text == "P28D")
    }

    @Test(
        "office hours keep to the clock on the wall on both sides of a change of time, also when a deadline falls within the change",
        arguments: [
            // Summer time begins on Sunday 29 March 2009 at two, ends on 25 October at three.
            ("2009-03-27T16:59:59.999+01:00", "2009-03-27T15:59:59.999Z"), ("2009-03-27T17:00:00+01:00", "2009-03-30T06:30:00Z"),
            ("2009-03-29T01:59:59+01:00", "2009-03-30T06:30:00Z"), ("2009-03-29T03:00:00+02:00", "2009-03-30T06:30:00Z"),
            ("2009-03-30T08:29:59.999+02:00", "2009-03-30T06:30:00Z"), ("2009-03-30T07:30:00+01:00", "2009-03-30T06:30:00Z"),
            ("2009-10-23T16:59:59.999+02:00", "2009-10-23T14:59:59.999Z"), ("2009-10-23T17:00:00+02:00", "2009-10-26T07:30:00Z"),
            ("2009-10-25T02:30:00+02:00", "2009-10-26T07:30:00Z"), ("2009-10-25T02:30:00+01:00", "2009-10-26T07:30:00Z"),
            ("2009-10-26T08:29:59.999+01:00", "2009-10-26T07:30:00Z"), ("2009-10-26T07:31:00Z", "2009-10-26T07:31:00Z"),
        ])
    func officeHours(_ due: String, _ acts: String) throws {
        let (due, acts) = (try #require(Instant(rfc3339: due)), try #require(Instant(rfc3339: acts)))
        #expect(calendar.nextOfficeHour(onOrAfter: due) == acts)
    }

    @Test("the national days of 2009 and 2010 that a term must step over")
    func nationalDays() throws {
        // Queen's Day (30 April 2009, a Thursday), and Liberation Day only in the lustrum year.
        #expect(try end("2009-04-29", .workingDays(1)) == "2009-05-01")
        #expect(try end("2009-05-04", .workingDays(1)) == "2009-05-05")
        #expect(try end("2010-05-04", .workingDays(1)) == "2010-05-06")
        // 30 April 2006 was a Sunday, so it was kept on Saturday the 29th; 27 April 2014 likewise on the 26th.
        #expect(try end("2006-04-28", .workingDays(1)) == "2006-05-01")
        #expect(try end("2014-04-25", .workingDays(1)) == "2014-04-28")
        #expect(try end("2015-04-24", .workingDays(1)) == "2015-04-28")
        let monarchs = try ["2013-04-30", "2014-04-26", "2014-04-27", "2014-04-30"].filter {
            calendar.isHoliday(try #require(CalendarDate($0)))
        }
        #expect(monarchs == ["2013-04-30", "2014-04-26"])
    }
}
