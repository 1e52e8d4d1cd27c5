import CoreMetrics
import Exchange
import Testing

@testable import Wire

@Suite("figures as Prometheus text")
struct MetricsTests {
    @Test("a counter is known by its label and dimensions")
    func counter() {
        let registry = MetricsRegistry()
        Counter(label: "requests_total", dimensions: [("route", "/a")], factory: registry).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("route", "/a")], factory: registry).increment()
        Counter(label: "requests_total", dimensions: [("route", "/b")], factory: registry).increment()
        #expect(
            registry.prometheusText() == "# TYPE requests_total counter\nrequests_total{route=\"/a\"} 3\nrequests_total{route=\"/b\"} 1\n")
    }

    @Test("a timer is a histogram in seconds that counts upwards")
    func timer() {
        let registry = MetricsRegistry()
        let timer = Timer(label: "took.seconds", factory: registry)
        timer.recordMilliseconds(3)
        timer.recordMilliseconds(700)
        timer.recordMilliseconds(20_000)
        let lines = registry.prometheusText().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE took_seconds histogram")
        #expect(lines.contains("took_seconds_bucket{le=\"0.0025\"} 0"))
        #expect(lines.contains("took_seconds_bucket{le=\"0.005\"} 1"))
        #expect(lines.contains("took_seconds_bucket{le=\"1\"} 2"))
        #expect(lines.contains("took_seconds_bucket{le=\"+Inf\"} 3"))
        #expect(lines.contains("took_seconds_sum 20.703"))
        #expect(lines.contains("took_seconds_count 3"))
    }

    @Test("every figure of the exchange is named with what it is, those without a value too")
    func catalogue() {
        let registry = MetricsRegistry()
        Counter(label: "convenant_commits_total", dimensions: [("outcome", "done")], factory: registry).increment()
        let text = registry.prometheusText(
            describing: .exchange,
            with: [DeskFigure(label: "convenant_partner_queue_depth", dimensions: [("partner", "00000099000000002000")], value: 3)])
        for entry in FigureCatalogue.exchange.entries {
            #expect(text.contains("# HELP \(entry.name) \(entry.help)\n# TYPE \(entry.name) \(entry.kind)\n"), "\(entry.name)")
        }
        #expect(text.contains("convenant_commits_total{outcome=\"done\"} 1\n"))
        #expect(text.contains("convenant_partner_queue_depth{partner=\"00000099000000002000\"} 3\n"))
        #expect(!registry.prometheusText().contains("queue_depth"))
    }

    @Test("gauges go up and down, and values are escaped")
    func gauge() {
        let registry = MetricsRegistry()
        let gauge = Gauge(label: "open", dimensions: [("kind", "a\"b\\c\nd")], factory: registry)
        gauge.record(7)
        gauge.record(4.5)
        #expect(registry.prometheusText() == "# TYPE open gauge\nopen{kind=\"a\\\"b\\\\c\\nd\"} 4.5\n")
    }
}
