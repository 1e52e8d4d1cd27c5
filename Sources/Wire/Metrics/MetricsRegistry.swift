import CoreMetrics
import Synchronization

/// Figures of the running process, told as Prometheus text: counters, gauges, and histograms of durations.
///
/// A figure is known by its label and dimensions; asking for it again gives the same one. Labels and dimensions come from code, never from a
/// request, so the number of figures is bounded and none is about a person.
public final class MetricsRegistry: MetricsFactory {
    /// What a figure is known by.
    struct Key: Hashable {
        let label: String
        let dimensions: [String]

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.flatMap { [$0.0, $0.1] }
        }
    }

    /// The figures of each kind.
    struct Figures {
        var counters: [Key: CounterFigure] = [:]
        var gauges: [Key: GaugeFigure] = [:]
        var histograms: [Key: HistogramFigure] = [:]
    }

    let figures = Mutex(Figures())

    /// A registry without figures.
    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { counter(label, dimensions) }
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { gauge(label, dimensions) }
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, buckets: HistogramFigure.amounts) : gauge(label, dimensions)
    }
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, buckets: HistogramFigure.seconds)
    }

    // A counter that vanished and came back at zero would look like a restart, so figures stay until the process ends.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterFigure {
        let key = Key(label, dimensions)
        return figures.withLock { figures in
            if let known = figures.counters[key] { return known }
            let figure = CounterFigure()
            figures.counters[key] = figure
            return figure
        }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeFigure {
        let key = Key(label, dimensions)
        return figures.withLock { figures in
            if let known = figures.gauges[key] { return known }
            let figure = GaugeFigure()
            figures.gauges[key] = figure
            return figure
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], buckets: [Double]) -> HistogramFigure {
        let key = Key(label, dimensions)
        return figures.withLock { figures in
            if let known = figures.histograms[key] { return known }
            let figure = HistogramFigure(buckets: buckets)
            figures.histograms[key] = figure
            return figure
        }
    }
}
