import Glibc
import HummingbirdCore
import Logging
import Metrics
import NIOCore
import Synchronization

/// Whose a connection is: an IPv4 address, or the first half of an IPv6 address, as whoever has one of those has them all.
struct Origin: Hashable, Sendable {
    /// 4 or 8 bytes.
    private let bytes: [UInt8]

    /// Nil for what comes over no network.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address): bytes = withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address):
            let all = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            // An IPv4 address that a listener at every address sees as `::ffff:192.0.2.1`.
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10...11].allSatisfy { $0 == 0xff }
            bytes = isMapped ? Array(all.suffix(4)) : Array(all.prefix(8))
        case .unixDomainSocket: return nil
        }
    }

    /// Whether it is this machine, by an address that no other has.
    var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes.allSatisfy { $0 == 0 } }
}

extension SocketAddress {
    /// Whether who comes from here to this address of ours is this machine: by loopback, or with that address at both ends.
    func isThisMachine(at local: SocketAddress?) -> Bool {
        if let origin = Origin(self), origin.isLoopback { return true }
        guard let ipAddress else { return false }
        return ipAddress == local?.ipAddress
    }
}

/// How many connections of a listener each origin has open.
final class OriginConnections: Sendable {
    private let open = Mutex<[Origin: Int]>([:])
    private let limit: Int
    /// Whether the limit holds for who comes from one address to another, which is ours.
    let isCounted: @Sendable (_ remote: SocketAddress, _ local: SocketAddress?) -> Bool
    private let refused: Counter

    /// - Parameters:
    ///   - limit: the most that one has open.
    ///   - isCounted: whether the limit holds for who comes from one address to another, which is ours.
    ///   - refused: counts those that were one too many.
    init(limit: Int, isCounted: @escaping @Sendable (SocketAddress, SocketAddress?) -> Bool, refused: Counter) {
        self.limit = limit
        self.isCounted = isCounted
        self.refused = refused
    }

    /// Counts one more; false when that would be too many.
    func take(_ origin: Origin) -> Bool {
        let isTaken = open.withLock { open in
            guard open[origin, default: 0] < limit else { return false }
            open[origin, default: 0] += 1
            return true
        }
        if !isTaken { refused.increment() }
        return isTaken
    }

    /// One that was counted has closed.
    func giveBack(_ origin: Origin) {
        open.withLock { open in
            guard let count = open[origin] else { return }
            open[origin] = count > 1 ? count - 1 : nil
        }
    }
}

/// A channel that is closed before a byte of it is read when its origin has as many open as it may: nobody takes all connections of a listener.
struct OriginLimited<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let connections: OriginConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OriginGate(connections)) }
            .flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Stands before TLS, whose handshake would cost more than the refusal.
private final class OriginGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connections: OriginConnections
    /// Whose place is given back at the end.
    private var taken: Origin?

    init(_ connections: OriginConnections) { self.connections = connections }

    func channelActive(context: ChannelHandlerContext) {
        if let remote = context.remoteAddress, connections.isCounted(remote, context.localAddress), let origin = Origin(remote) {
            guard connections.take(origin) else { return context.close(promise: nil) }
            taken = origin
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let taken { connections.giveBack(taken) }
        context.fireChannelInactive()
    }
}
