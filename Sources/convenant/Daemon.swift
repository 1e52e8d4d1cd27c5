import ArgumentParser
import Casework
import Console
import Exchange
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import Storage
import Synchronization
import UnixSignals
import Wire

/// The real ports of the listeners, told once all of them accept connections.
struct ListeningPorts: Sendable {
    var partners = 0
    var staff = 0
    var management = 0
    var isComplete: Bool { partners > 0 && staff > 0 && management > 0 }
}

/// The daemon: a desk behind its listeners, with what runs beside them.
struct Daemon {
    let desk: ReferralDesk
    let folder: DataFolder
    let settings: Settings
    let world: World
    let logger: Logger
    /// Where the desk counts, and everything else here too.
    var registry = MetricsRegistry()

    /// Serves until a signal asks it to stop; requests under way are finished first.
    func run(signals: [UnixSignal] = [.sigterm, .sigint], onListening: @escaping @Sendable (ListeningPorts) async -> Void) async throws {
        let ports = PortWatch(onListening)
        let tls = try Assembly.tls(folder)
        func listener(_ address: ListenerAddress, _ port: WritableKeyPath<ListeningPorts, Int> & Sendable) -> ListenerSettings {
            ListenerSettings(
                address: address, bodyLimit: settings.bodyLimit, monotonic: world.monotonic, random: world.random, metrics: registry,
                logger: logger,
                onServerRunning: { await ports.set(port, $0) })
        }
        let sending = CourierSettings(
            tls: tls, roots: { [folder] in try readInput(folder.trustRoots, what: "the roots") }, monotonic: world.monotonic,
            random: world.random, metrics: registry, logger: logger)
        let provider = try Assembly.provider(settings, world: world, logger: logger)
        // In this order they start, and in reverse they stop: nobody is answered by a desk that is gone.
        let services: [any Service] = [
            Housekeeping(desk: desk, folder: folder, given: settings.commandLine, world: world, logger: logger),
            Courier(desk: desk, settings: sending),
            Herald(desk: desk, settings: sending),
            Escalation(desk: desk, world: world, logger: logger), ControlSocket(folder: folder, desk: desk),
            try managementListener(desk: desk, registry: registry, settings: listener(settings.management, \.management)),
            try partnerListener(
                desk: desk, tls: tls, allowTLS12: settings.partnersTLS12, settings: listener(settings.partners, \.partners)),
            try staffListener(
                desk: desk, pages: Assembly.pages(desk, settings: settings, world: world, provider: provider), tls: tls,
                settings: listener(settings.staff, \.staff)),
        ]
        var configuration = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            await provider?.close()
            throw error
        }
        await provider?.close()
        await desk.close()
    }
}

/// Collects the listeners' ports.
private actor PortWatch {
    private var ports = ListeningPorts()
    private let told: @Sendable (ListeningPorts) async -> Void
    init(_ told: @escaping @Sendable (ListeningPorts) async -> Void) { self.told = told }

    func set(_ port: WritableKeyPath<ListeningPorts, Int>, _ value: Int) async {
        ports[keyPath: port] = value
        if ports.isComplete { await told(ports) }
    }
}

/// Every few seconds: destroys doomed keys, forgets old idempotency keys. On SIGHUP: reads policies and trust again. Once: gives memory back.
private struct Housekeeping: Service {
    let desk: ReferralDesk
    let folder: DataFolder
    /// The settings that the command line gave.
    let given: [String: String]
    let world: World
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    var renewed = world.wall()
                    while !Task.isCancelled {
                        if world.wall() > renewed.advanced(byMilliseconds: 86_400_000) {
                            // The authority's own list holds for a week; a list past its time refuses everybody.
                            do {
                                try await Assembly.renewTrust(desk, folder: folder, world: world)
                                renewed = world.wall()
                            } catch { logger.error("the revocation list was not renewed; what was in force stays") }
                        }
                        do throws(DeskRefusal) { try await desk.tidy() } catch {
                            logger.warning("housekeeping failed", metadata: ["code": "\(error.code)"])
                        }
                        guard (try? await ContinuousClock().sleep(for: .seconds(2))) != nil else { return }
                    }
                }
                group.addTask {
                    // By then it listens.
                    if (try? await ContinuousClock().sleep(for: .seconds(2))) != nil { giveBackStartingCode() }
                }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) {
                        do { try await Assembly.reload(desk, folder: folder, given: given, world: world) } catch {
                            // What is wrong with a file was said where it was found; why the desk did not take it is said here.
                            logger.error(
                                "reload refused; what was in force stays",
                                metadata: (error as? DeskRefusal).map { ["code": "\($0.code)"] })
                        }
                    }
                }
                await group.waitForAll()
            }
        }
    }
}

extension Assembly {
    /// The certificate and key of the listeners.
    static func tls(_ folder: DataFolder) throws -> ServerTLS {
        try ServerTLS(
            certificateChainPEM: try readInput(folder.tlsChain, what: "the TLS chain"),
            privateKeyPEM: try readInput(folder.tlsKey, what: "the TLS key"))
    }

    /// Reads policies, roots and revocation lists again; a fault leaves everything as it was.
    static func reload(_ desk: ReferralDesk, folder: DataFolder, given: [String: String], world: World) async throws {
        let policies = try policies(try Settings(folder: folder, commandLine: given), allowingFictitious: isSimulated(folder))
        try await renewTrust(desk, folder: folder, world: world)
        try await desk.adopt(policies)
    }

    /// Issues the authority's own list anew and reads all roots and lists again.
    static func renewTrust(_ desk: ReferralDesk, folder: DataFolder, world: World) async throws {
        try FolderMaking.renewRevocationList(folder, now: world.wall().millisecondsSince1970)
        try desk.replaceTrust(try FolderMaking.anchors(folder))
    }
}
