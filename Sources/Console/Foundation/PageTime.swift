import Casework
import Foundation

/// Dates and times as people write them, in the Netherlands' time.
enum PageTime {
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        guard let zone = TimeZone(identifier: "Europe/Amsterdam") else {
            preconditionFailure("no time zone data for `Europe/Amsterdam` (hint: install tzdata)")
        }
        calendar.timeZone = zone
        return calendar
    }()

    /// `21 november 2026, 9.30 uur`, of an instant in RFC 3339; the text itself when it is none.
    static func moment(_ text: String, _ language: Language) -> String {
        guard let instant = Instant(rfc3339: text) else { return text }
        let time = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(instant.millisecondsSince1970) / 1_000))
        guard let year = time.year, let month = time.month, let day = time.day, let hour = time.hour, let minute = time.minute else {
            return text
        }
        let date = "\(day) \(Words.text("month-\(month)", in: language)) \(year)"
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        return language == .nl ? "\(date), \(hour).\(minutes) uur" : "\(date), \(hour):\(minutes)"
    }
}
