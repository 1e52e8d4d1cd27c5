/// When someone was born, as exactly as is known. Dutch: geboortedatum; in the population register day or month may be unknown.
///
/// Personal data: printing or dumping the value does not show it; `text` does.
public struct BirthDate: Hashable, Sendable {
    /// The parts that are known.
    public enum Precision: String, CaseIterable, Hashable, Sendable {
        case day, month, year, unknown
    }

    /// 0 where unknown.
    private let year: Int
    private let month: Int
    private let day: Int

    /// Nothing is known.
    public static let unknown = BirthDate(year: 0, month: 0, day: 0)

    /// Born on this day.
    public init(_ date: CalendarDate) { self.init(year: date.year, month: date.month, day: date.day) }

    /// The text `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `unknown`, or nil for any other text, a date that does not exist, or the year 0000,
    /// which registers write for "unknown".
    public init?(_ text: some StringProtocol) {
        if text == "unknown" {
            self = .unknown
            return
        }
        guard let parts = CalendarDate.numbers(text), parts[0] > 0 else { return nil }
        let (month, day) = (parts.count > 1 ? parts[1] : nil, parts.count > 2 ? parts[2] : nil)
        guard CalendarDate(year: parts[0], month: month ?? 1, day: day ?? 1) != nil else { return nil }
        self.init(year: parts[0], month: month ?? 0, day: day ?? 0)
    }

    private init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// How much is known.
    public var precision: Precision { year == 0 ? .unknown : month == 0 ? .year : day == 0 ? .month : .day }

    /// The text that `init(_:)` reads back to the same value.
    public var text: String {
        switch precision {
        case .unknown: "unknown"
        case .year: CalendarDate.padded(year, 4)
        case .month: CalendarDate.padded(year, 4) + "-" + CalendarDate.padded(month, 2)
        case .day: CalendarDate.padded(year, 4) + "-" + CalendarDate.padded(month, 2) + "-" + CalendarDate.padded(day, 2)
        }
    }

    /// The same as far as the month.
    public var withoutDay: BirthDate { BirthDate(year: year, month: month, day: 0) }

    /// The ages in whole years this person may have on a date, from the youngest to the oldest the known parts allow; nil when nothing
    /// is known or the person is not yet born by any of them. Who was born on 29 February is a year older on 1 March.
    public func ages(on date: CalendarDate) -> ClosedRange<Int>? {
        guard precision != .unknown else { return nil }
        let first = (year, month == 0 ? 1 : month, day == 0 ? 1 : day)
        let last = (year, month == 0 ? 12 : month, day == 0 ? 31 : day)
        func age(_ born: (Int, Int, Int)) -> Int {
            date.year - born.0 - ((date.month, date.day) < (born.1, born.2) ? 1 : 0)
        }
        let oldest = age(first)
        return oldest < 0 ? nil : max(0, age(last))...oldest
    }
}

extension BirthDate: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that there is one.
    public var description: String { "birth date withheld" }

    /// Says only that there is one.
    public var debugDescription: String { description }

    /// Without children, so that `dump` and test reports do not show the date either.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
