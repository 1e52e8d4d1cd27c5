import Metrics
import Synchronization

/// How many requests of each kind a listener answered, and how long they took. Each kind's figures are looked up once.
final class RequestFigures: Sendable {
    /// Which requests are counted together; the route is its template.
    struct Kind: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private let listener: Listener
    private let factory: any MetricsFactory
    private let known = Mutex<[Kind: (answered: Counter, took: Timer)]>([:])

    init(listener: Listener, factory: any MetricsFactory) {
        self.listener = listener
        self.factory = factory
    }

    /// Counts one request.
    func note(_ kind: Kind, nanoseconds: UInt64) {
        let (answered, took) = known.withLock { known in
            if let figures = known[kind] { return figures }
            let dimensions = [("listener", listener.rawValue), ("route", kind.route), ("method", kind.method)]
            let figures = (
                answered: Counter(
                    label: "convenant_http_requests_total", dimensions: dimensions + [("status", String(kind.status))], factory: factory),
                took: Timer(label: "convenant_http_request_seconds", dimensions: dimensions, factory: factory)
            )
            known[kind] = figures
            return figures
        }
        answered.increment()
        took.recordNanoseconds(nanoseconds)
    }
}
