import Exchange
import Hummingbird
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
        readiness: { await desk.readiness() }, momentary: { (try? await desk.figuresNow()) ?? [] }, registry: registry, settings: settings)
    return settings.application(router.buildResponder(), server: settings.http1)
}

/// The routes of the management listener.
func managementRouter(
    readiness: @escaping @Sendable () async -> (ready: Bool, checks: JSONValue),
    momentary: @escaping @Sendable () async -> [DeskFigure] = { [] }, registry: MetricsRegistry, settings: ListenerSettings
) -> Router<WireContext> {
    let router = Router(context: WireContext.self)
    router.add(middleware: Envelope(listener: .management, settings: settings))
    router.get("/health/live") { _, _ in jsonResponse(["status": "live"], status: 200) }
    router.get("/health/ready") { _, _ in
        let (ready, checks) = await readiness()
        return jsonResponse(["status": ready ? "ready" : "notReady", "checks": checks], status: ready ? 200 : 503)
    }
    router.get("/metrics") { _, _ in
        let text = registry.prometheusText(describing: .exchange, with: await momentary())
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
    return router
}
