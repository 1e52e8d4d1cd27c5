/// That one count is the sum of others, by their places in a list.
public struct CountSum: Hashable, Sendable {
    let whole: Int
    let parts: [Int]

    /// A sum from its parts.
    public init(_ whole: Int, of parts: [Int]) {
        self.whole = whole
        self.parts = parts
    }

    var places: [Int] { [whole] + parts }
}

/// Which counts of a table are shown, so that no small one can be read or calculated.
///
/// A count of 1 to 4 is withheld; nought is shown, as it is about nobody. Then more are withheld, the smallest first, until whoever knows the
/// table, its sums and this rule can narrow no withheld small count down to fewer than five values. What can be known is found by passing bounds
/// along the sums until nothing changes; that is exact where the sums form a tree, as those of the report do: no two share more than one count,
/// and none leads back to itself.
public struct SmallCounts: Sendable {
    /// The smallest count that is shown, and the fewest values between which a smaller one may lie.
    public static let threshold = 5

    private let counts: [Int]
    private let sums: [CountSum]
    /// What is never shown, such as the rest of a whole of which one part is named.
    private let unnamed: Set<Int>
    private let mates: [Int: Set<Int>]
    private(set) var withheld: Set<Int>

    /// Decides about a list of counts.
    /// - Parameters:
    ///   - sums: what holds between them.
    ///   - unnamed: places that are not shown in any case, but may not be calculated when they are small.
    ///   - together: places of which one gives the other away: all of them are shown, or none that is not nought.
    public init(_ counts: [Int], sums: [CountSum], unnamed: Set<Int> = [], together: [Set<Int>] = []) {
        self.counts = counts
        self.sums = sums
        self.unnamed = unnamed
        mates = together.reduce(into: [:]) { mates, group in for place in group { mates[place, default: []].formUnion(group) } }
        withheld = []
        for place in counts.indices where isSmall(place) && !unnamed.contains(place) { withhold(place) }
        while let next = nextToWithhold() { withhold(next) }
    }

    /// The counts that are shown; nil for one that is not.
    public var shown: [Int?] {
        counts.indices.map { withheld.contains($0) || unnamed.contains($0) ? nil : counts[$0] }
    }

    private func isSmall(_ place: Int) -> Bool { 1..<Self.threshold ~= counts[place] }

    private mutating func withhold(_ place: Int) {
        for mate in (mates[place] ?? []).union([place]) where counts[mate] > 0 && !unnamed.contains(mate) { withheld.insert(mate) }
    }

    /// A count to withhold, as a small one could be narrowed down; nil when none could, or nothing is left to withhold.
    private func nextToWithhold() -> Int? {
        let known = bounds()
        for place in counts.indices where isSmall(place) && known[place].upperBound - known[place].lowerBound < Self.threshold - 1 {
            if let next = nearestShown(to: place) { return next }
        }
        return nil
    }

    /// Between which values each count must lie, for whoever knows the table.
    func bounds() -> [ClosedRange<Int>] {
        // What is withheld is not nought, for nought is shown.
        var known = counts.indices.map { place in
            unnamed.contains(place) ? 0...Self.unbounded : withheld.contains(place) ? 1...Self.unbounded : counts[place]...counts[place]
        }
        var isChanged = true
        while isChanged {
            isChanged = false
            for sum in sums {
                let low = sum.parts.reduce(0) { $0 + known[$1].lowerBound }
                let high = sum.parts.reduce(0) { min(Self.unbounded, $0 + known[$1].upperBound) }
                isChanged = narrow(&known[sum.whole], low, high) || isChanged
                for part in sum.parts {
                    let whole = known[sum.whole]
                    let others = sum.parts.filter { $0 != part }
                    let least = others.reduce(0) { $0 + known[$1].lowerBound }
                    let most = others.reduce(0) { min(Self.unbounded, $0 + known[$1].upperBound) }
                    let top = whole.upperBound >= Self.unbounded ? Self.unbounded : whole.upperBound - least
                    let bottom = most >= Self.unbounded ? 0 : whole.lowerBound - most
                    isChanged = narrow(&known[part], bottom, top) || isChanged
                }
            }
        }
        return known
    }

    private func narrow(_ range: inout ClosedRange<Int>, _ low: Int, _ high: Int) -> Bool {
        let (bottom, top) = (max(range.lowerBound, low), min(range.upperBound, high))
        // Counts that contradict their sums narrow nothing.
        guard bottom <= top, bottom...top != range else { return false }
        range = bottom...top
        return true
    }

    /// The smallest shown count in the sums around a place, the nearest sums first.
    private func nearestShown(to place: Int) -> Int? {
        var (seen, front): (Set<Int>, Set<Int>) = ([place], [place])
        while !front.isEmpty {
            let around = Set(sums.filter { !front.isDisjoint(with: $0.places) }.flatMap(\.places))
            let shown = around.filter { !withheld.contains($0) && !unnamed.contains($0) && counts[$0] > 0 }
            if let smallest = shown.min(by: { (counts[$0], $0) < (counts[$1], $1) }) { return smallest }
            front = around.subtracting(seen)
            seen.formUnion(around)
        }
        return nil
    }

    /// More than any count.
    private static let unbounded = 1 << 52
}
