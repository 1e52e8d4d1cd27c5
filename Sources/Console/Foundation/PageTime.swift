import Casework

/// Days and times as people in the Netherlands write them.
enum PageTime {
    private static let calendar = WorkingCalendar()

    /// The day of an instant in RFC 3339, or of a date; nil when it is neither.
    static func date(_ text: String) -> CalendarDate? {
        CalendarDate(text) ?? Instant(rfc3339: text).map { calendar.localDate(of: $0) }
    }

    /// `maandag 23 november`; the text itself when it is no day.
    static func weekday(_ text: String, _ language: Language) -> String { date(text).map { weekday($0, language) } ?? text }

    static func weekday(_ date: CalendarDate, _ language: Language) -> String {
        "\(Words.text("weekday-\(date.weekday)", in: language)) \(date.day) \(Words.text("month-\(date.month)", in: language))"
    }

    /// `23 november 2026`; the text itself when it is no day.
    static func day(_ text: String, _ language: Language) -> String { date(text).map { day($0, language) } ?? text }

    private static func day(_ date: CalendarDate, _ language: Language) -> String {
        "\(date.day) \(Words.text("month-\(date.month)", in: language)) \(date.year)"
    }

    /// `november 2026`, of a month such as `2026-11`; the text itself when it is none.
    static func month(_ text: String, _ language: Language) -> String {
        date(text + "-01").map { "\(Words.text("month-\($0.month)", in: language)) \($0.year)" } ?? text
    }

    /// `21 november 2026, 9.30 uur`, of an instant in RFC 3339; the text itself when it is none.
    static func moment(_ text: String, _ language: Language) -> String {
        guard let instant = Instant(rfc3339: text) else { return text }
        let (hour, minute) = calendar.localTime(of: instant)
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        return day(calendar.localDate(of: instant), language) + (language == .nl ? ", \(hour).\(minutes) uur" : ", \(hour):\(minutes)")
    }

    /// The last day before an instant at which something ends; the text itself when it is none.
    static func lastDay(before text: String, _ language: Language) -> String {
        lastDate(before: text).map { day($0, language) } ?? text
    }

    /// The same as a date; nil when the text is no instant.
    static func lastDate(before text: String) -> CalendarDate? {
        Instant(rfc3339: text).map { calendar.localDate(of: $0.advanced(byMilliseconds: -1)) }
    }

    /// `1968`, `maart 1968` or `7 maart 1968`: a birth date as far as it is known.
    static func birth(_ text: String, _ language: Language) -> String {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let month = Int(parts[1]), 1...12 ~= month else {
            return text == "unknown" ? Words.text("case-unknown", in: language) : day(text, language)
        }
        return "\(Words.text("month-\(month)", in: language)) \(parts[0])"
    }

    /// Day and time of an instant in RFC 3339 as the fields of a form hold them; nil when it is none.
    static func typed(_ text: String) -> (day: String, time: String)? {
        guard let instant = Instant(rfc3339: text) else { return nil }
        let local = calendar.rfc3339(of: instant)
        return (String(local.prefix(10)), String(local.dropFirst(11).prefix(5)))
    }

    /// The instant of a day and a time as a form sends them; nil when they are none.
    static func instant(day: String, time: String) -> Instant? {
        let parts = time.split(separator: ":").map { Int($0) }
        guard let date = CalendarDate(day), parts.count >= 2, let hour = parts[0], let minute = parts[1] else { return nil }
        return calendar.instant(date, hour: hour, minute: minute)
    }
}
