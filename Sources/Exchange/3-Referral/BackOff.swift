import Casework

/// How long to wait before the next try: exponential, with full jitter, never longer than five minutes unless the partner asks for it.
///
/// Full jitter spreads partners and messages that failed together over the whole span. Pure: the chance comes in as an argument.
enum BackOff {
    /// The ceiling after the first failure, in milliseconds.
    static let first: Int64 = 1_000
    /// The highest ceiling, in milliseconds.
    static let highest: Int64 = 300_000
    /// The longest pause a partner may ask for, in milliseconds.
    static let longestAsked: Int64 = 86_400_000

    /// Milliseconds until the next try.
    /// - Parameters:
    ///   - failures: how often in a row it failed, this time included.
    ///   - chance: uniform over 0...1.
    ///   - asked: what `Retry-After` asked for, in milliseconds.
    static func delay(failures: Int, chance: Double, asked: Int64? = nil) -> Int64 {
        let doublings = min(max(failures, 1) - 1, 20)
        let ceiling = min(highest, first << Int64(doublings))
        let pause = Int64(Double(ceiling) * min(max(chance, 0), 1))
        return max(pause, min(max(asked ?? 0, 0), longestAsked))
    }

    /// A chance from eight random bytes: uniform over 0..<1.
    static func chance(_ bytes: [UInt8]) -> Double {
        let bits = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(bits >> 11) / 9_007_199_254_740_992
    }
}

/// The milliseconds that a `Retry-After` header asks for: seconds, or an HTTP-date in any of its three forms (RFC 9110, sections 5.6.7 and
/// 10.2.3). Nil for anything else; a date that has passed asks for nothing.
func retryAfter(_ text: String, at now: Instant) -> Int64? {
    let text = String(text.trimmingPrefix(while: { $0 == " " }))
    if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
        return min(Int64(text) ?? .max / 1000, .max / 1000) * 1000
    }
    guard let date = httpDate(text) else { return nil }
    return max(0, date.millisecondsSince1970 - now.millisecondsSince1970)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, or `Sun Nov  6 08:49:37 1994`.
private func httpDate(_ text: String) -> Instant? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(whereSeparator: { " -,".contains($0) }).map { String($0) }
    let (day, month, year, time): (String, String, String, String)
    switch words.count {
    case 6 where words[5] == "GMT": (day, month, year, time) = (words[1], words[2], words[3], words[4])
    case 5: (day, month, year, time) = (words[2], words[1], words[4], words[3])
    default: return nil
    }
    guard let place = months.firstIndex(of: month), let dayNumber = Int(day), let number = Int(year), number >= 0, dayNumber > 0 else {
        return nil
    }
    // Two digits: the obsolete form is still to be read, and nobody asks for a date of the last century.
    let fullYear = year.count == 2 ? 2000 + number : number
    func digits(_ number: Int, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    return Instant(rfc3339: "\(digits(fullYear, 4))-\(digits(place + 1, 2))-\(digits(dayNumber, 2))T\(time)Z")
}
