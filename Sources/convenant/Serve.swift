import ArgumentParser
import Exchange
import Foundation
import Logging
import NIOCore
import Storage
import Wire

/// `convenant serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the exchange.",
        discussion: """
            Example: convenant serve --data /var/lib/convenant --staff 127.0.0.1:8444

            Stops on SIGTERM or Ctrl-C after requests under way; SIGHUP reads policies, roots and revocation lists again.
            """)
    @OptionGroup var folder: FolderOption
    @Option(name: .customLong("partners"), help: ArgumentHelp("Where partner systems connect (partners.address).", valueName: "host:port"))
    var partners: String?
    @Option(name: .customLong("staff"), help: ArgumentHelp("Where staff connect (staff.address).", valueName: "host:port")) var staff:
        String?
    @Option(name: .customLong("management"), help: ArgumentHelp("Health and metrics (management.address).", valueName: "host:port"))
    var management: String?
    @Option(name: .customLong("policies"), help: ArgumentHelp("The folder of covenants and packs.", valueName: "dir")) var policies: String?
    @Option(name: .customLong("pack"), help: ArgumentHelp("The pack in force.", valueName: "id")) var pack: String?

    func run() async throws {
        let folder = folder.folder
        var given: [String: String] = [:]
        given["partners.address"] = partners
        given["staff.address"] = staff
        given["management.address"] = management
        given["policies"] = policies
        given["pack"] = pack
        guard !Assembly.isSimulated(folder) else {
            throw fail("`\(folder.path)` is a demonstration's folder (hint: `convenant demo --data` opens it)", Exit.configuration)
        }
        let settings = try Settings(folder: folder, commandLine: given)
        var logger = Logger(label: "convenant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = settings.logLevel
        let world = World.system()
        let registry = MetricsRegistry()
        do {
            // Before the desk is opened: each start is an entry of the log.
            try Assembly.tls(folder).check()
            let desk = try await Assembly.desk(
                try await Assembly.awaitLock(folder), settings: settings, world: world, simulated: false, metrics: registry)
            try await Daemon(desk: desk, folder: folder, settings: settings, world: world, logger: logger, registry: registry).run {
                ports in
                printAtOnce("listening partners=\(ports.partners) staff=\(ports.staff) management=\(ports.management)")
            }
        } catch let fault as ListenerFault {
            throw fail(fault.description, Exit.configuration)
        } catch let fault as IOError {
            let hint =
                switch fault.errnoCode {
                case EADDRINUSE: "another program holds the port"
                case EADDRNOTAVAIL: "this machine has no such address"
                case EACCES: "ports below 1024 are for root; choose a higher one"
                default: "look at the addresses"
                }
            throw fail(
                "one of the listeners (\(settings.listeners)) cannot open its address: \(String(cString: strerror(fault.errnoCode))) (hint: \(hint))",
                Exit.configuration)
        } catch is SocketAddressError {
            throw fail(
                "one of the listeners (\(settings.listeners)) has an address that is none (hint: a name that is known here, or numbers)",
                Exit.configuration)
        } catch is SocketAddressError.UnknownHost {
            throw fail(
                "one of the listeners (\(settings.listeners)) has a name that is not known here (hint: 0.0.0.0 listens at every address)",
                Exit.configuration)
        }
    }
}
