import NIOCore
import NIOSSL
import Synchronization

/// The certificate chains that partners showed, leaf first, DER.
///
/// A resumed TLS session calls no verification callback and knows the leaf only, so the chain of each accepted handshake is remembered
/// under its leaf. Tickets do not outlive the process, hence every session that resumes was once remembered here. What is kept is *what was
/// shown*, never that it was accepted: that is asked anew for every request.
final class PeerChains: Sendable {
    private struct State {
        var byLeaf: [[UInt8]: [[UInt8]]] = [:]
        var order: [[UInt8]] = []
        var byConnection: [ObjectIdentifier: [[UInt8]]] = [:]
    }
    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: how many chains are remembered; the oldest is forgotten first.
    init(limit: Int = 4096) { self.limit = limit }

    /// Remembers the chain of a handshake.
    func remember(_ chain: [[UInt8]]) {
        guard let leaf = chain.first else { return }
        state.withLock { state in
            if state.byLeaf.updateValue(chain, forKey: leaf) == nil { state.order.append(leaf) }
            if state.order.count > limit { state.byLeaf[state.order.removeFirst()] = nil }
        }
    }

    /// The chain for a leaf, or the leaf alone.
    func chain(leaf: [UInt8]) -> [[UInt8]] { state.withLock { $0.byLeaf[leaf] } ?? [leaf] }

    /// The chain of the peer of a connection, read once a connection; nil when it showed none.
    func chain(of channel: any Channel) async throws -> [[UInt8]]? {
        let connection = ObjectIdentifier(channel)
        if let known = state.withLock({ $0.byConnection[connection] }) { return known }
        guard let certificate = try await channel.nioSSL_peerCertificate().get() else { return nil }
        let found = chain(leaf: try certificate.toDERBytes())
        state.withLock { $0.byConnection[connection] = found }
        // Runs at once when the connection has closed meanwhile, so nothing stays behind for another object at the same address.
        channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.byConnection[connection] = nil } }
        return found
    }

    /// How many connections are known, for tests.
    var connections: Int { state.withLock { $0.byConnection.count } }
}
