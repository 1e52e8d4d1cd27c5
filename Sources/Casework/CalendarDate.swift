/// A day of the Gregorian calendar without a time or a zone, years 0000 to 9999.
///
/// Arithmetic stops at the first and last of these days, as there is no text for what lies beyond.
public struct CalendarDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 0 to 9999.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to the length of the month.
    public let day: Int

    /// The date, or nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard 0...9999 ~= year, 1...12 ~= month, 1...CivilDays.length(year: year, month: month) ~= day else { return nil }
        self.init(checkedYear: year, month, day)
    }

    /// The date written `YYYY-MM-DD` (RFC 3339 full-date), or nil for any other text.
    public init?(_ text: some StringProtocol) {
        guard let parts = Self.numbers(text), parts.count == 3 else { return nil }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }

    /// The day with this number, 1970-01-01 being 0, kept within the years 0000 to 9999.
    init(dayNumber: Int) {
        let date = CivilDays.date(min(max(dayNumber, Self.firstDayNumber), Self.lastDayNumber))
        self.init(checkedYear: date.year, date.month, date.day)
    }

    private init(checkedYear year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    static let firstDayNumber = CivilDays.number(year: 0, month: 1, day: 1)
    static let lastDayNumber = CivilDays.number(year: 9999, month: 12, day: 31)

    /// Days since 1970-01-01.
    var dayNumber: Int { CivilDays.number(year: year, month: month, day: day) }

    /// `YYYY-MM-DD`.
    public var description: String { Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) }

    /// ISO 8601 weekday: 1 Monday to 7 Sunday.
    public var weekday: Int { CivilDays.weekday(dayNumber) }

    /// The date this many days later (earlier when negative).
    public func adding(days: Int) -> CalendarDate {
        let sum = dayNumber.addingReportingOverflow(days)
        return CalendarDate(dayNumber: sum.overflow ? (days < 0 ? Self.firstDayNumber : Self.lastDayNumber) : sum.partialValue)
    }

    /// The same day of the month this many months later, or that month's last day when it is shorter:
    /// 31 August and six months give 28 (29) February.
    public func adding(months: Int) -> CalendarDate {
        // Nothing is more than 120,000 months away from anything within the range; the bound keeps the sum from overflowing.
        let total = year * 12 + month - 1 + min(max(months, -120_000), 120_000)
        if total < 0 { return CalendarDate(dayNumber: Self.firstDayNumber) }
        if total >= 120_000 { return CalendarDate(dayNumber: Self.lastDayNumber) }
        let (year, month) = (total / 12, total % 12 + 1)
        return CalendarDate(checkedYear: year, month, min(day, CivilDays.length(year: year, month: month)))
    }

    /// How many days later `other` is (negative when earlier).
    public func days(until other: CalendarDate) -> Int { other.dayNumber - dayNumber }

    public static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

    /// The numbers of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, with exactly these digits; ranges are not checked.
    static func numbers(_ text: some StringProtocol) -> [Int]? {
        let count = text.utf8.count
        guard count == 4 || count == 7 || count == 10 else { return nil }
        var parts = [0]
        for (index, byte) in text.utf8.enumerated() {
            if index == 4 || index == 7 {
                guard byte == UInt8(ascii: "-") else { return nil }
                parts.append(0)
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                parts[parts.count - 1] = parts[parts.count - 1] * 10 + Int(digit)
            }
        }
        return parts
    }

    static func padded(_ value: Int, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
