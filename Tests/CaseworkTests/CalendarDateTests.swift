import Casework
import Testing

@Suite("calendar dates") struct CalendarDateTests {
    @Test(
        "real days are read and written", arguments: ["0000-01-01", "1582-10-15", "2000-02-29", "2024-02-29", "2026-12-31", "9999-12-31"])
    func good(_ text: String) {
        #expect(CalendarDate(text)?.description == text)
    }

    @Test(
        "other texts are refused",
        arguments: [
            "", "2026", "2026-02", "2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00",
            "2026-1-01", "2026-01-1", "20260101", "2026/01/01", "2026-01-01 ", "-026-01-01", "2026-01-0a", "2026-01-011",
        ])
    func bad(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test("every day of four centuries follows the one before, and the week goes round")
    func days() throws {
        var date = try #require(CalendarDate("1700-01-01"))
        #expect(date.weekday == 5)
        var weekday = 5
        for _ in 0..<146_097 {
            let next = date.adding(days: 1)
            let follows =
                next.day == date.day + 1 && next.month == date.month
                || next.day == 1 && next.month == date.month + 1 && next.year == date.year
                || next.day == 1 && next.month == 1 && date.month == 12 && date.day == 31 && next.year == date.year + 1
            weekday = weekday % 7 + 1
            if !follows || next.weekday != weekday || next <= date || date.days(until: next) != 1 {
                Issue.record("after \(date) comes \(next)")
                return
            }
            date = next
        }
        #expect(date == CalendarDate("2100-01-01"))
    }

    @Test(
        "months are added with clamping to the month's end",
        arguments: [
            ("2009-02-27", 6, "2009-08-27"), ("2009-08-31", 6, "2010-02-28"), ("2011-08-31", 6, "2012-02-29"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-03-31", -1, "2026-02-28"), ("2026-01-15", -1, "2025-12-15"), ("2024-02-29", 12, "2025-02-28"),
            ("2026-12-01", 1, "2027-01-01"),
            ("2026-05-31", 0, "2026-05-31"), ("2026-05-31", 13, "2027-06-30"), ("0000-03-01", -24, "0000-01-01"),
            ("9999-12-01", 1, "9999-12-31"),
            ("2026-05-31", Int.max, "9999-12-31"), ("2026-05-31", Int.min, "0000-01-01"),
        ])
    func months(_ from: String, _ months: Int, _ to: String) {
        #expect(CalendarDate(from)?.adding(months: months).description == to)
    }

    @Test(
        "days are added, and stop at the first and last day",
        arguments: [
            ("2026-02-28", 1, "2026-03-01"), ("2024-02-28", 1, "2024-02-29"), ("2026-01-01", -1, "2025-12-31"),
            ("2026-01-01", 365, "2027-01-01"),
            ("9999-12-31", 1, "9999-12-31"), ("0000-01-01", -1, "0000-01-01"), ("2026-01-01", Int.max, "9999-12-31"),
            ("2026-01-01", Int.min, "0000-01-01"),
            ("1969-01-01", Int.min, "0000-01-01"),
        ])
    func addingDays(_ from: String, _ days: Int, _ to: String) {
        #expect(CalendarDate(from)?.adding(days: days).description == to)
    }
}
