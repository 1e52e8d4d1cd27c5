import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import Metrics
import NIOCore

/// Where a listener listens.
public struct ListenerAddress: Hashable, Sendable {
    /// A host name or an address; `0.0.0.0` is every IPv4 address of the machine.
    public let host: String
    /// The port; 0 lets the system choose, and `onServerRunning` tells which.
    public let port: Int

    /// An address from its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether nobody but this machine can reach it.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// Whether only one of two listeners can have its address: it is one port, at one address or at every one.
    public func collides(with other: ListenerAddress) -> Bool {
        guard port != 0, port == other.port, let one = try? SocketAddress.makeAddressResolvingHost(host, port: port),
            let two = try? SocketAddress.makeAddressResolvingHost(other.host, port: port)
        else { return false }
        return one == two || [one, two].contains { ["0.0.0.0", "::"].contains($0.ipAddress) }
    }

    /// Takes the address and gives it back, to learn whether a listener can have it; nobody can connect meanwhile.
    /// - Throws: `SocketAddressError.UnknownHost` for a name that is not known here, `IOError` with the system's `errno`.
    public func tryOut() throws {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let descriptor = socket(CInt(address.protocol.rawValue), CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { close(descriptor) }
        // As the listener does: connections of before that are about to end are in nobody's way.
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard address.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
    }
}

/// What every listener needs besides the desk.
public struct ListenerSettings: Sendable {
    /// Where it listens.
    public let address: ListenerAddress
    /// The most bytes of a request's body (contract §2: 256 KiB).
    public let bodyLimit: Int
    /// The most open connections; who comes then waits until one closes. What two such listeners have open stays under the 8,192 files of
    /// `deploy/convenant.service`, with room for the database and for what is sent.
    public let connections: Int
    /// The most that one address has open of a listener with TLS; one more is closed at once. This machine may have all, for a proxy on it
    /// brings everybody's.
    public let connectionsPerAddress: Int
    /// Seconds without traffic after which a connection is closed.
    public let idleSeconds: Int64
    /// Seconds that a request may take to arrive once its head has come; the connection is closed then. A body of 256 KiB needs 9 KiB a second.
    public let requestSeconds: Int64
    /// Nanoseconds since an arbitrary start, for timers: `World.monotonic`.
    public let monotonic: @Sendable () -> UInt64
    /// This many bytes that nobody can guess, for request ids: `World.random`.
    public let random: @Sendable (Int) -> [UInt8]
    /// Where figures about requests go.
    public let metrics: any MetricsFactory
    /// Where lines about faults go. Never bodies, queries or names.
    public let logger: Logger
    /// Called once with the real port, when the listener accepts connections.
    public let onServerRunning: @Sendable (Int) async -> Void
    /// For whom `connectionsPerAddress` holds; tests come from this machine.
    var isCounted: @Sendable (_ remote: SocketAddress, _ local: SocketAddress?) -> Bool = { !$0.isThisMachine(at: $1) }

    /// Settings from their parts.
    public init(
        address: ListenerAddress, bodyLimit: Int = 256 * 1024, connections: Int = 3_000, connectionsPerAddress: Int = 500,
        idleSeconds: Int64 = 60, requestSeconds: Int64 = 30, monotonic: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable (Int) -> [UInt8],
        metrics: any MetricsFactory, logger: Logger, onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.address = address
        self.bodyLimit = bodyLimit
        self.connections = connections
        self.connectionsPerAddress = connectionsPerAddress
        self.idleSeconds = idleSeconds
        self.requestSeconds = requestSeconds
        self.monotonic = monotonic
        self.random = random
        self.metrics = metrics
        self.logger = logger
        self.onServerRunning = onServerRunning
    }

    /// HTTP/1.1 with keep-alive, closed when idle and when a request takes too long to arrive.
    var http1: HTTPServerBuilder { .http1(configuration: watched) }

    /// The same over TLS, where no address has more than `connectionsPerAddress`.
    func https(_ tls: TLSChannelConfiguration, at listener: Listener) -> HTTPServerBuilder {
        let refused = Counter(
            label: "convenant_connections_refused_total", dimensions: [("listener", listener.rawValue)], factory: metrics)
        let connections = OriginConnections(limit: connectionsPerAddress, isCounted: isCounted, refused: refused)
        let watched = watched
        return HTTPServerBuilder { responder in
            let encrypted = try TLSChannel(HTTP1Channel(responder: responder, configuration: watched), configuration: tls)
            return OriginLimited(base: encrypted, connections: connections)
        }
    }

    private var watched: HTTP1Channel.Configuration {
        let patience = TimeAmount.seconds(requestSeconds)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ArrivalWatch(patience: patience)], idleTimeout: .seconds(idleSeconds))
    }

    /// The application that answers with this responder.
    func application<Responder: HTTPResponder>(_ responder: Responder, server: HTTPServerBuilder) -> Application<Responder>
    where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        Application(
            responder: responder, server: server,
            configuration: .init(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(connections, logger: logger)),
            onServerRunning: { [onServerRunning] channel in await onServerRunning(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}

/// Why a listener cannot be made.
public enum ListenerFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The PEM text holds no certificate that can be read.
    case unreadableCertificate
    /// The PEM text holds no private key that can be read.
    case unreadablePrivateKey
    /// The private key is not that of the certificate.
    case keyOfAnother
    /// The management listener has no sign-in and stays on this machine.
    case notLoopback(String)

    /// One line for people, with what to do.
    public var description: String {
        switch self {
        case .unreadableCertificate: "the certificate chain cannot be read (hint: PEM, the server's own certificate first)"
        case .unreadablePrivateKey: "the private key cannot be read (hint: PEM, without a passphrase)"
        case .keyOfAnother:
            "the private key is not that of the certificate (hint: `tls.pem` and the first certificate of `tls-chain.pem` belong together)"
        case .notLoopback(let host): "`\(host)` is not a loopback address (hint: use 127.0.0.1 for management.address)"
        }
    }
}
