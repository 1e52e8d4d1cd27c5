import CoreMetrics
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

    @Test("gauges go up and down, and values are escaped")
    func gauge() {
        let registry = MetricsRegistry()
        let gauge = Gauge(label: "open", dimensions: [("kind", "a\"b\\c\nd")], factory: registry)
        gauge.record(7)
        gauge.record(4.5)
        #expect(registry.prometheusText() == "# TYPE open gauge\nopen{kind=\"a\\\"b\\\\c\\nd\"} 4.5\n")
    }
}
