/// Numbers that follow from a seed alone (SplitMix64), so that two runs make the same year. Not for secrets.
struct SeededNumbers: Sendable {
    private var state: UInt64

    /// A sequence of its own for each seed and each thing it is for.
    init(seed: Int, _ topic: Int) {
        state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: Int64(topic)) &* 0xd1b5_4a32_d192_ed03
        _ = next()
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A number from the range.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True this many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { number(in: 1...100) <= percent }

    /// One of the items; the list has at least one.
    mutating func one<Item>(of items: [Item]) -> Item { items[number(in: 0...items.count - 1)] }

    /// This many of the items, in their order.
    mutating func some<Item>(_ count: Int, of items: [Item]) -> [Item] {
        var left = Array(items.indices)
        while left.count > max(0, count) { left.remove(at: number(in: 0...left.count - 1)) }
        return left.map { items[$0] }
    }
}
