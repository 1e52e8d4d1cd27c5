import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterFigure: CounterHandler, FloatingPointCounterHandler {
    private let total = Mutex(0.0)

    var value: Double { total.withLock { $0 } }
    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }
    func reset() { total.withLock { $0 = 0 } }
}

/// A number that goes up and down.
final class GaugeFigure: MeterHandler, RecorderHandler {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// How often a value fell under each of a few bounds.
final class HistogramFigure: RecorderHandler, TimerHandler {
    /// Bounds for durations, in seconds.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Bounds for amounts.
    static let amounts = [1.0, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000]

    /// What was seen.
    struct Seen {
        /// One more than there are bounds: the last is for what lies above them all.
        var counts: [Int]
        var sum = 0.0
    }

    let buckets: [Double]
    private let state: Mutex<Seen>

    init(buckets: [Double]) {
        self.buckets = buckets
        state = Mutex(Seen(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    var seen: Seen { state.withLock { $0 } }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let place = buckets.firstIndex { value <= $0 } ?? buckets.count
        state.withLock {
            $0.counts[place] += 1
            $0.sum += value
        }
    }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
