/// A moment, in milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored as in Unix time.
///
/// The one form of time inside Convenant. `Foundation.Date` appears only at the rim.
public struct Instant: Comparable, Hashable, Sendable {
    /// Milliseconds since the Unix epoch.
    public let millisecondsSince1970: Int64

    /// Makes an instant from milliseconds since the Unix epoch.
    public init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

    public static func < (a: Self, b: Self) -> Bool { a.millisecondsSince1970 < b.millisecondsSince1970 }

    /// The instant this many milliseconds later (earlier when negative).
    public func advanced(byMilliseconds ms: Int64) -> Instant { .init(millisecondsSince1970: millisecondsSince1970 + ms) }
}
