import Casework
import Testing

private func at(_ tick: Int64) -> Instant { Instant(millisecondsSince1970: tick) }
private func outage(_ from: Int64, _ until: Int64) -> Outage { Outage(from: at(from), until: at(until))! }

@Suite("time given back after an outage") struct OutageTests {
    @Test(
        "what lay within the term is given back, and nothing else",
        arguments: [
            ([(0, 5)], 0), ([(5, 12)], 2), ([(12, 15)], 3), ([(18, 25)], 7), ([(20, 25)], 0), ([(30, 40)], 0),
            // The time given back was interrupted, too.
            ([(18, 22), (23, 24)], 5), ([(18, 22), (24, 30)], 4),
            // Two rows of the same outage count once.
            ([(12, 15), (13, 16)], 4), ([(12, 16), (13, 14)], 4),
        ] as [([(Int64, Int64)], Int64)])
    func examples(_ rows: [(Int64, Int64)], _ back: Int64) {
        #expect(interruption(from: at(10), to: at(20), by: rows.map { outage($0, $1) }) == back)
        #expect(interruption(from: at(10), to: at(20), by: rows.reversed().map { outage($0, $1) }) == back)
    }

    @Test("a term that has not begun gets nothing back")
    func none() {
        #expect(interruption(from: at(20), to: at(20), by: [outage(0, 100)]) == 0)
        #expect(interruption(from: at(30), to: at(20), by: [outage(0, 100)]) == 0)
        #expect(Outage(from: at(5), until: at(5)) == nil)
    }

    /// The end of the term by walking every moment of it.
    private func walked(_ start: Int64, _ due: Int64, _ outages: [Outage]) -> Int64 {
        var left = due - start
        var tick = start
        while left > 0 {
            if !outages.contains(where: { $0.from <= at(tick) && at(tick) < $0.until }) { left -= 1 }
            tick += 1
        }
        return tick
    }

    private func random(_ range: ClosedRange<Int64>, _ generator: inout SeededGenerator) -> Outage {
        let from = Int64.random(in: range, using: &generator)
        return outage(from, from + Int64.random(in: 1...12, using: &generator))
    }

    @Test("for any outages the partner has the whole term without one, and not a moment more")
    func whole() {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<3_000 {
            let outages = (0..<Int.random(in: 0...6, using: &generator)).map { _ in random(0...60, &generator) }
            let start = Int64.random(in: 0...40, using: &generator)
            let due = start + Int64.random(in: 1...30, using: &generator)
            #expect(due + interruption(from: at(start), to: at(due), by: outages) == walked(start, due, outages))
        }
    }

    @Test("given back in two goes, the second counted from the first: nothing twice, nothing lost")
    func twice() {
        var generator = SeededGenerator(state: 4)
        var second = 0
        for _ in 0..<3_000 {
            let due: Int64 = 30
            // Found passed at a moment at which we were up; what comes later is not known yet.
            let found = due + Int64.random(in: 0...20, using: &generator)
            let before = (0..<4).map { _ in random(0...45, &generator) }.filter { $0.until <= at(found) }
            let after = (0..<3).map { _ in random(found...(found + 40), &generator) }
            let first = due + interruption(from: at(5), to: at(due), by: before)
            // Past all the same: it falls due now, and later outages are none of its business.
            guard first > found else { continue }
            let last = first + interruption(from: at(found), to: at(first), by: before + after)
            #expect(last == walked(5, due, before + after))
            second += last > first ? 1 : 0
        }
        #expect(second > 100)
    }
}
