/// A citizen service number: nine digits that pass the eleven test. Dutch: burgerservicenummer (BSN).
///
/// Never logged, never in a URI: printing, interpolating, dumping or mirroring a value of this type does not show the number; only
/// `digits` does. A number that passes the test need not have been given to anyone.
public struct CitizenServiceNumber: Hashable, Sendable {
    /// The nine digits. What reads this must keep them out of logs, errors and URIs.
    public let digits: String

    /// The number written as exactly nine digits, or nil when it is anything else, all zeros, or fails the eleven test:
    /// 9·d1 + 8·d2 + … + 2·d8 − d9 divisible by eleven.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 9 else { return nil }
        var sum = 0
        var anyDigit: UInt8 = 0
        for (index, byte) in text.utf8.enumerated() {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            anyDigit |= digit
            sum += index == 8 ? -Int(digit) : (9 - index) * Int(digit)
        }
        guard anyDigit != 0, sum % 11 == 0 else { return nil }
        digits = String(text)
    }
}

extension CitizenServiceNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that there is a number.
    public var description: String { "BSN withheld" }

    /// Says only that there is a number.
    public var debugDescription: String { description }

    /// Without children, so that `dump` and test reports do not show the number either.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
