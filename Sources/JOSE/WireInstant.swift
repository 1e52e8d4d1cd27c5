/// Instants on the wire: RFC 3339, written in UTC with three decimals, read with any offset and 0 to 9 decimals.
///
/// In code an instant is Int64 milliseconds since 1970-01-01T00:00:00Z. Leap seconds are not accepted.
public enum WireInstant {
    /// The text of an instant; the years 0000 to 9999.
    public static func text(_ milliseconds: Int64) -> String {
        let (days, rest) = milliseconds.flooredDivision(by: 86_400_000)
        let (year, month, day) = civil(fromDays: days)
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60)
        let (second, fraction) = (rest / 1000 % 60, rest % 1000)
        let date = "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
        return "\(date)T\(hour.padded(2)):\(minute.padded(2)):\(second.padded(2)).\(fraction.padded(3))Z"
    }

    /// The instant that `text` names, or nil; parts of a millisecond are dropped.
    public static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ from: Int, _ length: Int) -> Int64? {
            guard from + length <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[from..<(from + length)] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func character(_ at: Int, _ allowed: String) -> Bool { at < bytes.count && allowed.utf8.contains(bytes[at]) }
        guard let year = number(0, 4), character(4, "-"), let month = number(5, 2), character(7, "-"), let day = number(8, 2),
            character(10, "Tt"), let hour = number(11, 2), character(13, ":"), let minute = number(14, 2), character(16, ":"),
            let second = number(17, 2), (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if character(at, ".") {
            let start = at + 1
            at = start
            while at < bytes.count, at - start < 9, let digit = number(at, 1) {
                if at - start < 3 { fraction = fraction * 10 + digit }
                at += 1
            }
            guard at > start else { return nil }
            for _ in min(at - start, 3)..<3 { fraction *= 10 }
        }
        var offset: Int64 = 0
        if character(at, "Zz") {
            at += 1
        } else if character(at, "+-") {
            guard let hours = number(at + 1, 2), character(at + 3, ":"), let minutes = number(at + 4, 2), hours < 24, minutes < 60 else {
                return nil
            }
            offset = (hours * 60 + minutes) * (bytes[at] == 0x2b ? 1 : -1)
            at += 6
        } else {
            return nil
        }
        guard at == bytes.count else { return nil }
        let minutes = days(year: year, month: month, day: day) * 1440 + hour * 60 + minute - offset
        return (minutes * 60 + second) * 1000 + fraction
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar; a year counted from March has its leap day at the end.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = year.flooredDivision(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let quotient = (self >= 0 ? self : self - divisor + 1) / divisor
        return (quotient, self - quotient * divisor)
    }

    fileprivate func padded(_ width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.utf8.count)) + text
    }
}
