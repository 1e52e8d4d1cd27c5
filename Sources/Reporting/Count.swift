/// What is counted. A unit is a type without values, so that two of them never meet in a sum, a comparison or a ratio.
public protocol ReportUnit: Sendable {
    /// The unit in the plural, in English.
    static var english: String { get }
    /// The unit in the plural, in Dutch.
    static var dutch: String { get }
}

/// How many of one unit (R91). Sums, comparisons and shares exist within the unit only: everything else does not compile.
public struct Count<Unit: ReportUnit>: Hashable, Comparable, Sendable {
    /// The number; never negative.
    public private(set) var value: Int

    /// None.
    public init() { value = 0 }

    /// This many; a negative number counts as none.
    public init(_ value: Int) { self.value = max(0, value) }

    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    /// Both together. At the largest number there is it stops, as no report is worth a crash.
    public static func + (a: Self, b: Self) -> Self {
        let sum = a.value.addingReportingOverflow(b.value)
        return Self(sum.overflow ? .max : sum.partialValue)
    }

    public static func += (a: inout Self, b: Self) { a = a + b }

    /// One more.
    public mutating func countOne() { self += Self(1) }

    /// Which part of `whole` this is; nil when the whole is none, or less than this.
    public func share(of whole: Self) -> Share? {
        guard whole.value > 0, value <= whole.value else { return nil }
        // Half rounds up; in full width, as a thousandfold may not fit.
        let product = value.multipliedFullWidth(by: 1_000)
        let (quotient, rest) = whole.value.dividingFullWidth(product)
        return Share(permille: quotient + (rest >= whole.value - rest ? 1 : 0))
    }
}

/// A part of a whole, in thousandths. It has lost its unit, and cannot be added to anything.
public struct Share: Hashable, Comparable, Sendable {
    /// Thousandths, 0 to 1000.
    public let permille: Int

    public static func < (a: Self, b: Self) -> Bool { a.permille < b.permille }

    /// The percentage with one decimal, as English writes it: `77.9%`.
    public var english: String { "\(permille / 10).\(permille % 10)%" }
    /// The percentage with one decimal, as Dutch writes it: `77,9%`.
    public var dutch: String { "\(permille / 10),\(permille % 10)%" }
}
