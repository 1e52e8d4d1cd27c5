extension Instant {
    /// The instant written in RFC 3339, or nil.
    ///
    /// Any offset is accepted (`Z` or `±HH:MM`), seconds are required, and a fraction may have one to nine digits, of which those
    /// below the millisecond are dropped. Refused: leap seconds (`:60`; Unix time has no number for them), dates that do not exist,
    /// a blank instead of `T`, and moments whose UTC year is not 0000 to 9999, which could not be written back.
    public init?(rfc3339 text: String) {
        var text = text
        let milliseconds = text.withUTF8 { bytes -> Int64? in
            var reader = RFC3339Reader(bytes: bytes)
            return reader.milliseconds()
        }
        guard let milliseconds else { return nil }
        self.init(millisecondsSince1970: milliseconds)
    }

    /// RFC 3339 in UTC with exactly three decimals and `Z`, as on the wire.
    ///
    /// A moment outside the years 0000 to 9999 has no RFC 3339 form; it is written with a sign and all digits of its year
    /// (ISO 8601 expanded form), which `init(rfc3339:)` refuses.
    public var rfc3339: String {
        let (dayNumber, millisecondOfDay) = CivilDays.split(millisecondsSince1970)
        let (year, month, day) = CivilDays.date(dayNumber)
        guard 0...9999 ~= year else {
            let withinYear0 = Instant(millisecondsSince1970: Self.movedToYear2000(month: month, day: day) + millisecondOfDay).rfc3339
            return (year < 0 ? "" : "+") + String(year) + withinYear0.dropFirst(4)
        }
        let rest = Int(millisecondOfDay)
        return String(unsafeUninitializedCapacity: 24) { out in
            func put(_ value: Int, at position: Int, digits: Int) {
                var value = value
                for index in stride(from: position + digits - 1, through: position, by: -1) {
                    out[index] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
            }
            put(year, at: 0, digits: 4)
            out[4] = UInt8(ascii: "-")
            put(month, at: 5, digits: 2)
            out[7] = UInt8(ascii: "-")
            put(day, at: 8, digits: 2)
            out[10] = UInt8(ascii: "T")
            put(rest / 3_600_000, at: 11, digits: 2)
            out[13] = UInt8(ascii: ":")
            put(rest / 60_000 % 60, at: 14, digits: 2)
            out[16] = UInt8(ascii: ":")
            put(rest / 1_000 % 60, at: 17, digits: 2)
            out[19] = UInt8(ascii: ".")
            put(rest % 1_000, at: 20, digits: 3)
            out[23] = UInt8(ascii: "Z")
            return 24
        }
    }

    /// 0000-01-01T00:00:00.000Z
    static let firstWithText: Int64 = -62_167_219_200_000
    /// 9999-12-31T23:59:59.999Z
    static let lastWithText: Int64 = 253_402_300_799_999

    /// A leap year within four digits that has every month and day.
    private static func movedToYear2000(month: Int, day: Int) -> Int64 {
        Int64(CivilDays.number(year: 2000, month: month, day: day)) * CivilDays.millisecondsPerDay
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SS[.f](Z|±HH:MM)` in one pass.
private struct RFC3339Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func milliseconds() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("T", or: "t"),
            let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
            1...12 ~= month, 1...CivilDays.length(year: year, month: month) ~= day, hour < 24, minute < 60, second < 60,
            let fraction = fraction(), let offset = offsetMinutes(), position == bytes.count
        else { return nil }
        let minutes = (CivilDays.number(year: year, month: month, day: day) * 24 + hour) * 60 + minute - offset
        let result = Int64(minutes * 60 + second) * 1_000 + Int64(fraction)
        return Instant.firstWithText...Instant.lastWithText ~= result ? result : nil
    }

    private mutating func number(_ digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + digits {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        position += digits
        return value
    }

    private mutating func take(_ byte: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.count else { return false }
        guard bytes[position] == UInt8(ascii: byte) || other.map({ bytes[position] == UInt8(ascii: $0) }) == true else { return false }
        position += 1
        return true
    }

    private mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        var value = 0
        var digits = 0
        while let digit = number(1) {
            digits += 1
            guard digits <= 9 else { return nil }
            if digits <= 3 { value = value * 10 + digit }
        }
        switch digits {
        case 0: return nil
        case 1: return value * 100
        case 2: return value * 10
        default: return value
        }
    }

    private mutating func offsetMinutes() -> Int? {
        if take("Z", or: "z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
