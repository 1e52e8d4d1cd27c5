/// The instant of an entry as text and back: RFC 3339 in UTC with exactly three decimals, `2026-11-21T09:00:00.000Z`.
///
/// Pure arithmetic in the proleptic Gregorian calendar, so that the bytes of an entry depend on no library, locale or time zone
/// file. Milliseconds count from 1970-01-01T00:00:00Z without leap seconds.
enum EntryTime {
    private static let msPerDay: Int64 = 86_400_000

    /// The text of an instant. Four-digit years only are readable again; nothing here happens before 1970 or after 9999.
    static func text(_ ms: Int64) -> String {
        let (days, rest) = split(ms)
        let date = civil(days)
        let seconds = rest / 1000
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T" + digits(seconds / 3600, 2) + ":"
            + digits(seconds / 60 % 60, 2) + ":" + digits(seconds % 60, 2) + "." + digits(rest % 1000, 3) + "Z"
    }

    /// The instant of a text in exactly that form; nil for any other, also for a day that does not exist.
    static func instant(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let form = Array("0000-00-00T00:00:00.000Z".utf8)
        guard bytes.count == form.count else { return nil }
        for (byte, mould) in zip(bytes, form) {
            guard mould == 0x30 ? (0x30...0x39).contains(byte) : byte == mould else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) } }
        let days = daysSince1970(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let seconds = number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
        let ms = days * msPerDay + seconds * 1000 + number(20..<23)
        // Writing it again catches the 30th of February, a month 13 and a minute 60 without a table of them.
        return self.text(ms) == text ? ms : nil
    }

    /// The calendar year of an instant in UTC.
    static func year(_ ms: Int64) -> Int { Int(civil(split(ms).days).year) }

    private static func split(_ ms: Int64) -> (days: Int64, rest: Int64) {
        let rest = ((ms % msPerDay) + msPerDay) % msPerDay
        return (ms / msPerDay - (ms % msPerDay < 0 ? 1 : 0), rest)
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last day of its year.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
