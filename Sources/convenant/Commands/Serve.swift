import ArgumentParser
import Exchange
import Foundation
import Logging
import NIOCore
import PartnerTrust
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
        // Until there is something to read again: by itself the signal would end the program, and systemd take that for an orderly end.
        signal(SIGHUP) { _ in }
        let folder = folder.folder
        var given: [String: String] = [:]
        given["partners.address"] = partners
        given["staff.address"] = staff
        given["management.address"] = management
        given["policies"] = policies
        given["pack"] = pack
        guard !Assembly.isSimulated(folder) else {
            throw fail(
                "`\(folder.path)` is a demonstration's folder (hint: `convenant init` makes one to serve; `log` and `report` read this one)",
                Exit.configuration)
        }
        let settings = try Settings(folder: folder, commandLine: given)
        var logger = Logger(label: "convenant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = settings.logLevel
        let world = World.system()
        let registry = MetricsRegistry()
        do {
            // All before the desk is opened: each start is an entry of the log.
            try Assembly.tls(folder).check()
            let lock = try await Assembly.awaitLock(folder)
            try Self.tryOut(settings)
            let desk = try await Assembly.desk(lock, settings: settings, world: world, simulated: false, metrics: registry)
            Self.warn(of: folder, now: world.wall().millisecondsSince1970, logger)
            try await Daemon(desk: desk, folder: folder, settings: settings, world: world, logger: logger, registry: registry).run {
                ports in
                print("listening partners=\(ports.partners) staff=\(ports.staff) management=\(ports.management)")
            }
        } catch let fault as ListenerFault {
            throw fail(fault.description, Exit.configuration)
        } catch let fault as IOError {
            throw fail(
                "one of the listeners (\(settings.listeners)) cannot open its address: \(String(cString: strerror(fault.errnoCode))) "
                    + "(hint: each needs a port of its own, which no other program holds)", Exit.passing)
        }
    }

    /// Whether each listener can have its address.
    private static func tryOut(_ settings: Settings) throws {
        let addresses = [
            ("partners.address", settings.partners), ("staff.address", settings.staff), ("management.address", settings.management),
        ]
        for (place, (key, address)) in addresses.enumerated() {
            if let (other, _) = addresses[..<place].first(where: { $0.1.collides(with: address) }) {
                throw fail(
                    "`\(key)` and `\(other)` cannot both be at port \(address.port) (hint: each needs a port of its own)",
                    Exit.configuration)
            }
            func fault(_ what: String, _ hint: String, _ code: ExitCode = Exit.passing) -> ExitCode {
                fail("`\(key)`: nothing can listen at `\(address.host):\(address.port)`: \(what) (hint: \(hint))", code)
            }
            do { try address.tryOut() } catch let error as IOError {
                let what = String(cString: strerror(error.errnoCode))
                switch error.errnoCode {
                case EADDRINUSE: throw fault(what, "another program holds the port")
                case EADDRNOTAVAIL: throw fault(what, "this machine has no such address, or not yet")
                case EACCES: throw fault(what, "ports below 1024 are for root; choose a higher one", Exit.configuration)
                default: throw fault(what, "look at the address")
                }
            } catch is SocketAddressError.UnknownHost {
                throw fault("the name is not known here", "0.0.0.0 listens at every address")
            } catch { throw fault("this is no address", "a name that is known here, or numbers", Exit.configuration) }
        }
    }

    /// Tells what partners will refuse. It is served all the same: whoever works here can go on.
    private static func warn(of folder: DataFolder, now: Int64, _ logger: Logger) {
        if let listeners = try? Assembly.tlsChain(folder).first, let end = notAfter(listeners), end <= now {
            logger.warning("the listeners' certificate has ended; partners refuse it", metadata: ["file": "\(folder.tlsChain)"])
        }
        let keys = (try? Assembly.signingKeys(folder))?.all ?? []
        for held in keys where held.state == .current {
            guard let certificate = held.chain.first else {
                logger.warning("a key that signs has no certificate; partners refuse what it signs", metadata: ["kid": "\(held.key.kid)"])
                continue
            }
            if let end = notAfter(certificate), end <= now {
                logger.warning(
                    "the certificate of a key that signs has ended; partners refuse what it signs", metadata: ["kid": "\(held.key.kid)"])
            }
        }
    }
}
