import Casework

/// Days as people write them, in the Netherlands' time.
enum PageDay {
    private static let calendar = WorkingCalendar()

    /// The day of an instant in RFC 3339, or of a date; nil when it is neither.
    static func date(_ text: String) -> CalendarDate? {
        CalendarDate(text) ?? Instant(rfc3339: text).map { calendar.localDate(of: $0) }
    }

    /// `maandag 23 november`; the text itself when it is no day.
    static func day(_ text: String, _ language: Language) -> String { date(text).map { day($0, language) } ?? text }

    static func day(_ date: CalendarDate, _ language: Language) -> String {
        "\(Words.text("weekday-\(date.weekday)", in: language)) \(date.day) \(Words.text("month-\(date.month)", in: language))"
    }

    /// `23 november 2026`; the text itself when it is no day.
    static func full(_ text: String, _ language: Language) -> String {
        guard let date = date(text) else { return text }
        return "\(date.day) \(Words.text("month-\(date.month)", in: language)) \(date.year)"
    }

    /// `1968`, `maart 1968` or `7 maart 1968`: a birth date as far as it is known.
    static func birth(_ text: String, _ language: Language) -> String {
        if CalendarDate(text) != nil { return full(text, language) }
        let parts = text.split(separator: "-")
        guard parts.count == 2, let month = Int(parts[1]), (1...12).contains(month) else {
            return text == "unknown" ? Words.text("case-unknown", in: language) : text
        }
        return "\(Words.text("month-\(month)", in: language)) \(parts[0])"
    }
}
