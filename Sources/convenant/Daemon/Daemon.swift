import ArgumentParser
import Casework
import Console
import Exchange
import Foundation
import Logging
import Metrics
import PartnerTrust
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
                address: address, bodyLimit: settings.bodyLimit, connectionsPerAddress: settings.connectionsPerAddress,
                monotonic: world.monotonic, random: world.random, metrics: registry, logger: logger,
                onServerRunning: { await ports.set(port, $0) })
        }
        let sending = CourierSettings(
            tls: tls, roots: { [folder] in try readInput(folder.trustRoots, what: "the roots") }, monotonic: world.monotonic,
            random: world.random, metrics: registry, logger: logger)
        let provider = try Assembly.provider(settings, world: world, logger: logger)
        // In this order they start, and in reverse they stop: nobody is answered by a desk that is gone.
        let services: [any Service] = [
            Housekeeping(desk: desk, folder: folder, given: settings.commandLine, world: world, metrics: registry, logger: logger),
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

/// Every few seconds: destroys doomed keys, forgets old idempotency keys. Every day: renews trust. On SIGHUP: reads trust and policies again.
/// Once: gives memory back.
private struct Housekeeping: Service {
    let desk: ReferralDesk
    let folder: DataFolder
    /// The settings that the command line gave.
    let given: [String: String]
    let world: World
    let metrics: MetricsRegistry
    let logger: Logger

    func run() async throws {
        for part in Part.allCases { show(part, asRefused: false) }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    var renewed = world.wall()
                    var trouble = Trouble()
                    while !Task.isCancelled {
                        let now = world.wall()
                        if CertificateAuthority.isListDue(since: renewed.millisecondsSince1970, now: now.millisecondsSince1970) {
                            renewed = now
                            // The authority's own list holds for a week; a list past its time refuses everybody.
                            do {
                                try await Assembly.renewTrust(desk, folder: folder, world: world)
                                show(.trust, asRefused: false)
                            } catch {
                                logger.error("trust was not renewed in whole; what was in force stays", metadata: Self.code(of: error))
                                show(.trust, asRefused: true)
                                // Again in an hour.
                                renewed = now.advanced(byMilliseconds: -82_800_000)
                            }
                        }
                        do throws(DeskRefusal) {
                            try await desk.tidy()
                            _ = trouble.isNew(nil)
                        } catch {
                            if trouble.isNew(error.code) {
                                logger.warning("housekeeping failed; it is tried again", metadata: ["code": "\(error.code)"])
                            }
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
                        // Apart, and trust first: no fault in a policy file holds up a revocation.
                        await reload(.trust) {
                            try await Assembly.renewTrust(desk, folder: folder, world: world)
                            return [:]
                        }
                        await reload(.policies) {
                            let revision = try await Assembly.renewPolicies(desk, folder: folder, given: given)
                            return ["revision": "\(revision)"]
                        }
                    }
                }
                await group.waitForAll()
            }
        }
    }

    /// What is read again while the daemon runs.
    private enum Part: String, CaseIterable { case trust, policies }

    /// Reads one part again, and tells that it is in force or was refused; `read` gives what else there is to tell of it.
    private func reload(_ part: Part, _ read: () async throws -> Logger.Metadata) async {
        let name: Logger.Metadata = ["part": "\(part.rawValue)"]
        do {
            let told = try await read().merging(name) { $1 }
            logger.notice("reloaded, and in force", metadata: told)
            show(part, asRefused: false)
        } catch {
            logger.error("reload refused; what was in force stays", metadata: Self.code(of: error).merging(name) { $1 })
            show(part, asRefused: true)
        }
    }

    /// Whether a part was refused as it was last read, for `/metrics`: health does not show it, as the desk goes on by what was in force.
    private func show(_ part: Part, asRefused isRefused: Bool) {
        Gauge(label: "convenant_reload_failed", dimensions: [("part", part.rawValue)], factory: metrics).record(isRefused ? 1 : 0)
    }

    /// Why the desk did not take something. What is wrong with a file was said where it was found.
    private static func code(of error: any Error) -> Logger.Metadata {
        let code = (error as? DeskRefusal)?.code ?? (error as? TrustError)?.rawValue
        return code.map { ["code": "\($0)"] } ?? [:]
    }
}

extension Assembly {
    /// The certificate and key of the listeners.
    static func tls(_ folder: DataFolder) throws -> ServerTLS {
        try ServerTLS(
            certificateChainPEM: try readInput(folder.tlsChain, what: "the TLS chain"),
            privateKeyPEM: try readInput(folder.tlsKey, what: "the TLS key"))
    }

    /// Reads the policies again, and gives their revision; a fault leaves those in force as they were.
    static func renewPolicies(_ desk: ReferralDesk, folder: DataFolder, given: [String: String]) async throws -> String {
        let settings = try Settings(folder: folder, commandLine: given)
        let policies = try Self.policies(settings, allowingFictitious: isSimulated(folder))
        try await desk.adopt(policies)
        return policies.snapshot.revision
    }

    /// Issues the authority's own list anew, reads all roots and lists again, and records what came to stand revoked.
    ///
    /// A list that cannot be used, or not be made, holds up no other one: it is reported, and of its authority the list in force goes on counting.
    static func renewTrust(_ desk: ReferralDesk, folder: DataFolder, world: World) async throws {
        // One after the other: a renewal that began before a reload must not put its older list over the newer one.
        let (revoked, fault) = try renewing.withLock { _ in
            var revoked: [Revocation]?
            var fault: (any Error)?
            do { revoked = try FolderMaking.renewRevocationList(folder, now: world.wall().millisecondsSince1970) } catch { fault = error }
            let (anchors, unusable) = try FolderMaking.usableAnchors(folder)
            fault = fault ?? unusable
            try desk.replaceTrust(anchors, keepingLists: fault != nil)
            return (revoked, fault)
        }
        if let revoked { try await desk.noteRevocations(revoked) }
        if let fault { throw fault }
    }

    private static let renewing = Mutex(())
}
