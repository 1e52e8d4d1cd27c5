import Foundation
import Testing

@testable import Casework

@Suite("local time in the Netherlands") struct AmsterdamTimeTests {
    private func foundation(_ milliseconds: Int64) throws -> Int64 {
        let zone = try #require(TimeZone(identifier: "Europe/Amsterdam"))
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))) * 1_000
    }

    @Test("the table of offsets says what Foundation says, from 1965 to 2105")
    func sampled() throws {
        for milliseconds in stride(from: Int64(-157_766_400_000), to: 4_260_211_200_000, by: 37 * 3_600_000 + 1) {
            let expected = try foundation(milliseconds)
            if AmsterdamTime.offset(at: milliseconds) != expected {
                Issue.record("\(Instant(millisecondsSince1970: milliseconds).rfc3339)")
                return
            }
        }
    }

    @Test(
        "an instant is written by the Dutch clock as policies have it",
        arguments: [
            ("2009-01-04T23:00:00Z", "2009-01-05T00:00:00+01:00"), ("2009-06-30T22:30:15.250Z", "2009-07-01T00:30:15+02:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"), ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
        ])
    func written(_ utc: String, _ local: String) throws {
        let instant = try #require(Instant(rfc3339: utc))
        #expect(WorkingCalendar().rfc3339(of: instant) == local)
    }

    @Test("the clock changes at 01:00 UTC on the last Sundays of March and October (2000/84/EC), from 1996 to 2400")
    func changes() throws {
        for year in 1996...2400 {
            for (month, before, after) in [(3, 1, 2), (10, 2, 1)] {
                let last = try #require(CalendarDate(year: year, month: month, day: 31))
                let sunday = last.adding(days: -(last.weekday % 7))
                let change = try #require(Instant(rfc3339: "\(sunday)T01:00:00Z")).millisecondsSince1970
                #expect(AmsterdamTime.offset(at: change - 1) == Int64(before) * 3_600_000)
                #expect(AmsterdamTime.offset(at: change) == Int64(after) * 3_600_000)
            }
        }
    }
}
