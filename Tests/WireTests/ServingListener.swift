import Hummingbird
import ServiceLifecycle

@testable import Wire

/// Runs a listener on a free port for as long as `body` takes.
func serving(
    connections: Int = 100, perAddress: Int = 100, requestSeconds: Int64 = 30, registry: MetricsRegistry = MetricsRegistry(),
    _ listener: (ListenerSettings) throws -> some ApplicationProtocol, _ body: @Sendable @escaping (Int) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let settings = testSettings(
        connections: connections, perAddress: perAddress, requestSeconds: requestSeconds, registry: registry
    ) { port.yield($0) }
    let group = ServiceGroup(configuration: .init(services: [try listener(settings)], logger: settings.logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { port.finish() }
            try await group.run()
        }
        tasks.addTask {
            for await port in ports {
                do {
                    try await body(port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
        }
        try await tasks.waitForAll()
    }
}
