import Exchange
import Hummingbird
import Metrics
import NIOCore
import ServiceLifecycle
import StrictJSON

/// The management listener: health and figures, plain HTTP on the loopback address only (contract §3, M).
/// - Parameters:
///   - desk: whose readiness is told.
///   - registry: whose figures are told.
///   - settings: where it listens.
/// - Throws: ``ListenerFault/notLoopback(_:)``, because it has no sign-in.
public func managementListener(desk: ReferralDesk, registry: MetricsRegistry, settings: ListenerSettings) throws(ListenerFault)
    -> some Service
{
    guard settings.address.isLoopback else { throw .notLoopback(settings.address.host) }
    let router = managementRouter(
        readiness: { await desk.readiness() }, deadlines: { try? await desk.deadlineLag() }, registry: registry, settings: settings)
    return settings.application(router.buildResponder(), server: settings.http1)
}

/// The routes of the management listener.
func managementRouter(
    readiness: @escaping @Sendable () async -> (ready: Bool, checks: JSONValue),
    deadlines: @escaping @Sendable () async -> DeadlineWatch? = { nil }, registry: MetricsRegistry, settings: ListenerSettings
) -> Router<WireContext> {
    let router = Router(context: WireContext.self)
    router.add(middleware: Envelope(listener: .management, settings: settings))
    router.get("/health/live") { _, _ in jsonResponse(["status": "live"], status: 200) }
    router.get("/health/ready") { _, _ in
        let (ready, checks) = await readiness()
        return jsonResponse(["status": ready ? "ready" : "notReady", "checks": checks], status: ready ? 200 : 503)
    }
    router.get("/metrics") { _, _ in
        if let watch = await deadlines() { record(watch, in: registry) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: registry.prometheusText())))
    }
    return router
}

/// How well the sweep of deadlines keeps up, as it is at this moment.
private func record(_ watch: DeadlineWatch, in registry: MetricsRegistry) {
    Gauge(label: "convenant_deadlines_lag_seconds", dimensions: [], factory: registry).record(watch.lagSeconds)
    let oldest = watch.oldestDueNotHandled.map { $0.millisecondsSince1970 / 1000 } ?? 0
    Gauge(label: "convenant_deadlines_oldest_due_timestamp_seconds", dimensions: [], factory: registry).record(oldest)
}
