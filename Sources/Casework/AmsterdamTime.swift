import Foundation

/// Local time in the Netherlands: offsets from UTC, and back from local to UTC.
///
/// The transitions from 1970 to 2100 are read from Foundation's zone data once; a look-up is then a binary search in some 250 numbers.
/// Outside those years Foundation is asked each time.
enum AmsterdamTime {
    private static let zone: TimeZone = {
        guard let zone = TimeZone(identifier: "Europe/Amsterdam") else {
            // Going on in UTC would make every deadline an hour or two wrong without anybody seeing it.
            preconditionFailure("no time zone data for `Europe/Amsterdam` (hint: install tzdata)")
        }
        return zone
    }()

    private static let tableStart: Int64 = 0
    private static let tableEnd: Int64 = 4_102_444_800_000

    /// Instants at which the offset changes, in milliseconds, and the offset from then on.
    private static let table: [(start: Int64, offset: Int64)] = {
        var table = [(start: tableStart, offset: asked(tableStart))]
        var at = Date(timeIntervalSince1970: 0)
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next > at {
            let milliseconds = Int64((next.timeIntervalSince1970 * 1_000).rounded())
            if milliseconds >= tableEnd { break }
            table.append((milliseconds, asked(milliseconds)))
            at = next
        }
        return table
    }()

    private static func asked(_ utc: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc) / 1_000))) * 1_000
    }

    /// Milliseconds that local time is ahead of UTC at this instant.
    static func offset(at utc: Int64) -> Int64 {
        guard tableStart..<tableEnd ~= utc else { return asked(utc) }
        return table.withUnsafeBufferPointer { table in
            var low = 0
            var high = table.count
            while high - low > 1 {
                let middle = (low + high) / 2
                if table[middle].start <= utc { low = middle } else { high = middle }
            }
            return table[low].offset
        }
    }

    /// The local day number and the milliseconds on the wall clock of that day; instants outside the years 0000 to 9999 count as the
    /// first or last of them, so that no sum overflows.
    static func local(_ instant: Instant) -> (day: Int, millisecondOfDay: Int64) {
        let utc = min(max(instant.millisecondsSince1970, Instant.firstWithText), Instant.lastWithText)
        return CivilDays.split(utc + offset(at: utc))
    }

    /// The instant at which the wall clock of this day shows this time.
    static func instant(day: Int, millisecondOfDay: Int64) -> Instant {
        Instant(millisecondsSince1970: utc(local: Int64(day) * CivilDays.millisecondsPerDay + millisecondOfDay))
    }

    /// The instant of a local time, both in milliseconds as if local time were UTC.
    ///
    /// A local time that does not exist (spring) moves forward by the length of the gap; of one that comes twice (autumn) the first.
    static func utc(local: Int64) -> Int64 {
        let before = offset(at: local - CivilDays.millisecondsPerDay)
        let after = offset(at: local + CivilDays.millisecondsPerDay)
        // With the offset of before the change: right before it, the first of two in autumn, and forward in the gap.
        let early = local - before
        if before == after || offset(at: early) == before { return early }
        let late = local - after
        return offset(at: late) == after ? late : early
    }
}
