/// A time in which we could not be reached; it counts against nobody. Dutch: storing.
public struct Outage: Hashable, Sendable {
    public let from: Instant
    public let until: Instant

    /// Nil unless it ends after it began.
    public init?(from: Instant, until: Instant) {
        guard from < until else { return nil }
        self.from = from
        self.until = until
    }
}

/// How long a term was interrupted: what is given back to whoever had it.
///
/// The time given back can itself be interrupted, and is then given back again, so that whoever had the term had all of it without an
/// outage. Outages may overlap, and stand in any order.
/// - Parameters:
///   - start: from when on the term counts; what lies before was given back earlier, or is no part of it.
///   - due: when it falls due as it stands.
/// - Returns: milliseconds; 0 when nothing is to be given back.
public func interruption(from start: Instant, to due: Instant, by outages: [Outage]) -> Int64 {
    guard start < due else { return 0 }
    var end = due
    var counted = start
    for outage in outages.sorted(by: { $0.from < $1.from }) {
        guard outage.from < end else { break }
        let lost = outage.until.millisecondsSince1970 - max(outage.from, counted).millisecondsSince1970
        guard lost > 0 else { continue }
        end = end.advanced(byMilliseconds: lost)
        counted = outage.until
    }
    return end.millisecondsSince1970 - due.millisecondsSince1970
}
